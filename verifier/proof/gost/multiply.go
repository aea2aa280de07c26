package gost

import "math/big"

const (
	oddMultiples = 16 // Q, 3Q, 5Q ... at most
	baseWidth    = 8  // bits of a digit for the base point's multiples, which last
	maxDigits    = 513
)

// keyWidth is the bits of a digit for the key's multiples, which have to be made anew each time.
func keyWidth(size int) int {
	if size == 32 {
		return 5
	}
	return 6
}

// combine makes the sum u·G + v·Q: base holds the odd multiples of G.
func (c *calculation) combine(base []multiple, u *big.Int, k *PublicKey, v *big.Int) {
	a := &k.Curve.a
	width := keyWidth(k.Curve.Size)
	c.prepare(k, width)
	digits(&c.digits[0], u, baseWidth)
	digits(&c.digits[1], v, width)
	c.sum = point{}
	for i := max(u.BitLen(), v.BitLen()); i >= 0; i-- {
		c.double(&c.sum, a)
		if d := c.digits[0][i]; d != 0 {
			c.addDigit(base, d, a)
		}
		if d := c.digits[1][i]; d != 0 {
			c.addDigit(c.odd[:], d, a)
		}
	}
}

func (c *calculation) addDigit(odd []multiple, d int8, a *element) {
	if d > 0 {
		c.addMultiple(&c.sum, &odd[d>>1], false, a)
	} else {
		c.addMultiple(&c.sum, &odd[-d>>1], true, a)
	}
}

// prepare fills in the key's odd multiples. None of them is infinity, because the order of a key is a large prime.
func (c *calculation) prepare(k *PublicKey, width int) {
	a := &k.Curve.a
	c.odd[0] = k.point
	c.sum = point{x: k.point.x, y: k.point.y, z: k.point.z}
	c.double(&c.sum, a)
	twice := c.multiple(&c.sum)
	p := &point{x: k.point.x, y: k.point.y, z: k.point.z}
	for i := 1; i < 1<<(width-2); i++ {
		c.addMultiple(p, twice, false, a)
		c.odd[i] = *c.multiple(p)
	}
}

// multiple prepares p.
func (c *calculation) multiple(p *point) *multiple {
	m := &multiple{x: p.x, y: p.y, z: p.z}
	c.sqr(&m.zz, &p.z)
	c.mul(&m.zzz, &m.zz, &p.z)
	return m
}

// digits writes k as a sum of odd digits below 2^(width-1) times powers of two, most of them zero (width-w NAF).
func digits(out *[maxDigits]int8, k *big.Int, width int) {
	clear(out[:])
	n, carry := k.BitLen()+1, 0
	for i := 0; i < n; {
		if int(k.Bit(i)) == carry {
			i++
			continue
		}
		d := carry
		for j := range width {
			d += int(k.Bit(i+j)) << j
		}
		carry = d >> (width - 1) & 1
		out[i] = int8(d - carry<<width)
		i += width
	}
}
