package cbor

import (
	"encoding/base64"
	"math"
	"strconv"

	"vratar/verifier/jsontext"
)

// AppendJSON appends the item as JSON text. Byte strings become {"$b64":"…"} (RFC 4648 §4), integer keys
// their decimal text, and tags are dropped in favour of their content, which serves the dates of tags 0, 1
// and 1004. Integers keep every digit, even beyond 2⁵³. What JSON cannot say (undefined, infinities, not a
// number, the Absent item) becomes null.
func (i Item) AppendJSON(dst []byte) []byte {
	if i.Kind() == Absent {
		return append(dst, "null"...)
	}
	dst, _ = appendJSON(dst, i.raw)
	return dst
}

// appendJSON writes the well-formed item at the start of b and returns what follows it.
func appendJSON(dst, b []byte) (out, rest []byte) {
	if n := shortSize[b[0]]; n > 0 && b[0]>>5 == majorText { // most of what certificates hold
		return jsontext.AppendString(dst, b[1:n]), b[n:]
	}
	h, _ := readHead(b)
	switch h.major() {
	case majorUint, majorNegative:
		return appendDecimal(dst, b), b[h.size:]
	case majorBytes, majorText:
		if h.major() == majorText && !h.indefinite {
			end := h.size + int(h.arg)
			return jsontext.AppendString(dst, b[h.size:end]), b[end:]
		}
		n := size(b)
		return Item{b[:n]}.appendString(dst), b[n:]
	case majorArray:
		return appendJSONArray(dst, b[h.size:], h)
	case majorMap:
		return appendJSONObject(dst, b[h.size:], h)
	case majorTag:
		return appendJSON(dst, b[h.size:])
	}
	return Item{b[:h.size]}.appendSimple(dst), b[h.size:]
}

func (i Item) appendString(dst []byte) []byte {
	if s, ok := i.TextBytes(); ok {
		return jsontext.AppendString(dst, s)
	}
	s, _ := i.Bytes()
	dst = append(dst, `{"$b64":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, s)
	return append(dst, `"}`...)
}

func (i Item) appendSimple(dst []byte) []byte {
	if v, ok := i.Bool(); ok {
		return strconv.AppendBool(dst, v)
	}
	if f, ok := i.Float(); ok && !math.IsNaN(f) && !math.IsInf(f, 0) {
		return strconv.AppendFloat(dst, f, 'g', -1, 64)
	}
	return append(dst, "null"...)
}

// ended reports whether a container with head h ends after n elements, and consumes its break.
func ended(b []byte, h head, n uint64) (rest []byte, end bool) {
	if !h.indefinite {
		return b, n == h.arg
	}
	if b[0] == breakByte {
		return b[1:], true
	}
	return b, false
}

func appendJSONArray(dst, b []byte, h head) (out, rest []byte) {
	dst = append(dst, '[')
	for n := uint64(0); ; n++ {
		var end bool
		if b, end = ended(b, h, n); end {
			return append(dst, ']'), b
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst, b = appendJSON(dst, b)
	}
}

func appendJSONObject(dst, b []byte, h head) (out, rest []byte) {
	dst = append(dst, '{')
	for n := uint64(0); ; n++ {
		var end bool
		if b, end = ended(b, h, n); end {
			return append(dst, '}'), b
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		if b[0]>>5 == majorText {
			dst, b = appendJSON(dst, b)
		} else {
			dst, b = append(appendDecimal(append(dst, '"'), b), '"'), b[size(b):]
		}
		dst, b = appendJSON(append(dst, ':'), b)
	}
}
