package ed25519

import (
	"encoding/binary"
	"math/bits"
)

// scalar is a number below the group order L = 2²⁵² + 27742317777372353535851937790883648493, least significant
// word first. The fifth word is always zero, so that a digit may be read across the end.
type scalar [5]uint64

// Never written.
var (
	orderL = [5]uint64{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 1 << 60, 0}
	// barrett is ⌊2⁵¹² / L⌋.
	barrett = [5]uint64{0xed9ce5a30a2c131b, 0x2106215d086329a7, 0xffffffffffffffeb, 0xffffffffffffffff, 0xf}
)

// setCanonical reads S and reports whether it is below L; larger ones are refused (RFC 8032 §5.1.7), or each
// signature would have a twin.
func (s *scalar) setCanonical(b *[32]byte) bool {
	w := wordsOf(b)
	copy(s[:], w[:])
	s[4] = 0
	return s.belowL()
}

func (s *scalar) belowL() bool {
	var borrow uint64
	for i := range s {
		_, borrow = bits.Sub64(s[i], orderL[i], borrow)
	}
	return borrow == 1
}

// setDigest reduces the 512 bits of a digest modulo L, exactly: where the key has a component of small order,
// k and k + L are not the same multiple of it.
//
// Barrett's reduction (Handbook of Applied Cryptography 14.42) with b = 2⁶⁴ and four words.
func (s *scalar) setDigest(d *[64]byte) {
	var x [8]uint64
	for i := range x {
		x[i] = binary.LittleEndian.Uint64(d[8*i:])
	}
	// q = ⌊⌊x / 2¹⁹²⌋·barrett / 2³²⁰⌋ is the quotient or up to two less.
	var q [10]uint64
	for i := range 5 {
		var carry uint64
		for j := range 5 {
			q[i+j], carry = mulAdd2(x[3+i], barrett[j], q[i+j], carry)
		}
		q[i+5] = carry
	}
	// r = x − q·L, which is below 3·L and so known from its lowest 320 bits.
	var p [5]uint64
	for i := range 5 {
		var carry uint64
		for j := range 5 - i {
			p[i+j], carry = mulAdd2(q[5+i], orderL[j], p[i+j], carry)
		}
	}
	var borrow uint64
	for i := range s {
		s[i], borrow = bits.Sub64(x[i], p[i], borrow)
	}
	for !s.belowL() {
		borrow = 0
		for i := range s {
			s[i], borrow = bits.Sub64(s[i], orderL[i], borrow)
		}
	}
}

// mulAdd2 is a·b + c + d, which never exceeds two words.
func mulAdd2(a, b, c, d uint64) (lo, hi uint64) {
	hi, lo = bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c, 0)
	hi += carry
	lo, carry = bits.Add64(lo, d, 0)
	return lo, hi + carry
}

const (
	minWindow = 4
	maxWindow = 10
	// maxDigits is how many digits a scalar has at the smallest window.
	maxDigits = (scalarBits + minWindow - 1) / minWindow
	// scalarBits leaves one bit above the 253 of L for the last carry of the signed digits.
	scalarBits = 254
)

// digitCount is how many signed digits of a window cover a scalar.
func digitCount(window int) int { return (scalarBits + window - 1) / window }

// digit is one signed digit as a place in a table: the entry's index, doubled, and the sign in the lowest bit.
type digit uint32

func (d digit) index() uint { return uint(d >> 1) }
func (d digit) minus() uint { return uint(d & 1) }

// biasOf is Σ 2ʷ⁻¹·2ʷⁱ over the digits of a window: with it added, each digit can be read by itself.
func biasOf(window int) (bias scalar) {
	for i := range digitCount(window) {
		at := i*window + window - 1
		bias[at/64] |= 1 << (at % 64)
	}
	return bias
}

// recode writes s as signed digits −2ʷ⁻¹ … 2ʷ⁻¹−1 with Σ digit(i)·2ʷⁱ = s, each as the place of its multiple in a
// table of that window, without a branch. It returns the digits used.
//
// The odd digits that suit other curves, since they are never zero, would need s + L in place of an even s, which is
// another multiple of a key that has a component of small order.
func (s *scalar) recode(window int, bias *scalar, out *[maxDigits]digit) []digit {
	var biased scalar
	var carry uint64
	for i := range s {
		biased[i], carry = bits.Add64(s[i], bias[i], carry)
	}
	half, mask := int64(1)<<(window-1), uint64(1)<<window-1
	digits := out[:digitCount(window)]
	at, first := uint(0), int64(0) // the digit's lowest bit; the index before its window's first multiple
	for i := range digits {
		word, shift := at/64&3, at%64
		v := (biased[word]>>shift | biased[word+1]<<1<<(63-shift)) & mask
		signed := int64(v) - half
		sign := signed >> 63
		magnitude := (signed ^ sign) - sign
		place := (first + magnitude) & (-magnitude >> 63) // entry 0 where the digit is 0
		digits[i] = digit(place<<1 - sign)
		at += uint(window)
		first += half
	}
	return digits
}
