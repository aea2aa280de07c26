package gost

import (
	"math/big"
	"math/bits"
)

// fold256 is arithmetic modulo p = 2²⁵⁶-c with a small c: what is beyond 256 bits counts c times at the bottom. An
// element is any number of 256 bits.
type fold256 struct {
	c uint64
	p element
}

func (f *fold256) mul(z, x, y *element) {
	var t [8]uint64
	product(&t, (*[4]uint64)(x[:]), (*[4]uint64)(y[:]))
	f.reduce(z, &t)
}

func (f *fold256) sqr(z, x *element) {
	var t [8]uint64
	square(&t, (*[4]uint64)(x[:]))
	f.reduce(z, &t)
}

// reduce folds the upper half in, and then what that carries out.
func (f *fold256) reduce(z *element, t *[8]uint64) {
	h0, l0 := bits.Mul64(t[4], f.c)
	h1, l1 := bits.Mul64(t[5], f.c)
	h2, l2 := bits.Mul64(t[6], f.c)
	h3, l3 := bits.Mul64(t[7], f.c)
	var c uint64
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	l0, c = bits.Add64(l0, t[0], 0)
	l1, c = bits.Add64(l1, t[1], c)
	l2, c = bits.Add64(l2, t[2], c)
	l3, c = bits.Add64(l3, t[3], c)
	l0, c = bits.Add64(l0, (h3+c)*f.c, 0)
	l1, c = bits.Add64(l1, 0, c)
	l2, c = bits.Add64(l2, 0, c)
	l3, c = bits.Add64(l3, 0, c)
	z[0], z[1], z[2], z[3] = l0+c*f.c, l1, l2, l3 // after a carry the rest is tiny
}

func (f *fold256) add(z, x, y *element) {
	l0, c := bits.Add64(x[0], y[0], 0)
	l1, c := bits.Add64(x[1], y[1], c)
	l2, c := bits.Add64(x[2], y[2], c)
	l3, c := bits.Add64(x[3], y[3], c)
	l0, c = bits.Add64(l0, c*f.c, 0)
	l1, c = bits.Add64(l1, 0, c)
	l2, c = bits.Add64(l2, 0, c)
	l3, c = bits.Add64(l3, 0, c)
	z[0], z[1], z[2], z[3] = l0+c*f.c, l1, l2, l3
}

func (f *fold256) sub(z, x, y *element) {
	l0, b := bits.Sub64(x[0], y[0], 0)
	l1, b := bits.Sub64(x[1], y[1], b)
	l2, b := bits.Sub64(x[2], y[2], b)
	l3, b := bits.Sub64(x[3], y[3], b)
	l0, b = bits.Sub64(l0, b*f.c, 0)
	l1, b = bits.Sub64(l1, 0, b)
	l2, b = bits.Sub64(l2, 0, b)
	l3, b = bits.Sub64(l3, 0, b)
	z[0], z[1], z[2], z[3] = l0-b*f.c, l1, l2, l3
}

func (f *fold256) tripleAdd(z, x, y *element) {
	l0, a := bits.Add64(x[0], x[0], 0)
	l1, a := bits.Add64(x[1], x[1], a)
	l2, a := bits.Add64(x[2], x[2], a)
	l3, a := bits.Add64(x[3], x[3], a)
	l0, b := bits.Add64(l0, x[0], 0)
	l1, b = bits.Add64(l1, x[1], b)
	l2, b = bits.Add64(l2, x[2], b)
	l3, b = bits.Add64(l3, x[3], b)
	l0, c := bits.Add64(l0, y[0], 0)
	l1, c = bits.Add64(l1, y[1], c)
	l2, c = bits.Add64(l2, y[2], c)
	l3, c = bits.Add64(l3, y[3], c)
	l0, c = bits.Add64(l0, (a+b+c)*f.c, 0)
	l1, c = bits.Add64(l1, 0, c)
	l2, c = bits.Add64(l2, 0, c)
	l3, c = bits.Add64(l3, 0, c)
	z[0], z[1], z[2], z[3] = l0+c*f.c, l1, l2, l3
}

func (f *fold256) subTwice(z, x, y *element) {
	l0, a := bits.Sub64(x[0], y[0], 0)
	l1, a := bits.Sub64(x[1], y[1], a)
	l2, a := bits.Sub64(x[2], y[2], a)
	l3, a := bits.Sub64(x[3], y[3], a)
	l0, b := bits.Sub64(l0, y[0], 0)
	l1, b = bits.Sub64(l1, y[1], b)
	l2, b = bits.Sub64(l2, y[2], b)
	l3, b = bits.Sub64(l3, y[3], b)
	l0, b = bits.Sub64(l0, (a+b)*f.c, 0)
	l1, b = bits.Sub64(l1, 0, b)
	l2, b = bits.Sub64(l2, 0, b)
	l3, b = bits.Sub64(l3, 0, b)
	z[0], z[1], z[2], z[3] = l0-b*f.c, l1, l2, l3
}

func (f *fold256) half(z, x *element) {
	odd := -(x[0] & 1)
	l0, c := bits.Add64(x[0], f.p[0]&odd, 0)
	l1, c := bits.Add64(x[1], f.p[1]&odd, c)
	l2, c := bits.Add64(x[2], f.p[2]&odd, c)
	l3, c := bits.Add64(x[3], f.p[3]&odd, c)
	z[0], z[1], z[2], z[3] = l0>>1|l1<<63, l1>>1|l2<<63, l2>>1|l3<<63, l3>>1|c<<63
}

func (f *fold256) isZero(x *element) bool {
	return x[0]|x[1]|x[2]|x[3] == 0 || *x == f.p
}

func (f *fold256) fromBig(x *big.Int) element { return limbs(x) }

func (f *fold256) toBig(x *element) *big.Int {
	n := number(x)
	return n.Mod(n, number(&f.p))
}
