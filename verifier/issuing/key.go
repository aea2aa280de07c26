package issuing

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"

	"vratar/verifier"
	"vratar/verifier/cose"
	"vratar/verifier/jose"
)

// keyIDSize is how many bytes of SHA-256 name a key: of its RFC 7638 thumbprint here, of its certificate in
// EU certificates. Short, because it travels in every code; verifiers try all keys that share a name.
const keyIDSize = 8

// Key signs credentials.
type Key struct {
	ID          string             // name in trust lists (JWK kid)
	Algorithm   verifier.Algorithm // ES256, ES384, ES512, PS256, RS256 or EdDSA, as fits Signer
	Signer      crypto.Signer
	Certificate []byte // DER, for formats that want one; nil: none
}

// String names the key without its secret, whatever it is printed with.
func (k *Key) String() string { return k.Algorithm.String() + " key " + k.ID }

// NewKey makes a key for ES256, ES384, ES512, PS256 (2,048 bits), RS256 or EdDSA. Its ID follows from the
// key. Equal randomness gives equal keys, but for RSA.
func NewKey(alg verifier.Algorithm, random io.Reader) (*Key, error) {
	signer, err := newSigner(alg, random)
	if err != nil {
		return nil, fmt.Errorf("issuing: new %s key: %w", alg, err)
	}
	thumbprint, err := jose.Thumbprint(signer.Public())
	if err != nil {
		return nil, err
	}
	raw, err := jose.DecodeBase64URL(thumbprint)
	if err != nil {
		return nil, err
	}
	return &Key{ID: base64.RawURLEncoding.EncodeToString(raw[:keyIDSize]), Algorithm: alg, Signer: signer}, nil
}

func newSigner(alg verifier.Algorithm, random io.Reader) (crypto.Signer, error) {
	switch alg {
	case verifier.ES256:
		return newEC(elliptic.P256(), random)
	case verifier.ES384:
		return newEC(elliptic.P384(), random)
	case verifier.ES512:
		return newEC(elliptic.P521(), random)
	case verifier.PS256, verifier.RS256:
		return rsa.GenerateKey(random, 2048)
	case verifier.EdDSA:
		seed := make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(random, seed); err != nil {
			return nil, err
		}
		return ed25519.NewKeyFromSeed(seed), nil
	}
	return nil, errors.New("the algorithm is not supported")
}

// newEC draws a private scalar with 64 extra bits (FIPS 186-5 A.2.1). ecdsa.GenerateKey ignores its reader.
func newEC(curve elliptic.Curve, random io.Reader) (crypto.Signer, error) {
	order := curve.Params().N
	size := (order.BitLen() + 7) / 8
	draw := make([]byte, size+8)
	if _, err := io.ReadFull(random, draw); err != nil {
		return nil, err
	}
	one := big.NewInt(1)
	d := new(big.Int).SetBytes(draw)
	d.Mod(d, new(big.Int).Sub(order, one)).Add(d, one)
	return ecdsa.ParseRawPrivateKey(curve, d.FillBytes(make([]byte, size)))
}

// ParseKey reads a private JWK as MarshalPrivate writes it. Without alg, the algorithm follows from the kind
// of key: PS256 for RSA.
func ParseKey(text []byte) (*Key, error) {
	signer, public, err := jose.ParsePrivateJWK(text)
	if err != nil {
		return nil, err
	}
	k := &Key{ID: public.KeyID, Algorithm: verifier.AlgorithmByName(public.Algorithm), Signer: signer}
	if len(public.Chain) > 0 {
		k.Certificate = public.Chain[0]
	}
	usual := usualAlgorithm(public.Public)
	if public.Algorithm == "" {
		k.Algorithm = usual
	}
	if k.Algorithm != usual && (usual != verifier.PS256 || k.Algorithm != verifier.RS256) {
		return nil, fmt.Errorf("issuing: algorithm %q does not fit the key", public.Algorithm)
	}
	return k, nil
}

func usualAlgorithm(public crypto.PublicKey) verifier.Algorithm {
	switch pub := public.(type) {
	case *ecdsa.PublicKey:
		switch pub.Curve {
		case elliptic.P256():
			return verifier.ES256
		case elliptic.P384():
			return verifier.ES384
		}
		return verifier.ES512
	case *rsa.PublicKey:
		return verifier.PS256
	}
	return verifier.EdDSA
}

// MarshalPrivate writes the private key as a JWK. Whoever holds this text can issue.
func (k *Key) MarshalPrivate() ([]byte, error) { return jose.MarshalPrivateJWK(k.jwk(), k.Signer) }

// MarshalPublic writes the public key as a JWK, as trust lists and key sets hold it.
func (k *Key) MarshalPublic() ([]byte, error) { return jose.MarshalJWK(k.jwk()) }

func (k *Key) jwk() jose.JWK {
	j := jose.JWK{KeyID: k.ID, Algorithm: k.Algorithm.String(), Public: k.Signer.Public()}
	if k.Certificate != nil {
		j.Chain = [][]byte{k.Certificate}
	}
	return j
}

// Public is the key as a verifier knows it, for checking what was just signed.
func (k *Key) Public() crypto.PublicKey { return k.Signer.Public() }

// keyID is how COSE messages name the key: the bytes behind an ID that is base64url of a short digest, else
// the text. Verifiers know both spellings.
func (k *Key) keyID() []byte {
	if raw, err := jose.DecodeBase64URL(k.ID); err == nil && len(raw) == keyIDSize {
		return raw
	}
	return []byte(k.ID)
}

// certificateID is the name of the key's certificate in EU certificates (specification A.1).
func (k *Key) certificateID() ([]byte, error) {
	if k.Certificate == nil {
		return nil, errors.New("issuing: an EU certificate needs a key with certificate")
	}
	sum := sha256.Sum256(k.Certificate)
	return sum[:keyIDSize], nil
}

func (k *Key) coseAlgorithm() (int64, error) {
	for _, id := range []int64{cose.ES256, cose.ES384, cose.ES512, cose.PS256, cose.RS256, cose.EdDSA} {
		if cose.AlgorithmName(id) == k.Algorithm.String() {
			return id, nil
		}
	}
	return 0, fmt.Errorf("issuing: no COSE identifier for %s", k.Algorithm)
}

// Sign signs message in the form that JOSE and COSE share: r‖s for ECDSA. The same message gets the same
// signature: ECDSA after RFC 6979, PSS with a salt that follows from key and message.
func (k *Key) Sign(message []byte) ([]byte, error) {
	switch k.Algorithm {
	case verifier.ES256:
		return k.signECDSA(message, crypto.SHA256, 32)
	case verifier.ES384:
		return k.signECDSA(message, crypto.SHA384, 48)
	case verifier.ES512:
		return k.signECDSA(message, crypto.SHA512, 66)
	case verifier.PS256:
		return k.signPSS(message)
	case verifier.RS256:
		return k.Signer.Sign(nil, digest(crypto.SHA256, message), crypto.SHA256)
	case verifier.EdDSA:
		return k.Signer.Sign(nil, message, crypto.Hash(0))
	}
	return nil, fmt.Errorf("issuing: algorithm %s is not supported", k.Algorithm)
}

func digest(h crypto.Hash, message []byte) []byte {
	d := h.New()
	d.Write(message)
	return d.Sum(nil)
}

func (k *Key) signECDSA(message []byte, h crypto.Hash, size int) ([]byte, error) {
	var random io.Reader // nil asks for RFC 6979
	if _, own := k.Signer.(*ecdsa.PrivateKey); !own {
		random = rand.Reader // a key held elsewhere may not know that convention
	}
	der, err := k.Signer.Sign(random, digest(h, message), h)
	if err != nil {
		return nil, err
	}
	var s struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &s); err != nil {
		return nil, err
	}
	if s.R.BitLen() > 8*size || s.S.BitLen() > 8*size {
		return nil, errors.New("issuing: the curve does not fit the algorithm")
	}
	out := make([]byte, 2*size)
	s.R.FillBytes(out[:size])
	s.S.FillBytes(out[size:])
	return out, nil
}

func (k *Key) signPSS(message []byte) ([]byte, error) {
	hashed := digest(crypto.SHA256, message)
	var salt io.Reader = rand.Reader
	if own, ok := k.Signer.(*rsa.PrivateKey); ok {
		secret := sha256.Sum256(append(own.D.Bytes(), hashed...))
		salt = bytes.NewReader(secret[:])
	}
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	return k.Signer.Sign(salt, hashed, options)
}
