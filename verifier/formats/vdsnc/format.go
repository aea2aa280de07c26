// Package vdsnc opens Visible Digital Seals for non-constrained environments (ICAO technical report VDS-NC 1.4,
// version 1 of the format): proofs of vaccination and test with a passport's number.
//
// The text is JSON {data, sig}; signed is the canonical form of data (RFC 8785), and that form is what the
// claims show, so nobody reads what was not signed. The certificate in it names the key and proves nothing.
// Decoding is strict and bounded and judges nothing. It may import package verifier and the wire parts.
package vdsnc

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// Format is the VDS-NC. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

const version = 1

// keyIDSize is how many bytes of SHA-256 of its DER name a certificate, here as for EU certificates.
const keyIDSize = 8

var (
	errTooLong   = fmt.Errorf("vdsnc: text of more than %d bytes", verifier.MaxPayload)
	errObject    = errors.New("vdsnc: an object is expected")
	errText      = errors.New("vdsnc: alg, sigvl or cer is not a text")
	errOne       = errors.New("vdsnc: not one seal")
	errStray     = errors.New("vdsnc: unsigned members")
	errParts     = errors.New("vdsnc: data or sig is missing")
	errVersion   = errors.New("vdsnc: another version than 1")
	errAlgorithm = errors.New("vdsnc: neither ES256, ES384 nor ES512")
	errBase64    = errors.New("vdsnc: not base64")
	errNoIssuer  = errors.New("vdsnc: no issuer or no type")
)

// Name is the format's public spelling.
func (Format) Name() string { return "vdsnc" }

// Sniff recognises a JSON object, alone or in an array, that begins with data and its header or with sig.
func (Format) Sniff(payload []byte) bool {
	rest := payload
	if after, ok := token(payload, "["); ok {
		rest = after
	}
	rest, ok := token(rest, "{")
	if !ok {
		return false
	}
	for _, begin := range [...][2]string{{`"data"`, `"hdr"`}, {`"data"`, `"msg"`}, {`"sig"`, `"alg"`}, {`"sig"`, `"cer"`}, {`"sig"`, `"sigvl"`}} {
		at, ok := token(rest, begin[0])
		for _, t := range [...]string{":", "{", begin[1]} {
			if ok {
				at, ok = token(at, t)
			}
		}
		if ok {
			return true
		}
	}
	return false
}

// token passes over blanks and one token.
func token(text []byte, want string) ([]byte, bool) {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) < len(want) || string(text[:len(want)]) != want {
		return nil, false
	}
	return text[len(want):], true
}

// Decode opens payload. Refusals are ReasonTooLarge, ReasonUnsupportedVersion, ReasonUnsupportedAlgorithm and
// ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	if len(payload) > verifier.MaxPayload {
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLong)
	}
	s, err := open(payload)
	if err != nil {
		return nil, malformed(err)
	}
	c := a.Begin(2 * len(payload)) // what is signed, and parts of it once more
	canonical, err := s.data.AppendCanonical(a.Tail(len(s.data.Raw())))
	if err != nil {
		return nil, malformed(err)
	}
	canonical = a.Keep(canonical)
	c.Format, c.KeyUse = Format{}.Name(), keyUse
	if err := describe(a, c, jose.Checked(canonical)); err != nil {
		return nil, err
	}
	if c.Proof, err = readProof(a, &s); err != nil {
		return nil, err
	}
	c.Proof.Signed = canonical
	return c, nil
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// seal is the outermost object, with the members of its signature.
type seal struct {
	data                          jose.Value
	algorithm, certificate, value jose.Value
}

// open takes the envelope off. What stands beside the signed data and its signature is refused: nobody vouches
// for it. Some issuers wrap the one seal in an array.
func open(payload []byte) (seal, error) {
	v, err := jose.Parse(payload)
	if err != nil {
		return seal{}, err
	}
	if v.Kind() == jose.Array {
		w := v.Walk()
		if v = w.Next(); v.Kind() == jose.Absent || w.More() {
			return seal{}, errOne
		}
	}
	if v.Kind() != jose.Map {
		return seal{}, errObject
	}
	data, signature := v.Get("data"), v.Get("sig")
	switch {
	case signature.Kind() != jose.Map && signature.Kind() != jose.Absent:
		return seal{}, errObject
	case data.Kind() == jose.Absent || signature.Kind() == jose.Absent || signature.IsEmpty():
		return seal{}, errParts
	}
	w := v.Walk()
	for range 2 * 2 { // names and values
		w.Next()
	}
	if w.More() {
		return seal{}, errStray
	}
	s := seal{data: data}
	for w := signature.Walk(); w.More(); {
		switch name, value := w.Next(), w.Next(); {
		case name.Is("alg"):
			s.algorithm = value
		case name.Is("cer"):
			s.certificate = value
		case name.Is("sigvl"):
			s.value = value
		default:
			return seal{}, errStray
		}
	}
	return s, nil
}

// readProof reads the object sig. ICAO's own example writes "ES 256".
func readProof(a *verifier.Arena, s *seal) (p verifier.Proof, err error) {
	name, okName := textOf(s.algorithm)
	value, okValue := textOf(s.value)
	certificate, okCertificate := textOf(s.certificate)
	if !okName || !okValue || !okCertificate {
		return verifier.Proof{}, malformed(errText)
	}
	if bytes.Contains(name, []byte("ES ")) {
		name = bytes.Replace(name, []byte("ES "), []byte("ES"), 1)
	}
	p.Algorithm = verifier.AlgorithmByName(string(name))
	switch p.Algorithm {
	case verifier.ES256, verifier.ES384, verifier.ES512:
	default:
		return verifier.Proof{}, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %q", errAlgorithm, name))
	}
	if p.Signature, err = decodeBase64(a, value); err != nil {
		return verifier.Proof{}, malformed(err)
	}
	if len(certificate) == 0 {
		return p, nil // later seals of one issuer may leave it away
	}
	der, err := decodeBase64(a, certificate)
	if err != nil {
		return verifier.Proof{}, malformed(err)
	}
	id := sha256.Sum256(der)
	p.KeyID, p.Chain = a.Bytes(id[:keyIDSize]), append(a.List(1), der)
	return p, nil
}

// textOf is the content of a text; of an absent one nothing. false: it is something else.
func textOf(v jose.Value) ([]byte, bool) {
	text, ok := v.TextBytes()
	return text, ok || v.Kind() == jose.Absent
}

var (
	strictURL = base64.RawURLEncoding.Strict()
	strictStd = base64.RawStdEncoding.Strict()
)

// decodeBase64 takes base64url as specified, with or without padding, and plain base64 as early tools wrote it,
// but no mixture.
func decodeBase64(a *verifier.Arena, text []byte) ([]byte, error) {
	bare := bytes.TrimRight(text, "=")
	padding := len(text) - len(bare)
	if padding > 0 && len(text)%4 != 0 || padding > 2 || bytes.ContainsAny(text, "\r\n") {
		return nil, errBase64
	}
	enc := strictURL
	if bytes.ContainsAny(text, "+/") {
		enc = strictStd
	}
	size := enc.DecodedLen(len(bare))
	out := a.Tail(size)[:size]
	if _, err := enc.Decode(out, bare); err != nil {
		return nil, errBase64
	}
	return a.Keep(out), nil
}
