package p256

import (
	"encoding/binary"
	"math/bits"
)

// fe is an element of the field of P-256 in Montgomery form (x·2^256 mod p), least significant word first.
//
// Any value below 2^256 stands for its residue, so that no product needs a comparison with p; canonical brings
// it below p. p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SEC 2 §2.4.2).
type fe [4]uint64

const (
	p0 = 0xffffffffffffffff
	p1 = 0x00000000ffffffff
	p3 = 0xffffffff00000001 // the word p2 is zero
)

// one is 1 in Montgomery form; r2 is 2^512 mod p, with which a product brings a number into that form.
func one() fe { return fe{1, 0xffffffff00000000, 0xffffffffffffffff, 0xfffffffe} }
func r2() fe  { return fe{3, 0xfffffffbffffffff, 0xfffffffffffffffe, 0x4fffffffd} }

// mul sets z = x·y/2^256: the product first, then the half of it below 2^256 is divided away.
func (z *fe) mul(x, y *fe) {
	y0, y1, y2, y3 := y[0], y[1], y[2], y[3]
	var c, h0, h1, h2, h3, l0, l1, l2, l3 uint64

	a := x[0]
	h0, t0 := bits.Mul64(a, y0)
	h1, l1 = bits.Mul64(a, y1)
	h2, l2 = bits.Mul64(a, y2)
	h3, l3 = bits.Mul64(a, y3)
	t1, c := bits.Add64(l1, h0, 0)
	t2, c := bits.Add64(l2, h1, c)
	t3, c := bits.Add64(l3, h2, c)
	t4, _ := bits.Add64(h3, 0, c)

	a = x[1]
	h0, l0 = bits.Mul64(a, y0)
	h1, l1 = bits.Mul64(a, y1)
	h2, l2 = bits.Mul64(a, y2)
	h3, l3 = bits.Mul64(a, y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	t1, c = bits.Add64(t1, l0, 0)
	t2, c = bits.Add64(t2, l1, c)
	t3, c = bits.Add64(t3, l2, c)
	t4, c = bits.Add64(t4, l3, c)
	t5, _ := bits.Add64(h3, 0, c)

	a = x[2]
	h0, l0 = bits.Mul64(a, y0)
	h1, l1 = bits.Mul64(a, y1)
	h2, l2 = bits.Mul64(a, y2)
	h3, l3 = bits.Mul64(a, y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	t2, c = bits.Add64(t2, l0, 0)
	t3, c = bits.Add64(t3, l1, c)
	t4, c = bits.Add64(t4, l2, c)
	t5, c = bits.Add64(t5, l3, c)
	t6, _ := bits.Add64(h3, 0, c)

	a = x[3]
	h0, l0 = bits.Mul64(a, y0)
	h1, l1 = bits.Mul64(a, y1)
	h2, l2 = bits.Mul64(a, y2)
	h3, l3 = bits.Mul64(a, y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	t3, c = bits.Add64(t3, l0, 0)
	t4, c = bits.Add64(t4, l1, c)
	t5, c = bits.Add64(t5, l2, c)
	t6, c = bits.Add64(t6, l3, c)
	t7, _ := bits.Add64(h3, 0, c)

	h, l := bits.Mul64(t0, p3)
	t1, c = bits.Add64(t1, t0<<32, 0)
	t2, c = bits.Add64(t2, t0>>32, c)
	t3, c = bits.Add64(t3, l, c)
	t0, _ = bits.Add64(h, 0, c)

	h, l = bits.Mul64(t1, p3)
	t2, c = bits.Add64(t2, t1<<32, 0)
	t3, c = bits.Add64(t3, t1>>32, c)
	t0, c = bits.Add64(t0, l, c)
	t1, _ = bits.Add64(h, 0, c)

	h, l = bits.Mul64(t2, p3)
	t3, c = bits.Add64(t3, t2<<32, 0)
	t0, c = bits.Add64(t0, t2>>32, c)
	t1, c = bits.Add64(t1, l, c)
	t2, _ = bits.Add64(h, 0, c)

	h, l = bits.Mul64(t3, p3)
	t0, c = bits.Add64(t0, t3<<32, 0)
	t1, c = bits.Add64(t1, t3>>32, c)
	t2, c = bits.Add64(t2, l, c)
	t3, _ = bits.Add64(h, 0, c)

	t0, c = bits.Add64(t0, t4, 0)
	t1, c = bits.Add64(t1, t5, c)
	t2, c = bits.Add64(t2, t6, c)
	t3, c = bits.Add64(t3, t7, c)

	m := -c
	t0, c = bits.Sub64(t0, m, 0)
	t1, c = bits.Sub64(t1, m&p1, c)
	t2, c = bits.Sub64(t2, 0, c)
	t3, _ = bits.Sub64(t3, m&p3, c)
	z[0], z[1], z[2], z[3] = t0, t1, t2, t3
}

// sqr sets z = x·x/2^256.
func (z *fe) sqr(x *fe) {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
	h01, t1 := bits.Mul64(x0, x1)
	h02, l02 := bits.Mul64(x0, x2)
	h03, l03 := bits.Mul64(x0, x3)
	h12, l12 := bits.Mul64(x1, x2)
	h13, l13 := bits.Mul64(x1, x3)
	h23, l23 := bits.Mul64(x2, x3)
	t2, c := bits.Add64(l02, h01, 0)
	t3, c := bits.Add64(l03, h02, c)
	t4, c := bits.Add64(l13, h03, c)
	t5, c := bits.Add64(l23, h13, c)
	t6, _ := bits.Add64(h23, 0, c)
	t3, c = bits.Add64(t3, l12, 0)
	t4, c = bits.Add64(t4, h12, c)
	t5, c = bits.Add64(t5, 0, c)
	t6, _ = bits.Add64(t6, 0, c)

	t7 := t6 >> 63
	t6 = t6<<1 | t5>>63
	t5 = t5<<1 | t4>>63
	t4 = t4<<1 | t3>>63
	t3 = t3<<1 | t2>>63
	t2 = t2<<1 | t1>>63
	t1 <<= 1

	h0, t0 := bits.Mul64(x0, x0)
	h1, l1 := bits.Mul64(x1, x1)
	h2, l2 := bits.Mul64(x2, x2)
	h3, l3 := bits.Mul64(x3, x3)
	t1, c = bits.Add64(t1, h0, 0)
	t2, c = bits.Add64(t2, l1, c)
	t3, c = bits.Add64(t3, h1, c)
	t4, c = bits.Add64(t4, l2, c)
	t5, c = bits.Add64(t5, h2, c)
	t6, c = bits.Add64(t6, l3, c)
	t7, _ = bits.Add64(t7, h3, c)

	h, l := bits.Mul64(t0, p3)
	t1, c = bits.Add64(t1, t0<<32, 0)
	t2, c = bits.Add64(t2, t0>>32, c)
	t3, c = bits.Add64(t3, l, c)
	t0, _ = bits.Add64(h, 0, c)

	h, l = bits.Mul64(t1, p3)
	t2, c = bits.Add64(t2, t1<<32, 0)
	t3, c = bits.Add64(t3, t1>>32, c)
	t0, c = bits.Add64(t0, l, c)
	t1, _ = bits.Add64(h, 0, c)

	h, l = bits.Mul64(t2, p3)
	t3, c = bits.Add64(t3, t2<<32, 0)
	t0, c = bits.Add64(t0, t2>>32, c)
	t1, c = bits.Add64(t1, l, c)
	t2, _ = bits.Add64(h, 0, c)

	h, l = bits.Mul64(t3, p3)
	t0, c = bits.Add64(t0, t3<<32, 0)
	t1, c = bits.Add64(t1, t3>>32, c)
	t2, c = bits.Add64(t2, l, c)
	t3, _ = bits.Add64(h, 0, c)

	t0, c = bits.Add64(t0, t4, 0)
	t1, c = bits.Add64(t1, t5, c)
	t2, c = bits.Add64(t2, t6, c)
	t3, c = bits.Add64(t3, t7, c)

	m := -c
	t0, c = bits.Sub64(t0, m, 0)
	t1, c = bits.Sub64(t1, m&p1, c)
	t2, c = bits.Sub64(t2, 0, c)
	t3, _ = bits.Sub64(t3, m&p3, c)
	z[0], z[1], z[2], z[3] = t0, t1, t2, t3
}

// add sets z = x + y.
func (z *fe) add(x, y *fe) {
	t0, c := bits.Add64(x[0], y[0], 0)
	t1, c := bits.Add64(x[1], y[1], c)
	t2, c := bits.Add64(x[2], y[2], c)
	t3, c := bits.Add64(x[3], y[3], c)
	for c != 0 { // a second time only when both were at least p
		m := -c
		var b uint64
		t0, b = bits.Sub64(t0, m, 0)
		t1, b = bits.Sub64(t1, m&p1, b)
		t2, b = bits.Sub64(t2, 0, b)
		t3, b = bits.Sub64(t3, m&p3, b)
		c -= b
	}
	z[0], z[1], z[2], z[3] = t0, t1, t2, t3
}

// sub sets z = x - y.
func (z *fe) sub(x, y *fe) {
	t0, b := bits.Sub64(x[0], y[0], 0)
	t1, b := bits.Sub64(x[1], y[1], b)
	t2, b := bits.Sub64(x[2], y[2], b)
	t3, b := bits.Sub64(x[3], y[3], b)
	m := -b
	t0, c := bits.Add64(t0, m, 0)
	t1, c = bits.Add64(t1, m&p1, c)
	t2, c = bits.Add64(t2, 0, c)
	t3, c = bits.Add64(t3, m&p3, c)
	if c != b { // y was above x + p, which needs a y that is not canonical
		t0, c = bits.Add64(t0, p0, 0)
		t1, c = bits.Add64(t1, p1, c)
		t2, c = bits.Add64(t2, 0, c)
		t3, _ = bits.Add64(t3, p3, c)
	}
	z[0], z[1], z[2], z[3] = t0, t1, t2, t3
}

// canonical is the value below p.
func (z *fe) canonical() fe {
	t0, b := bits.Sub64(z[0], p0, 0)
	t1, b := bits.Sub64(z[1], p1, b)
	t2, b := bits.Sub64(z[2], 0, b)
	t3, b := bits.Sub64(z[3], p3, b)
	if b != 0 {
		return *z
	}
	return fe{t0, t1, t2, t3}
}

func (z *fe) isZero() bool { return z.canonical() == fe{} }

func (z *fe) equal(x *fe) bool { return z.canonical() == x.canonical() }

// words reads 32 bytes, most significant first, as they are.
func words(b *[32]byte) [4]uint64 {
	return [4]uint64{
		binary.BigEndian.Uint64(b[24:]), binary.BigEndian.Uint64(b[16:]),
		binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[:]),
	}
}

// subPrime subtracts p and returns what has to be borrowed from above.
func (z *fe) subPrime() (borrow uint64) {
	z[0], borrow = bits.Sub64(z[0], p0, 0)
	z[1], borrow = bits.Sub64(z[1], p1, borrow)
	z[2], borrow = bits.Sub64(z[2], 0, borrow)
	z[3], borrow = bits.Sub64(z[3], p3, borrow)
	return borrow
}
