package jose

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// string walks over a string and reports whether anything in it is escaped.
func (s *scanner) string() (escaped bool, err error) {
	text, i := s.text, s.pos+1
	for {
		if i = ordinary(text, i); i == len(text) {
			break
		}
		switch c := text[i]; {
		case c == '"':
			s.pos = i + 1
			return escaped, nil
		case c == '\\':
			s.pos = i
			if _, err := s.escape(); err != nil {
				return false, err
			}
			escaped, i = true, s.pos
		default:
			s.pos = i
			return false, s.fault("control character in a string")
		}
	}
	s.pos = i
	return false, s.fault("string has no end")
}

// ordinary is the place of the first quote, backslash or control character of text from i on; its length when there is
// none. It looks at eight bytes at a time.
func ordinary(text []byte, i int) int {
	const each, top = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(text); i += 8 {
		b := binary.LittleEndian.Uint64(text[i:])
		quote, backslash := b^each*'"', b^each*'\\'
		// The highest bit of the lowest byte that is one of them is set; of bytes above it, it may be by mistake.
		found := (quote-each)&^quote | (backslash-each)&^backslash | (b-each*' ')&^b
		if found &= top; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(text) && text[i] != '"' && text[i] != '\\' && text[i] >= ' ' {
		i++
	}
	return i
}

// appendContent appends what a string says to dst. raw is what stands between the quotes of one that was checked.
func appendContent(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(dst, raw...)
		}
		s := scanner{text: raw, pos: i}
		r, err := s.escape()
		if err != nil {
			return dst // not checked, then
		}
		dst = utf8.AppendRune(append(dst, raw[:i]...), r)
		raw = raw[s.pos:]
	}
}

func (s *scanner) escape() (rune, error) {
	s.pos++
	c := s.peek()
	if c == 'u' {
		return s.unicode()
	}
	i := bytes.IndexByte([]byte(`"\/bfnrt`), c)
	if i < 0 || c == 0 {
		return 0, s.fault("unknown escape")
	}
	s.pos++
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

// unicode reads uXXXX, with its second half where it is the first of a surrogate pair.
func (s *scanner) unicode() (rune, error) {
	r, err := s.hex4()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if s.peek() != '\\' {
		return 0, s.fault("lone surrogate")
	}
	s.pos++
	if s.peek() != 'u' {
		return 0, s.fault("lone surrogate")
	}
	low, err := s.hex4()
	if err != nil {
		return 0, err
	}
	pair := utf16.DecodeRune(r, low)
	if pair == utf8.RuneError {
		return 0, s.fault("lone surrogate")
	}
	return pair, nil
}

func (s *scanner) hex4() (rune, error) {
	s.pos++
	var r rune
	for range 4 {
		digit := bytes.IndexByte([]byte("0123456789abcdef"), s.peek()|0x20)
		if digit < 0 || s.peek() < '0' {
			return 0, s.fault("four hexadecimal digits expected")
		}
		r = r<<4 | rune(digit)
		s.pos++
	}
	return r, nil
}
