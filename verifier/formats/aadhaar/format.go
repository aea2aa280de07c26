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
	"math/big"

	"vratar/verifier"
	"vratar/verifier/inflate"
)

// Format is the Aadhaar Secure QR code. The zero value is ready.
type Format struct{}

var _ verifier.Format = Format{}

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

// Decode opens payload. Refusals are ReasonTooLarge, ReasonUnsupportedVersion and ReasonMalformed.
func (Format) Decode(payload []byte) (*verifier.Credential, error) {
	text := trim(payload)
	if len(text) > maxDigits {
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLong)
	}
	if !(Format{}).Sniff(text) || text[0] == '0' {
		return nil, malformed(errNumber)
	}
	number, _ := new(big.Int).SetString(string(text), 10) // digits alone never fail
	message, err := unpack(number.Bytes())
	if err != nil {
		if errors.Is(err, inflate.ErrTooLarge) {
			return nil, verifier.Refuse(verifier.ReasonTooLarge, err)
		}
		return nil, malformed(err)
	}
	if len(message) <= signatureSize {
		return nil, malformed(errShort)
	}
	split := len(message) - signatureSize
	card, err := parseCard(message[:split])
	if errors.Is(err, errVersion) {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, err)
	}
	if err != nil {
		return nil, malformed(err)
	}
	c := card.credential()
	c.Proof = verifier.Proof{Algorithm: verifier.RS256, Signed: message[:split:split], Signature: message[split:]}
	return c, nil
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// unpack decompresses: UIDAI writes gzip, some makers zlib.
func unpack(packed []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(packed, []byte{0x1f, 0x8b}):
		return inflate.Gzip(nil, packed, maxInflated)
	case bytes.HasPrefix(packed, []byte{0x78}):
		return inflate.Zlib(nil, packed, maxInflated)
	}
	return nil, errPacking
}
