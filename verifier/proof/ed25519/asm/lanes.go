package main

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A number is five limbs of radix 2⁵², each in eight lanes. What a limb may hold is proven while the code is
// generated: every operation computes the bounds of its result from those of its operands and stops the generator
// where a limb would leave its word or its multiplier.
const (
	limbs     = 5
	limbBytes = 64 // eight lanes
	size      = limbs * limbBytes
	radix     = 52
	mask      = 1<<radix - 1
	// 2²⁶⁰ is fold modulo p = 2²⁵⁵ − 19.
	fold = 32 * 19
	// topBits is how much of the top limb lies below 2²⁵⁵.
	topBits = 255 - 4*radix
)

// bounds are the least and the greatest value of each limb.
type bounds struct{ min, max [limbs]uint64 }

// number is a value in registers.
type number struct {
	reg [limbs]reg.VecPhysical
	bounds
}

// slot is a value in memory, fit to be multiplied or added.
type slot struct {
	at operand.Mem
	bounds
}

func (s slot) limb(i int) operand.Mem { return s.at.Offset(i * limbBytes) }

// carried are the bounds after a carry, as they are for whatever is multiplied: VPMADD52 looks at the low 52 bits
// of a limb only, so that bits above them, which have been carried already, may stay.
func carried(top uint64) bounds {
	return bounds{max: [limbs]uint64{mask, mask, mask, mask, top}}
}

// canonical are the bounds of what a table holds.
var canonical = carried(1<<topBits - 1)

// state are the bounds of a coordinate between two rounds, and of what the caller hands in. That what comes out
// keeps to them is checked when it is stored.
var state = carried(1<<topBits + 1<<7)

func sum(terms ...uint64) uint64 {
	var s, carry uint64
	for _, t := range terms {
		if s, carry = bits.Add64(s, t, 0); carry != 0 {
			panic("a limb overflows its word")
		}
	}
	return s
}

// registers are what one multiplication works in: ten columns, and the limbs of its first factor.
type registers struct {
	column [2 * limbs]reg.VecPhysical
	factor [limbs]reg.VecPhysical
}

// Two multiplications may be under way at once.
var (
	left = registers{
		[2 * limbs]reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9},
		[limbs]reg.VecPhysical{reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14},
	}
	right = registers{
		[2 * limbs]reg.VecPhysical{reg.Z15, reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23, reg.Z24},
		[limbs]reg.VecPhysical{reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29},
	}
	foldRegister = reg.Z30
	// shiftRegister and shiftBytes make VPMULTISHIFTQB a shift by 52 bits: byte 0 of a lane takes 8 bits from bit 52
	// on, the other bytes are cleared. On Intel's processors that leaves the port of VPMADD52 to it.
	shiftRegister = reg.Z31
	shiftBytes    = reg.K3
)

// overflow sets dst to what exceeds 52 bits, which has to fit the byte that VPMULTISHIFTQB takes.
func overflow(a, dst reg.VecPhysical, max uint64) uint64 {
	if max>>radix > 255 {
		panic("the overflow of a limb exceeds a byte")
	}
	VPMULTISHIFTQB_Z(a, shiftRegister, shiftBytes, dst)
	return max >> radix
}

// constants is the read-only data.
type constants struct {
	data operand.Mem
	size int
}

func (c *constants) add(values ...uint64) operand.Mem {
	at := c.data.Offset(c.size)
	for _, v := range values {
		DATA(c.size, operand.U64(v))
		c.size += 8
	}
	return at
}

// generator holds the constants that the arithmetic needs.
type generator struct {
	constants
	foldConstant, nineteen, topMask, limbMask, shift52 operand.Mem
	// offset is a multiple of p with limbs near 2⁵⁶, for differences.
	offset       operand.Mem
	offsetLimbs  [limbs]uint64
	one, minus2  operand.Mem
	entryHalf    operand.Mem
	shift        [3]operand.Mem
	doubledD     operand.Mem
	permutations operand.Mem
}

func newGenerator() *generator {
	g := &generator{constants: constants{data: GLOBL("constants", 8|16)}} // RODATA, NOPTR
	g.foldConstant, g.nineteen = g.add(fold), g.add(19)
	g.topMask, g.limbMask = g.add(1<<topBits-1), g.add(mask)
	g.shift52 = g.add(radix)
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	all := new(big.Int)
	for i := range uint(limbs) {
		all.Add(all, new(big.Int).Lsh(big.NewInt(1), 56+radix*i))
	}
	for i, l := range split(all.Mod(all, p)) {
		g.offsetLimbs[i] = 1<<56 - l
	}
	g.offset = g.add(g.offsetLimbs[:]...)
	g.one, g.minus2, g.entryHalf = g.add(1), g.add(1<<64-2), g.add(32)
	for i := range g.shift {
		g.shift[i] = g.add(1 << (12 * (i + 1)))
	}
	// 4d, for the sum of two points whose Z is doubled.
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	d.Mul(d, big.NewInt(-121665*4)).Mod(d, p)
	d4 := split(d)
	g.doubledD = g.add(d4[:]...)
	g.permutations = g.add(
		4, 5, 6, 7, 0, 1, 2, 3,
		2, 3, 0, 1, 6, 7, 4, 5,
		1, 0, 3, 2, 5, 4, 7, 6)
	return g
}

// split gives the limbs of a number below 2²⁶⁰.
func split(n *big.Int) (l [limbs]uint64) {
	for i := range l {
		l[i] = new(big.Int).And(new(big.Int).Rsh(n, uint(radix*i)), big.NewInt(mask)).Uint64()
	}
	return l
}

// load brings the first factor of a multiplication into its registers.
func (r *registers) load(s slot) number {
	for i := range limbs {
		VMOVDQU64(s.limb(i), r.factor[i])
	}
	return number{r.factor, s.bounds}
}

// multiply leaves a·b in the lowest five columns of r, plus a multiple of p with limbs near 2⁵⁶ if wanted, which lets
// another product be subtracted. a must be in r's factor registers.
func (g *generator) multiply(r *registers, a number, b slot, offset bool) number {
	var column [2 * limbs]uint64
	var floor [limbs]uint64
	for k, c := range r.column {
		if offset && k < limbs {
			VPBROADCASTQ(g.offset.Offset(8*k), c)
			column[k], floor[k] = g.offsetLimbs[k], g.offsetLimbs[k]
		} else {
			VPXORQ(c, c, c)
		}
	}
	for i := range limbs {
		for j := range limbs {
			VPMADD52LUQ(b.limb(j), a.reg[i], r.column[i+j])
		}
		for j := range limbs {
			VPMADD52HUQ(b.limb(j), a.reg[i], r.column[i+j+1])
			lo, hi := product(a.max[i], b.max[j])
			column[i+j] = sum(column[i+j], lo)
			column[i+j+1] = sum(column[i+j+1], hi)
		}
	}
	return number{[limbs]reg.VecPhysical(r.column[:limbs]), bounds{floor, g.foldHigh(r, column)}}
}

// product bounds what VPMADD52LUQ and VPMADD52HUQ add.
func product(a, b uint64) (lo, hi uint64) {
	if a > mask || b > mask {
		panic(fmt.Sprintf("a factor of %#x times %#x", a, b))
	}
	h, l := bits.Mul64(a, b)
	hi = h<<(64-radix) | l>>radix
	if hi == 0 {
		return l, 0
	}
	return mask, hi
}

// foldHigh adds the upper columns, times 2²⁶⁰ mod p, to the lower ones. Of an upper column VPMADD52 takes the low 52
// bits; those above go to the next column.
func (g *generator) foldHigh(r *registers, column [2 * limbs]uint64) (max [limbs]uint64) {
	copy(max[:], column[:])
	for k := range limbs - 1 {
		overflow(r.column[limbs+k], r.factor[k], column[limbs+k])
	}
	for k := range limbs {
		VPMADD52LUQ(r.column[limbs+k], foldRegister, r.column[k])
		low := min(column[limbs+k], mask)
		lo, hi := product(low, fold)
		max[k] = sum(max[k], lo)
		if k == limbs-1 {
			if hi != 0 || low != column[limbs+k] {
				panic("the top column needs another fold")
			}
			continue
		}
		VPMADD52HUQ(r.column[limbs+k], foldRegister, r.column[k+1])
		VPMADD52LUQ(r.factor[k], foldRegister, r.column[k+1])
		over, none := product(column[limbs+k]>>radix, fold)
		if none != 0 {
			panic("the overflow of a column is too large")
		}
		max[k+1] = sum(max[k+1], hi, over)
	}
	return max
}

// add sets dst = a + b.
func add(dst [limbs]reg.VecPhysical, a, b number) number {
	n := number{reg: dst}
	for i := range limbs {
		VPADDQ(b.reg[i], a.reg[i], dst[i])
		n.min[i], n.max[i] = sum(a.min[i], b.min[i]), sum(a.max[i], b.max[i])
	}
	return n
}

// subtract sets dst = a − b, where no limb can fall below zero.
func subtract(dst [limbs]reg.VecPhysical, a, b number) number {
	n := number{reg: dst}
	for i := range limbs {
		VPSUBQ(b.reg[i], a.reg[i], dst[i])
		if a.min[i] < b.max[i] {
			panic("a difference may be negative")
		}
		n.min[i], n.max[i] = a.min[i]-b.max[i], a.max[i]-b.min[i]
	}
	return n
}

// carry makes n fit for multiplication: the part from 2²⁵⁵ on returns 19-fold at the bottom, then each limb passes on
// what exceeds 52 bits. It uses one more register.
func (g *generator) carry(n number, t reg.VecPhysical) number {
	const top = limbs - 1
	VPSRLQ(operand.Imm(topBits), n.reg[top], t)
	VPANDQ_BCST(g.topMask, n.reg[top], n.reg[top])
	VPMADD52LUQ_BCST(g.nineteen, t, n.reg[0])
	returned, none := product(n.max[top]>>topBits, 19)
	if none != 0 {
		panic("the top limb is too large")
	}
	max := n.max
	max[0], max[top] = sum(max[0], returned), 1<<topBits-1
	for i := range top {
		max[i+1] = sum(max[i+1], overflow(n.reg[i], t, max[i]))
		VPADDQ(t, n.reg[i+1], n.reg[i+1])
	}
	return number{n.reg, carried(max[top])}
}

// String is for the comment beside what is stored.
func (b bounds) String() string {
	text := "limbs in"
	for i := range limbs {
		text += fmt.Sprintf(" [%s, %s]", power(b.min[i], math.Floor), power(b.max[i], math.Ceil))
	}
	return text
}

// power writes a bound as a power of two, to hundredths of the exponent.
func power(x uint64, round func(float64) float64) string {
	if x == 0 {
		return "0"
	}
	return fmt.Sprintf("2^%.4g", round(100*math.Log2(float64(x)))/100)
}

// store puts n into memory.
func store(n number, s *slot) {
	Comment(n.bounds.String())
	for i := range limbs {
		VMOVDQU64(n.reg[i], s.limb(i))
	}
	s.bounds = n.bounds
}

// within stops the generator where a value leaves the bounds that the next round relies on.
func (b bounds) within(limit bounds) {
	for i := range limbs {
		if b.max[i] > limit.max[i] || b.min[i] < limit.min[i] {
			panic(fmt.Sprintf("limb %d: %#x … %#x, want %#x … %#x", i, b.min[i], b.max[i], limit.min[i], limit.max[i]))
		}
	}
}
