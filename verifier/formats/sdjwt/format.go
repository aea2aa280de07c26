// Package sdjwt opens SD-JWTs (RFC 9901), SD-JWT verifiable credentials (draft-ietf-oauth-sd-jwt-vc) among
// them, with or without a key binding JWT: ISSUER-JWT~DISCLOSURE~…~[KB-JWT].
//
// The claims it gives are the processed payload of RFC 9901 §7.1: disclosed values in their places, digests
// and decoys gone. What decides about validity (iss, exp, nbf, cnf, vct, status) is taken only from what the
// issuer signed in the clear. The key binding JWT is taken apart and compared with what it was presented
// with; whether it convinces is the pipeline's business, like every signature and date. Keys come from the
// trust list under the issuer's name. A certificate in the header (x5c) is handed on: it counts where its key is
// listed, or where an authority certified it that the operator named for this format; then it must name iss, and
// without iss the issuer is whose authority it is. Its period is held against iat, where that is shown, else
// against now: a credential may outlive it.
//
// Decoding is strict and bounded. The package may import package verifier and the wire parts.
package sdjwt

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// Format is the SD-JWT format. The zero value is ready.
type Format struct{}

var _ verifier.Format = Format{}

var (
	errParts     = errors.New("sdjwt: not an issuer's JWT with disclosures")
	errType      = errors.New("sdjwt: a token of another type")
	errAlgorithm = errors.New("sdjwt: signature algorithm is not supported")
	errHash      = errors.New("sdjwt: digest algorithm is not supported")
)

// Name is the format's public spelling.
func (Format) Name() string { return "sdjwt" }

// Sniff recognises a compact JWS that is followed by a tilde. Its first letters are those of every base64url
// text that encodes an opening brace and a quote or blank.
func (Format) Sniff(payload []byte) bool {
	p := trim(payload)
	if len(p) < 2 || p[0] != 'e' || (p[1] != 'y' && p[1] != 'w') {
		return false
	}
	dots := 0
	for _, c := range p {
		switch {
		case c == '~':
			return dots == 2
		case c == '.':
			dots++
		case !isBase64URL(c):
			return false
		}
	}
	return false
}

func isBase64URL(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// trim drops the line end that scanners add.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// Decode opens payload. Refusals are ReasonUnsupportedAlgorithm and ReasonMalformed.
func (Format) Decode(payload []byte) (*verifier.Credential, error) {
	text := trim(payload)
	last := bytes.LastIndexByte(text, '~')
	if last < 0 {
		return nil, malformed(errParts)
	}
	presented, binding := text[:last+1], text[last+1:] // RFC 9901 §4.3.1: the tilde is under sd_hash
	parts := bytes.Split(text[:last], []byte("~"))
	j, err := jose.ParseCompact(parts[0])
	if err != nil {
		return nil, malformed(err)
	}
	alg := verifier.AlgorithmByName(j.Algorithm)
	if alg == verifier.AlgorithmNone {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %q", errAlgorithm, j.Algorithm))
	}
	s, err := open(&j, parts[1:])
	if err != nil {
		return nil, err
	}
	c := &verifier.Credential{
		Format: Format{}.Name(),
		Claims: s.claims,
		Proof: verifier.Proof{
			Algorithm: alg, KeyID: []byte(j.KeyID), Signed: bytes.Clone(j.Signed), Signature: j.Signature, Chain: j.Chain,
		},
	}
	if err := s.describe(c); err != nil {
		return nil, malformed(err)
	}
	if len(binding) > 0 {
		if c.HolderProof, err = s.bind(binding, presented); err != nil {
			return nil, malformed(err)
		}
	}
	return c, nil
}

// statement is an SD-JWT, taken apart.
type statement struct {
	plain  jose.Object // the payload as it was signed
	claims []byte      // the processed payload
	hash   hash
	vc     bool  // it says of itself that it is a verifiable credential
	fault  error // what is wrong with the use of disclosures although they can be read
}

// open reads the payload and puts the disclosures in their places.
func open(j *jose.JWS, disclosures [][]byte) (*statement, error) {
	s := new(statement)
	var err error
	if s.plain, err = jose.ParseObject(j.Payload); err != nil {
		return nil, malformed(err)
	}
	if s.vc, err = checkType(j.Type, s.plain, len(disclosures)); err != nil {
		return nil, malformed(err)
	}
	name, err := s.plain.Text("_sd_alg")
	if err != nil {
		return nil, malformed(err)
	}
	if s.hash, err = hashByName(name); err != nil {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, err)
	}
	p := &processor{hash: s.hash}
	if err := p.take(disclosures); err != nil {
		return nil, malformed(err)
	}
	if err := p.process(s.plain); err != nil {
		return nil, malformed(err)
	}
	s.claims, s.fault = p.out, p.fault
	return s, nil
}

// checkType tells a verifiable credential from another SD-JWT by its header, and both from tokens that the
// same key may have signed for another purpose (RFC 9901 §9.11). One without type must at least show by its
// digests what it is.
func checkType(typ string, payload jose.Object, disclosures int) (vc bool, err error) {
	switch typ = strings.TrimPrefix(typ, "application/"); {
	case typ == "dc+sd-jwt" || typ == "vc+sd-jwt":
		return true, nil
	case typ == "sd-jwt" || strings.HasSuffix(typ, "+sd-jwt"):
		return false, nil
	case typ == "" && (disclosures > 0 || payload.Get("_sd_alg") != nil):
		return false, nil
	}
	return false, fmt.Errorf("%w: %q", errType, typ)
}
