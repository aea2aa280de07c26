package ed25519

import "math/bits"

// signed62 is Σ s[i]·2⁶²ⁱ. All limbs but the last are in [0, 2⁶²); the last bears the sign.
type signed62 [5]int64

const (
	mask62 = 1<<62 - 1
	// pInverse is p⁻¹ mod 2⁶².
	pInverse = 0x39435e50d79435e5
)

// steps is a matrix over 2⁶²: what 62 division steps do to (f, g).
type steps struct{ u, v, q, r int64 }

// invert sets e = a⁻¹ mod p, and 0 for 0, in variable time: everything here is public.
//
// Division steps after Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019),
// in batches of 62, with several zeros shifted out at once: half the time of a power with exponent p − 2.
func (e *element) invert(a *element) {
	f := signed62{-19, 0, 0, 0, 1 << 7} // p, which is 2⁷·2²⁴⁸ − 19
	g := toSigned62(a.words())
	var d signed62
	c := signed62{1}
	eta := int64(-1)
	for n := 5; ; {
		var t steps
		eta, t = divide(eta, uint64(f[0]), uint64(g[0]))
		updateCoefficients(&d, &c, &t)
		updateRemainders(&f, &g, n, &t)
		if zero(&g, n) {
			// f is now ±1, and d the inverse with the same sign.
			e.setSigned62(&d, f[n-1] < 0)
			return
		}
		n = shorten(&f, &g, n)
	}
}

func toSigned62(w [4]uint64) signed62 {
	return signed62{
		int64(w[0] & mask62), int64((w[0]>>62 | w[1]<<2) & mask62), int64((w[1]>>60 | w[2]<<4) & mask62),
		int64((w[2]>>58 | w[3]<<6) & mask62), int64(w[3] >> 56),
	}
}

// setSigned62 sets e to d, or to −d, for a d in (−2p, p).
func (e *element) setSigned62(d *signed62, minus bool) {
	l := *d
	if minus {
		l = signed62{-l[0], -l[1], -l[2], -l[3], -l[4]}
	}
	l[0] -= 2 * 19 // plus 2p, which makes it positive and below 2²⁵⁷
	l[4] += 2 << 7
	l.carry()
	l[0] += 19 * (l[4] >> 7)
	l[4] &= 1<<7 - 1
	l.carry()
	*e = element{
		uint64(l[0] | l[1]<<62), uint64(l[1]>>2 | l[2]<<60), uint64(l[2]>>4 | l[3]<<58), uint64(l[3]>>6 | l[4]<<56),
	}
}

func (s *signed62) carry() {
	for i := range 4 {
		s[i+1] += s[i] >> 62
		s[i] &= mask62
	}
}

// divide makes 62 division steps on the low words of f and g.
func divide(eta int64, f, g uint64) (int64, steps) {
	u, v, q, r := uint64(1), uint64(0), uint64(0), uint64(1)
	for i := 62; ; {
		zeros := bits.TrailingZeros64(g | ^uint64(0)<<i)
		g >>= zeros
		u <<= zeros
		v <<= zeros
		eta -= int64(zeros)
		if i -= zeros; i == 0 {
			return eta, steps{int64(u), int64(v), int64(q), int64(r)}
		}
		// f and g are odd. Add the multiple of f that clears as many low bits of g as eta and i allow.
		var w uint64
		if eta < 0 {
			eta = -eta
			f, g = g, -f
			u, q = q, -u
			v, r = r, -v
			limit := min(int(eta)+1, i)
			// f·(f² − 2) is −1/f modulo 2⁶.
			w = f * g * (f*f - 2) & (^uint64(0) >> (64 - limit)) & 63
		} else {
			limit := min(int(eta)+1, i)
			// f + 2·((f+1) & 4) is 1/f modulo 2⁴.
			w = -(f + (f+1)&4<<1) * g & (^uint64(0) >> (64 - limit)) & 15
		}
		g += f * w
		q += u * w
		r += v * w
	}
}

// int128 is a signed sum of products.
type int128 struct{ lo, hi uint64 }

// mulAdd is c + a·b, signed.
func (c int128) mulAdd(a, b int64) int128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	hi -= uint64(a>>63&b) + uint64(b>>63&a)
	lo, carry := bits.Add64(c.lo, lo, 0)
	hi, _ = bits.Add64(c.hi, hi, carry)
	return int128{lo, hi}
}

// shift is c / 2⁶², rounded down.
func (c int128) shift() int128 {
	return int128{c.hi<<2 | c.lo>>62, uint64(int64(c.hi) >> 62)}
}

func (c int128) low() int64 { return int64(c.lo & mask62) }

// updateCoefficients sets (d, e) = t·(d, e) / 2⁶² mod p; both stay in (−2p, p).
func updateCoefficients(d, e *signed62, t *steps) {
	signD, signE := d[4]>>63, e[4]>>63
	// Start from the multiples of p that make d and e positive, then choose those that make the sums divisible.
	md, me := t.u&signD+t.v&signE, t.q&signD+t.r&signE
	cd := int128{}.mulAdd(t.u, d[0]).mulAdd(t.v, e[0])
	ce := int128{}.mulAdd(t.q, d[0]).mulAdd(t.r, e[0])
	md -= (int64(pInverse*cd.lo) + md) & mask62
	me -= (int64(pInverse*ce.lo) + me) & mask62
	cd, ce = cd.mulAdd(-19, md).shift(), ce.mulAdd(-19, me).shift()
	for i := 1; i < 4; i++ { // p has no limbs here
		cd = cd.mulAdd(t.u, d[i]).mulAdd(t.v, e[i])
		ce = ce.mulAdd(t.q, d[i]).mulAdd(t.r, e[i])
		d[i-1], e[i-1] = cd.low(), ce.low()
		cd, ce = cd.shift(), ce.shift()
	}
	cd = cd.mulAdd(t.u, d[4]).mulAdd(t.v, e[4]).mulAdd(1<<7, md)
	ce = ce.mulAdd(t.q, d[4]).mulAdd(t.r, e[4]).mulAdd(1<<7, me)
	d[3], e[3] = cd.low(), ce.low()
	d[4], e[4] = int64(cd.shift().lo), int64(ce.shift().lo)
}

// updateRemainders sets (f, g) = t·(f, g) / 2⁶², which is exact, on the lowest n limbs.
func updateRemainders(f, g *signed62, n int, t *steps) {
	cf := int128{}.mulAdd(t.u, f[0]).mulAdd(t.v, g[0]).shift()
	cg := int128{}.mulAdd(t.q, f[0]).mulAdd(t.r, g[0]).shift()
	for i := 1; i < n; i++ {
		cf = cf.mulAdd(t.u, f[i]).mulAdd(t.v, g[i])
		cg = cg.mulAdd(t.q, f[i]).mulAdd(t.r, g[i])
		f[i-1], g[i-1] = cf.low(), cg.low()
		cf, cg = cf.shift(), cg.shift()
	}
	f[n-1], g[n-1] = int64(cf.lo), int64(cg.lo)
}

func zero(g *signed62, n int) bool {
	var or int64
	for _, l := range g[:n] {
		or |= l
	}
	return or == 0
}

// shorten drops the top limb of f and g when both fit without it.
func shorten(f, g *signed62, n int) int {
	fn, gn := f[n-1], g[n-1]
	if n < 2 || fn^fn>>63 != 0 || gn^gn>>63 != 0 {
		return n
	}
	f[n-2] |= int64(uint64(fn) << 62)
	g[n-2] |= int64(uint64(gn) << 62)
	return n - 1
}
