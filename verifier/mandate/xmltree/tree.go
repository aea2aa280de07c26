// Package xmltree reads small XML documents strictly and within bounds: XML 1.0 (fifth edition) with namespaces, in
// UTF-8, without a document type. The standard library's decoder lets pass what a signed document must not leave to
// the reader: attributes that stand there twice, prefixes that nobody declared, a second root.
//
// It knows no schema and judges nothing. It keeps no comments and no processing instructions: text on both sides of
// them is one text. Entities other than the five of XML do not exist, so there is nothing to expand.
package xmltree

import (
	"errors"
	"fmt"
)

// Bounds of a document. A mandate with every part the schema has is some ten elements deep.
const (
	MaxSize       = 1 << 20
	MaxDepth      = 32
	MaxElements   = 10_000
	MaxAttributes = 64  // of one element, declarations of namespaces included
	MaxNamespaces = 64  // in scope at a time
	MaxName       = 256 // bytes
)

// Faults that a caller may want to tell apart; everything else is a plain error with its place.
var (
	ErrTooLarge = errors.New("larger than the bound")
	ErrEncoding = errors.New("not in UTF-8")
	ErrDoctype  = errors.New("a document type is not accepted")
)

// Name is a name with the namespace that it belongs to.
type Name struct {
	Space string // URI; empty: none
	Local string
}

// Attr is an attribute, its value with references replaced and white space as XML has it (§3.3.3).
type Attr struct {
	Name  Name
	Value string
}

// Node is an element. Declarations of namespaces are not among its attributes.
type Node struct {
	Name     Name
	Attrs    []Attr
	Children []*Node
	Text     string // all character data directly in the element, in one piece
}

// Attr is the value of an attribute without a namespace, and whether it is there.
func (n *Node) Attr(local string) (string, bool) {
	for i := range n.Attrs {
		if n.Attrs[i].Name == (Name{Local: local}) {
			return n.Attrs[i].Value, true
		}
	}
	return "", false
}

// Parse reads a document. The error says where, never what stood there.
func Parse(data []byte) (*Node, error) {
	if len(data) > MaxSize {
		return nil, ErrTooLarge
	}
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, scope: []binding{{"xml", xmlSpace}, {"", ""}}}
	root, err := p.document()
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", p.line(), err)
	}
	return root, nil
}
