package openid

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"time"

	"vratar/verifier/pki"
	"vratar/verifier/pki/certify"
)

// keySigner signs with a key of the operator's own that lies on this machine.
type keySigner struct{ holder certify.Holder }

// NewKeySigner signs with a private key (PEM, PKCS #8; GOST R 34.10-2012, RSA from 2048 bits, or P-256) and the
// certificate of its public half (PEM or DER).
func NewKeySigner(key, certificate []byte) (Signer, error) {
	certificates, err := pki.ParseCertificates(certificate)
	if err != nil || len(certificates) == 0 {
		return nil, errors.New("want one certificate, PEM or DER")
	}
	der, err := privatePEM(key)
	if err != nil {
		return nil, err
	}
	signs, public, err := parseKey(der)
	if err != nil {
		return nil, err
	}
	of, ok := certificates[0].Public.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !of.Equal(public) {
		return nil, errors.New("the certificate is of another key")
	}
	return &keySigner{certify.Holder{Key: signs, Certificate: certificates[0]}}, nil
}

// privatePEM is the PKCS #8 of the first private key in a text.
func privatePEM(text []byte) ([]byte, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "PRIVATE KEY" {
			return block.Bytes, nil
		}
	}
	return nil, errors.New("want a PEM block PRIVATE KEY (PKCS #8, not encrypted)")
}

// ParseClientKey reads a private key (PEM, PKCS #8) for assertions.
func ParseClientKey(text []byte) (crypto.Signer, error) {
	der, err := privatePEM(text)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errClientKey
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errClientKey
	}
	return signer, CheckClientKey(signer)
}

// parseKey reads a private key (PKCS #8) and returns the public one beside it.
func parseKey(der []byte) (*certify.Key, crypto.PublicKey, error) {
	if k, err := parseGOST(der); err == nil {
		public, err := k.public()
		if err != nil {
			return nil, nil, err
		}
		return certify.GOST(public, k.signDigest), public, nil
	} else if !errors.Is(err, errNotGOST) {
		return nil, nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, nil, errors.New("not a PKCS #8 private key that is known here")
	}
	switch k := parsed.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() >= 2048 {
			return certify.RSA(k), k.Public(), nil
		}
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return certify.ECDSA(k), k.Public(), nil
		}
	}
	return nil, nil, errors.New("want GOST R 34.10-2012, RSA of at least 2048 bits, or P-256")
}

// Sign implements Signer.
func (s *keySigner) Sign(_ context.Context, data []byte) ([]byte, error) {
	return s.holder.Sign(data, certify.Signature{At: time.Now()}), nil
}
