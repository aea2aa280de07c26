package sdjwt

import (
	"bytes"
	"errors"

	"vratar/verifier"
	"vratar/verifier/jose"
)

var (
	errBindingType   = errors.New("sdjwt: the key binding JWT is of another type than kb+jwt")
	errBindingClaims = errors.New("sdjwt: the key binding JWT lacks iat, aud, nonce or sd_hash")
	errBindingHash   = errors.New("sdjwt: the key binding JWT is for another presentation")
	errBindingKey    = errors.New("sdjwt: the key binding JWT is signed by another algorithm than the key is for")
)

// bind reads a key binding JWT (RFC 9901 §4.3). presented is what it must be bound to: everything in front
// of it. The proof has memory of its own: no two are the same, and the key in it is taken apart anew.
func (s *statement) bind(text, presented []byte) (*verifier.HolderProof, error) {
	key := s.holderKey()
	var t jose.Token
	if err := t.Parse(text); err != nil {
		return nil, err
	}
	claims, err := jose.Parse(t.Payload)
	if err != nil {
		return nil, err
	}
	if claims.Kind() != jose.Map {
		return nil, errPayload
	}
	var found [4]jose.Value
	claims.Collect(bindingNames, found[:])
	audience, okAudience := found[1].TextBytes()
	nonce, okNonce := found[2].TextBytes()
	sum, okSum := found[3].TextBytes()
	name, _ := t.Algorithm.TextBytes()
	p := &verifier.HolderProof{
		Key: key.Public, Audience: string(audience), Nonce: string(nonce),
		Proof: verifier.Proof{Algorithm: verifier.AlgorithmByName(string(name)), Signed: bytes.Clone(t.Signed), Signature: t.Signature},
	}
	p.IssuedAt, err = found[0].Time()
	switch {
	case !t.Type.Is("kb+jwt"):
		p.Fault = errBindingType
	case err != nil || !okAudience || !okNonce || !okSum || p.IssuedAt.IsZero() || len(audience) == 0 || len(nonce) == 0 || len(sum) == 0:
		p.Fault = errBindingClaims
	case !bytes.Equal(sum, s.hash.appendText(nil, presented)):
		p.Fault = errBindingHash
	case key.Algorithm != "" && key.Algorithm != string(name):
		p.Fault = errBindingKey
	}
	return p, nil
}

// bindingNames are the claims of a key binding JWT, in the order in which bind uses them.
var bindingNames = []string{"iat", "aud", "nonce", "sd_hash"}

// holderKey is the key that the issuer bound the credential to (RFC 7800 §3.2); empty when it names none that
// is supported.
func (s *statement) holderKey() jose.JWK {
	text := s.plain.Get("cnf").Get("jwk").Raw()
	if text == nil {
		return jose.JWK{}
	}
	key, err := jose.ParseJWK(text)
	if err != nil {
		return jose.JWK{}
	}
	return key
}
