package nzcp

import (
	"errors"
	"fmt"
)

var errStray = errors.New("nzcp: stray bits at the end of the Base32 text")

// appendBase32 appends the bytes behind text to dst (RFC 4648 §6, without padding). One message has one text: bits
// that mean nothing must be zero, and there are no more characters than are needed.
func appendBase32(dst, text []byte) ([]byte, error) {
	bits, held := uint32(0), 0 // held bits of it are not written yet
	for i, c := range text {
		var v byte
		switch {
		case c >= 'A' && c <= 'Z':
			v = c - 'A'
		case c >= '2' && c <= '7':
			v = c - '2' + 26
		default:
			return dst, fmt.Errorf("nzcp: illegal base32 data at offset %d", i)
		}
		bits = bits<<5 | uint32(v)
		if held += 5; held >= 8 {
			held -= 8
			dst = append(dst, byte(bits>>held))
		}
	}
	if held >= 5 || bits&(1<<held-1) != 0 {
		return dst, errStray
	}
	return dst, nil
}
