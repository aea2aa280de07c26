// Package cbor reads and writes CBOR (RFC 8949) as signed credentials need it: strictly, within bounds, and
// without copying.
//
// Parse walks the whole input once and refuses everything that is not exactly one well-formed item: trailing
// bytes, invalid UTF-8, unassigned simple values, duplicate map keys at any level, nesting or counts beyond
// the limits below. Definite and indefinite lengths and non-shortest heads are legal, because issuers write
// them. What Parse returns is an Item, a view of the checked bytes whose accessors therefore cannot fail in
// any way but "it is of another kind".
//
// It knows nothing of tags' meanings, COSE or credentials, and may import the standard library and jsontext.
package cbor

import (
	"errors"
	"fmt"
)

// Limits of what Parse accepts. No known credential comes near them (a national passport chip's digests
// included); a hostile payload meets them before it costs anything.
const (
	MaxDepth = 32      // nesting of arrays, maps and tags
	MaxItems = 8 << 10 // data items in total, chunks of indefinite-length strings included
)

// Kind tells what an Item is.
type Kind uint8

const (
	Absent    Kind = iota // the zero Item: nothing was found where one looked
	Int                   // major types 0 and 1
	Bytes                 // major type 2
	Text                  // major type 3
	Array                 // major type 4
	Map                   // major type 5
	Tag                   // major type 6
	Bool                  // simple values 20 and 21
	Null                  // simple value 22
	Undefined             // simple value 23
	Float                 // half, single or double precision
)

var kindNames = [...]string{
	"nothing", "integer", "byte string", "text", "array", "map", "tag", "boolean", "null", "undefined", "float",
}

// String is the kind's name for error texts.
func (k Kind) String() string { return kindNames[int(k)%len(kindNames)] }

// Major types (RFC 8949 §3.1).
const (
	majorUint = iota
	majorNegative
	majorBytes
	majorText
	majorArray
	majorMap
	majorTag
	majorSimple
)

const (
	infoIndefinite = 31
	breakByte      = 0xff
)

var (
	errLong      = errors.New("longer than 4 GiB")
	errTruncated = errors.New("ends inside an item")
	errDepth     = fmt.Errorf("nested deeper than %d", MaxDepth)
	errItems     = errors.New("more items than are looked at")
	errTrailing  = errors.New("bytes after the item")
	errReserved  = errors.New("reserved length code")
	errUTF8      = errors.New("text is not UTF-8")
	errSimple    = errors.New("unassigned simple value")
	errBreak     = errors.New("break outside an indefinite-length item")
	errChunk     = errors.New("chunk of another kind in an indefinite-length string")
	errKeyKind   = errors.New("map key is neither integer nor text")
	errDuplicate = errors.New("duplicate map key")
	errOdd       = errors.New("map key without value")
)

// A SyntaxError says what is wrong with the input and where.
type SyntaxError struct {
	Offset int // of the item at fault, in bytes from the start
	Cause  error
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("cbor: %v at offset %d", e.Cause, e.Offset) }

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Cause }

// head is the first part of an item: its initial byte, its argument, and the bytes both take. It is small enough
// to be kept in registers.
type head struct {
	arg        uint64
	size       int
	first      byte
	indefinite bool
}

func (h head) major() byte { return h.first >> 5 }

func (h head) info() byte { return h.first & 31 }

// readHead reads the head at the start of b (RFC 8949 §3).
func readHead(b []byte) (head, error) {
	if len(b) > 0 && b[0]&31 < 24 {
		return head{arg: uint64(b[0] & 31), size: 1, first: b[0]}, nil
	}
	return readLongHead(b)
}

func readLongHead(b []byte) (head, error) {
	if len(b) == 0 {
		return head{}, errTruncated
	}
	h := head{size: 1, first: b[0]}
	switch {
	case h.info() <= 27:
		n := 1 << (h.info() - 24)
		if len(b) < 1+n {
			return head{}, errTruncated
		}
		for _, c := range b[1 : 1+n] {
			h.arg = h.arg<<8 | uint64(c)
		}
		h.size += n
		return h, nil
	case h.info() == infoIndefinite && h.major() >= majorBytes && h.major() <= majorMap:
		h.indefinite = true
		return h, nil
	case b[0] == breakByte:
		return head{}, errBreak
	}
	return head{}, errReserved
}
