package openid

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"time"

	"vratar/verifier/jose"
	"vratar/verifier/pki"
	"vratar/verifier/proof/gost"
)

// ParseTokenKey reads the key under which ЕСИА signs its tokens: a certificate (PEM or DER) or a public key (PEM). It is
// RSA of at least 2048 bits, or GOST R 34.10-2012.
func ParseTokenKey(text []byte) (crypto.PublicKey, error) {
	var public any
	if block, _ := pem.Decode(text); block != nil && block.Type == "PUBLIC KEY" {
		public = parsePublic(block.Bytes)
	} else if certificates, err := pki.ParseCertificates(text); err == nil && len(certificates) == 1 {
		public = certificates[0].Public
	}
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() >= 2048 {
			return k, nil
		}
	case *gost.PublicKey:
		return k, nil
	}
	return nil, errors.New("want one certificate or public key, of GOST R 34.10-2012 or of RSA of at least 2048 bits")
}

func parsePublic(der []byte) any {
	if k, err := gost.ParsePublicKey(der); err == nil {
		return k
	}
	k, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil
	}
	return k
}

// readAccessToken verifies an access token of ЕСИА and takes from it whom it is about.
func (e *esia) readAccessToken(raw string, now time.Time) (Person, error) {
	t, err := jose.ParseCompact([]byte(raw))
	if err != nil {
		return Person{}, errToken
	}
	if !signedBy(e.ESIA.TokenKey, &t) {
		return Person{}, errSignature
	}
	claims, err := jose.ParseObject(t.Payload)
	if err != nil {
		return Person{}, errors.New("claims are not one JSON object")
	}
	if err := e.checkAccessToken(claims, now); err != nil {
		return Person{}, err
	}
	subject := strings.Trim(string(claims.Get("urn:esia:sbj_id")), `"`) // a number, in quotes or without
	if subject == "" || len(subject) > 20 || strings.Trim(subject, "0123456789") != "" {
		return Person{}, errors.New("urn:esia:sbj_id is not a number")
	}
	session, err := claims.Text("urn:esia:sid")
	if err != nil || len(session) > 255 {
		return Person{}, errors.New("urn:esia:sid is not a text")
	}
	return Person{Subject: subject, Session: session}, nil
}

func (e *esia) checkAccessToken(claims jose.Object, now time.Time) error {
	ends, err := claims.Time("exp")
	if err != nil || !now.Before(ends) {
		return errors.New("expired")
	}
	if from, err := claims.Time("nbf"); err != nil || from.After(now.Add(maxAhead)) {
		return errors.New("nbf is ahead")
	}
	issued, err := claims.Time("iat")
	if err != nil || (!issued.IsZero() && (issued.After(now.Add(maxAhead)) || issued.Before(now.Add(-maxAge)))) {
		return errors.New("iat is too old or ahead")
	}
	if client, err := claims.Text("client_id"); err != nil || client != e.ClientID {
		return errors.New("client_id is somebody else")
	}
	if issuer, err := claims.Text("iss"); err != nil || (e.ESIA.TokenIssuer != "" && issuer != e.ESIA.TokenIssuer) {
		return errors.New("iss is somebody else")
	}
	return nil
}

// signedBy reports whether a token was signed with a key. The key says by which algorithm, never the token. Of GOST both
// orders of the two halves of a signature are taken, as what is published does not say which it is: neither makes a
// signature of anything else good.
func signedBy(key crypto.PublicKey, t *jose.JWS) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		digest := sha256.Sum256(t.Signed)
		return t.Algorithm == "RS256" && rsa.VerifyPKCS1v15(k, crypto.SHA256, digest[:], t.Signature) == nil
	case *gost.PublicKey:
		digest := k.Curve.Digest(t.Signed)
		half := len(t.Signature) / 2
		turned := slices.Concat(t.Signature[half:], t.Signature[:half])
		return strings.HasPrefix(t.Algorithm, "GOST3410") && (k.Verify(digest, t.Signature) || k.Verify(digest, turned))
	}
	return false
}
