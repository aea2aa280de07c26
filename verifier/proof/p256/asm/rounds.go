package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gather reads the point at the next address of each lane and turns eight rows of x and y, four words each, into
// x and y of five limbs. Where clean is false, limbs have bits above the 52nd, which a multiplication does not see.
func (g *generator) gather(addresses reg.Register, x, y *slot, clean bool) {
	var row [8]reg.VecVirtual
	for i := range row {
		at := GP64()
		MOVQ(operand.Mem{Base: addresses}.Offset(8*i), at)
		ANDQ(operand.I8(-limbBytes), at)
		row[i] = ZMM()
		VMOVDQU64(operand.Mem{Base: at}, row[i])
	}
	var word [8]reg.VecVirtual
	for odd := range 2 { // words of the same parity
		var pair [4]reg.VecVirtual
		for i := range pair {
			pair[i] = ZMM()
			if odd == 0 {
				VPUNPCKLQDQ(row[2*i+1], row[2*i], pair[i])
			} else {
				VPUNPCKHQDQ(row[2*i+1], row[2*i], pair[i])
			}
		}
		for half := range 2 { // x, then y
			a, b := ZMM(), ZMM()
			choose := operand.Imm(0x44 + 0xaa*uint64(half))
			VSHUFI64X2(choose, pair[1], pair[0], a)
			VSHUFI64X2(choose, pair[3], pair[2], b)
			word[4*half+odd], word[4*half+2+odd] = ZMM(), ZMM()
			VSHUFI64X2(operand.Imm(0x88), b, a, word[4*half+odd])
			VSHUFI64X2(operand.Imm(0xdd), b, a, word[4*half+2+odd])
		}
	}
	for half, s := range []*slot{x, y} {
		w := word[4*half : 4*half+4]
		v := &value{bounds: carried(1)}
		for i := range v.limb {
			switch v.limb[i] = ZMM(); i {
			case 0:
				v.limb[i] = w[0]
			case limbs - 1:
				VPSRLQ(operand.Imm(16), w[3], v.limb[i])
			default:
				funnel(uint8(64-12*i), w[i], w[i-1], v.limb[i])
			}
		}
		for i := range limbs - 1 {
			if clean {
				t := ZMM()
				VPANDQ_BCST(g.word(limbMax), v.limb[i], t)
				v.limb[i] = t
			}
		}
		v.store(s)
	}
}

// first is
//
//	for each of eight lanes: lane's point = the point at addresses[lane], or its opposite
func (g *generator) first() {
	TEXT("firstRound", 0, "func(state *[4][5][8]uint64, addresses *uint64, rounds int)")
	Doc("firstRound sets the points of the lanes to those at the addresses of the first round, negated where the",
		"sign of the next one asks for it (see addRounds), and calls all addresses of all rounds into the cache.")
	Pragma("noescape")
	state := operand.Mem{Base: Load(Param("state"), GP64())}
	addresses := Load(Param("addresses"), GP64())
	rounds := Load(Param("rounds"), GP64())
	g.loadConstants()
	f := newFrame(2)
	x, y := f[0], f[1]

	next := GP64()
	MOVQ(addresses, next)
	Label("prefetch")
	for i := range 8 {
		at := GP64()
		MOVQ(operand.Mem{Base: next}.Offset(8*i), at)
		PREFETCHT0(operand.Mem{Base: at})
	}
	ADDQ(operand.Imm(64), next)
	DECQ(rounds)
	JNZ(operand.LabelRef("prefetch"))

	g.gather(addresses, x, y, true)
	load(x).store(&slot{at: state})
	flip := g.flips(addresses)
	ny := load(y)
	ny.negateWhere(g, flip, 1)
	ny.low = 0 // y is below p, not only below 2^256
	ny.carry(g).store(&slot{at: state.Offset(size)})
	for i, c := range minusOne() { // -zz
		t := ZMM()
		VPBROADCASTQ(g.word(c), t)
		VMOVDQU64(t, state.Offset(2*size+i*limbBytes))
	}
	for i, c := range plusOne() { // zzz
		t := ZMM()
		VPBROADCASTQ(g.word(c), t)
		VMOVDQU64(t, state.Offset(3*size+i*limbBytes))
	}
	VZEROUPPER()
	RET()
}

// flips is the mask of the lanes that negate y after a round.
//
// Let a lane stand for s·A, where A is the point it holds and s the sign of the point T it is to add next, so that the
// sum is s·(A + T). A round makes -(A + T) of A, which stands for -s times itself; it has to stand for s' times
// itself, where s' is the sign of the point after, or plus after the last round. So y is negated where s' = s.
func (g *generator) flips(addresses reg.Register) reg.Register {
	this, next, flip := K(), K(), K()
	for i, k := range []reg.Register{this, next} {
		z := ZMM()
		VMOVDQU64(operand.Mem{Base: addresses}.Offset(i*limbBytes), z)
		VPTESTMQ_BCST(g.word(1), z, k)
	}
	KXNORB(this, next, flip)
	return flip
}

// rounds is
//
//	for each round: for each of eight lanes: lane's point = lane's point + the point at addresses[lane]
//
// or minus that point where its address is odd. The formulas are "madd-2008-s" of the Explicit-Formulas Database.
// With the signs of points, P = X1 - U2 and R = S2 - Y1 are products plus a coordinate, and W = -PPP makes Y3 a sum
// of two products:
//
//	P = x2·nz + X, R = y2·z3 + ny, PP = P², W = P·PP, Q = X·PP
//	X = R² + W - 2Q, ny = R·(X - Q) + ny·W, nz = nz·PP, z3 = z3·W
//
// The sign of z3 changes in every round, and the point's with it: see flips.
func (g *generator) rounds() {
	TEXT("addRounds", 0, "func(state *[4][5][8]uint64, addresses *uint64, rounds int)")
	Doc("addRounds adds, in each round, the point at the next address to the point of each lane, or subtracts it where",
		"the address is odd. Behind the last round is a round of even numbers. A point is x·zz, -y·zzz, -zz and zzz in",
		"limbs of 52 bits.")
	Pragma("noescape")
	state := operand.Mem{Base: Load(Param("state"), GP64())}
	addresses := Load(Param("addresses"), GP64())
	rounds := Load(Param("rounds"), GP64())
	g.loadConstants()
	f := newFrame(13)
	at := points{f[0], f[1], f[2], f[3]}
	at.read(state)
	Label("round")
	g.round(&at, f[4:], addresses)
	ADDQ(operand.Imm(64), addresses)
	DECQ(rounds)
	JNZ(operand.LabelRef("round"))
	at.write(state)
	VZEROUPPER()
	RET()
}

func (g *generator) round(at *points, f []*slot, addresses reg.Register) {
	x2, y2, p, r, pp, rr, w, q, qx := f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]
	g.gather(addresses, x2, y2, false)

	v := g.multiply(times(x2, load(at.nz)).add(at.x), times(y2, load(at.z3)).add(at.ny))
	v[0].carry(g).store(p)
	v[1].carry(g).store(r)

	v = g.square(p, r)
	v[0].carry(g).store(pp)
	v[1].store(rr)

	b := load(pp)
	v = g.multiply(times(p, b), times(at.x, b), times(at.nz, b))
	v[0].carry(g).store(w)
	v[1].store(q)
	v[2].carry(g).store(at.nz)

	x := load(rr).add(w).sub(q).sub(q).weaken(g).carry(g)
	x.store(at.x)
	x.sub(q).addPrimes(g, 2).carry(g).store(qx)

	b = load(w)
	v = g.multiply(times(r, load(qx)).and(at.ny, b), times(at.z3, b))
	flip := g.flips(addresses)
	v[0].negateWhere(g, flip, 3).carry(g).store(at.ny)
	v[1].carry(g).store(at.z3)

	at.x.within(upX)
	at.ny.within(upNY)
	at.nz.within(upNZ)
	at.z3.within(upZ3)
}

// plusOne and minusOne are 2^260 mod p and its opposite.
func plusOne() [limbs]uint64 {
	return [limbs]uint64{16, 0xf000000000000, 0xfffffffffffff, 0xffeffffffffff, 0xfffff}
}

func minusOne() (m [limbs]uint64) {
	p, one := primeLimbs(), plusOne()
	borrow := int64(0)
	for i := range m {
		d := int64(p[i]) - int64(one[i]) + borrow
		borrow = d >> limbBits
		m[i] = uint64(d) & limbMax
	}
	return m
}
