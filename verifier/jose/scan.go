package jose

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may nest.
const MaxDepth = 32

// CheckJSON reports why text is not exactly one JSON value without duplicate member names.
func CheckJSON(text []byte) error {
	s, err := newScanner(text)
	if err != nil {
		return err
	}
	defer s.release()
	if err := s.value(); err != nil {
		return err
	}
	return s.end()
}

// scanner walks over one JSON text. Its methods expect pos at the first byte of what they are named after
// and leave it behind the last.
type scanner struct {
	text  []byte
	pos   int
	depth int
	names []name // of the members of all objects that are open, innermost last
	spare []byte // contents of names that were written with escapes
}

// name is where the content of a member's name stands.
type name struct {
	start, end uint32
	escaped    bool // it stands in spare, else in the text
}

// maxText is the longest text that is read, for names to be small.
const maxText = math.MaxUint32

// maxKept is how many names a scanner may have room for and still be kept for the next text, and how long that
// text may be: the scanner keeps hold of it.
const (
	maxKept     = 256
	maxKeptText = 64 << 10
)

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// newScanner is a scanner over text, to be released.
func newScanner(text []byte) (*scanner, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("jose: JSON is not UTF-8")
	}
	if len(text) > maxText {
		return nil, errors.New("jose: JSON is too long")
	}
	s := scanners.Get().(*scanner)
	s.text, s.pos, s.depth, s.names, s.spare = text, 0, 0, s.names[:0], s.spare[:0]
	s.space()
	return s, nil
}

func (s *scanner) release() {
	if cap(s.names) <= maxKept && cap(s.spare) <= maxKeptText {
		s.text = nil
		scanners.Put(s)
	}
}

func (s *scanner) fault(what string) error {
	return fmt.Errorf("jose: JSON %s at offset %d", what, s.pos)
}

func (s *scanner) space() {
	if s.pos < len(s.text) && s.text[s.pos] > ' ' {
		return
	}
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end: no JSON token contains it.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) end() error {
	s.space()
	if s.pos != len(s.text) {
		return s.fault("goes on behind its value")
	}
	return nil
}

func (s *scanner) value() error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(nil)
	case c == '[':
		return s.array(nil)
	case c == '"':
		_, err := s.string()
		return err
	case c == '-' || (c >= '0' && c <= '9'):
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(s.text[s.pos:], []byte(word)) {
			s.pos += len(word)
			return nil
		}
	}
	return s.fault("value expected")
}

// object walks over an object and hands each member to visit, unless that is nil.
func (s *scanner) object(visit func(name, value []byte)) error {
	outer := len(s.names)
	more, err := s.open('}')
	for more && err == nil {
		if err = s.member(visit); err == nil {
			more, err = s.more('}')
		}
	}
	if err == nil && s.hasDuplicate(s.names[outer:]) {
		return s.fault("member name occurs twice in the object that ends")
	}
	s.names = s.names[:outer]
	return err
}

func (s *scanner) member(visit func(name, value []byte)) error {
	if s.peek() != '"' {
		return s.fault("member name expected")
	}
	n, err := s.name()
	if err != nil {
		return err
	}
	s.names = append(s.names, n)
	s.space()
	if s.peek() != ':' {
		return s.fault("colon expected")
	}
	s.pos++
	s.space()
	start := s.pos
	if err := s.value(); err != nil {
		return err
	}
	if visit != nil {
		visit(s.content(n), s.text[start:s.pos])
	}
	return nil
}

// name reads the name of a member.
func (s *scanner) name() (name, error) {
	start := s.pos + 1
	escaped, err := s.string()
	if err != nil || !escaped {
		return name{start: uint32(start), end: uint32(s.pos - 1)}, err
	}
	from := len(s.spare)
	s.spare = appendContent(s.spare, s.text[start:s.pos-1])
	return name{uint32(from), uint32(len(s.spare)), true}, nil
}

func (s *scanner) content(n name) []byte {
	if n.escaped {
		return s.spare[n.start:n.end]
	}
	return s.text[n.start:n.end]
}

// few is how many names are compared each with each, because that costs less than sorting them.
const few = 8

// hasDuplicate sorts names where they are many, so that even a hostile number of them costs little.
func (s *scanner) hasDuplicate(names []name) bool {
	if len(names) > few {
		slices.SortFunc(names, func(a, b name) int { return bytes.Compare(s.content(a), s.content(b)) })
		for i := 1; i < len(names); i++ {
			if bytes.Equal(s.content(names[i-1]), s.content(names[i])) {
				return true
			}
		}
		return false
	}
	for i, a := range names {
		for _, b := range names[:i] {
			if a.end-a.start == b.end-b.start && bytes.Equal(s.content(a), s.content(b)) {
				return true
			}
		}
	}
	return false
}

// array walks over an array and hands each element to visit, unless that is nil.
func (s *scanner) array(visit func(value []byte)) error {
	more, err := s.open(']')
	for more && err == nil {
		start := s.pos
		if err = s.value(); err != nil {
			break
		}
		if visit != nil {
			visit(s.text[start:s.pos])
		}
		more, err = s.more(']')
	}
	return err
}

// open enters an array or object and reports whether it has an item.
func (s *scanner) open(closing byte) (more bool, err error) {
	if s.depth++; s.depth > MaxDepth {
		return false, s.fault("nests too deep")
	}
	s.pos++
	s.space()
	if s.peek() != closing {
		return true, nil
	}
	s.leave()
	return false, nil
}

// more goes on behind an item and reports whether another follows.
func (s *scanner) more(closing byte) (bool, error) {
	s.space()
	switch s.peek() {
	case ',':
		s.pos++
		s.space()
		return true, nil
	case closing:
		s.leave()
		return false, nil
	}
	return false, s.fault("comma or end expected")
}

func (s *scanner) leave() {
	s.pos++
	s.depth--
}

// number walks over int frac exp of RFC 8259 §6.
func (s *scanner) number() error {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return s.fault("digit expected")
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return s.fault("digit expected")
		}
	}
	if s.peek()|0x20 == 'e' {
		s.pos++
		if s.peek() == '+' || s.peek() == '-' {
			s.pos++
		}
		if !s.digits() {
			return s.fault("digit expected")
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.peek() >= '0' && s.peek() <= '9' {
		s.pos++
	}
	return s.pos > start
}
