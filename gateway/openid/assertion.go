package openid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"vratar/verifier/cms"
	"vratar/verifier/jose"
)

var errClientKey = errors.New("want an RSA key of at least 2048 bits, one on P-256, or Ed25519")

// CheckClientKey says whether assertions can be signed with a key.
func CheckClientKey(k crypto.Signer) error {
	_, _, err := signJWT(k, []byte("x"))
	return err
}

// assertion proves who we are to the token endpoint (RFC 7523 §3). It is for the issuer alone, as an endpoint's address
// is what a provider says of itself, and another one could say the same.
func (c *connect) assertion(now time.Time) (string, error) {
	algorithm, _, err := signJWT(c.ClientKey, nil)
	if err != nil {
		return "", err
	}
	header := map[string]string{"alg": algorithm, "typ": "JWT"}
	if c.ClientKeyID != "" {
		header["kid"] = c.ClientKeyID
	}
	head, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"iss": c.ClientID, "sub": c.ClientID, "aud": c.Issuer, "jti": newSecret(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})
	if err != nil {
		return "", err
	}
	signed := jose.AppendSigningInput(nil, head, claims)
	_, signature, err := signJWT(c.ClientKey, signed)
	if err != nil {
		return "", err
	}
	return string(signed) + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// signJWT signs as JWS do (RFC 7518 §3), with the algorithm that goes with the key.
func signJWT(k crypto.Signer, signed []byte) (algorithm string, signature []byte, err error) {
	digest := sha256.Sum256(signed)
	switch key := k.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return "", nil, errClientKey
		}
		signature, err = key.Sign(rand.Reader, digest[:], crypto.SHA256)
		return "RS256", signature, err
	case *ecdsa.PrivateKey:
		if key.Curve != elliptic.P256() {
			return "", nil, errClientKey
		}
		if signature, err = key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
			return "", nil, err
		}
		signature, err = cms.RawSignature("ES256", signature)
		return "ES256", signature, err
	case ed25519.PrivateKey:
		return "EdDSA", ed25519.Sign(key, signed), nil
	}
	return "", nil, errClientKey
}
