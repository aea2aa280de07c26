package gost

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// The form has its curve's numbers: a = s²-3t², b = 2t³-ts², and no square for d, which is what makes its sums complete.
func TestEdwards(t *testing.T) {
	for _, c := range Curves() {
		if (c.edwards != nil) != c.cofactor {
			t.Errorf("%s: another form", c.Name)
		}
		if c.edwards == nil {
			continue
		}
		s, u, d := c.field.toBig(&c.edwards.s), c.field.toBig(&c.edwards.t), c.field.toBig(&c.edwards.d)
		ss, uu := new(big.Int).Mul(s, s), new(big.Int).Mul(u, u)
		a := new(big.Int).Sub(ss, new(big.Int).Mul(uu, big.NewInt(3)))
		b := new(big.Int).Sub(new(big.Int).Lsh(uu, 1), ss)
		b.Mul(b, u)
		if a.Mod(a, c.p).Cmp(c.field.toBig(&c.a)) != 0 || b.Mod(b, c.p).Cmp(c.b) != 0 || big.Jacobi(d, c.p) != -1 {
			t.Errorf("%s: numbers", c.Name)
		}
	}
}

// Both forms make the same of every sum, those at the ends included.
func TestEdwardsCombine(t *testing.T) {
	random := rand.New(rand.NewChaCha8([32]byte{3}))
	for _, c := range Curves() {
		if c.edwards == nil {
			continue
		}
		scalar := func() *big.Int {
			b := make([]byte, c.Size)
			for i := range b {
				b[i] = byte(random.Uint32())
			}
			n := new(big.Int).SetBytes(b)
			return n.Mod(n, c.q)
		}
		d := scalar()
		x, y := multiplied(c, d)
		k := keyAt(t, c, x, y)
		zero, one, last := new(big.Int), big.NewInt(1), new(big.Int).Sub(c.q, big.NewInt(1))
		pairs := [][2]*big.Int{{zero, zero}, {one, zero}, {zero, one}, {one, one}, {last, last}, {d, one}, {new(big.Int).Sub(c.q, d), one}, {d, last}}
		for range 8 {
			pairs = append(pairs, [2]*big.Int{scalar(), scalar()})
		}
		for _, pair := range pairs {
			usual := newCalculation(c.field)
			usual.combine(c.base(), pair[0], k, pair[1])
			other := &edwardsCalculation{field: c.field, curve: c.edwards}
			other.combine(c.edwardsBase(), pair[0], k.edwards, pair[1])
			if infinite := usual.isZero(&usual.sum.z); infinite || other.isZero(&other.sum.u) {
				if !infinite || !other.isZero(&other.sum.u) || other.hasX(c.q, one) {
					t.Errorf("%s: %v: one is infinity", c.Name, pair)
				}
				continue
			}
			x, _ := usual.affineOf(&usual.sum, c.p)
			r := new(big.Int).Mod(x, c.q)
			if !usual.hasX(c, r) || !other.hasX(c.q, r) || other.hasX(c.q, r.Xor(r, one)) {
				t.Errorf("%s: %v: another point", c.Name, pair)
			}
		}
	}
}
