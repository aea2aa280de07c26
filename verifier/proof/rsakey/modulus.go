package rsakey

import (
	"math/big"
	"math/bits"
)

// modulus is an odd N, with what Montgomery's multiplication wants to know of it; R is 2 to the power of 64·words.
type modulus struct {
	words   int
	n       []uint64 // least significant word first, padded with zeros to a multiple of eight
	square  []uint64 // R² mod N
	inverse uint64   // −1/N mod 2⁶⁴
}

func (m *modulus) prepare(n *big.Int) {
	m.words = (n.BitLen() + 511) / 512 * 8
	m.n = digitsOf(n, m.words, 64)
	r := new(big.Int).Lsh(big.NewInt(1), uint(2*64*m.words))
	m.square = digitsOf(r.Mod(r, n), m.words, 64)
	inverse := m.n[0] // right modulo 2³, and each step doubles that
	for range 5 {
		inverse *= 2 - m.n[0]*inverse
	}
	m.inverse = -inverse
}

// digitsOf cuts n into count digits of so many bits.
func digitsOf(n *big.Int, count, digitBits int) []uint64 {
	d := make([]uint64, count)
	mask := new(big.Int).Lsh(big.NewInt(1), uint(digitBits))
	mask.Sub(mask, big.NewInt(1))
	for i := range d {
		digit := new(big.Int).Rsh(n, uint(i*digitBits))
		d[i] = digit.And(digit, mask).Uint64()
	}
	return d
}

// above reports whether N is greater than s.
func (m *modulus) above(s []uint64) bool {
	var borrow uint64
	for i, n := range m.n {
		_, borrow = bits.Sub64(s[i], n, borrow)
	}
	return borrow == 1
}

// power sets s, below N, to sᵉ mod N for an odd e: squarings and multiplications of s·R, the last of which is by s and
// so takes R out.
func (m *modulus) power(s *[maxWords]uint64, e uint) {
	var x, start [maxWords]uint64
	var t [2 * maxWords]uint64
	plain := s[:m.words]
	multiply(t[:], plain, m.square)
	m.reduce(start[:m.words], t[:])
	x = start
	for i := bits.Len(e) - 2; i >= 0; i-- {
		square(t[:], x[:m.words])
		m.reduce(x[:m.words], t[:])
		switch {
		case i == 0:
			multiply(t[:], x[:m.words], plain)
			m.reduce(plain, t[:])
		case e>>i&1 == 1:
			multiply(t[:], x[:m.words], start[:m.words])
			m.reduce(x[:m.words], t[:])
		}
	}
}

// multiply sets the lowest 2·len(x) words of t to x·y.
func multiply(t, x, y []uint64) {
	n := len(x)
	clear(t[:n])
	for i, w := range y[:n] {
		t[n+i] = addMul(t[i:i+n], x, w)
	}
}

// square sets the lowest 2·len(x) words of t to x²: the products of different words once, doubled, and the squares.
func square(t, x []uint64) {
	n := len(x)
	clear(t[:2*n])
	for i := range n - 1 {
		t[n+i] = addMul(t[2*i+1:n+i], x[i+1:], x[i])
	}
	var top, carry uint64
	for i, w := range x {
		hi, lo := bits.Mul64(w, w)
		a, b := t[2*i], t[2*i+1]
		t[2*i], carry = bits.Add64(a<<1|top, lo, carry)
		t[2*i+1], carry = bits.Add64(b<<1|a>>63, hi, carry)
		top = b >> 63
	}
}

// reduce sets z to t/R mod N, below N, for a t below N·R: it adds the multiple of N that makes the lower half zero.
// A word that has become zero keeps the carry of its row, and all carries are added at the end.
func (m *modulus) reduce(z, t []uint64) {
	n := m.words
	for i := range n {
		t[i] = addMul(t[i:i+n], m.n, t[i]*m.inverse)
	}
	var carry, borrow uint64
	for i := range z {
		z[i], carry = bits.Add64(t[n+i], t[i], carry)
		t[i], borrow = bits.Sub64(z[i], m.n[i], borrow)
	}
	if carry == 1 || borrow == 0 {
		copy(z, t)
	}
}

// addMul sets z = z + x·y and returns the carry. x is as long as z.
func addMul(z, x []uint64, y uint64) (carry uint64) {
	for len(z) >= 8 && len(x) >= 8 {
		a, b := (*[8]uint64)(z), (*[8]uint64)(x)
		a[0], carry = mulAdd(b[0], y, a[0], carry)
		a[1], carry = mulAdd(b[1], y, a[1], carry)
		a[2], carry = mulAdd(b[2], y, a[2], carry)
		a[3], carry = mulAdd(b[3], y, a[3], carry)
		a[4], carry = mulAdd(b[4], y, a[4], carry)
		a[5], carry = mulAdd(b[5], y, a[5], carry)
		a[6], carry = mulAdd(b[6], y, a[6], carry)
		a[7], carry = mulAdd(b[7], y, a[7], carry)
		z, x = z[8:], x[8:]
	}
	for i := range z {
		z[i], carry = mulAdd(x[i], y, z[i], carry)
	}
	return carry
}

// mulAdd is a·b + c + d, which never exceeds two words.
func mulAdd(a, b, c, d uint64) (lo, hi uint64) {
	hi, lo = bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c, 0)
	hi += carry
	lo, carry = bits.Add64(lo, d, 0)
	return lo, hi + carry
}
