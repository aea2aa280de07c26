// Package shc opens SMART Health Cards (SMART Health Cards framework 1.4, smart-on-fhir/health-cards).
//
// The text is shc:/ + pairs of digits, each a character of a compact JWS (RFC 7515) whose payload is a raw
// DEFLATE stream of JSON: a W3C credential with a bundle of FHIR resources. A card may be split over several
// codes shc:/C/N/…; all their texts together, with blanks or line ends between them, are one payload, and
// one part alone is refused with a PartError as its cause.
//
// Decoding is strict and bounded and judges nothing: whether the claims obey the specification is reported
// beside them. FHIR profiles are not checked. A key is looked up by the issuer's exact URL, so it must stand
// under that URL on the trust list. It may import package verifier and the wire parts.
package shc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"vratar/verifier"
	"vratar/verifier/inflate"
	"vratar/verifier/jose"
)

// Format is the SMART Health Card format. The zero value is ready.
type Format struct{}

var _ verifier.Format = Format{}

const (
	// maxInflated bounds the decompressed claims, in bytes. A published card of three codes has 30,178.
	maxInflated = 64 << 10
	// maxKept is how large a scratch buffer may be and still be kept for the next scan.
	maxKept = 16 << 10
)

var (
	errAlgorithm = errors.New("shc: not ES256")
	errZip       = errors.New("shc: header zip is not DEF")
	errNoKeyID   = errors.New("shc: header names no key")
)

// Name is the format's public spelling.
func (Format) Name() string { return "shc" }

// Sniff recognises the URI scheme, which is registered for health cards alone.
func (Format) Sniff(payload []byte) bool { return bytes.HasPrefix(trim(payload), []byte(scheme)) }

func trim(payload []byte) []byte { return bytes.Trim(payload, blanks) }

const blanks = " \t\r\n"

func isBlank(r rune) bool { return strings.ContainsRune(blanks, r) }

// scratch holds the intermediate forms of one payload. Nothing of it survives Decode.
type scratch struct{ text, plain []byte }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Decode opens payload. Refusals are ReasonTooLarge, ReasonUnsupportedAlgorithm and ReasonMalformed.
func (Format) Decode(payload []byte) (*verifier.Credential, error) {
	digits, err := gather(payload)
	if err != nil {
		return nil, malformed(err)
	}
	s := scratches.Get().(*scratch)
	defer func() {
		if cap(s.text)+cap(s.plain) <= maxKept {
			scratches.Put(s)
		}
	}()
	s.text = s.text[:0]
	for _, d := range digits {
		if s.text, err = appendNumeric(s.text, d); err != nil {
			return nil, malformed(err)
		}
	}
	return s.decodeJWS()
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// gather is the digits of a payload of one code or of all parts of a card.
func gather(payload []byte) ([][]byte, error) {
	var parts []part
	for _, text := range bytes.FieldsFunc(payload, isBlank) {
		if len(parts) > maxParts {
			return nil, errMixed
		}
		p, err := parsePart(text)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return join(parts)
}

// decodeJWS opens the JWS in s.text. Its header demands are those of the specification, "Health Cards are
// Compact"; further members are allowed but for crit.
func (s *scratch) decodeJWS() (*verifier.Credential, error) {
	j, err := jose.ParseCompact(s.text)
	if err != nil {
		return nil, malformed(err)
	}
	zip, err := j.Header.Text("zip")
	switch {
	case err != nil:
		return nil, malformed(err)
	case j.Algorithm != verifier.ES256.String():
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w but %q", errAlgorithm, j.Algorithm))
	case zip != "DEF":
		return nil, malformed(errZip)
	case j.KeyID == "":
		return nil, malformed(errNoKeyID)
	}
	if s.plain, err = inflate.Raw(s.plain[:0], j.Payload, maxInflated); err != nil {
		if errors.Is(err, inflate.ErrTooLarge) {
			return nil, verifier.Refuse(verifier.ReasonTooLarge, err)
		}
		return nil, malformed(err)
	}
	claims, err := jose.ParseObject(s.plain)
	if err != nil {
		return nil, malformed(err)
	}
	c := &verifier.Credential{
		Format: Format{}.Name(),
		Proof: verifier.Proof{
			Algorithm: verifier.ES256,
			KeyID:     []byte(j.KeyID),
			Signed:    bytes.Clone(j.Signed),
			Signature: j.Signature,
		},
	}
	c.SchemaFault = describe(c, claims)
	return c, nil
}
