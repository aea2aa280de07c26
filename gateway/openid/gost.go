package openid

import (
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"

	"vratar/verifier/proof/gost"
)

// gostKey is a private key of GOST R 34.10-2012 (RFC 7091).
//
// Big numbers of the standard library compute in variable time. So the secrets are never computed with as they are: the
// scalar of each multiplication is masked anew and walked along a ladder of a fixed number of equal steps, and the key
// is multiplied by a random number before it meets anything that is known. That is enough for a key of the operator's own
// that signs once for each person who signs in; it is no implementation for a smart card.
type gostKey struct {
	d     *big.Int
	curve *gost.Curve
	gost.Params
}

var errNotGOST = errors.New("not a key of GOST R 34.10-2012")

// pkcs8 is a private key (RFC 5208 §5), for GOST with the parameters of RFC 9215 §4.2.
type pkcs8 struct {
	Version   int
	Algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters struct {
			Curve  asn1.ObjectIdentifier
			Digest asn1.ObjectIdentifier `asn1:"optional"`
		}
	}
	Key  []byte
	Rest asn1.RawValue `asn1:"optional,tag:0"`
}

// parseGOST reads a PKCS #8 key as openssl writes it: the number, little-endian, alone or in an OCTET STRING.
func parseGOST(der []byte) (*gostKey, error) {
	var info pkcs8
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, errNotGOST
	}
	size := 0
	switch id := info.Algorithm.ID; {
	case id.Equal(asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 1}):
		size = gost.Size256
	case id.Equal(asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 2}):
		size = gost.Size512
	default:
		return nil, errNotGOST
	}
	curve := gost.CurveByOID(info.Algorithm.Parameters.Curve)
	if curve == nil || curve.Size != size {
		return nil, errors.New("a GOST key on a curve that is not known")
	}
	raw := info.Key
	if len(raw) != size {
		if rest, err := asn1.Unmarshal(info.Key, &raw); err != nil || len(rest) > 0 || len(raw) != size {
			return nil, errors.New("a GOST key in a form that is not known")
		}
	}
	turned := slices.Clone(raw)
	slices.Reverse(turned)
	k := &gostKey{d: new(big.Int).SetBytes(turned), curve: curve, Params: curve.Params()}
	if k.d.Sign() == 0 || k.d.Cmp(k.Q) >= 0 {
		return nil, errors.New("a GOST key that is no key of its curve")
	}
	return k, nil
}

// public is the public half.
func (k *gostKey) public() (*gost.PublicKey, error) {
	x, y := k.times(k.d)
	size := k.curve.Size
	raw := make([]byte, 2*size)
	x.FillBytes(raw[:size])
	y.FillBytes(raw[size:])
	slices.Reverse(raw[:size])
	slices.Reverse(raw[size:])
	return k.curve.PublicKey(raw)
}

// signDigest is s‖r, big-endian, over a digest of the curve's size (RFC 7091 §6.1).
func (k *gostKey) signDigest(digest []byte) []byte {
	turned := slices.Clone(digest)
	slices.Reverse(turned)
	e := new(big.Int).SetBytes(turned)
	if e.Mod(e, k.Q).Sign() == 0 {
		e.SetInt64(1)
	}
	for {
		once := k.number()
		x, _ := k.times(once)
		r := x.Mod(x, k.Q)
		s := k.blinded(r, once, e)
		if r.Sign() != 0 && s.Sign() != 0 {
			size := k.curve.Size
			return append(s.FillBytes(make([]byte, size)), r.FillBytes(make([]byte, size))...)
		}
	}
}

// blinded is rd + ke modulo q, computed as (r(bd) + e(bk))/b.
func (k *gostKey) blinded(r, once, e *big.Int) *big.Int {
	b := k.number()
	d, n := new(big.Int).Mul(b, k.d), new(big.Int).Mul(b, once)
	d.Mod(d, k.Q).Mul(d, r)
	n.Mod(n, k.Q).Mul(n, e)
	d.Add(d, n).Mod(d, k.Q)
	return d.Mul(d, b.ModInverse(b, k.Q)).Mod(d, k.Q)
}

// number is a random one from 1 to q-1.
func (k *gostKey) number() *big.Int {
	one := big.NewInt(1)
	n := below(new(big.Int).Sub(k.Q, one))
	return n.Add(n, one)
}

// below is a random number that is less than n.
func below(n *big.Int) *big.Int {
	random, err := rand.Int(rand.Reader, n)
	if err != nil {
		panic("openid: BUG: no random number: " + err.Error()) // crypto/rand stops the program before
	}
	return random
}

// maskBits is how long the random multiple of q is that is added to a scalar.
const maskBits = 64

// times is n times the base point, for 0 < n < q. Between the two points of the ladder lies always the base point, so
// that no sum is a doubling, but for chances as small as that of guessing the key.
func (k *gostKey) times(n *big.Int) (x, y *big.Int) {
	mask := below(new(big.Int).Lsh(big.NewInt(1), maskBits))
	mask.SetBit(mask, maskBits, 1) // so that every masked scalar is as long, but for a bit
	n = mask.Mul(mask, k.Q).Add(mask, n)
	low, high := point{k.X, k.Y}, k.sum(point{k.X, k.Y}, point{k.X, k.Y})
	for i := n.BitLen() - 2; i >= 0; i-- {
		middle := k.sum(low, high)
		if n.Bit(i) == 0 {
			low, high = k.sum(low, low), middle
		} else {
			low, high = middle, k.sum(high, high)
		}
	}
	return low.x, low.y
}

type point struct{ x, y *big.Int }

// sum adds two points whose sum is not infinity.
func (k *gostKey) sum(a, b point) point {
	over, under := new(big.Int).Sub(b.y, a.y), new(big.Int).Sub(b.x, a.x)
	if a.x.Cmp(b.x) == 0 {
		over.Mul(a.x, a.x)
		over.Mul(over, big.NewInt(3)).Add(over, k.A)
		under.Lsh(a.y, 1)
	}
	slope := over.Mul(over, under.ModInverse(under.Mod(under, k.P), k.P))
	slope.Mod(slope, k.P)
	x := new(big.Int).Mul(slope, slope)
	x.Sub(x, a.x).Sub(x, b.x).Mod(x, k.P)
	y := slope.Mul(slope, new(big.Int).Sub(a.x, x))
	return point{x, y.Sub(y, a.y).Mod(y, k.P)}
}
