// Package base45 reads and writes Base45 (RFC 9285), the alphabet that QR codes pack tightest.
//
// It is strict: no blanks are trimmed, no lower case is folded, no value beyond two bytes is reduced. It
// imports only the standard library.
package base45

import (
	"errors"
	"fmt"
	"slices"
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

const invalid = 0xff

// values maps a character to its value, invalid for those outside the alphabet.
var values = func() (t [256]uint8) {
	for i := range t {
		t[i] = invalid
	}
	for i, c := range []byte(alphabet) {
		t[c] = uint8(i)
	}
	return t
}()

var errLength = errors.New("base45: one character left over at the end")

// EncodedLen is the length of n bytes in Base45.
func EncodedLen(n int) int { return n/2*3 + n%2*2 }

// DecodedLen is the largest number of bytes that n characters hold.
func DecodedLen(n int) int { return n/3*2 + n%3/2 }

// Append appends src in Base45 to dst.
func Append(dst, src []byte) []byte {
	for ; len(src) >= 2; src = src[2:] {
		n := uint(src[0])<<8 | uint(src[1])
		dst = append(dst, alphabet[n%45], alphabet[n/45%45], alphabet[n/2025])
	}
	if len(src) == 1 {
		n := uint(src[0])
		dst = append(dst, alphabet[n%45], alphabet[n/45])
	}
	return dst
}

// AppendDecode appends the bytes behind the Base45 text src to dst. On error it returns dst as it was, and
// says at which offset of src the text is at fault (RFC 9285 §6).
func AppendDecode(dst, src []byte) ([]byte, error) {
	if len(src)%3 == 1 {
		return dst, errLength
	}
	out, i := slices.Grow(dst, DecodedLen(len(src))), 0
	for ; i+3 <= len(src); i += 3 {
		c, d, e := values[src[i]], values[src[i+1]], values[src[i+2]]
		n := uint(c) + 45*uint(d) + 2025*uint(e)
		if c == invalid || d == invalid || e == invalid || n > 0xffff {
			return dst, fault(src, i, 3)
		}
		out = append(out, byte(n>>8), byte(n))
	}
	if i < len(src) {
		c, d := values[src[i]], values[src[i+1]]
		n := uint(c) + 45*uint(d)
		if c == invalid || d == invalid || n > 0xff {
			return dst, fault(src, i, 2)
		}
		out = append(out, byte(n))
	}
	return out, nil
}

// fault tells a stranger in the group of n characters at offset i from a value that is too large.
func fault(src []byte, i, n int) error {
	for j, c := range src[i : i+n] {
		if values[c] == invalid {
			return fmt.Errorf("base45: character outside the alphabet at offset %d", i+j)
		}
	}
	return fmt.Errorf("base45: value too large at offset %d", i)
}
