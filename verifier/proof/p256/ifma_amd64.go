package p256

import (
	"runtime"
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
	if t.address()%pointSize != 0 {
		panic("BUG: a table is not aligned to its points")
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
	baseDigits      = (digitBits + baseWindow - 1) / baseWindow
	maxRounds       = baseDigits + maxDigits // with one signature in each lane
	maxSingleRounds = (maxRounds + 7) / 8
)

// schedule is what the lanes add: in each round eight addresses of points, with bit 0 set where the opposite is
// meant, and a round of zeros behind the last. The garbage collector does not see them: who runs a schedule keeps the
// tables alive.
type schedule []uint64

func (t *table) address() uint64 { return uint64(uintptr(unsafe.Pointer(&t.points[0]))) }

// put puts the digits of k from at on, step apart, and returns the place after them.
func (s schedule) put(t *table, k *scalar, at, step int) int {
	var space [maxDigits]digit
	first := t.address()
	for _, d := range t.digits(k, &space) {
		s[at] = first + uint64(d)
		at += step
	}
	return at
}

// pad fills the places from at to end, step apart, with points that add up to nothing; it is not a single place. Two
// are a point and its opposite, three are 2^w - 1, 1 and -2^w times a point, where w is the window.
func (s schedule) pad(base *table, at, end, step int) {
	const row = pointSize << (baseWindow - 1)
	first := base.address()
	if (end-at)/step%2 == 1 {
		s[at] = first + 17*row - pointSize
		s[at+step] = first + 16*row
		s[at+2*step] = first + 17*row + 1
		at += 3 * step
	}
	for ; at < end; at += 2 * step {
		s[at] = first + 18*row
		s[at+step] = first + 18*row + 1
	}
}

// run adds everything up.
func (s schedule) run(rounds int, to *lanes) {
	firstRound((*[4][5][8]uint64)(to), &s[0], rounds)
	addRounds((*[4][5][8]uint64)(to), &s[8], rounds-1)
}

// checkIFMA deals the summands out over the lanes and adds the lanes up.
func (k *Key) checkIFMA(g *signature) answer {
	var space [8 * (maxSingleRounds + 1)]uint64
	s := schedule(space[:])
	u1, u2 := g.factors()
	n := s.put(k.table, &u2, s.put(k.state.base, &u1, 0, 1), 1)
	rounds := (n + 7) / 8
	s.pad(k.state.base, n, 8*rounds, 1)
	var to lanes
	s.run(rounds, &to)
	runtime.KeepAlive(k)
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
	var space [8 * (maxRounds + 1)]uint64
	s := schedule(space[:])
	var ends [groupSize]int
	end := 0
	for lane := range groupSize {
		i := g.ready[lane%g.n] // idle lanes do the work of others once more
		u1, u2 := g.signatures[i].factors()
		at := s.put(first.state.base, &u1, lane, groupSize)
		ends[lane] = s.put(g.jobs[i].Key.table, &u2, at, groupSize)
		end = max(end, ends[lane]-lane)
	}
	for lane, at := range ends {
		s.pad(first.state.base, at, end+lane, groupSize)
	}
	var to lanes
	s.run(end/groupSize, &to)
	runtime.KeepAlive(g)
	for lane, i := range g.ready[:g.n] {
		a := xyzz{x: to.coordinate(0, lane)}
		zz := to.coordinate(2, lane)
		a.zz.sub(&a.zz, &zz)
		g.answers[i] = a.answer(&g.signatures[i].r)
	}
	return true
}
