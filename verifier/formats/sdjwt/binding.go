package sdjwt

import (
	"bytes"
	"crypto"
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
func (s *statement) bind(a *verifier.Arena, text, presented []byte) (*verifier.HolderProof, error) {
	t := &s.binding
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
	p := a.HolderProof()
	p.Audience, p.Nonce = a.Text(audience), a.Text(nonce)
	p.Proof = verifier.Proof{
		Algorithm: verifier.AlgorithmByName(string(name)), Signed: a.Bytes(t.Signed), Signature: a.Bytes(t.Signature),
	}
	p.IssuedAt, err = found[0].Time()
	key, only := s.holderKey(a)
	p.Key = key
	var room [digestRoom]byte
	switch {
	case !t.Type.Is("kb+jwt"):
		p.Fault = errBindingType
	case err != nil || !okAudience || !okNonce || !okSum || p.IssuedAt.IsZero() || len(audience) == 0 || len(nonce) == 0 || len(sum) == 0:
		p.Fault = errBindingClaims
	case !bytes.Equal(sum, s.hash.appendText(room[:0], presented)):
		p.Fault = errBindingHash
	case len(only) > 0 && !bytes.Equal(only, name):
		p.Fault = errBindingKey
	}
	return p, nil
}

// digestRoom is the length of the longest digest as text: SHA-512.
const digestRoom = 86

// bindingNames are the claims of a key binding JWT, in the order in which bind uses them.
var bindingNames = []string{"iat", "aud", "nonce", "sd_hash"}

// holderKey is the key that the issuer bound the credential to (RFC 7800 §3.2), and the only algorithm it may be used
// with, where it says; nil when it names none that is supported. Nearly all are on an elliptic curve and bare.
func (s *statement) holderKey(a *verifier.Arena) (key crypto.PublicKey, algorithm []byte) {
	v := s.plain.Get("cnf").Get("jwk")
	if v.Kind() == jose.Absent {
		return nil, nil
	}
	if p, err := jose.ReadPoint(v, a.Tail(len(v.Raw()))); err == nil {
		algorithm, _ = p.Algorithm.TextBytes()
		return a.Key(p.Curve, p.X, p.Y), algorithm
	}
	other, err := jose.ParseJWK(v.Raw())
	if err != nil {
		return nil, nil
	}
	return other.Public, []byte(other.Algorithm)
}
