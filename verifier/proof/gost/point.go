package gost

import "math/big"

// point is in Jacobian coordinates, x/z², y/z³; z of zero is the point at infinity. w is a·z⁴ when known is set: it
// makes doubling cheap on every curve (modified coordinates of Cohen, Miyaji and Ono).
type point struct {
	x, y, z, w element
	known      bool
}

// multiple is a point prepared for being added to others: with z², z³ beside it. An affine one has neither z.
type multiple struct {
	x, y       element
	z, zz, zzz element
}

// calculation is room for one computation. It is passed around by pointer because numbers handed to a field are on the
// heap wherever they are.
type calculation struct {
	field
	sum    point
	t      [9]element
	minus  element // of a multiple's y
	odd    [oddMultiples]multiple
	digits [2][maxDigits]int8
}

func newCalculation(f field) *calculation { return &calculation{field: f} }

// double makes p twice itself. Infinity and points of order two become infinity by themselves.
func (c *calculation) double(p *point, a *element) {
	t := &c.t
	if !p.known {
		c.sqr(&t[0], &p.z)
		c.sqr(&t[0], &t[0])
		c.mul(&p.w, &t[0], a)
		p.known = true
	}
	c.add(&t[0], &p.y, &p.y) // 2y
	c.mul(&p.z, &t[0], &p.z)
	c.sqr(&t[1], &p.x)
	c.tripleAdd(&t[1], &t[1], &p.w) // m = 3x²+az⁴
	c.sqr(&t[0], &t[0])             // 4y²
	c.mul(&t[3], &p.x, &t[0])       // s = 4xy²
	c.sqr(&t[0], &t[0])             // 16y⁴
	c.mul(&p.w, &p.w, &t[0])
	c.half(&t[0], &t[0])
	c.sqr(&p.x, &t[1])
	c.subTwice(&p.x, &p.x, &t[3]) // m²-2s
	c.sub(&t[3], &t[3], &p.x)
	c.mul(&p.y, &t[1], &t[3])
	c.sub(&p.y, &p.y, &t[0]) // m(s-x)-8y⁴
}

// addMultiple adds q, or takes it away, to p. q is never infinity.
func (c *calculation) addMultiple(p *point, q *multiple, negative bool, a *element) {
	t, y := &c.t, &q.y
	if negative {
		c.sub(&c.minus, &c.t[8], y) // t[8] is zero for ever
		y = &c.minus
	}
	affine := q.zz == element{}
	if c.isZero(&p.z) {
		p.x, p.y, p.z, p.known = q.x, *y, q.z, false
		return
	}
	c.sqr(&t[0], &p.z)
	c.mul(&t[1], &q.x, &t[0]) // u2
	c.mul(&t[0], &t[0], &p.z)
	c.mul(&t[2], y, &t[0]) // s2
	if !affine {
		c.mul(&p.x, &p.x, &q.zz)  // u1
		c.mul(&p.y, &p.y, &q.zzz) // s1
	}
	c.sub(&t[1], &t[1], &p.x) // h
	c.sub(&t[2], &t[2], &p.y) // r
	if c.isZero(&t[1]) {
		same := c.isZero(&t[2])
		p.x, p.y, p.z, p.known = q.x, *y, q.z, false
		if same {
			c.double(p, a)
		} else {
			p.z = element{}
		}
		return
	}
	c.chord(p, q, affine)
}

// chord ends an addition: t[1] is h, t[2] is r, p.x is u1 and p.y is s1.
func (c *calculation) chord(p *point, q *multiple, affine bool) {
	t := &c.t
	c.mul(&p.z, &p.z, &t[1])
	if !affine {
		c.mul(&p.z, &p.z, &q.z)
	}
	c.sqr(&t[3], &t[1])        // h²
	c.mul(&t[1], &t[1], &t[3]) // h³
	c.mul(&t[3], &p.x, &t[3])  // v = u1h²
	c.sqr(&p.x, &t[2])
	c.sub(&p.x, &p.x, &t[1])
	c.subTwice(&p.x, &p.x, &t[3]) // r²-h³-2v
	c.mul(&t[1], &p.y, &t[1])
	c.sub(&t[3], &t[3], &p.x)
	c.mul(&p.y, &t[2], &t[3])
	c.sub(&p.y, &p.y, &t[1]) // r(v-x)-s1h³
	p.known = false
}

// hasX reports whether the sum has an x coordinate that is r modulo q. It asks for each candidate x whether x·z² fits,
// which spares an inversion.
func (c *calculation) hasX(curve *Curve, r *big.Int) bool {
	if c.isZero(&c.sum.z) {
		return false
	}
	t := &c.t
	c.sqr(&t[0], &c.sum.z)
	for x := new(big.Int).Set(r); x.Cmp(curve.p) < 0; x.Add(x, curve.q) {
		t[1] = c.fromBig(x)
		c.mul(&t[1], &t[1], &t[0])
		c.sub(&t[1], &t[1], &c.sum.x)
		if c.isZero(&t[1]) {
			return true
		}
	}
	return false
}
