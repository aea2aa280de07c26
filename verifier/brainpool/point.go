package brainpool

import "math/big"

// point is in Jacobian coordinates: x/z², y/z³. z of zero is the point at infinity. Points are never changed
// once made.
type point struct{ x, y, z *big.Int }

func (c *Curve) infinity() point { return point{new(big.Int), new(big.Int), new(big.Int)} }

// field is a curve's arithmetic with room for the quotients that nobody asks for, which would be half of all
// memory. It serves one computation.
type field struct {
	*Curve
	quotient big.Int
}

// contains reports whether y² = x³ + ax + b.
func (c *field) contains(x, y *big.Int) bool {
	right := c.mul(x, x)
	right = c.mul(right.Add(right, c.a), x)
	right = c.reduce(right.Add(right, c.b))
	return c.mul(y, y).Cmp(right) == 0
}

func (c *field) mul(a, b *big.Int) *big.Int { return c.reduce(new(big.Int).Mul(a, b)) }

func (c *field) sub(a, b *big.Int) *big.Int { return c.reduce(new(big.Int).Sub(a, b)) }

// reduce changes m.
func (c *field) reduce(m *big.Int) *big.Int {
	if c.quotient.QuoRem(m, c.p, m); m.Sign() < 0 {
		m.Add(m, c.p)
	}
	return m
}

// times leaves the reduction to the next step.
func times(n int64, a *big.Int) *big.Int { return new(big.Int).Mul(big.NewInt(n), a) }

// double is the general formula for curves y² = x³ + ax + b.
func (c *field) double(p point) point {
	if p.z.Sign() == 0 || p.y.Sign() == 0 {
		return c.infinity()
	}
	yy, zz := c.mul(p.y, p.y), c.mul(p.z, p.z)
	s := times(4, c.mul(p.x, yy))
	m := times(3, c.mul(p.x, p.x))
	m.Add(m, c.mul(c.a, c.mul(zz, zz)))
	x := c.sub(c.mul(m, m), times(2, s))
	y := c.sub(c.mul(m, c.sub(s, x)), times(8, c.mul(yy, yy)))
	return point{x, y, times(2, c.mul(p.y, p.z))}
}

func (c *field) add(p, q point) point {
	switch {
	case p.z.Sign() == 0:
		return q
	case q.z.Sign() == 0:
		return p
	}
	pzz, qzz := c.mul(p.z, p.z), c.mul(q.z, q.z)
	u1, u2 := c.mul(p.x, qzz), c.mul(q.x, pzz)
	s1, s2 := c.mul(p.y, c.mul(q.z, qzz)), c.mul(q.y, c.mul(p.z, pzz))
	h, r := c.sub(u2, u1), c.sub(s2, s1)
	if h.Sign() == 0 {
		if r.Sign() == 0 {
			return c.double(p)
		}
		return c.infinity()
	}
	hh := c.mul(h, h)
	hhh, v := c.mul(h, hh), c.mul(u1, hh)
	x := c.sub(c.sub(c.mul(r, r), hhh), times(2, v))
	y := c.sub(c.mul(r, c.sub(v, x)), c.mul(s1, hhh))
	return point{x, y, c.mul(h, c.mul(p.z, q.z))}
}

// CombinedX is the x coordinate of uG + vQ, G being the curve's base point and Q the key; nil when that is the
// point at infinity. Neither u nor v may be negative.
func (k *PublicKey) CombinedX(u, v *big.Int) *big.Int {
	c := &field{Curve: k.Curve}
	terms := [4]point{c.infinity(), c.g, k.point, c.add(c.g, k.point)}
	sum := terms[0]
	for i := max(u.BitLen(), v.BitLen()) - 1; i >= 0; i-- {
		sum = c.add(c.double(sum), terms[u.Bit(i)|v.Bit(i)<<1])
	}
	if sum.z.Sign() == 0 {
		return nil
	}
	inverse := new(big.Int).ModInverse(sum.z, c.p)
	return c.mul(sum.x, c.mul(inverse, inverse))
}
