// Package brainpool knows the elliptic curves of RFC 5639 that seals on paper are signed with and that the
// standard library lacks: it reads their public keys and adds points.
//
// It computes in variable time, which serves checking signatures, where everything is public, and nothing else:
// it must never touch a secret. What makes a signature valid is the business of package proof. It imports only
// the standard library.
package brainpool

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"math/big"
)

// Curve is one of the curves. Two are the same when their pointers are.
type Curve struct {
	Name string
	Size int      // of a coordinate and of either half of a signature, in bytes
	N    *big.Int // order of the base point

	p, a, b *big.Int
	g       point
	oid     asn1.ObjectIdentifier
}

// P224r1, P256r1, P384r1 and P512r1 are the curves with parameters verifiably at random (RFC 5639 §3).
func P224r1() *Curve { return curves[0] }

// P256r1 has 256 bits.
func P256r1() *Curve { return curves[1] }

// P384r1 has 384 bits.
func P384r1() *Curve { return curves[2] }

// P512r1 has 512 bits.
func P512r1() *Curve { return curves[3] }

// curves never change. Parameters are p, A, B, x(G), y(G), q (RFC 5639 §3.3, 3.4, 3.6, 3.7); the last arc of the
// object identifier is from its appendix A.
var curves = [...]*Curve{
	newCurve("brainpoolP224r1", 5, [6]string{
		"d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
		"68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43",
		"2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b",
		"0d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d",
		"58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd",
		"d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f",
	}),
	newCurve("brainpoolP256r1", 7, [6]string{
		"a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
		"7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
		"26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
		"8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
		"547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
		"a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
	}),
	newCurve("brainpoolP384r1", 11, [6]string{
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
		"7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
		"04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
		"1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
		"8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
	}),
	newCurve("brainpoolP512r1", 13, [6]string{
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
		"7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
		"3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
		"81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
		"7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
	}),
}

func newCurve(name string, arc int, parameters [6]string) *Curve {
	var n [6]*big.Int
	for i, text := range parameters {
		n[i], _ = new(big.Int).SetString(text, 16)
	}
	return &Curve{
		Name: name, Size: len(parameters[0]) / 2, N: n[5], p: n[0], a: n[1], b: n[2],
		g:   point{n[3], n[4], big.NewInt(1)},
		oid: asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, arc},
	}
}

// PublicKey is a point of a curve, checked to be one.
type PublicKey struct {
	Curve *Curve
	point point
}

// Equal reports whether x is the same key.
func (k *PublicKey) Equal(x crypto.PublicKey) bool {
	other, ok := x.(*PublicKey)
	return ok && k.Curve == other.Curve && k.point.x.Cmp(other.point.x) == 0 && k.point.y.Cmp(other.point.y) == 0
}

// Coordinates are x and y, each of the curve's Size.
func (k *PublicKey) Coordinates() (x, y []byte) {
	return k.point.x.FillBytes(make([]byte, k.Curve.Size)), k.point.y.FillBytes(make([]byte, k.Curve.Size))
}

// ErrNotBrainpool is returned for a key that is of another kind or on another curve.
var ErrNotBrainpool = errors.New("brainpool: another kind of key")

var (
	errDER   = errors.New("brainpool: not a subject public key info")
	errPoint = errors.New("brainpool: not an uncompressed point of the curve")
)

// ecPublicKey is the object identifier id-ecPublicKey (RFC 5480 §2.1.1).
var ecPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}

// ParsePublicKey reads a DER SubjectPublicKeyInfo (RFC 5480 §2) whose curve is named; written-out parameters are
// ErrNotBrainpool, because to accept them is to let the key choose its curve.
func ParsePublicKey(der []byte) (*PublicKey, error) {
	var info struct {
		Algorithm struct {
			ID         asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return nil, errDER
	}
	var name asn1.ObjectIdentifier
	if !info.Algorithm.ID.Equal(ecPublicKey) {
		return nil, ErrNotBrainpool
	}
	if rest, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &name); err != nil || len(rest) > 0 {
		return nil, ErrNotBrainpool
	}
	for _, c := range curves {
		if c.oid.Equal(name) {
			return c.publicKey(info.Key)
		}
	}
	return nil, ErrNotBrainpool
}

func (c *Curve) publicKey(key asn1.BitString) (*PublicKey, error) {
	const uncompressed = 4
	b := key.Bytes
	if key.BitLength != 8*len(b) || len(b) != 1+2*c.Size || b[0] != uncompressed {
		return nil, errPoint
	}
	x, y := new(big.Int).SetBytes(b[1:1+c.Size]), new(big.Int).SetBytes(b[1+c.Size:])
	if x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 || !(&field{Curve: c}).contains(x, y) {
		return nil, errPoint
	}
	return &PublicKey{c, point{x, y, big.NewInt(1)}}, nil
}

// MarshalPublicKey writes a DER SubjectPublicKeyInfo.
func MarshalPublicKey(k *PublicKey) ([]byte, error) {
	type algorithm struct{ ID, Curve asn1.ObjectIdentifier }
	x, y := k.Coordinates()
	b := append(append([]byte{4}, x...), y...)
	return asn1.Marshal(struct {
		Algorithm algorithm
		Key       asn1.BitString
	}{algorithm{ecPublicKey, k.Curve.oid}, asn1.BitString{Bytes: b, BitLength: 8 * len(b)}})
}
