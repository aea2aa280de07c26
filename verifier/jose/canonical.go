package jose

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"sync"
)

// AppendCanonical appends the canonical form of one JSON value (RFC 8785): members sorted by their names'
// UTF-16 units, no blanks, shortest escapes, numbers as ECMAScript writes them. text is checked as CheckJSON
// does; a number beyond the range of a double is an error too. On error dst is returned as it was.
//
// Numbers are doubles (RFC 8785 §3.2.2.3), so digits beyond their precision are lost: whoever signs by the
// canonical form must show that form, not the text.
func AppendCanonical(dst, text []byte) ([]byte, error) {
	v, err := Parse(text)
	if err != nil {
		return dst, err
	}
	return v.AppendCanonical(dst)
}

// AppendCanonical appends the canonical form of v as the function of that name does.
func (v Value) AppendCanonical(dst []byte) ([]byte, error) {
	w := writers.Get().(*writer)
	w.out = dst
	err := w.value(v)
	out := w.out
	clear(w.members) // where an error has left some
	w.out, w.members = nil, w.members[:0]
	if cap(w.members) <= maxKept && cap(w.spare) <= maxKeptText {
		writers.Put(w)
	}
	if err != nil {
		return dst, err
	}
	return out, nil
}

// writer writes canonical forms.
type writer struct {
	out     []byte
	members []member // of the objects that are being written, innermost last
	spare   []byte   // content of the string that is being written
}

type member struct {
	name  []byte // its content
	value Value
}

var writers = sync.Pool{New: func() any { return new(writer) }}

func (w *writer) value(v Value) (err error) {
	switch v.Kind() {
	case Map:
		return w.object(v)
	case Array:
		return w.array(v)
	case Text:
		w.spare = appendContent(w.spare[:0], v.raw[1:len(v.raw)-1])
		w.text(w.spare)
	case Number:
		var f float64
		f, err = strconv.ParseFloat(string(v.raw), 64)
		w.out = appendCanonicalNumber(w.out, f)
	default:
		w.out = append(w.out, v.raw...)
	}
	return err
}

func (w *writer) object(v Value) error {
	outer := len(w.members)
	for c := v.Walk(); c.More(); {
		w.members = append(w.members, member{c.Next().content(), c.Next()})
	}
	n := len(w.members)
	slices.SortFunc(w.members[outer:], func(a, b member) int { return compareUTF16(a.name, b.name) })
	w.out = append(w.out, '{')
	for i := outer; i < n; i++ {
		if i > outer {
			w.out = append(w.out, ',')
		}
		w.text(w.members[i].name)
		w.out = append(w.out, ':')
		if err := w.value(w.members[i].value); err != nil {
			return err
		}
		w.members = w.members[:n]
	}
	clear(w.members[outer:])
	w.members = w.members[:outer]
	w.out = append(w.out, '}')
	return nil
}

func (w *writer) array(v Value) error {
	w.out = append(w.out, '[')
	for c, first := v.Walk(), true; c.More(); first = false {
		if !first {
			w.out = append(w.out, ',')
		}
		if err := w.value(c.Next()); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

func (w *writer) text(content []byte) { w.out = appendCanonicalString(w.out, content) }

// content is what a string says: its own text, or a new one where something is escaped.
func (v Value) content() []byte {
	raw := v.raw[1 : len(v.raw)-1]
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return appendContent(make([]byte, 0, len(raw)), raw)
}

// compareUTF16 compares texts by their UTF-16 units. That differs from the order of bytes where a character beyond
// the basic plane, whose first surrogate is below U+E000, meets one of U+E000 to U+FFFF.
func compareUTF16(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return cmp.Compare(unitRank(a[i]), unitRank(b[i]))
		}
	}
	return cmp.Compare(len(a), len(b))
}

// unitRank moves the two bytes that begin U+E000 to U+FFFF behind those of longer characters.
func unitRank(c byte) byte {
	if c == 0xee || c == 0xef {
		return c + 0x10
	}
	return c
}

// appendCanonicalString escapes what must be escaped and nothing else (RFC 8785 §3.2.2.2).
func appendCanonicalString(dst, s []byte) []byte {
	const short, hex = "btn\x00fr", "0123456789abcdef" // short escapes of U+0008 to U+000D
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= '\b' && c <= '\r' && c != '\v':
			dst = append(dst, '\\', short[c-'\b'])
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendCanonicalNumber writes f as ECMAScript's Number.prototype.toString does (RFC 8785 §3.2.2.3).
func appendCanonicalNumber(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0') // minus zero as well
	}
	if a := math.Abs(f); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-4] == 'e' && dst[n-2] == '0' { // at least two digits of exponent are written
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
