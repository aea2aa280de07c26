package jose

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

var (
	errText = errors.New("jose: JSON string expected")
	errTime = errors.New("jose: seconds since 1970 expected")
	errUint = errors.New("jose: whole number expected")
)

// Value is a view of one JSON value that Parse has checked, or of one inside it. It is read in place and allocates
// nothing, which is what tells it from an Object. The zero Value is Absent; what is asked of it is absent too, so
// look-ups can be chained. Values are small: pass them by value.
type Value struct{ raw []byte }

// Kind is what a Value is.
type Kind uint8

const (
	Absent  Kind = iota
	Map          // an object
	Array        //
	Text         // a string
	Number       //
	Literal      // true, false or null
)

// Parse checks text as CheckJSON does.
func Parse(text []byte) (Value, error) {
	if err := CheckJSON(text); err != nil {
		return Value{}, err
	}
	return Checked(text), nil
}

// Checked is the value of a text that CheckJSON would accept, as whoever wrote it just now knows.
func Checked(text []byte) Value { return Value{bytes.Trim(text, " \t\r\n")} }

// Raw is the value's text as received, without blanks around it.
func (v Value) Raw() []byte { return v.raw }

// Kind tells what the value is.
func (v Value) Kind() Kind {
	if len(v.raw) == 0 {
		return Absent
	}
	switch c := v.raw[0]; {
	case c == '{':
		return Map
	case c == '[':
		return Array
	case c == '"':
		return Text
	case c == 't', c == 'f', c == 'n':
		return Literal
	}
	return Number
}

// Get is the member of that name; Absent when there is none, or the value is no object.
func (v Value) Get(name string) Value {
	if v.Kind() != Map {
		return Value{}
	}
	for w := v.Walk(); w.More(); {
		if key, value := w.Next(), w.Next(); key.Is(name) {
			return value
		}
	}
	return Value{}
}

// Collect looks for members by their names, all in one go: values[i] becomes the member of names[i], and stays as it
// is where there is none.
func (v Value) Collect(names []string, values []Value) {
	if v.Kind() != Map {
		return
	}
	for w := v.Walk(); w.More(); {
		key, value := w.Next(), w.Next()
		for i, name := range names {
			if key.Is(name) {
				values[i] = value
			}
		}
	}
}

// IsEmpty reports whether the value is an object without members.
func (v Value) IsEmpty() bool {
	w := v.Walk()
	return v.Kind() == Map && !w.More()
}

// Is reports whether the value is the string s.
func (v Value) Is(s string) bool {
	if v.Kind() != Text {
		return false
	}
	content := v.raw[1 : len(v.raw)-1]
	if len(content) == len(s) && string(content) == s {
		return strings.IndexByte(s, '\\') < 0
	}
	// Nothing is shorter escaped than it is.
	return len(content) > len(s) && bytes.IndexByte(content, '\\') >= 0 && string(appendContent(nil, content)) == s
}

// AppendText appends the content of a string to dst; of an absent one nothing. Anything else is an error.
func (v Value) AppendText(dst []byte) ([]byte, error) {
	switch v.Kind() {
	case Text:
		return appendContent(dst, v.raw[1:len(v.raw)-1]), nil
	case Absent:
		return dst, nil
	}
	return dst, errText
}

// TextBytes is the content of a string: a view, or a new slice where something in it is escaped. false: it is none.
func (v Value) TextBytes() (content []byte, ok bool) {
	if v.Kind() != Text {
		return nil, false
	}
	return v.content(), true
}

// Memory is where a text is copied to: Tail is an empty slice with room for n bytes, and KeepText keeps what was
// appended to it.
type Memory interface {
	Tail(n int) []byte
	KeepText(b []byte) string
}

// Text is a copy in m of the content of a string; empty when it is absent. Anything else is an error.
func (v Value) Text(m Memory) (string, error) {
	b, err := v.AppendText(m.Tail(len(v.raw)))
	if err != nil || len(b) == 0 {
		return "", err
	}
	return m.KeepText(b), nil
}

// Time is a NumericDate as ParseTime reads it; zero when it is absent.
func (v Value) Time() (time.Time, error) {
	const sure = 11 // digits of seconds in range, whatever they are
	switch {
	case v.Kind() == Absent:
		return time.Time{}, nil
	case v.Kind() != Number:
		return time.Time{}, errTime
	case len(v.raw) <= sure:
		if n, err := strconv.ParseInt(string(v.raw), 10, 64); err == nil && n >= 0 {
			return time.Unix(n, 0).UTC(), nil
		}
	}
	return parseTime(v.raw)
}

// parseTime reads a number that was checked.
func parseTime(text []byte) (time.Time, error) {
	// Every whole second of those years is exact in a float64.
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f <= -62135596800 || f >= 253402300800 { // the first would pass for no time at all
		return time.Time{}, errTime
	}
	whole, part := math.Modf(f)
	return time.Unix(int64(whole), int64(part*1e9)).UTC(), nil
}

// Uint is a whole number without sign; zero when it is absent.
func (v Value) Uint() (uint64, error) {
	if v.Kind() == Absent {
		return 0, nil
	}
	n, err := strconv.ParseUint(string(v.raw), 10, 64)
	if err != nil {
		return 0, errUint
	}
	return n, nil
}

// AppendCompact appends the value without the blanks between its tokens, so that it fits on one line.
func (v Value) AppendCompact(dst []byte) []byte {
	for rest := v.raw; len(rest) > 0; {
		n := 0
		for n < len(rest) && rest[n] > ' ' {
			if rest[n] == '"' {
				n += stringSize(rest[n:])
			} else {
				n++
			}
		}
		dst, rest = append(dst, rest[:n]...), rest[min(n+1, len(rest)):]
	}
	return dst
}

// Walk is the elements of an array, or the members of an object with each name before its value, to be gone through
// once; nothing of other values.
func (v Value) Walk() Cursor {
	if k := v.Kind(); k != Map && k != Array {
		return Cursor{}
	}
	return Cursor{v.raw[1 : len(v.raw)-1]}
}

// Cursor is a place between the values in another.
type Cursor struct{ rest []byte }

// More reports whether another value comes.
func (c *Cursor) More() bool {
	for i, b := range c.rest {
		if b > ' ' && b != ',' && b != ':' {
			c.rest = c.rest[i:]
			return true
		}
	}
	c.rest = nil
	return false
}

// Next returns the value that comes and goes behind it; Absent at the end.
func (c *Cursor) Next() Value {
	if !c.More() {
		return Value{}
	}
	n := valueSize(c.rest)
	v := Value{c.rest[:n:n]}
	c.rest = c.rest[n:]
	return v
}

// valueSize is the length of the value at the start of b.
func valueSize(b []byte) int {
	switch b[0] {
	case '"':
		return stringSize(b)
	case '{', '[':
		return nestedSize(b)
	}
	for i, c := range b {
		if c <= ' ' || c == ',' || c == ']' || c == '}' {
			return i
		}
	}
	return len(b)
}

// stringSize looks for the quote that no backslash escapes: one behind an even number of them.
func stringSize(b []byte) int {
	for i := 1; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			break
		}
		first := i + n
		for i += n; b[first-1] == '\\'; first-- {
		}
		if (i-first)%2 == 0 {
			return i + 1
		}
	}
	return len(b)
}

func nestedSize(b []byte) int {
	depth := 0
	for i := 0; i < len(b); {
		switch b[i] {
		case '"':
			i += stringSize(b[i:])
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}
