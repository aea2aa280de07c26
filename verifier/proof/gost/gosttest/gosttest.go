// Package gosttest signs with GOST R 34.10-2012 (RFC 7091) for tests. Nothing that runs in a gateway may import it:
// its keys come from a seed that everybody can guess, and its arithmetic is the textbook's, slow and in variable time.
//
// That arithmetic is also the second opinion about package gost: the two share the numbers of the curves and no formula.
package gosttest

import (
	"math/big"
	"slices"

	"vratar/verifier/proof/gost"
)

// Key is a pair of keys.
type Key struct {
	Public *gost.PublicKey
	d      *big.Int
	curve  curve
}

// NewKey makes the key that belongs to a seed.
func NewKey(c *gost.Curve, seed string) *Key {
	k := &Key{curve: curve{c.Params()}}
	k.d = k.number([]byte("key"), []byte(seed))
	x, y := k.curve.multiplied(k.d)
	public, err := c.PublicKey(append(reversed(x, c.Size), reversed(y, c.Size)...))
	if err != nil {
		panic(err) // a multiple of the base point is a key, or the curves are wrong
	}
	k.Public = public
	return k
}

// Sign signs a message: s‖r over its digest.
func (k *Key) Sign(message []byte) []byte {
	return k.SignDigest(k.Public.Curve.Digest(message))
}

// SignDigest signs a digest of the curve's size (RFC 7091 §6.1). The number that must never be used twice comes from
// key and digest, so that a test does the same each time.
func (k *Key) SignDigest(digest []byte) []byte {
	size, q := k.Public.Curve.Size, k.curve.Q
	turned := slices.Clone(digest)
	slices.Reverse(turned)
	e := new(big.Int).SetBytes(turned)
	if e.Mod(e, q).Sign() == 0 {
		e.SetInt64(1)
	}
	for attempt := byte(0); ; attempt++ {
		n := k.number(k.d.Bytes(), digest, []byte{attempt})
		x, _ := k.curve.multiplied(n)
		r := x.Mod(x, q)
		s := new(big.Int).Mul(r, k.d)
		s.Mod(s.Add(s, n.Mul(n, e)), q)
		if r.Sign() != 0 && s.Sign() != 0 {
			return append(s.FillBytes(make([]byte, size)), r.FillBytes(make([]byte, size))...)
		}
	}
}

// number is one from 1 to q-1 that depends on all parts.
func (k *Key) number(parts ...[]byte) *big.Int {
	h := gost.New512()
	for _, p := range parts {
		h.Write(append(p, 0))
	}
	n := new(big.Int).SetBytes(h.Sum(nil))
	one := big.NewInt(1)
	return n.Add(n.Mod(n, new(big.Int).Sub(k.curve.Q, one)), one)
}

func reversed(n *big.Int, size int) []byte {
	b := n.FillBytes(make([]byte, size))
	slices.Reverse(b)
	return b
}

// curve is a curve with points in the coordinates of school.
type curve struct{ gost.Params }

// multiplied is n times the base point, for 0 < n < q.
func (c curve) multiplied(n *big.Int) (x, y *big.Int) {
	for i := n.BitLen() - 1; i >= 0; i-- {
		if x != nil {
			x, y = c.plus(x, y, x, y)
		}
		switch {
		case n.Bit(i) == 0:
		case x == nil:
			x, y = c.X, c.Y
		default:
			x, y = c.plus(x, y, c.X, c.Y)
		}
	}
	return new(big.Int).Set(x), new(big.Int).Set(y)
}

// plus adds two points whose sum is not infinity.
func (c curve) plus(x1, y1, x2, y2 *big.Int) (x, y *big.Int) {
	over, under := new(big.Int).Sub(y2, y1), new(big.Int).Sub(x2, x1)
	if x1.Cmp(x2) == 0 {
		over.Mul(x1, x1)
		over.Mul(over, big.NewInt(3)).Add(over, c.A)
		under.Lsh(y1, 1)
	}
	slope := over.Mul(over, under.ModInverse(under.Mod(under, c.P), c.P))
	slope.Mod(slope, c.P)
	x = new(big.Int).Mul(slope, slope)
	x.Sub(x, x1).Sub(x, x2).Mod(x, c.P)
	y = slope.Mul(slope, new(big.Int).Sub(x1, x))
	return x, y.Sub(y, y1).Mod(y, c.P)
}
