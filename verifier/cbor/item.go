package cbor

import (
	"iter"
	"math"
	"time"
)

// Item is a view of one well-formed data item, made by Parse or found inside another. The zero Item is
// Absent; its accessors report false, so look-ups can be chained. Items are small: pass them by value.
type Item struct{ raw []byte }

// Raw is the item's encoding as received.
func (i Item) Raw() []byte { return i.raw }

// Kind tells what the item is.
func (i Item) Kind() Kind {
	if len(i.raw) == 0 {
		return Absent
	}
	switch i.raw[0] >> 5 {
	case majorUint, majorNegative:
		return Int
	case majorBytes:
		return Bytes
	case majorText:
		return Text
	case majorArray:
		return Array
	case majorMap:
		return Map
	case majorTag:
		return Tag
	}
	switch i.raw[0] & 31 {
	case 20, 21:
		return Bool
	case 22:
		return Null
	case 23:
		return Undefined
	}
	return Float
}

// Int is the value of an integer that fits int64.
func (i Item) Int() (int64, bool) {
	if i.Kind() != Int {
		return 0, false
	}
	h, _ := readHead(i.raw)
	if h.arg > math.MaxInt64 {
		return 0, false
	}
	if h.major() == majorNegative {
		return -1 - int64(h.arg), true
	}
	return int64(h.arg), true
}

// Uint is the value of an integer that is not negative.
func (i Item) Uint() (uint64, bool) {
	if i.Kind() != Int || i.raw[0]>>5 != majorUint {
		return 0, false
	}
	h, _ := readHead(i.raw)
	return h.arg, true
}

// Bool is the value of a boolean.
func (i Item) Bool() (value, ok bool) {
	if i.Kind() != Bool {
		return false, false
	}
	return i.raw[0]&31 == 21, true
}

// Float is the value of a floating-point number, not of an integer. It may be infinite or not a number.
func (i Item) Float() (float64, bool) {
	if i.Kind() != Float {
		return 0, false
	}
	h, _ := readHead(i.raw)
	switch h.info() {
	case 25:
		return halfToFloat(uint16(h.arg)), true
	case 26:
		return float64(math.Float32frombits(uint32(h.arg))), true
	}
	return math.Float64frombits(h.arg), true
}

// halfToFloat widens an IEEE 754 half (RFC 8949 appendix D).
func halfToFloat(h uint16) float64 {
	exponent, fraction := int(h>>10&31), float64(h&1023)
	var f float64
	switch exponent {
	case 0:
		f = math.Ldexp(fraction, -24)
	case 31:
		f = math.Inf(1)
		if fraction != 0 {
			f = math.NaN()
		}
	default:
		f = math.Ldexp(fraction+1024, exponent-25)
	}
	if h&0x8000 != 0 {
		return -f
	}
	return f
}

// Bytes is the content of a byte string, as a view; chunks of an indefinite-length string are joined in new
// memory.
func (i Item) Bytes() ([]byte, bool) { return i.str(Bytes) }

// TextBytes is the content of a text string, as a view; chunks of an indefinite-length string are joined in
// new memory.
func (i Item) TextBytes() ([]byte, bool) { return i.str(Text) }

// Text is the content of a text string, copied.
func (i Item) Text() (string, bool) {
	s, ok := i.str(Text)
	return string(s), ok
}

func (i Item) str(want Kind) ([]byte, bool) {
	if i.Kind() != want {
		return nil, false
	}
	if i.raw[0]&31 < 24 {
		return i.raw[1:], true
	}
	h, _ := readHead(i.raw)
	if !h.indefinite {
		return i.raw[h.size:], true
	}
	joined := []byte{}
	for rest := i.raw[1:]; rest[0] != breakByte; {
		c, _ := readHead(rest)
		end := c.size + int(c.arg)
		joined = append(joined, rest[c.size:end]...)
		rest = rest[end:]
	}
	return joined, true
}

// Tag splits a tagged item into its tag number and content.
func (i Item) Tag() (number uint64, content Item, ok bool) {
	if i.Kind() != Tag {
		return 0, Item{}, false
	}
	h, _ := readHead(i.raw)
	return h.arg, Item{i.raw[h.size:]}, true
}

// Untagged is the item without any tags around it.
func (i Item) Untagged() Item {
	for {
		_, content, ok := i.Tag()
		if !ok {
			return i
		}
		i = content
	}
}

// NumericDate is a moment in seconds since 1970, as an integer or a float, with or without tag 1 (RFC 8392
// §2 asks for no tag; issuers write floats). Moments beyond the year 9999 are refused.
func (i Item) NumericDate() (time.Time, bool) {
	if n, content, ok := i.Tag(); ok && n == 1 {
		i = content
	}
	const yearTenThousand = 253402300800
	if s, ok := i.Int(); ok {
		return time.Unix(s, 0).UTC(), s >= 0 && s < yearTenThousand
	}
	f, ok := i.Float()
	if !ok || !(f >= 0 && f < yearTenThousand) {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(f)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC(), true
}

// Len is the number of an array's elements or a map's pairs, 0 for anything else.
func (i Item) Len() int {
	n := 0
	switch i.Kind() {
	case Array:
		for range i.Elements() {
			n++
		}
	case Map:
		for range i.Pairs() {
			n++
		}
	}
	return n
}

// Elements iterates over an array; over nothing when the item is none.
func (i Item) Elements() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		if i.Kind() != Array {
			return
		}
		for rest := i.content(); rest.More(); {
			if !yield(rest.Next()) {
				return
			}
		}
	}
}

// Pairs iterates over a map's keys and values; over nothing when the item is none.
func (i Item) Pairs() iter.Seq2[Item, Item] {
	return func(yield func(Item, Item) bool) {
		if i.Kind() != Map {
			return
		}
		for rest := i.content(); rest.More(); {
			k := rest.Next()
			if !yield(k, rest.Next()) {
				return
			}
		}
	}
}

// At is an array's element n, or Absent.
func (i Item) At(n int) Item {
	if i.Kind() != Array {
		return Item{}
	}
	for rest := i.content(); rest.More(); n-- {
		if e := rest.Next(); n == 0 {
			return e
		}
	}
	return Item{}
}

// Get is the value under an integer key, or Absent.
func (i Item) Get(label int64) Item {
	if i.Kind() != Map {
		return Item{}
	}
	for rest := i.content(); rest.More(); {
		k := rest.Next()
		if n, ok := k.Int(); ok && n == label {
			return rest.Next()
		}
		rest.skip()
	}
	return Item{}
}

// GetText is the value under a text key, or Absent.
func (i Item) GetText(name string) Item {
	if i.Kind() != Map {
		return Item{}
	}
	for rest := i.content(); rest.More(); {
		k := rest.Next()
		if s, ok := k.TextBytes(); ok && string(s) == name {
			return rest.Next()
		}
		rest.skip()
	}
	return Item{}
}
