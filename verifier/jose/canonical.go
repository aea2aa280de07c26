package jose

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
)

// AppendCanonical appends the canonical form of one JSON value (RFC 8785): members sorted by their names'
// UTF-16 units, no blanks, shortest escapes, numbers as ECMAScript writes them. text is checked as CheckJSON
// does; a number beyond the range of a double is an error too. On error dst is returned as it was.
//
// Numbers are doubles (RFC 8785 §3.2.2.3), so digits beyond their precision are lost: whoever signs by the
// canonical form must show that form, not the text.
func AppendCanonical(dst, text []byte) ([]byte, error) {
	if err := CheckJSON(text); err != nil {
		return dst, err
	}
	out, err := appendCanonical(dst, bytes.Trim(text, " \t\r\n"))
	if err != nil {
		return dst, err
	}
	return out, nil
}

// appendCanonical expects text to be checked and without blanks around it.
func appendCanonical(dst, text []byte) ([]byte, error) {
	switch text[0] {
	case '{':
		return appendCanonicalObject(dst, text)
	case '[':
		return appendCanonicalArray(dst, text)
	case '"':
		s, err := ParseText(text)
		return appendCanonicalString(dst, s), err
	case 't', 'f', 'n':
		return append(dst, text...), nil
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return appendCanonicalNumber(dst, f), err
}

func appendCanonicalObject(dst, text []byte) ([]byte, error) {
	members, err := ParseObject(text)
	if err != nil {
		return dst, err
	}
	slices.SortFunc(members, func(a, b Member) int { return compareUTF16(a.Name, b.Name) })
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendCanonicalString(dst, m.Name), ':')
		if dst, err = appendCanonical(dst, m.Value); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendCanonicalArray(dst, text []byte) ([]byte, error) {
	items, err := ParseArray(text)
	if err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendCanonical(dst, item); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

// compareUTF16 differs from the order of bytes where a surrogate pair meets a character behind the surrogates.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// appendCanonicalString escapes what must be escaped and nothing else (RFC 8785 §3.2.2.2).
func appendCanonicalString(dst []byte, s string) []byte {
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
