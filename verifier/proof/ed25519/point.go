package ed25519

// point is a point of edwards25519 in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z (RFC 8032 §5.1.4).
type point struct{ x, y, z, t element }

// neutral is the point (0, 1).
func neutral() point { return point{y: one, z: one} }

// decode reads a point as crypto/ed25519 does, which takes more than RFC 8032 §5.1.3: a y that is not below p, and
// x = 0 with the sign bit set. It reports whether there is such a point.
func (p *point) decode(b *[32]byte) bool {
	w := wordsOf(b)
	sign := w[3] >> 63
	w[3] &= 1<<63 - 1
	var y, yy, u, v, x element
	y = w
	yy.square(&y)
	u.sub(&yy, &one)
	v.mul(&curveD, &yy)
	v.add(&v, &one)
	if !x.sqrtRatio(&u, &v) {
		return false
	}
	if words := x.words(); words[0]&1 != sign {
		x.sub(&element{}, &x)
	}
	p.x, p.y, p.z = x, y, one
	p.t.mul(&x, &y)
	return true
}

// sqrtRatio sets e to a square root of u/v and reports whether there is one (RFC 8032 §5.1.3).
func (e *element) sqrtRatio(u, v *element) bool {
	var v3, r, check, minusU element
	v3.square(v)
	v3.mul(&v3, v)
	r.square(&v3)
	r.mul(&r, v)
	r.mul(&r, u) // uv⁷
	r.pow22523(&r)
	r.mul(&r, &v3)
	r.mul(&r, u) // uv³·(uv⁷)^((p−5)/8)
	check.square(&r)
	check.mul(&check, v)
	minusU.sub(&element{}, u)
	switch {
	case check.equal(u):
		*e = r
	case check.equal(&minusU):
		e.mul(&r, &sqrtM1)
	default:
		return false
	}
	return true
}

// negate sets p to −p.
func (p *point) negate() {
	p.x.sub(&element{}, &p.x)
	p.t.sub(&element{}, &p.t)
}

// double sets p = 2·p (RFC 8032 §5.1.4).
func (p *point) double() {
	var xx, yy, zz2, e, f, g, h element
	xx.square(&p.x)
	yy.square(&p.y)
	zz2.square(&p.z)
	zz2.add(&zz2, &zz2)
	e.add(&p.x, &p.y)
	e.square(&e)
	h.add(&yy, &xx)
	e.sub(&e, &h)
	g.sub(&yy, &xx)
	f.sub(&zz2, &g)
	p.set(&e, &f, &g, &h)
}

// set completes an addition: x = E/G, y = H/F.
func (p *point) set(e, f, g, h *element) {
	p.x.mul(e, f)
	p.y.mul(g, h)
	p.z.mul(f, g)
	p.t.mul(e, h)
}

// add sets p = p + q. The formula is complete: it holds for any two points of the curve.
func (p *point) add(q *point) {
	var a, b, c, d, s element
	a.sub(&p.y, &p.x)
	s.sub(&q.y, &q.x)
	a.mul(&a, &s)
	b.add(&p.y, &p.x)
	s.add(&q.y, &q.x)
	b.mul(&b, &s)
	c.mul(&p.t, &q.t)
	c.mul(&c, &curveD2)
	d.mul(&p.z, &q.z)
	d.add(&d, &d)
	p.finish(&a, &b, &c, &d, 0)
}

// addEntry sets p = p + q for a q from a table, or p − q where minus is 1: the sign only says which of two numbers
// is taken for which, so that no branch is mispredicted on it.
func (p *point) addEntry(q *entry, minus uint) {
	var a, b, c, d element
	a.sub(&p.y, &p.x)
	a.mul(&a, &q.y[1-minus&1])
	b.add(&p.y, &p.x)
	b.mul(&b, &q.y[minus&1])
	c.mul(&p.t, &q.xy2d)
	d.add(&p.z, &p.z)
	p.finish(&a, &b, &c, &d, minus&1)
}

// finish completes an addition, or a subtraction where minus is 1.
func (p *point) finish(a, b, c, d *element, minus uint) {
	var e, h element
	var fg [2]element
	e.sub(b, a)
	h.add(b, a)
	fg[0].sub(d, c)
	fg[1].add(d, c)
	p.set(&e, &fg[minus], &fg[1-minus], &h)
}

// encode is the encoding of (X : Y : 1/zInverse): y with the sign of x (RFC 8032 §5.1.2), as words.
func encode(x, y, zInverse *element) [4]uint64 {
	var affine element
	affine.mul(x, zInverse)
	sign := affine.words()[0] & 1
	affine.mul(y, zInverse)
	w := affine.words()
	w[3] |= sign << 63
	return w
}
