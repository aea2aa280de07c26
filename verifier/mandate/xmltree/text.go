package xmltree

import (
	"errors"
	"strconv"
	"strings"
)

// value reads ="…" of an attribute: no <, references replaced, other white space made blanks (§3.3.3).
func (p *parser) value() (string, error) {
	p.space()
	if !p.skip("=") {
		return "", errors.New("an attribute without a value")
	}
	p.space()
	quote := `"`
	if !p.skip(quote) {
		if quote = `'`; !p.skip(quote) {
			return "", errors.New("a value without quotes")
		}
	}
	s, found := p.until(quote)
	if !found || strings.Contains(s, "<") {
		return "", errors.New("a value that does not end, or with < inside")
	}
	if strings.ContainsAny(s, "\t\n") {
		s = strings.NewReplacer("\t", " ", "\n", " ").Replace(s)
	}
	return replace(s)
}

// content reads everything between an element's tags into n (§3.1).
func (p *parser) content(n *Node, depth int) error {
	var text strings.Builder
	for {
		run, _, found := strings.Cut(p.rest(), "<")
		if !found {
			return errors.New("an element that does not end")
		}
		if strings.Contains(run, "]]>") {
			return errors.New("]]> in text")
		}
		run, err := replace(run)
		if err != nil {
			return err
		}
		text.WriteString(run)
		p.at += strings.IndexByte(p.rest(), '<')
		if strings.HasPrefix(p.rest(), "</") {
			n.Text = text.String()
			return nil
		}
		if err := p.markup(n, &text, depth); err != nil {
			return err
		}
	}
}

// markup reads one child, CDATA section, comment or instruction.
func (p *parser) markup(n *Node, text *strings.Builder, depth int) error {
	if p.skip("<![CDATA[") {
		section, found := p.until("]]>")
		if !found {
			return errors.New("a CDATA section that does not end")
		}
		text.WriteString(section)
		return nil
	}
	if read, err := p.aside(); err != nil || read {
		return err
	}
	child, err := p.element(depth + 1)
	if err != nil {
		return err
	}
	n.Children = append(n.Children, child)
	return nil
}

// replace puts characters in the place of their references (§4.1, §4.6).
func replace(s string) (string, error) {
	before, rest, found := strings.Cut(s, "&")
	if !found {
		return s, nil
	}
	var out strings.Builder
	for ; found; before, rest, found = strings.Cut(rest, "&") {
		out.WriteString(before)
		name, after, ended := strings.Cut(rest, ";")
		r, known := reference(name)
		if !ended || !known {
			return "", errors.New("a reference to nothing that is defined")
		}
		out.WriteRune(r)
		rest = after
	}
	out.WriteString(before)
	return out.String(), nil
}

// reference is the character that &name; stands for.
func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	if !isNumber || digits == "" || digits[0] == '+' || digits[0] == '-' {
		return 0, false
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil || code > 0x10FFFF {
		return 0, false
	}
	return rune(code), isChar(rune(code))
}
