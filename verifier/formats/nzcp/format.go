// Package nzcp opens New Zealand COVID Passes (NZ COVID Pass technical specification, version 1).
//
// The text is NZCP:/1/ + Base32 without padding of a COSE_Sign1 whose claims hold a W3C verifiable credential.
// Decoding is strict and bounded and judges nothing. It may import package verifier and the wire parts.
package nzcp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// Format is the New Zealand COVID Pass. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

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

// Name is the format's public spelling.
func (Format) Name() string { return "nzcp" }

// Sniff recognises the prefix of every version.
func (Format) Sniff(payload []byte) bool { return bytes.HasPrefix(trim(payload), []byte(prefix)) }

func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// scratches are for messages, which nothing of survives Decode.
var scratches = sync.Pool{New: func() any { return new([maxMessage]byte) }}

// Decode opens payload. Refusals are ReasonUnsupportedVersion, ReasonTooLarge, ReasonUnsupportedAlgorithm and
// ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	text, ok := bytes.CutPrefix(trim(payload), []byte(prefix+version))
	if !ok {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	if 5*len(text)/8 > maxMessage {
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLarge)
	}
	s := scratches.Get().(*[maxMessage]byte)
	defer scratches.Put(s)
	message, err := appendBase32(s[:0], text)
	if err != nil {
		return nil, malformed(err)
	}
	return decodeMessage(a, message)
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

func decodeMessage(a *verifier.Arena, message []byte) (*verifier.Credential, error) {
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
	c := a.Begin(4 * len(message)) // the signed bytes, and the claims, which are longer as JSON
	claims, err := cose.ParseClaimsWith(s.Payload, a.Text)
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
	birth, _ := subject.GetText("dob").TextBytes()
	c.Format, c.Type, c.Country = Format{}.Name(), "health_pass", "NZ"
	c.Issuer, c.ID = claims.Issuer, a.Bytes(claims.ID)
	c.Holder = verifier.Holder{Name: name(a, subject), BirthDate: a.Text(birth)}
	c.Claims = a.Keep(pass.AppendJSON(a.Tail(2 * len(pass.Raw()))))
	c.NotBefore, c.ExpiresAt = claims.NotBefore, lastInstant(claims.ExpiresAt)
	c.SchemaFault = checkPass(pass)
	c.Proof = verifier.Proof{
		Algorithm: verifier.ES256,
		KeyID:     a.Bytes(s.KeyID),
		Signed:    a.Keep(cose.AppendSigStructure(a.Tail(len(s.Payload)+len(s.Protected)+32), s.Protected, s.Payload)),
		Signature: a.Bytes(s.Signature),
	}
	return c, nil
}

// name is given and family name as one text.
func name(a *verifier.Arena, subject cbor.Item) string {
	given, _ := subject.GetText("givenName").TextBytes()
	family, _ := subject.GetText("familyName").TextBytes()
	var room [2*maxName + 1]byte
	return a.Text(bytes.TrimSpace(append(append(append(room[:0], given...), ' '), family...)))
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
	subject := pass.GetText("credentialSubject")
	given, _ := subject.GetText("givenName").TextBytes()
	family := subject.GetText("familyName")
	surname, isText := family.TextBytes()
	birth, _ := subject.GetText("dob").TextBytes()
	switch {
	case !isTextOf(pass.GetText("@context").At(0), "https://www.w3.org/2018/credentials/v1"):
		return errContext
	case !isTextOf(pass.GetText("version"), "1.0.0"):
		return errVCVersion
	case !hasType(pass, "VerifiableCredential") || !hasType(pass, "PublicCovidPass"):
		return errType
	case len(given) == 0 || utf8.RuneCount(given) > maxName:
		return errName
	case family.Kind() != cbor.Absent && !isText || utf8.RuneCount(surname) > maxName:
		return errName
	case !isDay(birth):
		return errBirth
	}
	return nil
}

func isTextOf(i cbor.Item, want string) bool {
	s, ok := i.TextBytes()
	return ok && string(s) == want
}

func hasType(pass cbor.Item, want string) bool {
	for e := range pass.GetText("type").Elements() {
		if isTextOf(e, want) {
			return true
		}
	}
	return false
}

func isDay(s []byte) bool {
	if len(s) != len(time.DateOnly) {
		return false
	}
	_, err := time.Parse(time.DateOnly, string(s))
	return err == nil
}
