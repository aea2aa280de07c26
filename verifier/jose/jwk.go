package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
)

// Bounds of an RSA modulus in bits. Less is weak; more only costs whoever has to check it.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// JWK is a public key for checking signatures (RFC 7517).
type JWK struct {
	KeyID       string
	Algorithm   string // the only algorithm it may be used with; empty when it does not say
	Public      crypto.PublicKey
	Chain       [][]byte          // x5c as DER, leaf first
	Certificate *x509.Certificate // the leaf of Chain; nil without one
	CRLVersion  uint64            // crlVersion of SMART Health Cards: version of the key's revocation list; 0: none
}

// KeySet is a JWK set. A key that cannot be used is left out with the reason, as RFC 7517 §5 advises: the
// publisher may know key types that this reader does not.
type KeySet struct {
	Keys    []JWK
	Refused []error
}

// ParseJWKS reads a JWK set.
func ParseJWKS(text []byte) (KeySet, error) {
	o, err := ParseObject(text)
	if err != nil {
		return KeySet{}, err
	}
	items, err := o.Array("keys")
	if err != nil {
		return KeySet{}, err
	}
	if o.Get("keys") == nil {
		return KeySet{}, errors.New("jose: a key set has the member \"keys\"")
	}
	var set KeySet
	for i, item := range items {
		k, err := ParseJWK(item)
		if err != nil {
			set.Refused = append(set.Refused, fmt.Errorf("key %d: %w", i, err))
			continue
		}
		set.Keys = append(set.Keys, k)
	}
	return set, nil
}

// ParseJWK reads one public key: EC on P-256, P-384 or P-521, RSA from 2048 bits, Ed25519. Unknown members
// are ignored (RFC 7517 §4); secret ones are refused, so that a private key in the wrong file is noticed.
func ParseJWK(text []byte) (JWK, error) {
	v, err := Parse(text)
	if err != nil {
		return JWK{}, err
	}
	if holdsSecret(v) {
		return JWK{}, errSecret
	}
	return parsePublic(v)
}

func holdsSecret(v Value) bool {
	return slices.ContainsFunc(privateMembers, func(name string) bool { return v.Get(name).Kind() != Absent })
}

func parsePublic(v Value) (JWK, error) {
	m, err := membersOf(v)
	if err != nil {
		return JWK{}, err
	}
	var k JWK
	kid, _ := m.text(memberKeyID)
	algorithm, _ := m.text(memberAlgorithm)
	k.KeyID, k.Algorithm = string(kid), string(algorithm)
	k.CRLVersion, _ = m[memberCRLVersion].Uint()
	if k.Public, err = m.publicKey(); err != nil {
		return JWK{}, err
	}
	if err := Acceptable(k.Public); err != nil {
		return JWK{}, err
	}
	if k.Chain, _, err = certificates(m[memberChain], nil, nil); err != nil || len(k.Chain) == 0 {
		return k, err
	}
	if k.Certificate, err = x509.ParseCertificate(k.Chain[0]); err != nil {
		return JWK{}, fmt.Errorf("member \"x5c\": %w", err)
	}
	// RFC 7517 §4.7: the key in the first certificate must match the key of the JWK.
	if !SameKey(k.Public, k.Certificate.PublicKey) {
		return JWK{}, errors.New("jose: key and certificate do not match")
	}
	return k, nil
}

// Acceptable reports why pub is of no use here: its type, its curve, or its size.
func Acceptable(pub crypto.PublicKey) error {
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		for _, curve := range curves {
			if k.Curve == curve {
				return nil
			}
		}
		return errors.New("jose: the curve is not supported")
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return fmt.Errorf("jose: RSA key of %d bits, want %d to %d", bits, minRSABits, maxRSABits)
		}
		if k.E < 3 || k.E&1 == 0 || k.E > 1<<31-1 {
			return errors.New("jose: RSA exponent out of range")
		}
		if weakPrimes(k.N) {
			return errors.New("jose: RSA key of a faulty generator (CVE-2017-15361): anybody can sign with it")
		}
		return nil
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return nil
		}
	}
	return errors.New("jose: the key type is not supported")
}

// SameKey reports whether a and b are the same public key.
func SameKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}
