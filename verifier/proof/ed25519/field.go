package ed25519

import (
	"encoding/binary"
	"math/bits"
)

// element is a number modulo p = 2²⁵⁵ − 19: Σ e[i]·2⁵¹ⁱ. Its limbs are carried lazily:
//
//   - tight: below 2⁵¹ + 2¹⁶, what mul, square and the conversions return;
//   - loose: below 2⁵⁴, what mul and square take: sums and differences of a few tight elements.
//
// Beside each sum in this package stands how far it is from that limit.
type element [5]uint64

const mask51 = 1<<51 - 1

// Curve constants (RFC 8032 §5.1), as limbs. They are never written.
var (
	curveD  = element{929955233495203, 466365720129213, 1662059464998953, 2033849074728123, 1442794654840575}
	curveD2 = element{1859910466990425, 932731440258426, 1072319116312658, 1815898335770999, 633789495995903}
	sqrtM1  = element{1718705420411056, 234908883556509, 2233514472574048, 2117202627021982, 765476049583133}
	one     = element{1}
)

// add sets e = a + b without a carry: the bounds of the two add up.
func (e *element) add(a, b *element) {
	e[0], e[1], e[2], e[3], e[4] = a[0]+b[0], a[1]+b[1], a[2]+b[2], a[3]+b[3], a[4]+b[4]
}

// sub sets e = a − b + 2p without a carry, for a tight b: the result is below a + 2⁵².
func (e *element) sub(a, b *element) {
	const p0, p1 = 2 * (1<<51 - 19), 2 * (1<<51 - 1)
	e[0], e[1], e[2], e[3], e[4] = a[0]+p0-b[0], a[1]+p1-b[1], a[2]+p1-b[2], a[3]+p1-b[3], a[4]+p1-b[4]
}

// sub4 sets e = a − b + 4p without a carry, for a b below 2⁵³ − 76: the result is below a + 2⁵³.
func (e *element) sub4(a, b *element) {
	const p0, p1 = 4 * (1<<51 - 19), 4 * (1<<51 - 1)
	e[0], e[1], e[2], e[3], e[4] = a[0]+p0-b[0], a[1]+p1-b[1], a[2]+p1-b[2], a[3]+p1-b[3], a[4]+p1-b[4]
}

// wide is a column of a product before its carry.
type wide struct{ lo, hi uint64 }

func (w wide) mulAdd(a, b uint64) wide {
	hi, lo := bits.Mul64(a, b)
	lo, c := bits.Add64(lo, w.lo, 0)
	hi, _ = bits.Add64(hi, w.hi, c)
	return wide{lo, hi}
}

func (w wide) carry() uint64 { return w.hi<<13 | w.lo>>51 }

// mul sets e = a·b mod p, tight, for loose a and b.
func (e *element) mul(a, b *element) {
	a0, a1, a2, a3, a4 := a[0], a[1], a[2], a[3], a[4]
	b0, b1, b2, b3, b4 := b[0], b[1], b[2], b[3], b[4]
	// 2²⁵⁵ = 19: what would be a limb i+j ≥ 5 comes back 19-fold five limbs lower. 19·2⁵⁴ < 2⁵⁹.
	c1, c2, c3, c4 := 19*a1, 19*a2, 19*a3, 19*a4

	// The widest, r0, is below (1 + 4·19)·2¹⁰⁸ < 2¹¹⁵, so that each carry fits a word; r4 is below 5·2¹⁰⁸, so
	// that 19 times its carry does as well.
	r0 := wide{}.mulAdd(a0, b0).mulAdd(c1, b4).mulAdd(c2, b3).mulAdd(c3, b2).mulAdd(c4, b1)
	r1 := wide{}.mulAdd(a0, b1).mulAdd(a1, b0).mulAdd(c2, b4).mulAdd(c3, b3).mulAdd(c4, b2)
	r2 := wide{}.mulAdd(a0, b2).mulAdd(a1, b1).mulAdd(a2, b0).mulAdd(c3, b4).mulAdd(c4, b3)
	r3 := wide{}.mulAdd(a0, b3).mulAdd(a1, b2).mulAdd(a2, b1).mulAdd(a3, b0).mulAdd(c4, b4)
	r4 := wide{}.mulAdd(a0, b4).mulAdd(a1, b3).mulAdd(a2, b2).mulAdd(a3, b1).mulAdd(a4, b0)
	// Two carries: the first are up to 64 bits, the second below 2¹³.
	l0, l1, l2, l3, l4 := r0.lo&mask51+19*r4.carry(), r1.lo&mask51+r0.carry(), r2.lo&mask51+r1.carry(),
		r3.lo&mask51+r2.carry(), r4.lo&mask51+r3.carry()
	*e = element{l0&mask51 + 19*(l4>>51), l1&mask51 + l0>>51, l2&mask51 + l1>>51, l3&mask51 + l2>>51, l4&mask51 + l3>>51}
}

// square sets e = a² mod p, tight, for a loose a.
func (e *element) square(a *element) {
	a0, a1, a2, a3, a4 := a[0], a[1], a[2], a[3], a[4]
	d0, d1, d2 := 2*a0, 2*a1, 2*a2
	c3, c4 := 19*a3, 19*a4
	r0 := wide{}.mulAdd(a0, a0).mulAdd(d1, c4).mulAdd(d2, c3)
	r1 := wide{}.mulAdd(d0, a1).mulAdd(d2, c4).mulAdd(a3, c3)
	r2 := wide{}.mulAdd(d0, a2).mulAdd(a1, a1).mulAdd(2*a3, c4)
	r3 := wide{}.mulAdd(d0, a3).mulAdd(d1, a2).mulAdd(a4, c4)
	r4 := wide{}.mulAdd(d0, a4).mulAdd(d1, a3).mulAdd(a2, a2)
	// Two carries: the first are up to 64 bits, the second below 2¹³.
	l0, l1, l2, l3, l4 := r0.lo&mask51+19*r4.carry(), r1.lo&mask51+r0.carry(), r2.lo&mask51+r1.carry(),
		r3.lo&mask51+r2.carry(), r4.lo&mask51+r3.carry()
	*e = element{l0&mask51 + 19*(l4>>51), l1&mask51 + l0>>51, l2&mask51 + l1>>51, l3&mask51 + l2>>51, l4&mask51 + l3>>51}
}

// squareTimes sets e = a^(2ⁿ), for n ≥ 1.
func (e *element) squareTimes(a *element, n int) {
	e.square(a)
	for range n - 1 {
		e.square(e)
	}
}

// setWords takes 256 bits, least significant word first, which need not be below p.
func (e *element) setWords(w *[4]uint64) {
	e[0] = w[0] & mask51
	e[1] = (w[0]>>51 | w[1]<<13) & mask51
	e[2] = (w[1]>>38 | w[2]<<26) & mask51
	e[3] = (w[2]>>25 | w[3]<<39) & mask51
	e[4] = w[3] >> 12 // 52 bits where the number is 2²⁵⁵ or more: loose
}

// words is the one representation below p, least significant word first.
func (e *element) words() [4]uint64 {
	l0, l1, l2, l3, l4 := e[0], e[1], e[2], e[3], e[4]
	// Two carries leave limbs of 51 bits, and at most 19 too much in the lowest; the quotient by p is then 0 or 1,
	// which the carry out of l + 19 tells.
	for range 2 {
		l1 += l0 >> 51
		l2 += l1 >> 51
		l3 += l2 >> 51
		l4 += l3 >> 51
		l0, l1, l2, l3, l4 = l0&mask51+19*(l4>>51), l1&mask51, l2&mask51, l3&mask51, l4&mask51
	}
	q := (l0 + 19) >> 51
	q = (l1 + q) >> 51
	q = (l2 + q) >> 51
	q = (l3 + q) >> 51
	q = (l4 + q) >> 51
	l0 += 19 * q
	l1 += l0 >> 51
	l2 += l1 >> 51
	l3 += l2 >> 51
	l4 += l3 >> 51
	l0, l1, l2, l3, l4 = l0&mask51, l1&mask51, l2&mask51, l3&mask51, l4&mask51
	return [4]uint64{l0 | l1<<51, l1>>13 | l2<<38, l2>>26 | l3<<25, l3>>39 | l4<<12}
}

// wordsOf reads 32 bytes, least significant first.
func wordsOf(b *[32]byte) [4]uint64 {
	return [4]uint64{
		binary.LittleEndian.Uint64(b[0:]), binary.LittleEndian.Uint64(b[8:]),
		binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:]),
	}
}

// equal compares the numbers, not their limbs.
func (e *element) equal(a *element) bool { return e.words() == a.words() }

// pow22523 sets e = a^((p−5)/8) = a^(2²⁵² − 3), the heart of a square root (RFC 8032 §5.1.3).
func (e *element) pow22523(a *element) {
	var t0, t1, t2 element
	t0.square(a)           // 2
	t1.squareTimes(&t0, 2) // 8
	t1.mul(a, &t1)         // 9
	t0.mul(&t0, &t1)       // 11
	t0.square(&t0)         // 22
	t0.mul(&t1, &t0)       // 2⁵ − 1
	t1.squareTimes(&t0, 5)
	t0.mul(&t1, &t0) // 2¹⁰ − 1
	t1.squareTimes(&t0, 10)
	t1.mul(&t1, &t0) // 2²⁰ − 1
	t2.squareTimes(&t1, 20)
	t1.mul(&t2, &t1) // 2⁴⁰ − 1
	t1.squareTimes(&t1, 10)
	t0.mul(&t1, &t0) // 2⁵⁰ − 1
	t1.squareTimes(&t0, 50)
	t1.mul(&t1, &t0) // 2¹⁰⁰ − 1
	t2.squareTimes(&t1, 100)
	t1.mul(&t2, &t1) // 2²⁰⁰ − 1
	t1.squareTimes(&t1, 50)
	t0.mul(&t1, &t0) // 2²⁵⁰ − 1
	t0.squareTimes(&t0, 2)
	e.mul(&t0, a)
}
