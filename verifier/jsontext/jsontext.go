// Package jsontext appends JSON text to a caller's buffer. Verdicts and claims are written with it, because
// they are the bulk of every answer and reflection would cost more than the verification they report.
//
// It writes only; it knows nothing of credentials. Reading JSON is the business of package jose.
package jsontext

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string with its quotes (RFC 8259 §7). Bytes that are not UTF-8 become
// U+FFFD; U+2028 and U+2029 are escaped so that the text is safe inside a script as well.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	n := plainLen(s)
	dst = append(append(dst, '"'), s[:n]...)
	if n < len(s) {
		dst = appendRest(dst, s[n:])
	}
	return append(dst, '"')
}

// appendRest appends s, whose first byte does not stand for itself.
func appendRest[T string | []byte](dst []byte, s T) []byte {
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if plain[b] {
			i++
			continue
		}
		if b < utf8.RuneSelf {
			dst = append(dst, s[start:i]...)
			dst = appendEscaped(dst, b)
			i++
			start = i
			continue
		}
		end := min(i+utf8.UTFMax, len(s))
		r, size := utf8.DecodeRuneInString(string(s[i:end]))
		if (r == utf8.RuneError && size == 1) || r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u`...)
			dst = append(dst, hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			start = i + size
		}
		i += size
	}
	return append(dst, s[start:]...)
}

// plainLen is how many bytes at the beginning of s stand for themselves. It looks at eight at a time.
func plainLen[T string | []byte](s T) int {
	n := 0
	for ; n+8 <= len(s); n += 8 {
		eight := uint64(s[n]) | uint64(s[n+1])<<8 | uint64(s[n+2])<<16 | uint64(s[n+3])<<24 |
			uint64(s[n+4])<<32 | uint64(s[n+5])<<40 | uint64(s[n+6])<<48 | uint64(s[n+7])<<56
		const ones, tops = 0x0101010101010101, 0x8080808080808080
		quote, backslash := eight^'"'*ones, eight^'\\'*ones
		// The top bit of a byte that is below a blank, or zero, is set by the subtraction; so may that of a byte
		// above such a one be, which does not matter.
		if (eight|(eight-' '*ones)|(quote-ones)|(backslash-ones))&tops != 0 {
			break
		}
	}
	for n < len(s) && plain[s[n]] {
		n++
	}
	return n
}

// plain are the bytes that stand for themselves.
var plain = func() (is [256]bool) {
	for b := range is {
		is[b] = b >= ' ' && b < utf8.RuneSelf && b != '"' && b != '\\'
	}
	return is
}()

func appendEscaped(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
}
