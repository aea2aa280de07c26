package xmltree

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// parser reads text from at on. Its methods leave at behind what they read.
type parser struct {
	text     string
	at       int
	elements int
	scope    []binding // declared namespaces, innermost last
}

func (p *parser) line() int { return 1 + strings.Count(p.text[:min(p.at, len(p.text))], "\n") }

func (p *parser) rest() string { return p.text[p.at:] }

// skip steps over s if it is next.
func (p *parser) skip(s string) bool {
	if !strings.HasPrefix(p.rest(), s) {
		return false
	}
	p.at += len(s)
	return true
}

// space steps over white space and reports whether there was any.
func (p *parser) space() bool {
	start := p.at
	for p.at < len(p.text) && isSpace(p.text[p.at]) {
		p.at++
	}
	return p.at > start
}

// until steps over everything up to and including end, and returns what was before it.
func (p *parser) until(end string) (string, bool) {
	before, _, found := strings.Cut(p.rest(), end)
	if found {
		p.at += len(before) + len(end)
	}
	return before, found
}

// document reads declaration, what may stand around the root, and the root (§2.8).
func (p *parser) document() (*Node, error) {
	if err := p.declaration(); err != nil {
		return nil, err
	}
	if err := p.around(); err != nil {
		return nil, err
	}
	root, err := p.element(1)
	if err != nil {
		return nil, err
	}
	if err := p.around(); err != nil {
		return nil, err
	}
	if p.at != len(p.text) {
		return nil, errors.New("something follows the root element")
	}
	return root, nil
}

// declaration reads <?xml version="1.0" encoding="UTF-8" standalone="yes"?>, which may be absent.
func (p *parser) declaration() error {
	if !strings.HasPrefix(p.text, "<?xml") || len(p.text) < 6 || !isSpace(p.text[5]) {
		return nil
	}
	p.at = len("<?xml")
	for _, part := range []struct {
		name     string
		required bool
		accept   func(string) error
	}{{"version", true, isVersion}, {"encoding", false, isEncoding}, {"standalone", false, isStandalone}} {
		before := p.at
		if !p.space() || !p.skip(part.name) {
			p.at = before
			if part.required {
				return errors.New("a declaration without " + part.name)
			}
			continue
		}
		value, err := p.declared()
		if err != nil {
			return err
		}
		if err := part.accept(value); err != nil {
			return err
		}
	}
	p.space()
	if !p.skip("?>") {
		return errors.New("a declaration that does not end")
	}
	return nil
}

// declared reads ="value" of a declaration.
func (p *parser) declared() (string, error) {
	p.space()
	if !p.skip("=") {
		return "", errors.New("no value in the declaration")
	}
	p.space()
	for _, quote := range []string{`"`, `'`} {
		if p.skip(quote) {
			if value, found := p.until(quote); found {
				return value, nil
			}
		}
	}
	return "", errors.New("no value in the declaration")
}

func isVersion(v string) error {
	if v != "1.0" {
		return errors.New("another version of XML than 1.0")
	}
	return nil
}

func isEncoding(v string) error {
	if !strings.EqualFold(v, "UTF-8") {
		return ErrEncoding
	}
	return nil
}

func isStandalone(v string) error {
	if v != "yes" && v != "no" {
		return errors.New("standalone is yes or no")
	}
	return nil
}

// around reads white space, comments and instructions before and behind the root.
func (p *parser) around() error {
	for {
		p.space()
		read, err := p.aside()
		if err != nil {
			return err
		}
		if !read {
			break
		}
	}
	if strings.HasPrefix(p.rest(), "<!DOCTYPE") {
		return ErrDoctype
	}
	return nil
}

// aside reads one comment (§2.5) or processing instruction (§2.6), if there is one here.
func (p *parser) aside() (bool, error) {
	switch {
	case p.skip("<!--"):
		if _, found := p.until("--"); !found || !p.skip(">") {
			return false, errors.New("a comment that does not end, or with -- inside")
		}
		return true, nil
	case p.skip("<?"):
		target, err := p.name()
		if err != nil || strings.EqualFold(target, "xml") || strings.Contains(target, ":") {
			return false, errors.New("an instruction without a proper target")
		}
		if p.skip("?>") {
			return true, nil
		}
		if !p.space() {
			return false, errors.New("an instruction without a space behind its target")
		}
		if _, found := p.until("?>"); !found {
			return false, errors.New("an instruction that does not end")
		}
		return true, nil
	}
	return false, nil
}

// name reads a qualified name: at most one colon, neither first nor last.
func (p *parser) name() (string, error) {
	start, colons, first := p.at, 0, true
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.rest())
		if r == ':' && !first {
			colons++
			first = true
		} else if first && isNameStart(r) {
			first = false
		} else if first || !isNameChar(r) {
			break
		}
		p.at += size
		if p.at-start > MaxName {
			return "", errors.New("a name longer than the bound")
		}
	}
	if first || colons > 1 {
		return "", errors.New("no proper name")
	}
	return p.text[start:p.at], nil
}
