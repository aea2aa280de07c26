package gost

import (
	"math/big"
	"math/bits"
)

// montgomery is arithmetic modulo any odd prime of n limbs, four or eight. An element is x·2⁶⁴ⁿ mod p, below p.
type montgomery struct {
	n       int
	p       element
	inverse uint64 // -1/p mod 2⁶⁴
	modulus *big.Int
	radix   *big.Int // 2⁶⁴ⁿ mod p
	unradix *big.Int // its inverse
}

func newMontgomery(p *big.Int, n int) *montgomery {
	word := new(big.Int).Lsh(big.NewInt(1), 64)
	inverse := new(big.Int).ModInverse(p, word)
	radix := new(big.Int).Lsh(big.NewInt(1), uint(64*n))
	radix.Mod(radix, p)
	return &montgomery{
		n: n, p: limbs(p), inverse: -inverse.Uint64(), modulus: p,
		radix: radix, unradix: new(big.Int).ModInverse(radix, p),
	}
}

func (f *montgomery) mul(z, x, y *element) {
	if f.n == 4 {
		f.mul4(z, x, y)
	} else {
		f.mul8(z, x, y)
	}
}

func (f *montgomery) sqr(z, x *element) { f.mul(z, x, x) }

// mul4 adds one limb's product and as many moduli as make the lowest limb zero, four times over. What is carried out
// stays below twice the modulus.
func (f *montgomery) mul4(z, x, y *element) {
	var t [9]uint64
	for i := range 4 {
		low := (*[4]uint64)(t[i:])
		a := row4(low, x[i], y)
		b := row4(low, low[0]*f.inverse, &f.p)
		var c, d uint64
		t[i+4], c = bits.Add64(t[i+4], a, 0)
		t[i+4], d = bits.Add64(t[i+4], b, 0)
		t[i+5] = c + d
	}
	z[0], z[1], z[2], z[3] = t[4], t[5], t[6], t[7]
	f.once(z, t[8])
}

func (f *montgomery) mul8(z, x, y *element) {
	var t [17]uint64
	for i := range 8 {
		low := (*[8]uint64)(t[i:])
		a := row8(low, x[i], y)
		b := row8(low, low[0]*f.inverse, &f.p)
		var c, d uint64
		t[i+8], c = bits.Add64(t[i+8], a, 0)
		t[i+8], d = bits.Add64(t[i+8], b, 0)
		t[i+9] = c + d
	}
	*z = element(t[8:16])
	f.once(z, t[16])
}

// once takes the modulus away from z and its carry where it can.
func (f *montgomery) once(z *element, carry uint64) {
	var less element
	var b uint64
	for i := range f.n {
		less[i], b = bits.Sub64(z[i], f.p[i], b)
	}
	if carry >= b {
		*z = less
	}
}

func (f *montgomery) add(z, x, y *element) {
	var c uint64
	for i := range f.n {
		z[i], c = bits.Add64(x[i], y[i], c)
	}
	f.once(z, c)
}

func (f *montgomery) sub(z, x, y *element) {
	var b, c uint64
	for i := range f.n {
		z[i], b = bits.Sub64(x[i], y[i], b)
	}
	if b == 0 {
		return
	}
	for i := range f.n {
		z[i], c = bits.Add64(z[i], f.p[i], c)
	}
}

func (f *montgomery) tripleAdd(z, x, y *element) {
	var t element
	f.add(&t, x, x)
	f.add(&t, &t, x)
	f.add(z, &t, y)
}

func (f *montgomery) subTwice(z, x, y *element) {
	var t element
	f.sub(&t, x, y)
	f.sub(z, &t, y)
}

func (f *montgomery) half(z, x *element) { half(z, x, &f.p, f.n) }

func (f *montgomery) isZero(x *element) bool { return *x == element{} }

func (f *montgomery) fromBig(x *big.Int) element {
	n := new(big.Int).Mul(x, f.radix)
	return limbs(n.Mod(n, f.modulus))
}

func (f *montgomery) toBig(x *element) *big.Int {
	n := number(x)
	return n.Mod(n.Mul(n, f.unradix), f.modulus)
}
