package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
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
	o, err := ParseObject(text)
	if err != nil {
		return JWK{}, err
	}
	for _, secret := range privateMembers {
		if o.Get(secret) != nil {
			return JWK{}, errors.New("jose: holds a secret key")
		}
	}
	return parsePublic(o)
}

func parsePublic(o Object) (JWK, error) {
	var k JWK
	var err error
	if k.KeyID, err = o.Text("kid"); err != nil {
		return JWK{}, err
	}
	if k.Algorithm, err = o.Text("alg"); err != nil {
		return JWK{}, err
	}
	if k.CRLVersion, err = o.Uint("crlVersion"); err != nil {
		return JWK{}, err
	}
	if err := checkPurpose(o); err != nil {
		return JWK{}, err
	}
	if k.Public, err = publicKey(o); err != nil {
		return JWK{}, err
	}
	if err := Acceptable(k.Public); err != nil {
		return JWK{}, err
	}
	if k.Chain, err = certificates(Checked(o.Get("x5c"))); err != nil || len(k.Chain) == 0 {
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

// checkPurpose refuses a key that its publisher meant for something other than signatures (RFC 7517 §4.2, 4.3).
func checkPurpose(o Object) error {
	use, err := o.Text("use")
	if err != nil {
		return err
	}
	operations, err := o.Texts("key_ops")
	if err != nil {
		return err
	}
	if use != "" && use != "sig" {
		return errors.New("jose: the key is not for signatures")
	}
	if operations != nil && !slices.Contains(operations, "verify") && !slices.Contains(operations, "sign") {
		return errors.New("jose: the key is not for signatures")
	}
	return nil
}

func publicKey(o Object) (crypto.PublicKey, error) {
	kind, err := o.Text("kty")
	if err != nil {
		return nil, err
	}
	switch kind {
	case "EC":
		return ecPublic(o)
	case "RSA":
		return rsaPublic(o)
	case "OKP":
		return okpPublic(o)
	}
	return nil, fmt.Errorf("jose: key type %q is not supported", kind)
}

var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}

func ecCurve(o Object) (elliptic.Curve, error) {
	name, err := o.Text("crv")
	if err != nil {
		return nil, err
	}
	if curve := curves[name]; curve != nil {
		return curve, nil
	}
	return nil, fmt.Errorf("jose: curve %q is not supported", name)
}

func ecPublic(o Object) (crypto.PublicKey, error) {
	curve, err := ecCurve(o)
	if err != nil {
		return nil, err
	}
	x, errX := o.Bytes("x")
	y, errY := o.Bytes("y")
	if err := errors.Join(errX, errY); err != nil {
		return nil, err
	}
	// RFC 7518 §6.2.1.2: a coordinate always has its full length.
	size := coordinateSize(curve)
	if len(x) != size || len(y) != size {
		return nil, fmt.Errorf("jose: coordinates of %d and %d bytes, want %d", len(x), len(y), size)
	}
	return ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, x, y))
}

func coordinateSize(curve elliptic.Curve) int { return (curve.Params().BitSize + 7) / 8 }

func rsaPublic(o Object) (crypto.PublicKey, error) {
	n, errN := o.Bytes("n")
	e, errE := o.Bytes("e")
	if err := errors.Join(errN, errE); err != nil {
		return nil, err
	}
	if len(n) == 0 || len(n) > maxRSABits/8 || len(e) == 0 || len(e) > 4 {
		return nil, errors.New("jose: RSA modulus or exponent out of range")
	}
	exponent := new(big.Int).SetBytes(e).Int64()
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent)}, nil
}

func okpPublic(o Object) (crypto.PublicKey, error) {
	curve, errC := o.Text("crv")
	x, errX := o.Bytes("x")
	if err := errors.Join(errC, errX); err != nil {
		return nil, err
	}
	if curve != "Ed25519" || len(x) != ed25519.PublicKeySize {
		return nil, errors.New("jose: of the OKP keys only Ed25519 of 32 bytes is supported")
	}
	return ed25519.PublicKey(x), nil
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
