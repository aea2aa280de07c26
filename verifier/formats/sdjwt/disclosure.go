package sdjwt

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"

	"vratar/verifier/jose"
)

// Names with a meaning of their own (RFC 9901 §4.1, 4.2.4).
const (
	memberDigests     = "_sd"
	memberAlgorithm   = "_sd_alg"
	memberPlaceholder = "..."
)

var (
	errDisclosure  = errors.New("sdjwt: a disclosure is neither an array [salt, name, value] nor [salt, value]")
	errPlace       = errors.New("sdjwt: a disclosure does not fit its place")
	errReserved    = errors.New("sdjwt: a disclosure has a reserved name")
	errNameTwice   = errors.New("sdjwt: a disclosed name is there already")
	errDigestTwice = errors.New("sdjwt: a digest is there twice")
	errUnused      = errors.New("sdjwt: a disclosure matches no digest")
	errPlaceholder = errors.New("sdjwt: a placeholder stands where none may")
	errDigest      = errors.New("sdjwt: a digest under ... is not a text, or _sd is not an array of texts")
	errDeep        = errors.New("sdjwt: disclosures nest too deep")
	errRepeated    = errors.New("sdjwt: a disclosure is given twice")
	errProtected   = errors.New("sdjwt: a claim that decides about validity is disclosed selectively")
)

// hash is a digest algorithm.
type hash uint8

const (
	sha256Hash hash = iota
	sha384Hash
	sha512Hash
)

// digestSize is how long the text of a digest is at least.
const digestSize = 43

// hashByName knows the algorithms of the IANA registry that are strong and in the standard library; without a
// name it is SHA-256 (RFC 9901 §4.1.1).
func hashByName(name jose.Value) (hash, error) {
	switch {
	case name.Kind() == jose.Absent, name.Is("sha-256"), name.Is(""):
		return sha256Hash, nil
	case name.Is("sha-384"):
		return sha384Hash, nil
	case name.Is("sha-512"):
		return sha512Hash, nil
	}
	return 0, fmt.Errorf("%w: %s", errHash, name.Raw())
}

// appendText appends the base64url text of a digest over text.
func (h hash) appendText(dst, text []byte) []byte {
	switch h {
	case sha384Hash:
		d := sha512.Sum384(text)
		return base64.RawURLEncoding.AppendEncode(dst, d[:])
	case sha512Hash:
		d := sha512.Sum512(text)
		return base64.RawURLEncoding.AppendEncode(dst, d[:])
	}
	d := sha256.Sum256(text)
	return base64.RawURLEncoding.AppendEncode(dst, d[:])
}

// disclosure is one value that the holder chose to show.
type disclosure struct {
	digest []byte     // as the payload names it
	name   []byte     // of an object's member
	value  jose.Value // Absent once it found its place
	named  bool       // false: it is an element of an array
}

func parseDisclosure(raw []byte) (disclosure, error) {
	items, err := jose.Parse(raw)
	if err != nil {
		return disclosure{}, err
	}
	if items.Kind() != jose.Array {
		return disclosure{}, errDisclosure
	}
	w := items.Walk()
	salt, name, value := w.Next(), w.Next(), w.Next()
	if w.More() || salt.Kind() != jose.Text || name.Kind() == jose.Absent {
		return disclosure{}, errDisclosure
	}
	if value.Kind() == jose.Absent {
		return disclosure{value: name}, nil
	}
	content, ok := name.TextBytes()
	if !ok {
		return disclosure{}, errDisclosure
	}
	return disclosure{name: content, value: value, named: true}, nil
}
