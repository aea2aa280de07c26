package gost

import (
	"math/big"
	"math/bits"
)

// element is a number of a field in 64-bit limbs, least significant first. Fields of 256 bits use the first four and
// leave the others zero.
type element [8]uint64

// field is arithmetic modulo a prime. Elements are in the field's own form, in which a number may have two
// representations; isZero tells them. Arguments and results may be the same element.
type field interface {
	mul(z, x, y *element)
	sqr(z, x *element)
	add(z, x, y *element)
	sub(z, x, y *element)
	tripleAdd(z, x, y *element) // 3x + y
	subTwice(z, x, y *element)  // x - 2y
	half(z, x *element)
	isZero(x *element) bool
	fromBig(x *big.Int) element // of 0 to p-1
	toBig(x *element) *big.Int  // from 0 to p-1
}

// newField picks the arithmetic for p: primes just below a power of two have a cheap one.
func newField(p *big.Int, size int) field {
	gap := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(8*size)), p)
	switch near := gap.BitLen() <= 16; {
	case near && size == 32:
		return &fold256{c: gap.Uint64(), p: limbs(p)}
	case near:
		return &fold512{c: gap.Uint64(), p: limbs(p)}
	case size == 32:
		return newMontgomery(p, 4)
	}
	return newMontgomery(p, 8)
}

// limbs are those of x, which has at most 512 bits.
func limbs(x *big.Int) (z element) {
	var b [64]byte
	x.FillBytes(b[:])
	for i := range z {
		for _, v := range b[56-8*i : 64-8*i] {
			z[i] = z[i]<<8 | uint64(v)
		}
	}
	return z
}

// number is what limbs stand for.
func number(z *element) *big.Int {
	var b [64]byte
	for i, limb := range z {
		for j := range 8 {
			b[63-8*i-j] = byte(limb >> (8 * j))
		}
	}
	return new(big.Int).SetBytes(b[:])
}

// row4 adds x·y to z, of four limbs each, and returns what is carried out.
func row4(z *[4]uint64, x uint64, y *element) uint64 {
	h0, l0 := bits.Mul64(x, y[0])
	h1, l1 := bits.Mul64(x, y[1])
	h2, l2 := bits.Mul64(x, y[2])
	h3, l3 := bits.Mul64(x, y[3])
	var c uint64
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	z[0], c = bits.Add64(z[0], l0, 0)
	z[1], c = bits.Add64(z[1], l1, c)
	z[2], c = bits.Add64(z[2], l2, c)
	z[3], c = bits.Add64(z[3], l3, c)
	return h3 + c
}

// row8 is row4 for eight limbs.
func row8(z *[8]uint64, x uint64, y *element) uint64 {
	h0, l0 := bits.Mul64(x, y[0])
	h1, l1 := bits.Mul64(x, y[1])
	h2, l2 := bits.Mul64(x, y[2])
	h3, l3 := bits.Mul64(x, y[3])
	var c uint64
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	z[0], c = bits.Add64(z[0], l0, 0)
	z[1], c = bits.Add64(z[1], l1, c)
	z[2], c = bits.Add64(z[2], l2, c)
	z[3], c = bits.Add64(z[3], l3, c)
	h3 += c
	h4, l4 := bits.Mul64(x, y[4])
	h5, l5 := bits.Mul64(x, y[5])
	h6, l6 := bits.Mul64(x, y[6])
	h7, l7 := bits.Mul64(x, y[7])
	l4, c = bits.Add64(l4, h3, 0)
	l5, c = bits.Add64(l5, h4, c)
	l6, c = bits.Add64(l6, h5, c)
	l7, c = bits.Add64(l7, h6, c)
	h7 += c
	z[4], c = bits.Add64(z[4], l4, 0)
	z[5], c = bits.Add64(z[5], l5, c)
	z[6], c = bits.Add64(z[6], l6, c)
	z[7], c = bits.Add64(z[7], l7, c)
	return h7 + c
}

// half is x/2 modulo p, of n limbs: an odd number is made even by adding p, which is odd.
func half(z, x, p *element, n int) {
	odd := -(x[0] & 1)
	var t element
	var c uint64
	for i := range n {
		t[i], c = bits.Add64(x[i], p[i]&odd, c)
	}
	for i := range n - 1 {
		z[i] = t[i]>>1 | t[i+1]<<63
	}
	z[n-1] = t[n-1]>>1 | c<<63
}
