package xmltree

import (
	"errors"
	"strings"
)

// binding is a prefix with its namespace; an empty URI takes the default namespace away.
type binding struct{ prefix, space string }

const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)

// raw is an attribute before its prefix is looked up.
type raw struct{ name, value string }

// element reads an element with all that is in it (§3).
func (p *parser) element(depth int) (*Node, error) {
	if !p.skip("<") {
		return nil, errors.New("no element where one must be")
	}
	p.elements++
	if depth > MaxDepth || p.elements > MaxElements {
		return nil, ErrTooLarge
	}
	outer := len(p.scope)
	defer func() { p.scope = p.scope[:outer] }()
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	attrs, err := p.attributes(outer)
	if err != nil {
		return nil, err
	}
	n := new(Node)
	if n.Name, err = p.resolve(name, true); err != nil {
		return nil, err
	}
	if n.Attrs, err = p.resolveAll(attrs); err != nil {
		return nil, err
	}
	if p.skip("/>") {
		return n, nil
	}
	if !p.skip(">") {
		return nil, errors.New("a tag that does not end")
	}
	if err := p.content(n, depth); err != nil {
		return nil, err
	}
	return n, p.end(name)
}

// end reads the end tag of the element with that name.
func (p *parser) end(name string) error {
	if !p.skip("</") || !p.skip(name) {
		return errors.New("an element without its end tag")
	}
	p.space()
	if !p.skip(">") {
		return errors.New("an end tag that does not end, or of another element")
	}
	return nil
}

// attributes reads what stands in a start tag, and brings its namespaces into scope, above the outer ones.
func (p *parser) attributes(outer int) ([]raw, error) {
	var attrs []raw
	for count := 0; ; count++ {
		spaced := p.space()
		if rest := p.rest(); rest == "" || rest[0] == '>' || rest[0] == '/' {
			return attrs, nil
		}
		if !spaced {
			return nil, errors.New("no white space before an attribute")
		}
		if count == MaxAttributes {
			return nil, ErrTooLarge
		}
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		prefix, isPrefix := strings.CutPrefix(name, "xmlns:")
		if !isPrefix && name != "xmlns" {
			attrs = append(attrs, raw{name, value})
			continue
		}
		if !isPrefix {
			prefix = ""
		} else if value == "" {
			return nil, errors.New("a prefix without a namespace")
		}
		if err := p.declare(binding{prefix, value}, outer); err != nil {
			return nil, err
		}
	}
}

// declare brings a namespace into scope (Namespaces in XML 1.0, §3).
func (p *parser) declare(b binding, outer int) error {
	switch {
	case len(p.scope) == MaxNamespaces:
		return ErrTooLarge
	case b.space == xmlnsSpace, b.prefix == "xmlns", (b.prefix == "xml") != (b.space == xmlSpace):
		return errors.New("a reserved namespace")
	}
	for _, other := range p.scope[outer:] {
		if other.prefix == b.prefix {
			return errors.New("a prefix declared twice")
		}
	}
	p.scope = append(p.scope, b)
	return nil
}

// resolve finds the namespace of a name. Attributes without a prefix have none.
func (p *parser) resolve(name string, isElement bool) (Name, error) {
	prefix, local, found := strings.Cut(name, ":")
	if !found {
		prefix, local = "", name
		if !isElement {
			return Name{Local: local}, nil
		}
	}
	for i := len(p.scope) - 1; i >= 0; i-- {
		if p.scope[i].prefix == prefix {
			return Name{Space: p.scope[i].space, Local: local}, nil
		}
	}
	return Name{}, errors.New("a prefix that nobody declared")
}

// resolveAll finds the namespaces of attributes, none of which may be there twice.
func (p *parser) resolveAll(attrs []raw) ([]Attr, error) {
	if len(attrs) == 0 {
		return nil, nil
	}
	all := make([]Attr, 0, len(attrs))
	for _, a := range attrs {
		name, err := p.resolve(a.name, false)
		if err != nil {
			return nil, err
		}
		for i := range all {
			if all[i].Name == name {
				return nil, errors.New("an attribute that is there twice")
			}
		}
		all = append(all, Attr{name, a.value})
	}
	return all, nil
}
