package gost

import (
	"math/big"
	"math/bits"
)

// fold512 is arithmetic modulo p = 2⁵¹²-c, as fold256 has it.
type fold512 struct {
	c uint64
	p element
}

// mul multiplies halves.
func (f *fold512) mul(z, x, y *element) {
	var t [16]uint64
	var m [8]uint64
	x0, x1, y0, y1 := (*[4]uint64)(x[:4]), (*[4]uint64)(x[4:]), (*[4]uint64)(y[:4]), (*[4]uint64)(y[4:])
	product((*[8]uint64)(t[:8]), x0, y0)
	product((*[8]uint64)(t[8:]), x1, y1)
	product(&m, x0, y1)
	addMiddle(&t, &m, 0)
	product(&m, x1, y0)
	addMiddle(&t, &m, 0)
	f.reduce(z, &t)
}

func (f *fold512) sqr(z, x *element) {
	var t [16]uint64
	var m [8]uint64
	x0, x1 := (*[4]uint64)(x[:4]), (*[4]uint64)(x[4:])
	square((*[8]uint64)(t[:8]), x0)
	square((*[8]uint64)(t[8:]), x1)
	product(&m, x0, x1)
	addMiddle(&t, &m, double512(&m))
	f.reduce(z, &t)
}

func (f *fold512) reduce(z *element, t *[16]uint64) {
	carry := row8((*[8]uint64)(t[0:]), f.c, (*element)(t[8:]))
	*z = element(t[:8])
	f.push(z, carry*f.c)
}

// push adds a small number.
func (f *fold512) push(z *element, n uint64) {
	var c uint64
	z[0], c = bits.Add64(z[0], n, 0)
	for i := 1; c != 0 && i < len(z); i++ {
		z[i], c = bits.Add64(z[i], 0, c)
	}
	z[0] += c * f.c // after a carry the rest is tiny
}

// pull takes a small number away.
func (f *fold512) pull(z *element, n uint64) {
	var b uint64
	z[0], b = bits.Sub64(z[0], n, 0)
	for i := 1; b != 0 && i < len(z); i++ {
		z[i], b = bits.Sub64(z[i], 0, b)
	}
	z[0] -= b * f.c
}

func (f *fold512) add(z, x, y *element) { f.push(z, plus512(z, x, y)*f.c) }

func (f *fold512) sub(z, x, y *element) { f.pull(z, minus512(z, x, y)*f.c) }

// plus512 adds and tells what is carried out.
func plus512(z, x, y *element) (c uint64) {
	z[0], c = bits.Add64(x[0], y[0], 0)
	z[1], c = bits.Add64(x[1], y[1], c)
	z[2], c = bits.Add64(x[2], y[2], c)
	z[3], c = bits.Add64(x[3], y[3], c)
	z[4], c = bits.Add64(x[4], y[4], c)
	z[5], c = bits.Add64(x[5], y[5], c)
	z[6], c = bits.Add64(x[6], y[6], c)
	z[7], c = bits.Add64(x[7], y[7], c)
	return c
}

// minus512 takes away and tells what is borrowed.
func minus512(z, x, y *element) (b uint64) {
	z[0], b = bits.Sub64(x[0], y[0], 0)
	z[1], b = bits.Sub64(x[1], y[1], b)
	z[2], b = bits.Sub64(x[2], y[2], b)
	z[3], b = bits.Sub64(x[3], y[3], b)
	z[4], b = bits.Sub64(x[4], y[4], b)
	z[5], b = bits.Sub64(x[5], y[5], b)
	z[6], b = bits.Sub64(x[6], y[6], b)
	z[7], b = bits.Sub64(x[7], y[7], b)
	return b
}

func (f *fold512) tripleAdd(z, x, y *element) {
	var t element
	a := plus512(&t, x, x)
	a += plus512(&t, &t, x)
	a += plus512(z, &t, y)
	f.push(z, a*f.c)
}

func (f *fold512) subTwice(z, x, y *element) {
	var t element
	b := minus512(&t, x, y)
	b += minus512(z, &t, y)
	f.pull(z, b*f.c)
}

func (f *fold512) half(z, x *element) {
	half(z, x, &f.p, len(z))
}

func (f *fold512) isZero(x *element) bool {
	return *x == element{} || *x == f.p
}

func (f *fold512) fromBig(x *big.Int) element { return limbs(x) }

func (f *fold512) toBig(x *element) *big.Int {
	n := number(x)
	return n.Mod(n, number(&f.p))
}
