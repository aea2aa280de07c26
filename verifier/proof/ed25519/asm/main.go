// Command asm writes the AVX-512 IFMA code of package ed25519.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// frame is the scratch memory of a function: one slot for each value of an addition.
type frame struct{ u, v, t, d, e, f, g, h, w slot }

const slots = 9

// newFrame aligns the slots, so that no limb crosses a cache line.
func newFrame() *frame {
	local := AllocLocal(slots*size + limbBytes)
	LEAQ(local, reg.RDX)
	ADDQ(operand.Imm(limbBytes-1), reg.RDX)
	ANDQ(operand.I8(-limbBytes), reg.RDX)
	f, base := &frame{}, operand.Mem{Base: reg.RDX}
	for i, s := range []*slot{&f.u, &f.v, &f.t, &f.d, &f.e, &f.f, &f.g, &f.h, &f.w} {
		s.at = base.Offset(i * size)
	}
	return f
}

// coordinates are what a point is between two additions: Y+X, Y−X, T and 2Z.
func (f *frame) coordinates() []*slot { return []*slot{&f.u, &f.v, &f.t, &f.d} }

func main() {
	ConstraintExpr("amd64")
	g := newGenerator()
	g.rounds()
	g.combine()
	Generate()
}

func (g *generator) loadConstants() {
	VPBROADCASTQ(g.foldConstant, foldRegister)
	VPBROADCASTQ(g.shift52, shiftRegister)
	MOVQ(operand.Imm(0x0101010101010101), reg.R11)
	KMOVQ(reg.R11, shiftBytes)
}

// rounds is
//
//	for each round: for each of eight lanes: lane's point += the entry at addresses[round][lane]
//
// where an odd address, less one, is that of an entry to subtract.
func (g *generator) rounds() {
	TEXT("addRounds", 0, "func(state *[4][5][8]uint64, addresses *uint64, rounds int)")
	Doc("addRounds adds to the point of each lane, in each round, the table's entry at the next address, or subtracts",
		"the entry before it where the address is odd. A point is Y+X, Y−X, T and 2Z in limbs of 52 bits.")
	Pragma("noescape")
	stateP, addresses, count := reg.RAX, reg.RBX, reg.RCX
	Load(Param("state"), stateP)
	Load(Param("addresses"), addresses)
	Load(Param("rounds"), count)
	f := newFrame()
	g.loadConstants()
	prefetch(addresses, count)
	for i, s := range f.coordinates() {
		loadState(stateP, i, s)
	}
	// 2Z has a multiple of p added throughout, so that C may be subtracted.
	d := left.load(f.d)
	for i := range limbs {
		VPADDQ_BCST(g.offset.Offset(8*i), d.reg[i], d.reg[i])
		d.min[i], d.max[i] = g.offsetLimbs[i], sum(d.max[i], g.offsetLimbs[i])
	}
	d.bounds = g.unreduced(d.bounds)
	store(d, &f.d)
	XORQ(reg.RSI, reg.RSI) // the base of gathers by address

	Label("round")
	g.addEntries(f, addresses)
	ADDQ(operand.Imm(limbBytes), addresses)
	DECQ(count)
	JNZ(operand.LabelRef("round"))

	store(g.carry(left.load(f.d), left.column[0]), &f.d)
	for i, s := range f.coordinates() {
		g.storeState(s, stateP, i)
	}
	VZEROUPPER()
	RET()
}

// prefetch asks for both cache lines of every entry: a table is larger than the first cache, and its lines are not
// next to each other.
func prefetch(addresses, count reg.Register) {
	p, end := reg.R8, reg.R9
	MOVQ(addresses, p)
	MOVQ(count, end)
	SHLQ(operand.Imm(6), end)
	ADDQ(addresses, end)
	Label("prefetch")
	MOVQ(operand.Mem{Base: p}, reg.R10)
	PREFETCHT0(operand.Mem{Base: reg.R10})
	PREFETCHT0(operand.Mem{Base: reg.R10, Disp: 64})
	ADDQ(operand.Imm(8), p)
	CMPQ(p, end)
	JB(operand.LabelRef("prefetch"))
}

func loadState(p reg.Register, index int, s *slot) {
	for i := range limbs {
		VMOVDQU64(operand.Mem{Base: p, Disp: index*size + i*limbBytes}, left.column[i])
		VMOVDQU64(left.column[i], s.limb(i))
	}
	s.bounds = state
}

// storeState clears what a carry left above the limbs.
func (g *generator) storeState(s *slot, p reg.Register, index int) {
	s.within(state)
	for i := range limbs {
		VMOVDQU64(s.limb(i), left.column[i])
		if i < limbs-1 {
			VPANDQ_BCST(g.limbMask, left.column[i], left.column[i])
		}
		VMOVDQU64(left.column[i], operand.Mem{Base: p, Disp: index*size + i*limbBytes})
	}
}

// unreduced widens the bounds of 2Z at the start to those that it has after a round.
func (g *generator) unreduced(b bounds) bounds {
	limit := bounds{}
	for i := range limbs {
		limit.min[i], limit.max[i] = g.offsetLimbs[i], 2*g.offsetLimbs[i]+24<<radix
	}
	b.within(limit)
	return limit
}

// negative is the mask of lanes whose entry is subtracted.
var negative = reg.K2

// addEntries is one addition in each lane: the complete mixed addition of extended coordinates, 7 multiplications.
func (g *generator) addEntries(f *frame, addresses reg.Register) {
	at, half, plus, minus := reg.Z25, reg.Z26, reg.Z27, reg.Z28
	VMOVDQU64(operand.Mem{Base: addresses}, at)
	VPTESTMQ_BCST(g.one, at, negative)
	VPANDQ_BCST(g.minus2, at, at)
	VPADDQ_BCST(g.entryHalf, at, half)
	// y+x and y−x change places where the entry is subtracted.
	VPBLENDMQ(at, half, negative, minus)
	VPBLENDMQ(half, at, negative, plus)

	a := g.multiply(&left, g.gather(&left, minus, 0), f.v, false)
	b := g.multiply(&right, g.gather(&right, plus, 0), f.u, true)
	g.sums(a, b, pair{difference: &f.e, total: &f.h})

	VMOVDQU64(operand.Mem{Base: addresses}, at)
	VPANDQ_BCST(g.minus2, at, at)
	c := g.multiply(&left, g.gather(&left, at, 64), f.t, false)
	zero := right.column[limbs]
	VPXORQ(zero, zero, zero)
	for i := range limbs {
		VPSUBQ(c.reg[i], zero, negative, c.reg[i]) // −C changes the parts of F and G
	}
	g.sums(c, right.load(f.d), pair{difference: &f.f, total: &f.g, eitherSign: true})

	g.finish(f)
	t := g.multiply(&left, left.load(f.e), f.h, false)
	z := g.multiply(&right, right.load(f.f), f.g, true)
	store(g.carry(t, left.column[limbs]), &f.t)
	before := f.d.bounds
	store(add(z.reg, z, z), &f.d)
	f.d.within(before)
	f.d.bounds = before
	for _, s := range f.coordinates()[:3] {
		s.within(state)
	}
}

// pair says what becomes of a sum and a difference.
type pair struct {
	difference, total *slot
	doubled           bool // both are doubled
	eitherSign        bool // in some lanes a stands for −a
}

// sums stores b − a and b + a, carried. a is in the left registers, b in the right ones.
func (g *generator) sums(a, b number, p pair) {
	s := add([limbs]reg.VecPhysical(left.column[limbs:]), b, a)
	d := subtract(b.reg, b, a)
	if p.eitherSign {
		s.min, d.max = d.min, s.max
	}
	if p.doubled {
		s, d = add(s.reg, s, s), add(d.reg, d, d)
	}
	store(g.carry(s, left.factor[0]), p.total)
	store(g.carry(d, right.column[limbs]), p.difference)
}

// finish stores Y+X and Y−X of a sum: X = E·F, Y = G·H.
func (g *generator) finish(f *frame) {
	x := g.multiply(&left, left.load(f.e), f.f, false)
	y := g.multiply(&right, right.load(f.g), f.h, true)
	g.sums(x, y, pair{difference: &f.v, total: &f.u})
}

// gather loads a field element for each lane, 256 bits at an address, and splits it into limbs: of w₁ a limb takes
// what w₁·2¹² has below 2⁵², and so on, which VPMADD52LUQ adds to the end of w₀.
func (g *generator) gather(r *registers, address reg.VecPhysical, offset int) number {
	words := r.column[:4]
	for i, w := range words {
		KXNORW(reg.K1, reg.K1, reg.K1)
		VPGATHERQQ(operand.Mem{Base: reg.RSI, Index: address, Scale: 1, Disp: offset + 8*i}, reg.K1, w)
	}
	n := number{r.factor, canonical}
	VMOVDQA64(words[0], n.reg[0])
	for i := 1; i < 4; i++ {
		VPSRLQ(operand.Imm(uint64(64-12*i)), words[i-1], n.reg[i])
		VPBROADCASTQ(g.shift[i-1], r.column[4])
		VPMADD52LUQ(words[i], r.column[4], n.reg[i])
	}
	VPSRLQ(operand.Imm(16), words[3], n.reg[4])
	return n
}

// combine adds the points of all lanes: three times the lanes of one half to those of the other.
func (g *generator) combine() {
	TEXT("combineLanes", 0, "func(state *[4][5][8]uint64)")
	Doc("combineLanes sets the point of each lane to the sum of all lanes' points.")
	Pragma("noescape")
	stateP, level, end := reg.RAX, reg.RBX, reg.RCX
	Load(Param("state"), stateP)
	f := newFrame()
	g.loadConstants()
	for i, s := range f.coordinates() {
		loadState(stateP, i, s)
	}
	LEAQ(g.permutations, level)
	LEAQ(g.permutations.Offset(3*limbBytes), end)
	Label("level")
	g.addLanes(f, level)
	ADDQ(operand.Imm(limbBytes), level)
	CMPQ(level, end)
	JB(operand.LabelRef("level"))
	for i, s := range f.coordinates() {
		g.storeState(s, stateP, i)
	}
	VZEROUPPER()
	RET()
}

// addLanes is the complete addition of extended coordinates, all doubled because Z is: a lane's point and that of the
// lane which the permutation names.
func (g *generator) addLanes(f *frame, permutation reg.Register) {
	other := func(r *registers, s slot) number {
		VMOVDQU64(operand.Mem{Base: permutation}, r.column[0])
		for i := range limbs {
			VPERMQ(s.limb(i), r.column[0], r.factor[i])
		}
		return number{r.factor, s.bounds}
	}
	d4 := number{left.factor, canonical}
	for i := range limbs {
		VPBROADCASTQ(g.doubledD.Offset(8*i), d4.reg[i])
	}
	w := g.multiply(&left, d4, f.t, false)
	store(g.carry(w, left.column[limbs]), &f.w)

	a := g.multiply(&left, other(&left, f.v), f.v, false)
	b := g.multiply(&right, other(&right, f.u), f.u, true)
	g.sums(a, b, pair{difference: &f.e, total: &f.h, doubled: true})
	c := g.multiply(&left, other(&left, f.t), f.w, false)
	d := g.multiply(&right, other(&right, f.d), f.d, true)
	g.sums(c, d, pair{difference: &f.f, total: &f.g})

	g.finish(f)
	t := g.multiply(&left, left.load(f.e), f.h, false)
	z := g.multiply(&right, right.load(f.f), f.g, false)
	z = add(z.reg, z, z)
	store(g.carry(t, left.column[limbs]), &f.t)
	store(g.carry(z, right.column[limbs]), &f.d)
	for _, s := range f.coordinates() {
		s.within(state)
		s.bounds = state
	}
}
