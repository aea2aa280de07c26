package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"vratar/verifier/brainpool"
)

// privateMembers are the names of RFC 7518 §6.2.2, 6.3.2 and 6.4 that hold secrets.
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// jwkText is the order and spelling in which keys are written.
type jwkText struct {
	Type      string   `json:"kty"`
	KeyID     string   `json:"kid,omitempty"`
	Algorithm string   `json:"alg,omitempty"`
	Curve     string   `json:"crv,omitempty"`
	X         string   `json:"x,omitempty"`
	Y         string   `json:"y,omitempty"`
	N         string   `json:"n,omitempty"`
	E         string   `json:"e,omitempty"`
	Chain     []string `json:"x5c,omitempty"`
	Version   uint64   `json:"crlVersion,omitempty"`
	D         string   `json:"d,omitempty"`
	P         string   `json:"p,omitempty"`
	Q         string   `json:"q,omitempty"`
	DP        string   `json:"dp,omitempty"`
	DQ        string   `json:"dq,omitempty"`
	QI        string   `json:"qi,omitempty"`
}

// MarshalJWK writes a public key. Certificate is ignored; Chain counts.
func MarshalJWK(k JWK) ([]byte, error) {
	t, err := describe(k)
	if err != nil {
		return nil, err
	}
	return json.Marshal(t)
}

// MarshalPrivateJWK writes the private key of k, which must be *ecdsa.PrivateKey, *rsa.PrivateKey or
// ed25519.PrivateKey. Everything else is taken from k.
func MarshalPrivateJWK(k JWK, private crypto.Signer) ([]byte, error) {
	k.Public = private.Public()
	t, err := describe(k)
	if err != nil {
		return nil, err
	}
	switch p := private.(type) {
	case *ecdsa.PrivateKey:
		d, err := p.Bytes()
		if err != nil {
			return nil, err
		}
		t.D = b64(d)
	case ed25519.PrivateKey:
		t.D = b64(p.Seed())
	case *rsa.PrivateKey:
		if len(p.Primes) != 2 {
			return nil, errors.New("jose: RSA key without two primes")
		}
		p.Precompute()
		t.D, t.P, t.Q = number(p.D), number(p.Primes[0]), number(p.Primes[1])
		t.DP, t.DQ, t.QI = number(p.Precomputed.Dp), number(p.Precomputed.Dq), number(p.Precomputed.Qinv)
	default:
		return nil, fmt.Errorf("jose: private key of type %T is not supported", private)
	}
	return json.Marshal(t)
}

// ParsePrivateJWK reads a private key and checks that it belongs to the public members beside it.
func ParsePrivateJWK(text []byte) (crypto.Signer, JWK, error) {
	o, err := ParseObject(text)
	if err != nil {
		return nil, JWK{}, err
	}
	public, err := parsePublic(Checked(text))
	if err != nil {
		return nil, JWK{}, err
	}
	private, err := privateKey(o, public.Public)
	if err != nil {
		return nil, JWK{}, err
	}
	if !SameKey(private.Public(), public.Public) {
		return nil, JWK{}, errors.New("jose: private and public part do not match")
	}
	return private, public, nil
}

func privateKey(o Object, public crypto.PublicKey) (crypto.Signer, error) {
	d, err := o.Bytes("d")
	if err != nil {
		return nil, err
	}
	if len(d) == 0 {
		return nil, errors.New("jose: no private key")
	}
	switch pub := public.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.ParseRawPrivateKey(pub.Curve, d)
	case *rsa.PublicKey:
		return rsaPrivate(o, pub, d)
	default:
		if len(d) != ed25519.SeedSize {
			return nil, errors.New("jose: an Ed25519 key has a seed of 32 bytes")
		}
		return ed25519.NewKeyFromSeed(d), nil
	}
}

func rsaPrivate(o Object, public *rsa.PublicKey, d []byte) (crypto.Signer, error) {
	p, errP := o.Bytes("p")
	q, errQ := o.Bytes("q")
	if err := errors.Join(errP, errQ); err != nil {
		return nil, err
	}
	k := &rsa.PrivateKey{
		PublicKey: *public,
		D:         new(big.Int).SetBytes(d),
		Primes:    []*big.Int{new(big.Int).SetBytes(p), new(big.Int).SetBytes(q)},
	}
	k.Precompute()
	return k, k.Validate()
}

// Thumbprint is a key's name made from the key itself: base64url of SHA-256 over its required members in
// alphabetical order (RFC 7638).
func Thumbprint(pub crypto.PublicKey) (string, error) {
	if k, ok := pub.(*brainpool.PublicKey); ok { // has no JWK; named as if it had one
		x, y := k.Coordinates()
		sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":%q,"kty":"EC","x":%q,"y":%q}`, k.Curve.Name, b64(x), b64(y)))
		return b64(sum[:]), nil
	}
	t, err := describe(JWK{Public: pub})
	if err != nil {
		return "", err
	}
	var canonical string
	switch t.Type {
	case "EC":
		canonical = fmt.Sprintf(`{"crv":%q,"kty":"EC","x":%q,"y":%q}`, t.Curve, t.X, t.Y)
	case "RSA":
		canonical = fmt.Sprintf(`{"e":%q,"kty":"RSA","n":%q}`, t.E, t.N)
	default:
		canonical = fmt.Sprintf(`{"crv":%q,"kty":"OKP","x":%q}`, t.Curve, t.X)
	}
	sum := sha256.Sum256([]byte(canonical))
	return b64(sum[:]), nil
}

// describe fills in everything but the secrets.
func describe(k JWK) (jwkText, error) {
	t := jwkText{KeyID: k.KeyID, Algorithm: k.Algorithm, Version: k.CRLVersion}
	for _, der := range k.Chain {
		t.Chain = append(t.Chain, base64.StdEncoding.EncodeToString(der))
	}
	if err := Acceptable(k.Public); err != nil {
		return t, err
	}
	switch pub := k.Public.(type) {
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		if err != nil {
			return t, err
		}
		size := coordinateSize(pub.Curve)
		t.Type, t.Curve = "EC", pub.Curve.Params().Name
		t.X, t.Y = b64(point[1:1+size]), b64(point[1+size:])
	case *rsa.PublicKey:
		t.Type, t.N, t.E = "RSA", number(pub.N), number(big.NewInt(int64(pub.E)))
	case ed25519.PublicKey:
		t.Type, t.Curve, t.X = "OKP", "Ed25519", b64(pub)
	}
	return t, nil
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// number is a Base64urlUInt: big-endian in the fewest bytes (RFC 7518 §2).
func number(n *big.Int) string { return b64(n.Bytes()) }
