// Package base45 reads and writes Base45 (RFC 9285), the alphabet that QR codes pack tightest.
//
// It is strict: no blanks are trimmed, no lower case is folded, no value beyond two bytes is reduced. It
// imports only the standard library.
package base45

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// invalid is what a character outside the alphabet counts: more than any group of three may hold, so that it
// shows in the sum.
const invalid = 1 << 17

// weights is what a character counts at each place of a group: its value times 1, 45 and 2025.
var weights = func() (t [3][256]uint32) {
	for place, weight := range [3]uint32{1, 45, 45 * 45} {
		for c := range t[place] {
			t[place][c] = invalid
		}
		for value, c := range []byte(alphabet) {
			t[place][c] = uint32(value) * weight
		}
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
	n := DecodedLen(len(src))
	out := slices.Grow(dst, n)[:len(dst)+n]
	if !decode(out[len(dst):], src) {
		return dst, fault(src)
	}
	return out, nil
}

// decode fills dst, which has the right length, and reports whether src is Base45. It looks for a fault once, at
// the end: a group that holds too much, or a character that none may hold, sets a bit beyond the sixteenth.
func decode(dst, src []byte) bool {
	var all uint32
	for len(src) >= 12 && len(dst) >= 8 {
		s, d := (*[12]byte)(src), (*[8]byte)(dst)
		a := weights[0][s[0]] + weights[1][s[1]] + weights[2][s[2]]
		b := weights[0][s[3]] + weights[1][s[4]] + weights[2][s[5]]
		c := weights[0][s[6]] + weights[1][s[7]] + weights[2][s[8]]
		e := weights[0][s[9]] + weights[1][s[10]] + weights[2][s[11]]
		all |= a | b | c | e
		binary.BigEndian.PutUint64(d[:], uint64(a)<<48|uint64(b)<<32|uint64(c)<<16|uint64(e))
		src, dst = src[12:], dst[8:]
	}
	for ; len(src) >= 3 && len(dst) >= 2; src, dst = src[3:], dst[2:] {
		n := weights[0][src[0]] + weights[1][src[1]] + weights[2][src[2]]
		all |= n
		dst[0], dst[1] = byte(n>>8), byte(n)
	}
	if len(src) == 2 && len(dst) == 1 {
		n := weights[0][src[0]] + weights[1][src[1]]
		all |= n << 8 // one byte is all that two characters may hold
		dst[0] = byte(n)
	}
	return all <= 0xffff
}

// fault says what is wrong with src, of which something is.
func fault(src []byte) error {
	for i := 0; i < len(src); i += 3 {
		var n uint32
		group := src[i:min(i+3, len(src))]
		for j, c := range group {
			if weights[0][c] == invalid {
				return fmt.Errorf("base45: character outside the alphabet at offset %d", i+j)
			}
			n += weights[j][c]
		}
		if n>>(8*(len(group)-1)) != 0 {
			return fmt.Errorf("base45: value too large at offset %d", i)
		}
	}
	return errLength
}
