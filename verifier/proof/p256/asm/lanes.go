package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	limbs     = 5
	limbBytes = 64 // one limb of eight lanes
	size      = limbs * limbBytes
	limbBits  = 52
	limbMax   = 1<<limbBits - 1
)

// bounds is what is known of a value while the code is written; the code itself checks nothing.
type bounds struct {
	min, max [limbs]float64 // of each limb
	low, up  float64        // of the value, in units of 2^256, which is a little more than p
}

// carried is a value below up whose limbs are below 2^52, so that it may be a factor.
func carried(up float64) (b bounds) {
	if up >= 16 {
		panic("a factor of 2^260 or more")
	}
	for i := range b.max {
		b.max[i] = limbMax
	}
	b.max[limbs-1] = min(limbMax, up*(1<<48))
	b.up = up
	return b
}

// String is for the comment beside what is stored.
func (b *bounds) String() string {
	text := "limbs in"
	for i := range limbs {
		text += fmt.Sprintf(" [%s, %s]", power(b.min[i], math.Floor), power(b.max[i], math.Ceil))
	}
	return text + fmt.Sprintf(", value in [%.3f, %.3f] of 2^256", b.low, b.up)
}

// power writes a bound as a power of two, to hundredths of the exponent.
func power(x float64, round func(float64) float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 0:
		return "-" + power(-x, math.Ceil)
	}
	return fmt.Sprintf("2^%.4g", round(100*math.Log2(x))/100)
}

func (b *bounds) mustBeFactor() {
	for i := range limbs {
		if b.min[i] < 0 || b.max[i] > limbMax {
			panic(fmt.Sprintf("limb %d of a factor is in [%g, %g]", i, b.min[i], b.max[i]))
		}
	}
}

// within panics unless b is a factor below up: what a loop takes for granted of the round before.
func (b *bounds) within(up float64) {
	b.mustBeFactor()
	if b.low < 0 || b.up > up {
		panic(fmt.Sprintf("[%g, %g] is not within %g", b.low, b.up, up))
	}
}

// slot is a value in memory.
type slot struct {
	at operand.Mem
	bounds
}

func (s *slot) limb(i int) operand.Mem { return s.at.Offset(i * limbBytes) }

// value is a value in registers.
type value struct {
	limb [limbs]reg.VecVirtual
	bounds
}

func load(s *slot) *value {
	v := &value{bounds: s.bounds}
	for i := range v.limb {
		v.limb[i] = ZMM()
		VMOVDQU64(s.limb(i), v.limb[i])
	}
	return v
}

func (v *value) store(s *slot) {
	Comment(v.bounds.String())
	for i := range v.limb {
		VMOVDQU64(v.limb[i], s.limb(i))
	}
	s.bounds = v.bounds
}

func (v *value) mustFit() {
	for i := range limbs {
		if v.min[i] < -(1<<62) || v.max[i] > 1<<62 {
			panic(fmt.Sprintf("limb %d is in [%g, %g]", i, v.min[i], v.max[i]))
		}
	}
}

// add adds times s, limb by limb.
func (v *value) add(s *slot) *value {
	for i := range v.limb {
		VPADDQ(s.limb(i), v.limb[i], v.limb[i])
		v.min[i] += s.min[i]
		v.max[i] += s.max[i]
	}
	v.low, v.up = v.low+s.low, v.up+s.up
	v.mustFit()
	return v
}

// sub subtracts s, limb by limb.
func (v *value) sub(s *slot) *value {
	for i := range v.limb {
		VPSUBQ(s.limb(i), v.limb[i], v.limb[i])
		v.min[i] -= s.max[i]
		v.max[i] -= s.min[i]
	}
	v.low, v.up = v.low-s.up, v.up-s.low
	v.mustFit()
	return v
}

// primeLimbs are the limbs of p; the third is zero.
func primeLimbs() [limbs]uint64 { return [limbs]uint64{limbMax, 1<<44 - 1, 0, 1 << 36, 1<<48 - 1<<16} }

// addPrimes adds k times p, so that what was subtracted before leaves no negative value.
func (v *value) addPrimes(g *generator, k int) *value {
	for i, l := range primeLimbs() {
		if l != 0 {
			VPADDQ_BCST(g.word(uint64(k)*l), v.limb[i], v.limb[i])
			v.min[i] += float64(k) * float64(l)
			v.max[i] += float64(k) * float64(l)
		}
	}
	v.low, v.up = v.low+float64(k)*primeLow, v.up+float64(k)
	v.mustFit()
	return v
}

// primeLow is less than p/2^256.
const primeLow = 1 - 1.0/(1<<31)

// carry brings all limbs but the last below 2^52, the last one to what the value allows.
func (v *value) carry(g *generator) *value {
	if v.low < 0 {
		panic(fmt.Sprintf("a carry of a value that may be %g", v.low))
	}
	v.mustFit()
	t := ZMM()
	for i := range limbs - 1 {
		VPSRAQ(operand.Imm(limbBits), v.limb[i], t)
		VPADDQ(t, v.limb[i+1], v.limb[i+1])
		VPANDQ_BCST(g.word(limbMax), v.limb[i], v.limb[i])
	}
	low := v.low
	v.bounds = carried(v.up)
	v.low = low
	return v
}

// weaken adds the multiple of p that brings the value into [2^256, 2·2^256), give or take a millionth: the multiple
// is -h, where h is the value's quotient by 2^256, less one, as the last two limbs show it.
//
//	-h·p = h - h·2^96 - h·2^192 + h·2^224 - h·2^256
func (v *value) weaken(g *generator) *value {
	h, t := ZMM(), ZMM()
	VPSRAQ(operand.Imm(limbBits), v.limb[3], h)
	VPADDQ(v.limb[4], h, h)
	VPSUBQ_BCST(g.word(1<<48), h, h)
	VPSRAQ(operand.Imm(48), h, h)
	VPADDQ(h, v.limb[0], v.limb[0])
	VPSLLQ(operand.Imm(44), h, t)
	VPSUBQ(t, v.limb[1], v.limb[1])
	VPSLLQ(operand.Imm(36), h, t)
	VPSUBQ(t, v.limb[3], v.limb[3])
	VPSLLQ(operand.Imm(16), h, t)
	VPADDQ(t, v.limb[4], v.limb[4])
	VPSLLQ(operand.Imm(48), h, t)
	VPSUBQ(t, v.limb[4], v.limb[4])
	if v.low < -14 || v.up > 15 {
		panic("the quotient of a value out of range")
	}
	for i, shift := range []int{0, 44, -1, 36, 49} {
		if shift >= 0 {
			v.min[i] -= 16 * float64(uint64(1)<<shift)
			v.max[i] += 16 * float64(uint64(1)<<shift)
		}
	}
	v.mustFit()
	v.low, v.up = 1-1e-6, 2+1e-6
	return v
}

// negateWhere makes v k·p - v in the lanes of mask.
func (v *value) negateWhere(g *generator, mask reg.Register, k int) *value {
	t := ZMM()
	for i, l := range primeLimbs() {
		c := uint64(k) * l
		if c == 0 {
			clear(t)
		} else {
			VPBROADCASTQ(g.word(c), t)
		}
		VPSUBQ(v.limb[i], t, mask, v.limb[i])
		v.min[i], v.max[i] = min(v.min[i], float64(c)-v.max[i]), max(v.max[i], float64(c)-v.min[i])
		t = ZMM()
	}
	v.low, v.up = min(v.low, float64(k)*primeLow-v.up), max(v.up, float64(k)-v.low)
	v.mustFit()
	return v
}

// swap stores in to what from has in the lanes whose number differs in the bit that distance is.
func swap(from *slot, distance int, to *slot) {
	for i := range limbs {
		t := ZMM()
		switch distance {
		case 4:
			u := ZMM()
			VMOVDQU64(from.limb(i), u)
			VSHUFI64X2(operand.Imm(0x4e), u, u, t)
		case 2:
			u := ZMM()
			VMOVDQU64(from.limb(i), u)
			VSHUFI64X2(operand.Imm(0xb1), u, u, t)
		case 1:
			VPSHUFD(operand.Imm(0x4e), from.limb(i), t)
		}
		VMOVDQU64(t, to.limb(i))
	}
	to.bounds = from.bounds
}

// funnel sets to to the low word of high:low >> shift (VPSHRDQ, which avo does not know).
func funnel(shift uint8, high, low, to reg.Register) {
	Instruction(&ir.Instruction{
		Opcode:   "VPSHRDQ",
		Operands: []operand.Op{operand.Imm(uint64(shift)), high, low, to},
		Inputs:   []operand.Op{high, low},
		Outputs:  []operand.Op{to},
		ISA:      []string{"AVX512VBMI2"},
	})
}

// clear sets to to zero. VPXORQ by itself would make avo believe that the old value is needed.
func clear(to reg.Register) {
	Instruction(&ir.Instruction{
		Opcode:   "VPXORQ",
		Operands: []operand.Op{to, to, to},
		Outputs:  []operand.Op{to},
		ISA:      []string{"AVX512F"},
	})
}
