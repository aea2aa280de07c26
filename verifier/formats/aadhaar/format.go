// Package aadhaar opens the Secure QR code of Aadhaar letters, cards and PDF files of the Unique Identification
// Authority of India (User Manual for QR Code, 2019, and the layout with version mark that came after it).
//
// The text is one large decimal number: bytes that are compressed, then fields between bytes FF, a photo, hashes
// of e-mail address and mobile number, and an RSA signature over all of it. Decoding is strict and bounded and
// judges nothing. It may import package verifier and the wire parts.
package aadhaar

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"vratar/verifier"
	"vratar/verifier/inflate"
)

// Format is the Aadhaar Secure QR code. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

// Issuer is the only one there is. The code does not name it.
const Issuer = "UIDAI"

const (
	// minDigits is fewer than any code has: its signature alone is 617 digits and does not compress.
	minDigits = 700
	// maxDigits is what the largest QR symbol carries. It bounds the conversion from decimal, which costs more
	// than its input's length.
	maxDigits = 7089
	// maxInflated bounds the decompressed bytes. The photo hardly compresses, so they are little more than the
	// 2,944 bytes of the longest number.
	maxInflated   = 8 << 10
	signatureSize = 256 // RSA, 2048 bits
)

var (
	errTooLong   = fmt.Errorf("aadhaar: more than %d digits", maxDigits)
	errNumber    = errors.New("aadhaar: not a number without leading zero")
	errPacking   = errors.New("aadhaar: neither gzip nor zlib")
	errShort     = errors.New("aadhaar: no room for a signature")
	errVersion   = errors.New("aadhaar: unknown version mark")
	errFields    = errors.New("aadhaar: too few fields")
	errHashes    = errors.New("aadhaar: hashes are announced that are not there")
	errPresence  = errors.New("aadhaar: email_mobile_present is not 0 to 3")
	errReference = errors.New("aadhaar: schema: the reference is not four digits and a time")
	errBirth     = errors.New("aadhaar: schema: dob is not a date")
	errName      = errors.New("aadhaar: schema: no name")
)

// Name is the format's public spelling.
func (Format) Name() string { return "aadhaar" }

// Sniff recognises a number of hundreds of digits.
func (Format) Sniff(payload []byte) bool {
	text := trim(payload)
	return len(text) >= minDigits && !bytes.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// trim drops the line end that scanners add.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// scratch holds the intermediate forms of one payload, bounded by maxDigits and by maxInflated. Nothing of it survives
// DecodeIn.
type scratch struct {
	packed, message []byte
	card            card
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Decode opens payload. Refusals are ReasonTooLarge, ReasonUnsupportedVersion and ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	text := trim(payload)
	if len(text) > maxDigits {
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLong)
	}
	if !(Format{}).Sniff(text) || text[0] == '0' {
		return nil, malformed(errNumber)
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	var err error
	s.packed = appendNumber(s.packed[:0], text)
	if s.message, err = unpack(s.message[:0], s.packed); err != nil {
		if errors.Is(err, inflate.ErrTooLarge) {
			return nil, verifier.Refuse(verifier.ReasonTooLarge, err)
		}
		return nil, malformed(err)
	}
	return s.decodeMessage(a)
}

func (s *scratch) decodeMessage(a *verifier.Arena) (*verifier.Credential, error) {
	message := s.message
	if len(message) <= signatureSize {
		return nil, malformed(errShort)
	}
	split := len(message) - signatureSize
	err := s.card.parse(message[:split])
	if errors.Is(err, errVersion) {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, err)
	}
	if err != nil {
		return nil, malformed(err)
	}
	c := a.Begin(3 * len(message)) // what was signed, and what it says, of which most is the photo
	s.card.describe(a, c)
	c.Proof = verifier.Proof{Algorithm: verifier.RS256, Signed: a.Bytes(message[:split]), Signature: a.Bytes(message[split:])}
	return c, nil
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// unpack decompresses into dst: UIDAI writes gzip, some makers zlib.
func unpack(dst, packed []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(packed, []byte{0x1f, 0x8b}):
		return inflate.Gzip(dst, packed, maxInflated)
	case bytes.HasPrefix(packed, []byte{0x78}):
		return inflate.Zlib(dst, packed, maxInflated)
	}
	return dst, errPacking
}
