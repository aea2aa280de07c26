package issuing

import (
	"encoding/base32"
	"encoding/json"
	"errors"
	"time"

	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// Pass is the content of a New Zealand COVID Pass.
type Pass struct {
	Issuer    string // did:web:…
	ID        [16]byte
	Given     string
	Family    string // empty: none
	BirthDate string // YYYY-MM-DD
	NotBefore time.Time
	ExpiresAt time.Time
}

// NZCP issues a New Zealand COVID Pass and returns the text of its code. The key's ID is its name in the
// issuer's DID document: the fragment alone.
func NZCP(k *Key, p Pass) (string, error) {
	claims, err := p.Claims()
	if err != nil {
		return "", err
	}
	message, err := k.Sign1(Message{KeyID: []byte(k.ID), Payload: claims})
	if err != nil {
		return "", err
	}
	return ArmourNZCP(message), nil
}

// ArmourNZCP is the text of a New Zealand COVID Pass around a message.
func ArmourNZCP(message []byte) string {
	return "NZCP:/1/" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(message)
}

// Claims is the CWT claims set of a pass, the payload under its signature.
func (p Pass) Claims() ([]byte, error) {
	if p.Issuer == "" || p.NotBefore.IsZero() || p.ExpiresAt.IsZero() {
		return nil, errors.New("issuing: a pass has an issuer and both ends of its validity")
	}
	var m mapBuilder
	m.text(cose.ClaimIssuer, p.Issuer)
	m.time(cose.ClaimNotBefore, p.NotBefore)
	m.time(cose.ClaimExpires, p.ExpiresAt)
	m.label(cose.ClaimID)
	m.body = cbor.AppendBytes(m.body, p.ID[:])
	m.n++
	m.body = p.appendCredential(cbor.AppendText(m.body, "vc"))
	return m.bytes(), nil
}

func (p Pass) appendCredential(dst []byte) []byte {
	dst = cbor.AppendMapHead(dst, 4)
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, "@context"), 2)
	dst = cbor.AppendText(dst, "https://www.w3.org/2018/credentials/v1")
	dst = cbor.AppendText(dst, "https://nzcp.covid19.health.nz/contexts/v1")
	dst = cbor.AppendText(cbor.AppendText(dst, "version"), "1.0.0")
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, "type"), 2)
	dst = cbor.AppendText(cbor.AppendText(dst, "VerifiableCredential"), "PublicCovidPass")
	subject := []member{{"givenName", p.Given}, {"dob", p.BirthDate}}
	if p.Family != "" {
		subject = append(subject, member{"familyName", p.Family})
	}
	return appendMembers(cbor.AppendText(dst, "credentialSubject"), subject)
}

// DIDDocument is the document (W3C DID Core 1.0) under which the owner of a DID publishes keys for assertions.
func DIDDocument(did string, keys ...*Key) ([]byte, error) {
	type method struct {
		ID         string          `json:"id"`
		Controller string          `json:"controller"`
		Type       string          `json:"type"`
		Key        json.RawMessage `json:"publicKeyJwk"`
	}
	document := struct {
		Context   string   `json:"@context"`
		ID        string   `json:"id"`
		Methods   []method `json:"verificationMethod"`
		Assertion []string `json:"assertionMethod"`
	}{Context: "https://w3.org/ns/did/v1", ID: did}
	for _, k := range keys {
		jwk, err := k.MarshalPublic()
		if err != nil {
			return nil, err
		}
		id := did + "#" + k.ID
		document.Methods = append(document.Methods, method{id, did, "JsonWebKey2020", jwk})
		document.Assertion = append(document.Assertion, id)
	}
	return json.Marshal(document)
}
