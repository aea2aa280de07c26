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
// of it.
func (s *statement) bind(text, presented []byte) (*verifier.HolderProof, error) {
	j, err := jose.ParseCompact(text)
	if err != nil {
		return nil, err
	}
	claims, err := jose.ParseObject(j.Payload)
	if err != nil {
		return nil, err
	}
	var errs [4]error
	var sum string
	p := &verifier.HolderProof{Proof: verifier.Proof{
		Algorithm: verifier.AlgorithmByName(j.Algorithm), Signed: bytes.Clone(j.Signed), Signature: j.Signature,
	}}
	p.IssuedAt, errs[0] = claims.Time("iat")
	p.Audience, errs[1] = claims.Text("aud")
	p.Nonce, errs[2] = claims.Text("nonce")
	sum, errs[3] = claims.Text("sd_hash")
	key := s.holderKey()
	p.Key = key.Public
	switch {
	case j.Type != "kb+jwt":
		p.Fault = errBindingType
	case errors.Join(errs[:]...) != nil || p.IssuedAt.IsZero() || p.Audience == "" || p.Nonce == "" || sum == "":
		p.Fault = errBindingClaims
	case sum != s.hash(presented):
		p.Fault = errBindingHash
	case key.Algorithm != "" && key.Algorithm != j.Algorithm:
		p.Fault = errBindingKey
	}
	return p, nil
}

// holderKey is the key that the issuer bound the credential to (RFC 7800 §3.2); empty when it names none that
// is supported.
func (s *statement) holderKey() jose.JWK {
	cnf, err := s.plain.Object("cnf")
	if err != nil || cnf.Get("jwk") == nil {
		return jose.JWK{}
	}
	key, err := jose.ParseJWK(cnf.Get("jwk"))
	if err != nil {
		return jose.JWK{}
	}
	return key
}
