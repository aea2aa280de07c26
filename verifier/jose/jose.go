// Package jose reads what JOSE puts on the wire: strict JSON (RFC 8259), compact JWS (RFC 7515) and JWK
// (RFC 7517, 7518, 8037).
//
// It takes texts apart and says where they are wrong. It believes nothing: no signature is checked here and
// no certificate chain is built. It is stricter than the standard library's JSON: a member name that occurs
// twice, a byte order mark, invalid UTF-8, a lone surrogate or anything behind the value is an error,
// because two readers that disagree about one text are how signed content gets two meanings.
package jose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
)

var errBase64 = errors.New("jose: not base64url without padding")

// DecodeBase64URL decodes base64url without padding (RFC 7515 §2) into a new slice. Padding, line breaks and
// stray bits at the end are errors, so one value has one spelling.
func DecodeBase64URL[T string | []byte](text T) ([]byte, error) {
	return AppendBase64URL(make([]byte, 0, base64.RawURLEncoding.DecodedLen(len(text))), []byte(text))
}

var strictURL = base64.RawURLEncoding.Strict()

// AppendBase64URL appends to dst what DecodeBase64URL decodes. On error dst is returned as it was.
func AppendBase64URL(dst, text []byte) ([]byte, error) {
	size := strictURL.DecodedLen(len(text))
	out := slices.Grow(dst, size)[:len(dst)+size]
	n, err := strictURL.Decode(out[len(dst):], text)
	// The standard decoder skips line breaks, even in strict mode: then less comes out, or the length is one that no
	// text without them has.
	if err != nil || n != size || len(text)%4 == 1 {
		return dst, errBase64
	}
	return out, nil
}

var strictPadded = base64.StdEncoding.Strict()

// appendPadded appends what text says in base64 with padding (RFC 4648 §4) to dst.
func appendPadded(dst, text []byte) ([]byte, error) {
	if bytes.ContainsAny(text, "\r\n") {
		return dst, errBase64
	}
	out := slices.Grow(dst, strictPadded.DecodedLen(len(text)))
	n, err := strictPadded.Decode(out[len(dst):cap(out)], text)
	if err != nil {
		return dst, errBase64
	}
	return out[:len(dst)+n], nil
}
