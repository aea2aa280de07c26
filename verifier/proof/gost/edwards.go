package gost

import "math/big"

// edwards is the form u² + v² = 1 + du²v² that the curves with a cofactor have beside their usual one (RFC 7836 §5.2,
// e = 1). Its sum of two points has no exceptions, because d is no square, and costs less. Only points of the group of
// order q are brought there.
type edwards struct {
	p       *big.Int
	size    int // of a coordinate, in bytes
	field   field
	d, s, t element
	one     element
}

// newEdwards derives the numbers that join both forms.
func newEdwards(p *big.Int, f field, d string) *edwards {
	n, _ := new(big.Int).SetString(d, 16)
	fraction := func(over *big.Int, under int64) element {
		x := new(big.Int).ModInverse(big.NewInt(under), p)
		return f.fromBig(x.Mod(x.Mul(x, over), p))
	}
	one := big.NewInt(1)
	return &edwards{
		p: p, size: (p.BitLen() + 7) / 8, field: f, d: f.fromBig(n), one: f.fromBig(one),
		s: fraction(new(big.Int).Sub(one, n), 4), t: fraction(new(big.Int).Add(one, n), 6),
	}
}

// edwardsPoint is u/z, v/z, with t = uv/z.
type edwardsPoint struct{ u, v, z, t element }

// edwardsMultiple is a point prepared for being added to others, with d·t for t.
type edwardsMultiple struct {
	u, v, z, dt element
	affine      bool // z is one
}

// multiple is the point of the group with the usual coordinates x and y, prepared.
func (e *edwards) multiple(x, y *big.Int) edwardsMultiple {
	f := e.field
	m := edwardsMultiple{z: e.one, affine: true}
	over, under := f.fromBig(x), element{}
	f.sub(&over, &over, &e.t)
	inverse := f.fromBig(new(big.Int).ModInverse(y, e.p))
	f.mul(&m.u, &over, &inverse) // u = (x-t)/y
	f.add(&under, &over, &e.s)
	f.sub(&over, &over, &e.s)
	inverse = f.fromBig(new(big.Int).ModInverse(f.toBig(&under), e.p))
	f.mul(&m.v, &over, &inverse) // v = (x-t-s)/(x-t+s)
	f.mul(&m.dt, &m.u, &m.v)
	f.mul(&m.dt, &m.dt, &e.d)
	return m
}

// edwardsCalculation is room for one computation.
type edwardsCalculation struct {
	field
	curve  *edwards
	sum    edwardsPoint
	a      [8]element
	minus  edwardsMultiple
	odd    [oddMultiples]edwardsMultiple
	digits [2][maxDigits]int8
}

// double makes the sum twice itself. Only additions need t.
func (c *edwardsCalculation) double(withT bool) {
	p, a := &c.sum, &c.a
	c.add(&a[0], &p.u, &p.v)
	c.sqr(&a[0], &a[0])
	c.sqr(&a[1], &p.u)
	c.sqr(&a[2], &p.v)
	c.sqr(&a[3], &p.z)
	c.add(&a[4], &a[1], &a[2]) // g = u²+v²
	c.sub(&a[0], &a[0], &a[4]) // e = 2uv
	c.subTwice(&a[3], &a[4], &a[3])
	c.sub(&a[1], &a[1], &a[2]) // h = u²-v²
	c.assemble(&a[0], &a[3], &a[4], &a[1], withT)
}

// assemble is how sums and doubles end.
func (c *edwardsCalculation) assemble(e, f, g, h *element, withT bool) {
	c.mul(&c.sum.u, e, f)
	c.mul(&c.sum.v, g, h)
	c.mul(&c.sum.z, f, g)
	if withT {
		c.mul(&c.sum.t, e, h)
	}
}

// addMultiple adds q to the sum, whose t is there.
func (c *edwardsCalculation) addMultiple(q *edwardsMultiple, withT bool) {
	p, a := &c.sum, &c.a
	c.add(&a[0], &p.u, &p.v)
	c.add(&a[1], &q.u, &q.v)
	c.mul(&a[0], &a[0], &a[1])
	c.mul(&a[1], &p.u, &q.u)
	c.mul(&a[2], &p.v, &q.v)
	c.mul(&a[3], &p.t, &q.dt)
	z := &p.z
	if !q.affine {
		c.mul(&a[4], &p.z, &q.z)
		z = &a[4]
	}
	c.sub(&a[0], &a[0], &a[1])
	c.sub(&a[0], &a[0], &a[2]) // e
	c.sub(&a[5], z, &a[3])     // f
	c.add(&a[6], z, &a[3])     // g
	c.sub(&a[7], &a[2], &a[1]) // h = v₁v₂-u₁u₂
	c.assemble(&a[0], &a[5], &a[6], &a[7], withT)
}

// addDigit adds the multiple that belongs to a digit, or takes it away.
func (c *edwardsCalculation) addDigit(odd []edwardsMultiple, d int8, withT bool) {
	if d > 0 {
		c.addMultiple(&odd[d>>1], withT)
		return
	}
	q, zero := &odd[-d>>1], &c.minus.z // which is never set while it stands for zero
	c.minus.v, c.minus.affine = q.v, q.affine
	c.sub(&c.minus.u, zero, &q.u)
	c.sub(&c.minus.dt, zero, &q.dt)
	if q.affine {
		c.addMultiple(&c.minus, withT)
		return
	}
	c.minus.z = q.z
	c.addMultiple(&c.minus, withT)
	c.minus.z = element{}
}

// keep prepares the sum as a multiple.
func (c *edwardsCalculation) keep(m *edwardsMultiple) {
	m.u, m.v, m.z, m.affine = c.sum.u, c.sum.v, c.sum.z, false
	c.mul(&m.dt, &c.sum.t, &c.curve.d)
}

// start makes the sum a prepared point with t.
func (c *edwardsCalculation) start(m *edwardsMultiple) {
	c.sum.u, c.sum.v, c.sum.z = m.u, m.v, m.z
	c.mul(&c.sum.t, &m.u, &m.v) // m is affine
}

// multiples fills in the odd multiples of the first.
func (c *edwardsCalculation) multiples(odd []edwardsMultiple) {
	var twice edwardsMultiple
	c.start(&odd[0])
	c.double(true)
	c.keep(&twice)
	c.start(&odd[0])
	for i := 1; i < len(odd); i++ {
		c.addMultiple(&twice, true)
		c.keep(&odd[i])
	}
}

// combine makes the sum u·G + v·Q: base holds the odd multiples of G.
func (c *edwardsCalculation) combine(base []edwardsMultiple, u *big.Int, q edwardsMultiple, v *big.Int) {
	width := keyWidth(c.curve.size)
	odd := c.odd[:1<<(width-2)]
	odd[0] = q
	c.multiples(odd)
	digits(&c.digits[0], u, baseWidth)
	digits(&c.digits[1], v, width)
	c.sum = edwardsPoint{v: c.curve.one, z: c.curve.one}
	for i := max(u.BitLen(), v.BitLen()); i >= 0; i-- {
		d0, d1 := c.digits[0][i], c.digits[1][i]
		c.double(d0 != 0 || d1 != 0)
		if d0 != 0 {
			c.addDigit(base, d0, d1 != 0)
		}
		if d1 != 0 {
			c.addDigit(odd, d1, false)
		}
	}
}

// hasX reports whether the sum is a point whose usual x coordinate is r modulo q: v = (x-t-s)/(x-t+s).
func (c *edwardsCalculation) hasX(q, r *big.Int) bool {
	a := &c.a
	if c.isZero(&c.sum.u) { // infinity
		return false
	}
	for x := new(big.Int).Set(r); x.Cmp(c.curve.p) < 0; x.Add(x, q) {
		a[0] = c.fromBig(x)
		c.sub(&a[0], &a[0], &c.curve.t)
		c.add(&a[1], &a[0], &c.curve.s)
		c.sub(&a[0], &a[0], &c.curve.s)
		c.mul(&a[1], &a[1], &c.sum.v)
		c.mul(&a[0], &a[0], &c.sum.z)
		c.sub(&a[0], &a[0], &a[1])
		if c.isZero(&a[0]) {
			return true
		}
	}
	return false
}
