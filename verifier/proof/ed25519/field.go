package ed25519

import (
	"encoding/binary"
	"math/bits"
)

// element is a number modulo p = 2²⁵⁵ − 19: any 256 bits that are congruent to it, least significant word first.
// What overflows 2²⁵⁶ returns 38-fold at the bottom.
type element [4]uint64

// Curve constants (RFC 8032 §5.1). They are never written.
var (
	curveD  = element{0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73}
	curveD2 = element{0xebd69b9426b2f159, 0x00e0149a8283b156, 0x198e80f2eef3d130, 0x2406d9dc56dffce7}
	sqrtM1  = element{0xc4ee1b274a0ea0b0, 0x2f431806ad2fe478, 0x2b4d00993dfbd7a7, 0x2b8324804fc1df0b}
	one     = element{1}
)

// add sets e = a + b.
func (e *element) add(a, b *element) {
	r0, c := bits.Add64(a[0], b[0], 0)
	r1, c := bits.Add64(a[1], b[1], c)
	r2, c := bits.Add64(a[2], b[2], c)
	r3, c := bits.Add64(a[3], b[3], c)
	r0, c = bits.Add64(r0, 38&-c, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	*e = element{r0 + 38&-c, r1, r2, r3} // after a second overflow r0 is below 38
}

// sub sets e = a − b.
func (e *element) sub(a, b *element) {
	r0, c := bits.Sub64(a[0], b[0], 0)
	r1, c := bits.Sub64(a[1], b[1], c)
	r2, c := bits.Sub64(a[2], b[2], c)
	r3, c := bits.Sub64(a[3], b[3], c)
	r0, c = bits.Sub64(r0, 38&-c, 0)
	r1, c = bits.Sub64(r1, 0, c)
	r2, c = bits.Sub64(r2, 0, c)
	r3, c = bits.Sub64(r3, 0, c)
	*e = element{r0 - 38&-c, r1, r2, r3} // after a second borrow r0 is above 2⁶⁴ − 39
}

// mul sets e = a·b.
func (e *element) mul(a, b *element) {
	b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
	r0, r1, r2, r3, r4 := times(a[0], b0, b1, b2, b3)
	l0, l1, l2, l3, l4 := times(a[1], b0, b1, b2, b3)
	r1, r2, r3, r4, r5 := plus(r1, r2, r3, r4, l0, l1, l2, l3, l4)
	l0, l1, l2, l3, l4 = times(a[2], b0, b1, b2, b3)
	r2, r3, r4, r5, r6 := plus(r2, r3, r4, r5, l0, l1, l2, l3, l4)
	l0, l1, l2, l3, l4 = times(a[3], b0, b1, b2, b3)
	r3, r4, r5, r6, r7 := plus(r3, r4, r5, r6, l0, l1, l2, l3, l4)

	// 2²⁵⁶ = 38: add 38 times the upper half, then 38 times what that leaves above.
	l0, l1, l2, l3, l4 = times(38, r4, r5, r6, r7)
	r0, r1, r2, r3, l4 = plus(r0, r1, r2, r3, l0, l1, l2, l3, l4)
	r0, c := bits.Add64(r0, 38*l4, 0) // l4 ≤ 38
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	*e = element{r0 + 38&-c, r1, r2, r3} // after this overflow r0 is below 38²
}

// times is x·b in five words.
func times(x, b0, b1, b2, b3 uint64) (r0, r1, r2, r3, r4 uint64) {
	h0, r0 := bits.Mul64(x, b0)
	h1, l1 := bits.Mul64(x, b1)
	h2, l2 := bits.Mul64(x, b2)
	h3, l3 := bits.Mul64(x, b3)
	r1, c := bits.Add64(l1, h0, 0)
	r2, c = bits.Add64(l2, h1, c)
	r3, c = bits.Add64(l3, h2, c)
	return r0, r1, r2, r3, h3 + c
}

// plus adds five words to four, where the sum is known to fit five.
func plus(r0, r1, r2, r3, l0, l1, l2, l3, l4 uint64) (s0, s1, s2, s3, s4 uint64) {
	s0, c := bits.Add64(r0, l0, 0)
	s1, c = bits.Add64(r1, l1, c)
	s2, c = bits.Add64(r2, l2, c)
	s3, c = bits.Add64(r3, l3, c)
	return s0, s1, s2, s3, l4 + c
}

// square sets e = a².
func (e *element) square(a *element) { e.mul(a, a) }

// squareTimes sets e = a^(2ⁿ), for n ≥ 1.
func (e *element) squareTimes(a *element, n int) {
	e.square(a)
	for range n - 1 {
		e.square(e)
	}
}

// words is the one representation below p.
func (e *element) words() [4]uint64 {
	r0, c := bits.Add64(e[0], 19*(e[3]>>63), 0)
	r1, c := bits.Add64(e[1], 0, c)
	r2, c := bits.Add64(e[2], 0, c)
	r3 := e[3]&^(1<<63) + c
	// Now below 2²⁵⁵ + 19: not below p just if 19 more reach 2²⁵⁵.
	s0, c := bits.Add64(r0, 19, 0)
	s1, c := bits.Add64(r1, 0, c)
	s2, c := bits.Add64(r2, 0, c)
	s3 := r3 + c
	if s3>>63 == 1 {
		return [4]uint64{s0, s1, s2, s3 &^ (1 << 63)}
	}
	return [4]uint64{r0, r1, r2, r3}
}

// wordsOf reads 32 bytes, least significant first.
func wordsOf(b *[32]byte) [4]uint64 {
	return [4]uint64{
		binary.LittleEndian.Uint64(b[0:]), binary.LittleEndian.Uint64(b[8:]),
		binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:]),
	}
}

// equal compares the numbers, not their representations.
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
