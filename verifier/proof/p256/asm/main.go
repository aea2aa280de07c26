// Command asm writes the AVX-512 IFMA code of package p256.
//
// A field element is five limbs of 52 bits in Montgomery form with 2^260; every limb is a vector of eight lanes.
// Values are not brought below p, and limbs are not always brought below 2^52: the generator keeps the bounds of
// every value and every limb while it writes the code and refuses to write what could overflow.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// generator holds the constants: in memory, and in registers of the function being written.
type generator struct {
	words         map[uint64]operand.Mem
	c44, c36, c48 reg.VecVirtual // the limbs of p: see reduce
}

// word is a constant in memory.
func (g *generator) word(w uint64) operand.Mem {
	m, ok := g.words[w]
	if !ok {
		panic(fmt.Sprintf("no constant %x", w))
	}
	return m
}

// constants is the one data section.
func (g *generator) constants() {
	g.words = make(map[uint64]operand.Mem)
	m := GLOBL("constants", RODATA|NOPTR)
	at := 0
	one, minus := plusOne(), minusOne()
	add := func(w uint64) {
		if _, ok := g.words[w]; !ok {
			DATA(at, operand.U64(w))
			g.words[w] = m.Offset(at)
			at += 8
		}
	}
	for _, w := range []uint64{1, limbMax, 1 << 44, 1 << 36, 1<<48 - 1<<16, 1 << 48} {
		add(w)
	}
	for _, w := range append(one[:], minus[:]...) {
		add(w)
	}
	for k := uint64(1); k <= 3; k++ {
		for _, l := range primeLimbs() {
			if l != 0 {
				add(k * l)
			}
		}
	}
}

func (g *generator) loadConstants() {
	g.c44, g.c36, g.c48 = ZMM(), ZMM(), ZMM()
	VPBROADCASTQ(g.word(1<<44), g.c44)
	VPBROADCASTQ(g.word(1<<36), g.c36)
	VPBROADCASTQ(g.word(1<<48-1<<16), g.c48)
}

// newFrame makes n slots of scratch memory, aligned so that no limb crosses a cache line.
func newFrame(n int) []*slot {
	local := AllocLocal(n*size + limbBytes)
	base := GP64()
	LEAQ(local, base)
	ADDQ(operand.Imm(limbBytes-1), base)
	ANDQ(operand.I8(-limbBytes), base)
	all := make([]*slot, n)
	for i := range all {
		all[i] = &slot{at: operand.Mem{Base: base}.Offset(i * size)}
	}
	return all
}

// What a round takes for granted of a point, in units of 2^256, and leaves so.
const (
	upX  = 2.01
	upNY = 3.0
	upNZ = 1.2
	upZ3 = 1.2
)

// points are the coordinates of a point in each lane: x·zz, -y·zzz, -zz, zzz. The signs are those of what the
// additions need, which then subtract nothing. zzz may have any sign, which negates the point.
type points struct{ x, ny, nz, z3 *slot }

func (p *points) each(f func(i int, s *slot)) {
	for i, s := range []*slot{p.x, p.ny, p.nz, p.z3} {
		f(i, s)
	}
}

// read copies the state of the caller to the frame.
func (p *points) read(state operand.Mem) {
	p.each(func(i int, s *slot) {
		load(&slot{at: state.Offset(i * size), bounds: carried([]float64{upX, upNY, upNZ, upZ3}[i])}).store(s)
	})
}

func (p *points) write(state operand.Mem) {
	p.each(func(i int, s *slot) { load(s).store(&slot{at: state.Offset(i * size)}) })
}

func main() {
	ConstraintExpr("amd64")
	g := &generator{}
	g.constants()
	g.first()
	g.rounds()
	g.fold()
	Generate()
}
