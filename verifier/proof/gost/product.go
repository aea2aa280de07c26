package gost

import "math/bits"

// times is x·y for an x of one limb, five limbs long. The compiler puts it where it is called.
func times(x, y0, y1, y2, y3 uint64) (l0, l1, l2, l3, l4 uint64) {
	var h0, h1, h2, c uint64
	h0, l0 = bits.Mul64(x, y0)
	h1, l1 = bits.Mul64(x, y1)
	h2, l2 = bits.Mul64(x, y2)
	l4, l3 = bits.Mul64(x, y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	return l0, l1, l2, l3, l4 + c
}

// product is x·y.
func product(t *[8]uint64, x, y *[4]uint64) {
	y0, y1, y2, y3 := y[0], y[1], y[2], y[3]
	var c, l1, l2, l3, l4 uint64
	t[0], l1, l2, l3, l4 = times(x[0], y0, y1, y2, y3)
	a0, a1, a2, a3, l5 := times(x[1], y0, y1, y2, y3)
	l1, c = bits.Add64(l1, a0, 0)
	l2, c = bits.Add64(l2, a1, c)
	l3, c = bits.Add64(l3, a2, c)
	l4, c = bits.Add64(l4, a3, c)
	t[1], l5 = l1, l5+c
	a0, a1, a2, a3, l6 := times(x[2], y0, y1, y2, y3)
	l2, c = bits.Add64(l2, a0, 0)
	l3, c = bits.Add64(l3, a1, c)
	l4, c = bits.Add64(l4, a2, c)
	l5, c = bits.Add64(l5, a3, c)
	t[2], l6 = l2, l6+c
	a0, a1, a2, a3, l7 := times(x[3], y0, y1, y2, y3)
	t[3], c = bits.Add64(l3, a0, 0)
	t[4], c = bits.Add64(l4, a1, c)
	t[5], c = bits.Add64(l5, a2, c)
	t[6], c = bits.Add64(l6, a3, c)
	t[7] = l7 + c
}

// square is x²: products of different limbs once and doubled, and the squares of the limbs.
func square(t *[8]uint64, x *[4]uint64) {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
	var c uint64
	l2, l1 := bits.Mul64(x0, x1)
	l3, m2 := bits.Mul64(x0, x2)
	l4, m3 := bits.Mul64(x0, x3)
	l2, c = bits.Add64(l2, m2, 0)
	l3, c = bits.Add64(l3, m3, c)
	l4 += c
	n4, n3 := bits.Mul64(x1, x2)
	l5, m4 := bits.Mul64(x1, x3)
	l3, c = bits.Add64(l3, n3, 0)
	l4, c = bits.Add64(l4, n4, c)
	l5 += c
	l4, c = bits.Add64(l4, m4, 0)
	l6, m5 := bits.Mul64(x2, x3)
	l5, c = bits.Add64(l5, m5, c)
	l6 += c
	l1, c = bits.Add64(l1, l1, 0)
	l2, c = bits.Add64(l2, l2, c)
	l3, c = bits.Add64(l3, l3, c)
	l4, c = bits.Add64(l4, l4, c)
	l5, c = bits.Add64(l5, l5, c)
	l6, c = bits.Add64(l6, l6, c)
	l7 := c
	var h0, h1, h2, h3, m0, m1 uint64
	h0, m0 = bits.Mul64(x0, x0)
	h1, m1 = bits.Mul64(x1, x1)
	h2, m2 = bits.Mul64(x2, x2)
	h3, m3 = bits.Mul64(x3, x3)
	t[0] = m0
	t[1], c = bits.Add64(l1, h0, 0)
	t[2], c = bits.Add64(l2, m1, c)
	t[3], c = bits.Add64(l3, h1, c)
	t[4], c = bits.Add64(l4, m2, c)
	t[5], c = bits.Add64(l5, h2, c)
	t[6], c = bits.Add64(l6, m3, c)
	t[7] = l7 + h3 + c
}

// double512 doubles t and tells what is carried out.
func double512(t *[8]uint64) (c uint64) {
	t[0], c = bits.Add64(t[0], t[0], 0)
	t[1], c = bits.Add64(t[1], t[1], c)
	t[2], c = bits.Add64(t[2], t[2], c)
	t[3], c = bits.Add64(t[3], t[3], c)
	t[4], c = bits.Add64(t[4], t[4], c)
	t[5], c = bits.Add64(t[5], t[5], c)
	t[6], c = bits.Add64(t[6], t[6], c)
	t[7], c = bits.Add64(t[7], t[7], c)
	return c
}

// addMiddle adds m, and a carry behind it, to the middle of t.
func addMiddle(t *[16]uint64, m *[8]uint64, carry uint64) {
	var c uint64
	t[4], c = bits.Add64(t[4], m[0], 0)
	t[5], c = bits.Add64(t[5], m[1], c)
	t[6], c = bits.Add64(t[6], m[2], c)
	t[7], c = bits.Add64(t[7], m[3], c)
	t[8], c = bits.Add64(t[8], m[4], c)
	t[9], c = bits.Add64(t[9], m[5], c)
	t[10], c = bits.Add64(t[10], m[6], c)
	t[11], c = bits.Add64(t[11], m[7], c)
	t[12], c = bits.Add64(t[12], carry, c)
	t[13], c = bits.Add64(t[13], 0, c)
	t[14], c = bits.Add64(t[14], 0, c)
	t[15] += c
}
