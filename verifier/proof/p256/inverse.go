package p256

import "math/bits"

// signed62 is a number of five words of 62 bits; the last one carries the sign.
type signed62 [5]int64

const mask62 = 1<<62 - 1

// modulus is what inverse needs to know of an odd modulus below 2^256.
type modulus struct {
	words   signed62
	inverse uint64 // of the modulus, mod 2^62
}

func orderModulus() *modulus {
	return &modulus{split62([4]uint64{n0, n1, n2, n3}), (1<<64 - nFlip) & mask62}
}

func fieldModulus() *modulus { return &modulus{split62([4]uint64{p0, p1, 0, p3}), mask62} }

func split62(x [4]uint64) signed62 {
	return signed62{
		int64(x[0] & mask62),
		int64((x[0]>>62 | x[1]<<2) & mask62),
		int64((x[1]>>60 | x[2]<<4) & mask62),
		int64((x[2]>>58 | x[3]<<6) & mask62),
		int64(x[3] >> 56),
	}
}

// inverse is 1/x mod m, in time that depends on x: the division steps of Bernstein and Yang ("Fast constant-time
// gcd computation and modular inversion", 2019) in batches of 62 that look only at the lowest words of f and g.
// Each batch is a matrix t, scaled by 2^62: (f, g) becomes t·(f, g)/2^62, which is exact, and (d, e), which hold
// f ≡ d·x and g ≡ e·x mod m, becomes t·(d, e)/2^62 mod m. When g is zero, f is ±1.
func inverse(x [4]uint64, m *modulus) [4]uint64 {
	var d, e signed62
	e[0] = 1
	f, g := m.words, split62(x)
	n := 5
	eta := int64(-1)
	for {
		var t matrix
		eta = t.steps(eta, uint64(f[0]), uint64(g[0]))
		t.apply(&f, &g, n)    // first, as the next steps wait for it
		t.applyMod(&d, &e, m) // while the processor does this meanwhile
		if g == (signed62{}) {
			break
		}
		if fn, gn := f[n-1], g[n-1]; n > 1 && (fn^fn>>63)|(gn^gn>>63) == 0 { // both top words are a mere sign
			f[n-2] |= fn << 62
			g[n-2] |= gn << 62
			n--
			f[n], g[n] = 0, 0
		}
	}
	return d.positive(f[n-1] < 0, m)
}

// matrix is the effect of 62 division steps, times 2^62.
type matrix struct{ u, v, q, r int64 }

// steps does 62 division steps on the lowest words of f and g; eta is minus Bernstein and Yang's delta.
func (t *matrix) steps(eta int64, f, g uint64) int64 {
	u, v, q, r := uint64(1), uint64(0), uint64(0), uint64(1)
	for i := 62; ; {
		zeros := bits.TrailingZeros64(g | ^uint64(0)<<uint(i&63))
		g >>= uint(zeros & 63)
		u <<= uint(zeros & 63)
		v <<= uint(zeros & 63)
		eta -= int64(zeros)
		if i -= zeros; i == 0 {
			break
		}
		var w uint64 // the multiple of f that clears as many low bits of g as may go before f and g change places
		if eta < 0 {
			eta = -eta
			f, g = g, -f
			u, q = q, -u
			v, r = r, -v
			w = f * g * (f*f - 2) & 63 // f·(f²-2) ≡ -1/f mod 64
		} else {
			w = -(f + (f+1)&4<<1) * g & 15 // f + 2·((f+1)&4) ≡ 1/f mod 16
		}
		w &= 1<<uint(min(int(eta)+1, i)&63) - 1
		g += f * w
		q += u * w
		r += v * w
	}
	*t = matrix{int64(u), int64(v), int64(q), int64(r)}
	return eta
}

// apply sets (f, g), of which n words count, to t·(f, g)/2^62.
func (t *matrix) apply(f, g *signed62, n int) {
	u, v, q, r := t.u, t.v, t.q, t.r
	ah, al := multiply(0, 0, u, f[0])
	bh, bl := multiply(0, 0, q, f[0])
	ah, al = multiply(ah, al, v, g[0])
	bh, bl = multiply(bh, bl, r, g[0])
	ah, al = shift62(ah, al)
	bh, bl = shift62(bh, bl)
	for i := 1; i < min(n, 5); i++ {
		ah, al = multiply(ah, al, u, f[i])
		bh, bl = multiply(bh, bl, q, f[i])
		ah, al = multiply(ah, al, v, g[i])
		bh, bl = multiply(bh, bl, r, g[i])
		f[i-1], g[i-1] = int64(al&mask62), int64(bl&mask62)
		ah, al = shift62(ah, al)
		bh, bl = shift62(bh, bl)
	}
	f[n-1], g[n-1] = int64(al), int64(bl)
}

// applyMod sets (d, e) to t·(d, e)/2^62 mod m. Both are in (-2m, m) before and after.
func (t *matrix) applyMod(d, e *signed62, m *modulus) {
	u, v, q, r := t.u, t.v, t.q, t.r
	md := u&(d[4]>>63) + v&(e[4]>>63) // brings negative ones up by m first
	me := q&(d[4]>>63) + r&(e[4]>>63)
	ah, al := multiply(0, 0, u, d[0])
	bh, bl := multiply(0, 0, q, d[0])
	ah, al = multiply(ah, al, v, e[0])
	bh, bl = multiply(bh, bl, r, e[0])
	md -= int64((m.inverse*al + uint64(md)) & mask62) // clears the low 62 bits
	me -= int64((m.inverse*bl + uint64(me)) & mask62)
	ah, al = multiply(ah, al, md, m.words[0])
	bh, bl = multiply(bh, bl, me, m.words[0])
	ah, al = shift62(ah, al)
	bh, bl = shift62(bh, bl)
	for i := 1; i < 5; i++ {
		ah, al = multiply(ah, al, u, d[i])
		bh, bl = multiply(bh, bl, q, d[i])
		ah, al = multiply(ah, al, v, e[i])
		bh, bl = multiply(bh, bl, r, e[i])
		ah, al = multiply(ah, al, md, m.words[i])
		bh, bl = multiply(bh, bl, me, m.words[i])
		d[i-1], e[i-1] = int64(al&mask62), int64(bl&mask62)
		ah, al = shift62(ah, al)
		bh, bl = shift62(bh, bl)
	}
	d[4], e[4] = int64(al), int64(bl)
}

// multiply adds x·y to a signed number of two words.
func multiply(hi, lo uint64, x, y int64) (uint64, uint64) {
	h, l := bits.Mul64(uint64(x), uint64(y))
	h -= uint64(x>>63&y) + uint64(y>>63&x)
	lo, c := bits.Add64(lo, l, 0)
	return hi + h + c, lo
}

// shift62 takes the lowest 62 bits off a signed number of two words.
func shift62(hi, lo uint64) (uint64, uint64) {
	return uint64(int64(hi) >> 62), lo>>62 | hi<<2
}

// positive is d, negated if so asked, in [0, m). d is in (-2m, m).
func (d *signed62) positive(negate bool, m *modulus) [4]uint64 {
	if d[4] < 0 {
		d.plus(&m.words, 1)
	}
	if negate {
		d.plus(d, -2)
	}
	if d[4] < 0 {
		d.plus(&m.words, 1)
	}
	return [4]uint64{
		uint64(d[0]) | uint64(d[1])<<62,
		uint64(d[1])>>2 | uint64(d[2])<<60,
		uint64(d[2])>>4 | uint64(d[3])<<58,
		uint64(d[3])>>6 | uint64(d[4])<<56,
	}
}

// plus adds k times x.
func (d *signed62) plus(x *signed62, k int64) {
	var c int64
	for i := range d {
		w := d[i] + k*x[i] + c // |w| < 2^64 only for k = -2 and x = d, where d - 2d = -d
		if i < 4 {
			c, w = w>>62, w&mask62
		}
		d[i] = w
	}
}
