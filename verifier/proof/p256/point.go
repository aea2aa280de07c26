package p256

import "math/bits"

// point is an affine point: one cache line.
type point struct{ x, y fe }

// xyzz is the point (x/zz, y/zzz), where zz^3 = zzz^2. zz = 0 is what is left of a sum whose parts were equal or
// opposite at some step; the formulas keep it 0, so that one look at the end is enough.
type xyzz struct{ x, y, zz, zzz fe }

func (a *xyzz) set(p *point) { *a = xyzz{p.x, p.y, one(), one()} }

// add sets a = a + p, or a - p where negate is all ones instead of zero ("madd-2008-s" of the Explicit-Formulas
// Database). It does not work for equal and opposite points: see xyzz.
func (a *xyzz) add(p *point, negate uint64) {
	var y, u, s, pp, ppp, q fe
	y.negateIf(&p.y, negate)
	u.mul(&p.x, &a.zz)
	s.mul(&y, &a.zzz)
	u.sub(&u, &a.x)
	s.sub(&s, &a.y)
	pp.sqr(&u)
	q.mul(&a.x, &pp)
	ppp.mul(&u, &pp)
	a.x.sqr(&s)
	a.zz.mul(&a.zz, &pp)
	a.x.sub(&a.x, &ppp)
	a.zzz.mul(&a.zzz, &ppp)
	a.x.sub(&a.x, &q)
	a.y.mul(&a.y, &ppp)
	a.x.sub(&a.x, &q)
	q.sub(&q, &a.x)
	q.mul(&q, &s)
	a.y.sub(&q, &a.y)
}

// double sets a = 2a ("dbl-2008-s-1" with the curve's a = -3).
func (a *xyzz) double() {
	var u, v, w, s, m, t fe
	u.add(&a.y, &a.y)
	v.sqr(&u)
	w.mul(&u, &v)
	s.mul(&a.x, &v)
	m.sub(&a.x, &a.zz)
	t.add(&a.x, &a.zz)
	t.mul(&t, &m)
	m.add(&t, &t)
	m.add(&m, &t)
	a.x.sqr(&m)
	a.x.sub(&a.x, &s)
	a.x.sub(&a.x, &s)
	s.sub(&s, &a.x)
	m.mul(&m, &s)
	t.mul(&w, &a.y)
	a.y.sub(&m, &t)
	a.zz.mul(&a.zz, &v)
	a.zzz.mul(&a.zzz, &w)
}

// negateIf sets z = x, or p - x where mask is all ones; x is canonical and not zero.
//
// p - x is the complement of x less 2^256 - 1 - p: no branch, as half of all digits are negative.
func (z *fe) negateIf(x *fe, mask uint64) {
	var b uint64
	z[0] = x[0] ^ mask
	z[1], b = bits.Sub64(x[1]^mask, mask&^p1, 0)
	z[2], b = bits.Sub64(x[2]^mask, mask, b)
	z[3], _ = bits.Sub64(x[3]^mask, mask&(^uint64(p3)), b)
}
