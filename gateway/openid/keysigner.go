package openid

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"time"

	"vratar/verifier/pki"
	"vratar/verifier/pki/certify"
)

// keySigner signs with a key of the operator's own that lies on this machine.
type keySigner struct {
	certificate *pki.Certificate
	info        []byte
	digest      asn1.ObjectIdentifier
	signature   asn1.ObjectIdentifier
	digested    func(message []byte) []byte
	sign        func(digest []byte) ([]byte, error)
}

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
	s := &keySigner{certificate: certificates[0], info: certificates[0].X509.RawSubjectPublicKeyInfo}
	public, err := s.use(der)
	if err != nil {
		return nil, err
	}
	of, ok := certificates[0].Public.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !of.Equal(public) {
		return nil, errors.New("the certificate is of another key")
	}
	return s, nil
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

// use takes up a private key and returns the public one.
func (s *keySigner) use(der []byte) (crypto.PublicKey, error) {
	if k, err := parseGOST(der); err == nil {
		last := 2
		if k.curve.Size == 64 {
			last = 3
		}
		s.digest, s.signature = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, last}, asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 3, last}
		s.digested, s.sign = k.digested, k.signDigest
		return k.public()
	} else if !errors.Is(err, errNotGOST) {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("not a PKCS #8 private key that is known here")
	}
	s.digest = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	s.digested = func(message []byte) []byte { d := sha256.Sum256(message); return d[:] }
	var signer crypto.Signer
	switch k := parsed.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() >= 2048 {
			signer, s.signature = k, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
		}
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			signer, s.signature = k, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
		}
	}
	if signer == nil {
		return nil, errors.New("want GOST R 34.10-2012, RSA of at least 2048 bits, or P-256")
	}
	s.sign = func(digest []byte) ([]byte, error) { return signer.Sign(rand.Reader, digest, crypto.SHA256) }
	return signer.Public(), nil
}

// Sign implements Signer.
func (s *keySigner) Sign(_ context.Context, data []byte) ([]byte, error) {
	var failed error
	key := &certify.Key{
		Info: s.info, Digest: s.digest, Signature: s.signature, Digested: s.digested,
		Sign: func(message []byte) []byte {
			signature, err := s.sign(s.digested(message))
			failed = err
			return signature
		},
	}
	signed := (&certify.Holder{Key: key, Certificate: s.certificate}).Sign(data, certify.Signature{At: time.Now()})
	return signed, failed
}
