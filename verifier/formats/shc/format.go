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

var _ verifier.ArenaFormat = Format{}

const (
	// maxInflated bounds the decompressed claims, in bytes. A published card of three codes has 30,178.
	maxInflated = 64 << 10
	// maxKept is how large a scratch buffer may be and still be kept for the next scan.
	maxKept = 32 << 10
)

var (
	errAlgorithm = errors.New("shc: not ES256")
	errClaims    = errors.New("shc: the payload is not an object")
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

// scratch holds the intermediate forms of one payload. Nothing of it survives DecodeIn.
type scratch struct {
	text, plain []byte
	token       jose.Token
	digest      digester
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (s *scratch) release() {
	if cap(s.text)+cap(s.plain)+cap(s.digest.canonical) <= maxKept {
		scratches.Put(s)
	}
}

// Decode opens payload. Refusals are ReasonTooLarge, ReasonUnsupportedAlgorithm and ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	s := scratches.Get().(*scratch)
	defer s.release()
	if err := s.read(payload); err != nil {
		return nil, malformed(err)
	}
	return s.decodeJWS(a)
}

// read puts the JWS of a payload into s.text. A card is one code nearly always, and then its payload is not looked
// through for others.
func (s *scratch) read(payload []byte) error {
	if p, err := parsePart(trim(payload)); err == nil && p.total == 1 {
		if s.text, err = appendNumeric(s.text[:0], p.digits); err == nil {
			return nil
		}
	}
	digits, err := gather(payload)
	s.text = s.text[:0]
	for _, d := range digits {
		if s.text, err = appendNumeric(s.text, d); err != nil {
			return err
		}
	}
	return err
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
func (s *scratch) decodeJWS(a *verifier.Arena) (*verifier.Credential, error) {
	if err := s.token.Parse(s.text); err != nil {
		return nil, malformed(err)
	}
	zip := s.token.Header.Get("zip")
	keyID, _ := s.token.KeyID.TextBytes()
	switch {
	case zip.Kind() != jose.Text && zip.Kind() != jose.Absent:
		return nil, malformed(errZip)
	case !s.token.Algorithm.Is(verifier.ES256.String()):
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w but %s", errAlgorithm, s.token.Algorithm.Raw()))
	case !zip.Is("DEF"):
		return nil, malformed(errZip)
	case len(keyID) == 0:
		return nil, malformed(errNoKeyID)
	}
	var err error
	if s.plain, err = inflate.Raw(s.plain[:0], s.token.Payload, maxInflated); err != nil {
		if errors.Is(err, inflate.ErrTooLarge) {
			return nil, verifier.Refuse(verifier.ReasonTooLarge, err)
		}
		return nil, malformed(err)
	}
	claims, err := jose.Parse(s.plain)
	if err != nil {
		return nil, malformed(err)
	}
	if claims.Kind() != jose.Map {
		return nil, malformed(errClaims)
	}
	c := a.Begin(len(s.text) + len(s.plain)*5/4) // what was signed, what it says, and some of that once more
	c.Format = Format{}.Name()
	c.Proof = verifier.Proof{
		Algorithm: verifier.ES256, KeyID: a.Bytes(keyID), Signed: a.Bytes(s.token.Signed), Signature: a.Bytes(s.token.Signature),
	}
	d := describer{a: a, c: c, digest: &s.digest}
	c.SchemaFault = d.describe(claims)
	return c, nil
}
