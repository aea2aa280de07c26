package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// fold is
//
//	for distance in 4, 2, 1: lane's point += the point of the lane at that distance
//
// by the formulas "add-2008-s" of the Explicit-Formulas Database: U1 = X1·ZZ2 in one lane is U2 of the other, so one
// product gives both. With U = x·zz', S = ny·z3' (a dash is the other lane's), signs as in rounds:
//
//	P = U - U', R = S - S', PP = P², W = P·PP, Q = U·PP
//	X = R² + W - 2Q, ny = R·(X - Q) + S·W, zz = zz·zz'·PP, z3 = z3·z3'·W
//
// The last step needs x and zz only.
func (g *generator) fold() {
	TEXT("foldLanes", 0, "func(state *[4][5][8]uint64)")
	Doc("foldLanes adds up the points of all lanes. Of the sum, which is in every lane, it sets x·zz and zz, in the",
		"places of x·zz and -zz.")
	Pragma("noescape")
	state := operand.Mem{Base: Load(Param("state"), GP64())}
	g.loadConstants()
	f := newFrame(18)
	at := points{f[0], f[1], f[2], f[3]}
	at.read(state)
	v := &value{}
	for i := range v.limb {
		v.limb[i] = ZMM()
		clear(v.limb[i])
	}
	v.sub(at.nz).addPrimes(g, 2).carry(g).store(at.nz) // zz from here on
	for _, distance := range []int{4, 2, 1} {
		g.addLanes(&at, f[4:], distance)
	}
	load(at.x).store(&slot{at: state})
	load(at.nz).store(&slot{at: state.Offset(2 * size)})
	VZEROUPPER()
	RET()
}

func (g *generator) addLanes(at *points, f []*slot, distance int) {
	zz, last := at.nz, distance == 1
	ozz, oz3, u, s, ou, os, p, r, zzz, z33 := f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9]
	pp, rr, w, q := f[10], f[11], f[12], f[13]
	swap(zz, distance, ozz)
	swap(at.z3, distance, oz3)
	v := g.multiply(times(at.x, load(ozz)), times(at.ny, load(oz3)))
	v[0].carry(g).store(u)
	v[1].carry(g).store(s)
	swap(u, distance, ou)
	swap(s, distance, os)
	load(u).sub(ou).addPrimes(g, 2).carry(g).store(p)
	load(s).sub(os).addPrimes(g, 2).carry(g).store(r)

	v = g.multiply(times(zz, load(ozz)))
	v[0].carry(g).store(zzz)
	v = g.square(p, r)
	v[0].carry(g).store(pp)
	v[1].store(rr)

	b := load(pp)
	v = g.multiply(times(p, b), times(u, b), times(zzz, b))
	v[0].carry(g).store(w)
	v[1].store(q)
	v[2].carry(g).store(zz)
	x := load(rr).add(w).sub(q).sub(q).addPrimes(g, 3).carry(g)
	x.store(at.x)
	if last {
		return
	}
	qx := ou // no longer needed
	x.sub(q).addPrimes(g, 2).carry(g).store(qx)
	v = g.multiply(times(at.z3, load(oz3)))
	v[0].carry(g).store(z33)
	b = load(w)
	v = g.multiply(times(r, load(qx)).and(s, b), times(z33, b))
	v[0].carry(g).store(at.ny)
	v[1].carry(g).store(at.z3)
}
