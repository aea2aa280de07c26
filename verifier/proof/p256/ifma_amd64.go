package p256

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go run -C asm . -out ../lanes_amd64.s -stubs ../lanes_amd64.go -pkg p256

// hasIFMA reports whether the processor and the system have what the generated code uses.
func hasIFMA() bool {
	return cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512IFMA && cpu.X86.HasAVX512VBMI2
}

// adapt turns a table of Montgomery form with 2^256 into one with 2^260, which the lanes read.
func (st *state) adapt(t *table) {
	if st.path != PathIFMA {
		return
	}
	for i := range t.points {
		p := &t.points[i]
		for _, c := range []*fe{&p.x, &p.y} {
			for range 4 {
				c.add(c, c)
			}
			*c = c.canonical()
		}
	}
}

// lanes is a point in each of eight lanes: x·zz, -y·zzz, -zz and zzz, each as five limbs of 52 bits.
type lanes [4][5][8]uint64

// coordinate is one of them in one lane, still in Montgomery form with 2^260.
func (l *lanes) coordinate(c, lane int) fe {
	v := &l[c]
	l0, l1, l2, l3, l4 := v[0][lane], v[1][lane], v[2][lane], v[3][lane], v[4][lane]
	z := fe{l0 | l1<<52, l1>>12 | l2<<40, l2>>24 | l3<<28, l3>>36 | l4<<16}
	for above := l4 >> 48; above > 0; { // at most a few times 2^256
		above -= z.subPrime()
	}
	return z
}

const (
	maxRounds = (maxDigits + digitBits/baseWindow)
	// The sum of a group of eight has the digits of one signature in each lane; a single one deals them out.
	maxSingleRounds = (maxRounds + 7) / 8
)

// schedule is what the lanes add: in each round one point per lane, and whether it is the opposite that is meant.
type schedule struct {
	points   [8 * maxRounds]*point
	negative [maxRounds + 1]uint8 // a bit per lane
}

// run adds everything up. In each round the lanes negate what they have (see addRounds), so that flips makes the
// sign of what they have that of the point to come, and in the end positive.
func (s *schedule) run(rounds int, to *lanes) {
	var flips [maxRounds]uint8
	for i := range rounds {
		flips[i] = ^(s.negative[i] ^ s.negative[i+1])
	}
	points := (**[8]uint64)(unsafe.Pointer(&s.points[0]))
	firstRound((*[4][5][8]uint64)(to), points, &flips[0], rounds)
	next := (**[8]uint64)(unsafe.Pointer(&s.points[8]))
	addRounds((*[4][5][8]uint64)(to), next, &flips[1], rounds-1)
}

// put sets the point at a place: eight places are a round.
func (s *schedule) put(at int, p *point, negative int) {
	s.points[at] = p
	s.negative[at>>3] |= uint8(negative) << (at & 7)
}

// pad fills n places from at on, step apart, with points that add up to nothing; n is not 1. Two are a point and
// its opposite, three are 255, 1 and -256 times 2^128 times the generator.
func (s *schedule) pad(base *table, at, step, n int) {
	per := perDigit(baseWindow)
	if n%2 == 1 {
		s.put(at, &base.points[16*per+per-1], 0)
		s.put(at+step, &base.points[16*per], 0)
		s.put(at+2*step, &base.points[17*per], 1)
		at += 3 * step
		n -= 3
	}
	for i := range n {
		s.put(at+i*step, &base.points[18*per], i&1)
	}
}

// add puts the summands of both multiplications from at on, step apart, and returns how many they are.
func (s *schedule) add(k *Key, g *signature, at, step int) int {
	u1, u2 := g.factors()
	var digits [maxDigits]digit
	start := at
	base := k.state.base
	for _, d := range base.digits(&u1, &digits) {
		s.put(at, &base.points[d.place()], d.negative())
		at += step
	}
	for _, d := range k.table.digits(&u2, &digits) {
		s.put(at, &k.table.points[d.place()], d.negative())
		at += step
	}
	return (at - start) / step
}

// checkIFMA deals the summands out over the lanes and adds the lanes up.
func (k *Key) checkIFMA(g *signature) answer {
	var s schedule
	n := s.add(k, g, 0, 1)
	rounds := (n + 7) / 8
	s.pad(k.state.base, n, 1, 8*rounds-n)
	var to lanes
	s.run(rounds, &to)
	foldLanes((*[4][5][8]uint64)(&to))
	a := xyzz{x: to.coordinate(0, 0), zz: to.coordinate(2, 0)}
	return a.answer(&g.r)
}

// minLanes is from how many signatures on one lane for each is faster than all lanes for one after the other.
const minLanes = 4

// sumIFMA answers all ready signatures of the group, one in each lane. It reports whether that was worth it.
func (g *group) sumIFMA() bool {
	first := g.jobs[g.ready[0]].Key
	if first.state.path != PathIFMA || g.n < minLanes {
		return false
	}
	var s schedule
	var count [groupSize]int
	base := first.state.base
	rounds := 0
	for lane := range groupSize {
		i := g.ready[lane%g.n] // idle lanes do the work of others once more
		count[lane] = s.add(g.jobs[i].Key, &g.signatures[i], lane, groupSize)
		rounds = max(rounds, count[lane])
	}
	for lane, n := range count {
		s.pad(base, lane+groupSize*n, groupSize, rounds-n)
	}
	var to lanes
	s.run(rounds, &to)
	for lane, i := range g.ready[:g.n] {
		a := xyzz{x: to.coordinate(0, lane)}
		zz := to.coordinate(2, lane)
		a.zz.sub(&a.zz, &zz)
		g.answers[i] = a.answer(&g.signatures[i].r)
	}
	return true
}
