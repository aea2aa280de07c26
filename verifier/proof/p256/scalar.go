package p256

import "math/bits"

// scalar is a number modulo the order n of the group, least significant word first, below n unless said otherwise.
type scalar [4]uint64

// The order (SEC 2 §2.4.2), and -1/n mod 2^64.
const (
	n0    = 0xf3b9cac2fc632551
	n1    = 0xbce6faada7179e84
	n2    = 0xffffffffffffffff
	n3    = 0xffffffff00000000
	nFlip = 0xccd1c8aaee00bc4f
)

// scalarR2 is 2^512 mod n.
func scalarR2() scalar {
	return scalar{0x83244c95be79eea2, 0x4699799c49bd6fa6, 0x2845b2392b6bec59, 0x66e12d94f3d95620}
}

// mul sets z = x·y/2^256 mod n. One factor is below n, the other may be anything below 2^256.
func (z *scalar) mul(x, y *scalar) {
	var t0, t1, t2, t3, t4, c, d uint64
	y0, y1, y2, y3 := y[0], y[1], y[2], y[3]
	for _, a := range x {
		h0, l0 := bits.Mul64(a, y0)
		h1, l1 := bits.Mul64(a, y1)
		h2, l2 := bits.Mul64(a, y2)
		h3, l3 := bits.Mul64(a, y3)
		l1, c = bits.Add64(l1, h0, 0)
		l2, c = bits.Add64(l2, h1, c)
		l3, c = bits.Add64(l3, h2, c)
		h3, _ = bits.Add64(h3, 0, c)
		t0, c = bits.Add64(t0, l0, 0)
		t1, c = bits.Add64(t1, l1, c)
		t2, c = bits.Add64(t2, l2, c)
		t3, c = bits.Add64(t3, l3, c)
		t4, d = bits.Add64(t4, h3, c)

		m := t0 * nFlip
		h0, l0 = bits.Mul64(m, n0)
		h1, l1 = bits.Mul64(m, n1)
		h2, l2 = bits.Mul64(m, n2)
		h3, l3 = bits.Mul64(m, n3)
		l1, c = bits.Add64(l1, h0, 0)
		l2, c = bits.Add64(l2, h1, c)
		l3, c = bits.Add64(l3, h2, c)
		h3, _ = bits.Add64(h3, 0, c)
		_, c = bits.Add64(t0, l0, 0)
		t0, c = bits.Add64(t1, l1, c)
		t1, c = bits.Add64(t2, l2, c)
		t2, c = bits.Add64(t3, l3, c)
		t3, c = bits.Add64(t4, h3, c)
		t4 = c + d
	}
	*z = scalar{t0, t1, t2, t3}
	if t4 != 0 || !z.belowOrder() {
		z.subOrder()
	}
}

func (z *scalar) subOrder() {
	var b uint64
	z[0], b = bits.Sub64(z[0], n0, 0)
	z[1], b = bits.Sub64(z[1], n1, b)
	z[2], b = bits.Sub64(z[2], n2, b)
	z[3], _ = bits.Sub64(z[3], n3, b)
}

// belowOrder reports whether z, which may be anything below 2^256, is below n.
func (z *scalar) belowOrder() bool {
	_, b := bits.Sub64(z[0], n0, 0)
	_, b = bits.Sub64(z[1], n1, b)
	_, b = bits.Sub64(z[2], n2, b)
	_, b = bits.Sub64(z[3], n3, b)
	return b != 0
}

// inRange reports whether 0 < z < n, as SEC 1 §4.1.4 asks of r and s.
func (z *scalar) inRange() bool { return z[0]|z[1]|z[2]|z[3] != 0 && z.belowOrder() }

// inverse is 2^256/z, ready to be a factor of mul. z is not zero.
func (z *scalar) inverse() scalar {
	w := scalar(inverse([4]uint64(*z), orderModulus()))
	r2 := scalarR2()
	w.mul(&w, &r2)
	return w
}

// odd is z, or n - z where z is even, and whether it is n - z.
func (z *scalar) odd() (o scalar, negated bool) {
	if z[0]&1 == 1 {
		return *z, false
	}
	var b uint64
	o[0], b = bits.Sub64(n0, z[0], 0)
	o[1], b = bits.Sub64(n1, z[1], b)
	o[2], b = bits.Sub64(n2, z[2], b)
	o[3], _ = bits.Sub64(n3, z[3], b)
	return o, true
}

// plusOrder is z + n where that is below p: the other number whose residue modulo n is z and that may be the
// x-coordinate of a point. z is below n.
func (z *scalar) plusOrder() (sum [4]uint64, ok bool) {
	t0, c := bits.Add64(z[0], n0, 0)
	t1, c := bits.Add64(z[1], n1, c)
	t2, c := bits.Add64(z[2], n2, c)
	t3, c := bits.Add64(z[3], n3, c)
	f := fe{t0, t1, t2, t3}
	return f, c == 0 && f.canonical() == f
}
