// Package emchd holds a document against the schema of machine-readable powers of attorney in format 003: ФНС's
// ON_EMCHD_1_928_00_01_01_01.xsd, written out as tables, every element, attribute, length and pattern of it. On top of
// the schema it demands right check digits of ИНН, ОГРН, ОГРНИП and СНИЛС.
//
// It says whether a document has the form, not what it means; what one part demands of another (a kind of principal
// and the element that describes it) is the business of package mandate.
package emchd

import (
	"strings"

	"vratar/verifier/mandate/xmltree"
)

// Namespace is the format's.
const Namespace = "urn://x-artefacts/EMCHD_1"

// schemaInstance is the namespace of hints for programs that validate, which any element may carry.
const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"

// Fault is where a document departs from the schema. It quotes nothing of the document.
type Fault struct {
	Path       string // elements from the root, then @attribute
	What       string
	CheckDigit bool // the form is right, only a number's check digit is wrong
}

// Error names place and fault.
func (f *Fault) Error() string { return f.Path + ": " + f.What }

// shape is a complex type.
type shape struct {
	attributes []attribute
	parts      []part // children, in this order
	choice     bool   // one of parts instead, or none if none is required
	text       value  // of an element without children; nil: no text but white space between children
}

type attribute struct {
	name     string
	required bool
	accept   value
}

// part is an element with how often it may be there.
type part struct {
	name     string
	min, max int
	shape    *shape
}

const unbounded = xmltree.MaxElements

// Check finds the first fault of a document.
func Check(root *xmltree.Node) error {
	if root.Name != (xmltree.Name{Space: Namespace, Local: "Доверенность"}) {
		return &Fault{Path: "/", What: "another root element"}
	}
	if f := document.check(root); f != nil {
		f.Path = root.Name.Local + f.Path
		return f
	}
	return nil
}

func (s *shape) check(n *xmltree.Node) *Fault {
	if f := s.checkAttributes(n); f != nil {
		return f
	}
	if s.text != nil {
		if what := s.text(n.Text); what != "" {
			return &Fault{What: what, CheckDigit: what == wrongDigit}
		}
	} else if n.Text != "" && (len(s.parts) == 0 || strings.Trim(n.Text, " \t\r\n") != "") {
		return &Fault{What: "text where only elements may be"}
	}
	if s.choice {
		return s.checkChoice(n)
	}
	return s.checkSequence(n)
}

func (s *shape) checkAttributes(n *xmltree.Node) *Fault {
	known := 0
	for i := range s.attributes {
		a := &s.attributes[i]
		v, found := n.Attr(a.name)
		if !found {
			if a.required {
				return &Fault{Path: "@" + a.name, What: "missing"}
			}
			continue
		}
		known++
		if what := a.accept(v); what != "" {
			return &Fault{Path: "@" + a.name, What: what, CheckDigit: what == wrongDigit}
		}
	}
	for i := range n.Attrs {
		name := n.Attrs[i].Name
		if name.Space == schemaInstance && (name.Local == "schemaLocation" || name.Local == "noNamespaceSchemaLocation") {
			known++
		}
	}
	if known != len(n.Attrs) {
		return &Fault{What: "an attribute that does not belong here"}
	}
	return nil
}

// checkSequence goes through the children once: no two parts of a sequence have the same name, so the first part
// that fits is the only one.
func (s *shape) checkSequence(n *xmltree.Node) *Fault {
	children := n.Children
	for i := range s.parts {
		p := &s.parts[i]
		count := 0
		for count < len(children) && count < p.max && children[count].Name == (xmltree.Name{Space: Namespace, Local: p.name}) {
			if f := p.check(children[count]); f != nil {
				return f
			}
			count++
		}
		if count < p.min {
			return &Fault{Path: "/" + p.name, What: "missing, or not in its place"}
		}
		children = children[count:]
	}
	if len(children) > 0 {
		return &Fault{What: "an element that does not belong here"}
	}
	return nil
}

func (s *shape) checkChoice(n *xmltree.Node) *Fault {
	if len(n.Children) == 0 {
		for i := range s.parts {
			if s.parts[i].min == 0 {
				return nil
			}
		}
		return &Fault{What: "nothing where one element must be"}
	}
	if len(n.Children) > 1 {
		return &Fault{What: "more than the one element that may be here"}
	}
	for i := range s.parts {
		if p := &s.parts[i]; n.Children[0].Name == (xmltree.Name{Space: Namespace, Local: p.name}) {
			return p.check(n.Children[0])
		}
	}
	return &Fault{What: "an element that does not belong here"}
}

func (p *part) check(n *xmltree.Node) *Fault {
	f := p.shape.check(n)
	if f != nil {
		f.Path = "/" + p.name + f.Path
	}
	return f
}
