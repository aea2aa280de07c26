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
	"sync"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// Format is the SD-JWT format. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

var (
	errParts     = errors.New("sdjwt: not an issuer's JWT with disclosures")
	errPayload   = errors.New("sdjwt: the payload is not an object")
	errType      = errors.New("sdjwt: a token of another type")
	errAlgorithm = errors.New("sdjwt: signature algorithm is not supported")
	errHashName  = errors.New("sdjwt: _sd_alg is not a text")
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
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential and the holder's proof in a. A holder's RSA key has memory of its own.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	text := trim(payload)
	last := bytes.LastIndexByte(text, '~')
	if last < 0 {
		return nil, malformed(errParts)
	}
	presented, binding := text[:last+1], text[last+1:] // RFC 9901 §4.3.1: the tilde is under sd_hash
	s := statements.Get().(*statement)
	defer s.release()
	c, err := s.decode(a, text[:last])
	if err != nil || len(binding) == 0 {
		return c, err
	}
	if c.HolderProof, err = s.bind(a, binding, presented); err != nil {
		return nil, malformed(err)
	}
	return c, nil
}

// statement is an SD-JWT, taken apart in memory that is used again. Nothing of it survives DecodeIn.
type statement struct {
	token   jose.Token
	binding jose.Token // that binds it to a presentation
	plain   jose.Value // the payload as it was signed
	vc      bool       // it says of itself that it is a verifiable credential
	processor
}

var statements = sync.Pool{New: func() any { return new(statement) }}

// maxKept is how many digests of a payload and how many disclosures there may be for their memory to be kept.
const maxKept = 64

func (s *statement) release() {
	if cap(s.seen)+cap(s.shown)+cap(s.names) <= 3*maxKept {
		statements.Put(s)
	}
}

// decode opens an issuer's JWT with its disclosures; text ends without tilde.
func (s *statement) decode(a *verifier.Arena, text []byte) (*verifier.Credential, error) {
	jwt := text
	if end := bytes.IndexByte(text, '~'); end >= 0 {
		jwt = text[:end]
	}
	if err := s.token.Parse(jwt); err != nil {
		return nil, malformed(err)
	}
	alg := algorithm(s.token.Algorithm)
	if alg == verifier.AlgorithmNone {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %s", errAlgorithm, s.token.Algorithm.Raw()))
	}
	c := a.Begin(3 * len(text)) // what was signed, and what it says
	if err := s.open(a.Tail(2*len(text)), text[len(jwt):]); err != nil {
		return nil, err
	}
	c.Format = Format{}.Name()
	c.Claims = a.Keep(s.out)
	s.out = nil
	keyID, _ := s.token.KeyID.TextBytes()
	c.Proof = verifier.Proof{
		Algorithm: alg, KeyID: a.Bytes(keyID), Signed: a.Bytes(s.token.Signed), Signature: a.Bytes(s.token.Signature),
		Chain: a.Copies(s.token.Chain),
	}
	if err := s.describe(a, c); err != nil {
		return nil, malformed(err)
	}
	return c, nil
}

func algorithm(name jose.Value) verifier.Algorithm {
	text, _ := name.TextBytes()
	return verifier.AlgorithmByName(string(text))
}

// open reads the payload, puts the disclosures in their places, and appends the claims that result to dst.
func (s *statement) open(dst, disclosures []byte) (err error) {
	if s.plain, err = jose.Parse(s.token.Payload); err != nil {
		return malformed(err)
	}
	if s.plain.Kind() != jose.Map {
		return malformed(errPayload)
	}
	name := s.plain.Get(memberAlgorithm)
	if s.vc, err = checkType(s.token.Type, len(disclosures) > 0 || name.Kind() != jose.Absent); err != nil {
		return malformed(err)
	}
	if name.Kind() != jose.Absent && name.Kind() != jose.Text {
		return malformed(errHashName)
	}
	hash, err := hashByName(name)
	if err != nil {
		return verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, err)
	}
	s.begin(hash, dst)
	if err := s.take(disclosures, s.token.Payload); err != nil {
		return malformed(err)
	}
	if err := s.process(s.plain); err != nil {
		return malformed(err)
	}
	return nil
}

// checkType tells a verifiable credential from another SD-JWT by its header, and both from tokens that the
// same key may have signed for another purpose (RFC 9901 §9.11). One without type must at least show by its
// digests what it is.
func checkType(typ jose.Value, selective bool) (vc bool, err error) {
	text, _ := typ.TextBytes()
	switch text = bytes.TrimPrefix(text, []byte("application/")); {
	case string(text) == "dc+sd-jwt" || string(text) == "vc+sd-jwt":
		return true, nil
	case string(text) == "sd-jwt" || bytes.HasSuffix(text, []byte("+sd-jwt")):
		return false, nil
	case len(text) == 0 && selective:
		return false, nil
	}
	return false, fmt.Errorf("%w: %q", errType, text)
}
