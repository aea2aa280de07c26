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
)

var errBase64 = errors.New("jose: not base64url without padding")

// DecodeBase64URL decodes base64url without padding (RFC 7515 §2) into a new slice. Padding, line breaks and
// stray bits at the end are errors, so one value has one spelling.
func DecodeBase64URL[T string | []byte](text T) ([]byte, error) {
	return decodeBase64(base64.RawURLEncoding, []byte(text))
}

func decodeBase64(enc *base64.Encoding, text []byte) ([]byte, error) {
	// The standard decoder skips line breaks, even in strict mode.
	if bytes.ContainsAny(text, "\r\n") {
		return nil, errBase64
	}
	out := make([]byte, enc.DecodedLen(len(text)))
	n, err := enc.Strict().Decode(out, text)
	if err != nil {
		return nil, errBase64
	}
	return out[:n], nil
}
