// Package mdoc opens mobile documents (ISO/IEC 18013-5:2021) that are carried in a code or an answer: the
// IssuerSigned part alone, or a whole DeviceResponse, as CBOR bytes or as their base64url text. Among them are
// mobile driving licences and the age attestation of the EU (eu.europa.ec.av.1).
//
// Decoding is strict and bounded and judges nothing: elements are held against the digests that the issuer
// signed, and an mdoc with one that does not match carries no signature that could be proven. What the device
// itself signs is told apart from that (HolderProof). A deviceMac takes the secret key of the reader in whose
// session it was made (§9.1.3.5): no code can carry that, so here a deviceMac proves nothing.
//
// Every mdoc is bound to its device's key (§9.1.2.4), so one without proof may be a copy.
//
// The document signer's certificate is held against the moment of signing, not against now (§9.3.1): mdocs outlive
// it. It may import package verifier and the wire parts.
package mdoc

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"

	"vratar/verifier"
	"vratar/verifier/cose"
	"vratar/verifier/jose"
)

// Format is the mdoc format. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

// The extended key usage of document signers (ISO/IEC 18013-5 table B.3), and those of the same arc that are
// for something else: a certificate that names one of those alone signs no documents.
const documentSigner = "1.0.18013.5.1.2"

var keyUse = verifier.KeyUse{
	Group: []string{documentSigner, "1.0.18013.5.1.3", "1.0.18013.5.1.6", "1.0.18013.5.1.7"},
	Need:  []string{documentSigner},
}

var (
	errAlgorithm = errors.New("mdoc: the issuer's algorithm is none of ES256, ES384, ES512, EdDSA")
	errChain     = errors.New("mdoc: the signer's certificate is not there")
)

// Name is the format's public spelling.
func (Format) Name() string { return "mdoc" }

// heads are how the maps begin: with the text key that their encoders write first.
var heads = [...]string{"\x67version\x63", "\x69documents", "\x6anameSpaces", "\x6aissuerAuth"}

// Sniff recognises a CBOR map with one of the first members of DeviceResponse or IssuerSigned, or base64url text
// of one.
func (Format) Sniff(payload []byte) bool {
	if isMap(payload) {
		return true
	}
	text := trim(payload)
	const enough = 20 // characters for a map head of three bytes and the longest of heads
	if len(text) < enough || !isBase64URL(text) {
		return false
	}
	var room [enough / 4 * 3]byte
	n, err := base64.RawURLEncoding.Decode(room[:], text[:enough])
	return err == nil && isMap(room[:n])
}

func isMap(b []byte) bool {
	switch {
	case len(b) < 4:
		return false
	case b[0] >= 0xa1 && b[0] <= 0xb7, b[0] == 0xbf: // definite below 24 members, or indefinite
		b = b[1:]
	case b[0] == 0xb8:
		b = b[2:]
	case b[0] == 0xb9:
		b = b[3:]
	default:
		return false
	}
	for _, head := range heads {
		if len(b) >= len(head) && string(b[:len(head)]) == head {
			return true
		}
	}
	return false
}

func isBase64URL(text []byte) bool {
	for _, c := range text {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// trim drops the line end that scanners add to a text. Bytes are never trimmed.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// scratch is where one payload is taken apart. Nothing of it survives DecodeIn.
type scratch struct {
	message  []byte // of a payload that is text
	elements []element
	chain    [4][]byte
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// maxKept is how many elements there may be for their memory to be kept.
const maxKept = 128

func (s *scratch) release() {
	if cap(s.elements) <= maxKept {
		clear(s.elements[:cap(s.elements)]) // they are views of payloads
		s.chain = [4][]byte{}
		scratches.Put(s)
	}
}

// Decode opens payload. Refusals are ReasonUnsupportedVersion, ReasonUnsupportedAlgorithm and ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential, and what the device signed, in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	s := scratches.Get().(*scratch)
	defer s.release()
	if isMap(payload) {
		return s.decodeMessage(a, payload)
	}
	var err error
	if s.message, err = jose.AppendBase64URL(s.message[:0], trim(payload)); err != nil {
		return nil, malformed(err)
	}
	return s.decodeMessage(a, s.message)
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

func (s *scratch) decodeMessage(a *verifier.Arena, message []byte) (*verifier.Credential, error) {
	doc, err := openMessage(message)
	if err != nil {
		return nil, err
	}
	auth, alg, err := openIssuerAuth(doc.issuerSigned.GetText("issuerAuth").Raw(), s.chain[:0])
	if err != nil {
		return nil, err
	}
	c := a.Begin(3 * len(message)) // what was signed, and what it says
	mso, err := parseSecurityObject(a, auth.Payload)
	if err != nil {
		return nil, err
	}
	elements, err := readElements(s.elements[:0], doc.issuerSigned.GetText("nameSpaces"), &mso)
	s.elements = elements.all
	if err != nil {
		return nil, malformed(err)
	}
	c.Format, c.KeyUse, c.Bound = Format{}.Name(), keyUse, true
	c.IssuedAt, c.NotBefore, c.ExpiresAt, c.Status = mso.signed, mso.validFrom, mso.validUntil, mso.status
	c.Claims = a.Keep(elements.appendJSON(a.Tail(len(message))))
	c.SchemaFault = errors.Join(checkType(&doc, &mso), checkPlace(elements, &mso, auth.Chain[0]))
	c.Proof = verifier.Proof{
		Algorithm: alg,
		Signed:    a.Keep(cose.AppendSigStructure(a.Tail(len(auth.Payload)+64), auth.Protected, auth.Payload)),
		Chain:     a.List(len(auth.Chain)),
	}
	for _, der := range auth.Chain {
		c.Proof.Chain = append(c.Proof.Chain, a.Bytes(der))
	}
	if elements.covered {
		c.Proof.Signature = a.Bytes(auth.Signature)
	}
	describe(a, c, &mso, elements)
	if c.HolderProof, err = readDeviceSignature(a, doc.deviceSigned, &mso); err != nil {
		return nil, malformed(err)
	}
	return c, nil
}

// openIssuerAuth opens the issuer's signature: by one of the algorithms of table B.3, and with its certificate
// (§9.1.2.4).
func openIssuerAuth(message []byte, chain [][]byte) (cose.Sign1, verifier.Algorithm, error) {
	s, err := cose.ParseSign1In(message, chain)
	if err != nil {
		return cose.Sign1{}, 0, malformed(err)
	}
	alg := verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm))
	switch alg {
	case verifier.ES256, verifier.ES384, verifier.ES512, verifier.EdDSA:
	default:
		return cose.Sign1{}, 0, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %d", errAlgorithm, s.Algorithm))
	}
	if len(s.Chain) == 0 {
		return cose.Sign1{}, 0, malformed(errChain)
	}
	return s, alg, nil
}
