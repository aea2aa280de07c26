package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// product is a sum of products, divided by 2^260 modulo p, plus a further value: one Montgomery reduction for all.
type product struct {
	terms []term
	plus  *slot

	column [2*limbs + 1]reg.VecVirtual
	height [2*limbs + 1]float64 // the largest value of the column
	steps  []func()
}

// term is a·b. The limbs of b are in registers.
type term struct {
	a *slot
	b *value
}

// times is the product a·b.
func times(a *slot, b *value) *product { return &product{terms: []term{{a, b}}} }

func (p *product) and(a *slot, b *value) *product {
	p.terms = append(p.terms, term{a, b})
	return p
}

// add adds s to the quotient: its limbs are what the upper columns begin with.
func (p *product) add(s *slot) *product {
	p.plus = s
	return p
}

func (p *product) do(f func()) { p.steps = append(p.steps, f) }

// low and high add the halves of a product of limbs to a column.
func (p *product) low(k int, a, b reg.Register) {
	p.do(func() { VPMADD52LUQ(a, b, p.column[k]) })
	p.grow(k, 1<<limbBits)
}

func (p *product) high(k int, a, b reg.Register) {
	p.do(func() { VPMADD52HUQ(a, b, p.column[k]) })
	p.grow(k, 1<<limbBits)
}

func (p *product) grow(k int, by float64) {
	if p.height[k] += by; p.height[k] > 1<<63 {
		panic(fmt.Sprintf("column %d may overflow", k))
	}
}

// begin opens a column. The upper ones are the limbs of the quotient and begin with those of what is added to it.
func (p *product) begin(k int) {
	p.column[k] = ZMM()
	if p.plus == nil || k < limbs {
		p.do(func() { clear(p.column[k]) })
		return
	}
	if p.plus.min[k-limbs] < 0 {
		panic("what is added has a negative limb")
	}
	p.do(func() { VMOVDQU64(p.plus.limb(k-limbs), p.column[k]) })
	p.grow(k, p.plus.max[k-limbs])
}

// reduce adds the multiple of p that clears the low 52 bits of column k, which is those 52 bits, as p ≡ -1 mod 2^52,
// and moves the bits above to the next column. Seen from column k, p is
//
//	-1 + 2^44·2^52 + 2^36·2^156 + (2^48 - 2^16)·2^208
func (p *product) reduce(g *generator, k int) {
	m := p.column[k]
	p.low(k+1, m, g.c44)
	p.low(k+3, m, g.c36)
	p.low(k+4, m, g.c48)
	p.high(k+2, m, g.c44)
	p.high(k+4, m, g.c36)
	p.high(k+5, m, g.c48)
	p.do(func() { VPSRLQ(operand.Imm(limbBits), m, m) })
	p.do(func() { VPADDQ(m, p.column[k+1], p.column[k+1]) })
	p.grow(k+1, p.height[k]/(1<<limbBits))
}

// rows plans the product row by row: after row i, column i is complete and is cleared.
func (p *product) rows(g *generator) {
	for k := range limbs {
		p.begin(k)
	}
	for i := range limbs {
		p.begin(i + limbs)
		for _, t := range p.terms {
			a := ZMM()
			p.do(func() { VMOVDQU64(t.a.limb(i), a) })
			for j := range limbs {
				p.low(i+j, a, t.b.limb[j])
			}
			for j := range limbs {
				p.high(i+j+1, a, t.b.limb[j])
			}
		}
		p.reduce(g, i)
	}
}

// result is the value of the upper columns: below (sum of a·b + 2^260·p)/2^260, plus what is added.
func (p *product) result(up float64) *value {
	v := &value{}
	for i := range v.limb {
		v.limb[i] = p.column[i+limbs]
		v.max[i] = p.height[i+limbs]
	}
	v.up = up + 1
	if p.plus != nil {
		v.low, v.up = p.plus.low, v.up+p.plus.up
	}
	v.mustFit()
	return v
}

// multiply computes the products side by side, an instruction of each in turn: a product alone waits for its own
// results most of the time.
func (g *generator) multiply(ps ...*product) []*value {
	for _, p := range ps {
		for _, t := range p.terms {
			t.a.mustBeFactor()
			t.b.mustBeFactor()
		}
		p.rows(g)
	}
	interleave(ps)
	var all []*value
	for _, p := range ps {
		up := 0.0
		for _, t := range p.terms {
			up += t.a.up * t.b.up / 16
		}
		all = append(all, p.result(up))
	}
	return all
}

// square computes the squares of the slots side by side. Products of different limbs count twice; a column is
// doubled once they are all in, before squares of limbs and reductions reach it.
func (g *generator) square(of ...*slot) []*value {
	var ps []*product
	for _, s := range of {
		s.mustBeFactor()
		p := &product{}
		a := load(s)
		for k := range limbs + 1 {
			p.squareColumn(a, k)
		}
		for i := range limbs {
			if i > 0 {
				p.squareColumn(a, i+limbs)
			}
			p.reduce(g, i)
		}
		ps = append(ps, p)
	}
	interleave(ps)
	var all []*value
	for i, p := range ps {
		all = append(all, p.result(of[i].up*of[i].up/16))
	}
	return all
}

func (p *product) squareColumn(a *value, k int) {
	p.begin(k)
	crossed := false
	for i := range limbs {
		if j := k - i; i < j && j < limbs {
			p.low(k, a.limb[i], a.limb[j])
			crossed = true
		}
		if j := k - 1 - i; i < j && j < limbs {
			p.high(k, a.limb[i], a.limb[j])
			crossed = true
		}
	}
	if crossed {
		p.do(func() { VPADDQ(p.column[k], p.column[k], p.column[k]) })
		p.grow(k, p.height[k])
	}
	if k%2 == 0 {
		p.low(k, a.limb[k/2], a.limb[k/2])
	} else {
		p.high(k, a.limb[k/2], a.limb[k/2])
	}
}

func interleave(ps []*product) {
	for i, more := 0, true; more; i++ {
		more = false
		for _, p := range ps {
			if i < len(p.steps) {
				p.steps[i]()
				more = true
			}
		}
	}
}
