// Package nzcp opens New Zealand COVID Passes (NZ COVID Pass technical specification, version 1).
//
// The text is NZCP:/1/ + Base32 without padding of a COSE_Sign1 whose claims hold a W3C verifiable credential.
// Decoding is strict and bounded and judges nothing. It may import package verifier and the wire parts.
package nzcp

import (
	"bytes"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// Format is the New Zealand COVID Pass. The zero value is ready.
type Format struct{}

var _ verifier.Format = Format{}

const (
	prefix  = "NZCP:/"
	version = "1/"
	// maxMessage bounds the COSE message in bytes: what the largest QR symbol could carry in this coding.
	maxMessage = 4 << 10
	// maxName is the longest given or family name, in characters (specification §2.3).
	maxName = 100
)

var (
	errVersion   = errors.New("nzcp: another version than 1")
	errTooLarge  = fmt.Errorf("nzcp: message of more than %d bytes", maxMessage)
	errStray     = errors.New("nzcp: stray bits at the end of the Base32 text")
	errUntagged  = errors.New("nzcp: not tagged as COSE_Sign1")
	errAlgorithm = errors.New("nzcp: not ES256")
	errNoKeyID   = errors.New("nzcp: no key identifier in the protected header")
	errIssuer    = errors.New("nzcp: issuer is not a did:web")
	errID        = errors.New("nzcp: cti is not a UUID")
	errDates     = errors.New("nzcp: nbf or exp is missing")
	errContext   = errors.New("nzcp: schema: @context does not begin with the W3C credentials context")
	errVCVersion = errors.New("nzcp: schema: vc.version is not 1.0.0")
	errType      = errors.New("nzcp: schema: type is not a PublicCovidPass")
	errName      = errors.New("nzcp: schema: a name is missing, too long or not a text")
	errBirth     = errors.New("nzcp: schema: dob is not a date")
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Name is the format's public spelling.
func (Format) Name() string { return "nzcp" }

// Sniff recognises the prefix of every version.
func (Format) Sniff(payload []byte) bool { return bytes.HasPrefix(trim(payload), []byte(prefix)) }

func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// Decode opens payload. Refusals are ReasonUnsupportedVersion, ReasonTooLarge, ReasonUnsupportedAlgorithm and
// ReasonMalformed.
func (Format) Decode(payload []byte) (*verifier.Credential, error) {
	text, ok := bytes.CutPrefix(trim(payload), []byte(prefix+version))
	if !ok {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	if encoding.DecodedLen(len(text)) > maxMessage {
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLarge)
	}
	// The library skips line ends inside the text; a code has none.
	if i := bytes.IndexAny(text, "\r\n"); i >= 0 {
		return nil, malformed(base32.CorruptInputError(i))
	}
	message, err := encoding.AppendDecode(nil, text)
	if err != nil {
		return nil, malformed(err)
	}
	if !canonical(text, message) {
		return nil, malformed(errStray)
	}
	return decodeMessage(message)
}

// canonical reports whether text is the one spelling of message.
func canonical(text, message []byte) bool {
	return bytes.Equal(encoding.AppendEncode(make([]byte, 0, len(text)), message), text)
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

func decodeMessage(message []byte) (*verifier.Credential, error) {
	if len(message) == 0 || message[0] != 0xc0|cose.TagSign1 {
		return nil, malformed(errUntagged) // §2.1 asks for the tag
	}
	s, err := cose.ParseSign1(message)
	if err != nil {
		return nil, malformed(err)
	}
	if s.Algorithm != cose.ES256 {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, errAlgorithm)
	}
	claims, err := cose.ParseClaims(s.Payload)
	if err != nil {
		return nil, malformed(err)
	}
	if err := checkClaims(&s, &claims); err != nil {
		return nil, malformed(err)
	}
	pass := claims.All.GetText("vc")
	if pass.Kind() != cbor.Map {
		return nil, malformed(errType)
	}
	subject := pass.GetText("credentialSubject")
	given, _ := subject.GetText("givenName").Text()
	family, _ := subject.GetText("familyName").Text()
	birth, _ := subject.GetText("dob").Text()
	return &verifier.Credential{
		Format:      Format{}.Name(),
		Type:        "health_pass",
		Issuer:      claims.Issuer,
		Country:     "NZ",
		ID:          bytes.Clone(claims.ID),
		Holder:      verifier.Holder{Name: strings.TrimSpace(given + " " + family), BirthDate: birth},
		Claims:      pass.AppendJSON(nil),
		NotBefore:   claims.NotBefore,
		ExpiresAt:   lastInstant(claims.ExpiresAt),
		SchemaFault: checkPass(pass),
		Proof: verifier.Proof{
			Algorithm: verifier.ES256,
			KeyID:     bytes.Clone(s.KeyID),
			Signed:    cose.AppendSigStructure(nil, s.Protected, s.Payload),
			Signature: bytes.Clone(s.Signature),
		},
	}, nil
}

// lastInstant is the end of a validity that excludes exp itself: here a pass has expired when now ≥ exp
// (§2.1), while the pipeline counts the last instant as still in force.
func lastInstant(exp time.Time) time.Time { return exp.Add(-time.Nanosecond) }

// checkClaims asks for what §2.1 makes mandatory.
func checkClaims(s *cose.Sign1, c *cose.Claims) error {
	switch {
	case len(s.KeyID) == 0 || !protectsKeyID(s):
		return errNoKeyID
	case !strings.HasPrefix(c.Issuer, "did:web:"):
		return errIssuer
	case len(c.ID) != 16:
		return errID
	case c.NotBefore.IsZero() || c.ExpiresAt.IsZero():
		return errDates
	}
	return nil
}

// protectsKeyID reports whether the key identifier stands under the signature, as §2.1 asks.
func protectsKeyID(s *cose.Sign1) bool {
	const labelKeyID = 4
	header, err := cbor.Parse(s.Protected)
	return err == nil && header.Get(labelKeyID).Kind() != cbor.Absent
}

// checkPass holds the credential against §2.2 and §2.3.
func checkPass(pass cbor.Item) error {
	first, _ := pass.GetText("@context").At(0).Text()
	vcVersion, _ := pass.GetText("version").Text()
	var types []string
	for e := range pass.GetText("type").Elements() {
		t, _ := e.Text()
		types = append(types, t)
	}
	subject := pass.GetText("credentialSubject")
	given, ok := subject.GetText("givenName").Text()
	family := subject.GetText("familyName")
	surname, isText := family.Text()
	birth, _ := subject.GetText("dob").Text()
	_, err := time.Parse(time.DateOnly, birth)
	switch {
	case first != "https://www.w3.org/2018/credentials/v1":
		return errContext
	case vcVersion != "1.0.0":
		return errVCVersion
	case !slices.Contains(types, "VerifiableCredential") || !slices.Contains(types, "PublicCovidPass"):
		return errType
	case !ok || given == "" || utf8.RuneCountInString(given) > maxName:
		return errName
	case family.Kind() != cbor.Absent && !isText || utf8.RuneCountInString(surname) > maxName:
		return errName
	case err != nil:
		return errBirth
	}
	return nil
}
