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
	"strings"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// Format is the VDS-NC. The zero value is ready.
type Format struct{}

var _ verifier.Format = Format{}

const version = 1

// keyIDSize is how many bytes of SHA-256 of its DER name a certificate, here as for EU certificates.
const keyIDSize = 8

var (
	errTooLong   = fmt.Errorf("vdsnc: text of more than %d bytes", verifier.MaxPayload)
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
func (Format) Decode(payload []byte) (*verifier.Credential, error) {
	if len(payload) > verifier.MaxPayload {
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLong)
	}
	s, err := open(payload)
	if err != nil {
		return nil, malformed(err)
	}
	canonical, err := jose.AppendCanonical(make([]byte, 0, len(s.data)), s.data)
	if err != nil {
		return nil, malformed(err)
	}
	c := &verifier.Credential{Format: Format{}.Name(), KeyUse: keyUse}
	if err := describe(c, canonical); err != nil {
		return nil, err
	}
	p, err := readProof(s.signature)
	if err != nil {
		return nil, err
	}
	p.Signed = canonical
	c.Proof = p
	return c, nil
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// seal is the outermost object.
type seal struct {
	data      []byte
	signature jose.Object
}

// open takes the envelope off. What stands beside the signed data and its signature is refused: nobody vouches
// for it. Some issuers wrap the one seal in an array.
func open(payload []byte) (seal, error) {
	text := payload
	if first := bytes.TrimLeft(payload, " \t\r\n"); len(first) > 0 && first[0] == '[' {
		items, err := jose.ParseArray(payload)
		if err != nil {
			return seal{}, err
		}
		if len(items) != 1 {
			return seal{}, errOne
		}
		text = items[0]
	}
	o, err := jose.ParseObject(text)
	if err != nil {
		return seal{}, err
	}
	signature, err := o.Object("sig")
	switch {
	case err != nil:
		return seal{}, err
	case o.Get("data") == nil || signature == nil:
		return seal{}, errParts
	case len(o) != 2 || len(signature.Without("alg", "cer", "sigvl")) > 0:
		return seal{}, errStray
	}
	return seal{data: o.Get("data"), signature: signature}, nil
}

// readProof reads the object sig. ICAO's own example writes "ES 256".
func readProof(sig jose.Object) (verifier.Proof, error) {
	name, errName := sig.Text("alg")
	value, errValue := sig.Text("sigvl")
	certificate, errCertificate := sig.Text("cer")
	if err := errors.Join(errName, errValue, errCertificate); err != nil {
		return verifier.Proof{}, malformed(err)
	}
	p := verifier.Proof{Algorithm: verifier.AlgorithmByName(strings.Replace(name, "ES ", "ES", 1))}
	switch p.Algorithm {
	case verifier.ES256, verifier.ES384, verifier.ES512:
	default:
		return verifier.Proof{}, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %q", errAlgorithm, name))
	}
	var err error
	if p.Signature, err = decodeBase64(value); err != nil {
		return verifier.Proof{}, malformed(err)
	}
	if certificate == "" {
		return p, nil // later seals of one issuer may leave it away
	}
	der, err := decodeBase64(certificate)
	if err != nil {
		return verifier.Proof{}, malformed(err)
	}
	id := sha256.Sum256(der)
	p.KeyID, p.Chain = id[:keyIDSize:keyIDSize], [][]byte{der}
	return p, nil
}

// decodeBase64 takes base64url as specified, with or without padding, and plain base64 as early tools wrote it,
// but no mixture.
func decodeBase64(text string) ([]byte, error) {
	bare := strings.TrimRight(text, "=")
	padding := len(text) - len(bare)
	if padding > 0 && len(text)%4 != 0 || padding > 2 || strings.ContainsAny(text, "\r\n") {
		return nil, errBase64
	}
	enc := base64.RawURLEncoding
	if strings.ContainsAny(text, "+/") {
		enc = base64.RawStdEncoding
	}
	out, err := enc.Strict().DecodeString(bare)
	if err != nil {
		return nil, errBase64
	}
	return out, nil
}
