package ed25519

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// hasIFMA reports whether processor and operating system have what the generated code uses.
func hasIFMA() bool {
	return cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512IFMA && cpu.X86.HasAVX512VBMI
}

// lanes is a point in each of eight lanes: Y+X, Y−X, T and 2Z, each as five limbs of radix 2⁵².
type lanes [4][5][8]uint64

// setNeutral sets all points to (0, 1).
func (l *lanes) setNeutral() {
	*l = lanes{}
	for i := range 8 {
		l[0][0][i], l[1][0][i], l[3][0][i] = 1, 1, 2
	}
}

// point is that of one lane, scaled by 2 and without its T.
func (l *lanes) point(lane int) (p point) {
	plus, minus := l.coordinate(0, lane), l.coordinate(1, lane)
	p.x.sub(&plus, &minus)
	p.y.add(&plus, &minus)
	p.z = l.coordinate(3, lane)
	return p
}

// coordinate fits: the generated code leaves less than 2²⁵⁵ + 2²¹⁶.
func (l *lanes) coordinate(n, lane int) element {
	c := &l[n]
	l0, l1, l2, l3, l4 := c[0][lane], c[1][lane], c[2][lane], c[3][lane], c[4][lane]
	return element{l0 | l1<<52, l1>>12 | l2<<40, l2>>24 | l3<<28, l3>>36 | l4<<16}
}

const (
	baseDigits = (scalarBits + baseWindow - 1) / baseWindow
	baseRounds = (baseDigits + 7) / 8
)

// address of an entry, odd where it is to be subtracted. The garbage collector does not see it: who uses it must
// keep the table alive.
func (t *table) address(d digit) uint64 {
	return uint64(uintptr(unsafe.Pointer(&t.entries[0]))) + uint64(d.index())*uint64(unsafe.Sizeof(entry{})) + uint64(d.minus())
}

// addresses deals the digits of s out over the lanes and returns how many rounds they take.
func (t *table) addresses(s *scalar, out []uint64) int {
	var space [maxDigits]digit
	digits := t.recode(s, &space)
	out = out[:(len(digits)+7)&^7]
	for i, d := range digits {
		out[i] = t.address(d)
	}
	for i := len(digits); i < len(out); i++ {
		out[i] = t.address(0) // the neutral element
	}
	return len(out) / 8
}

// checkIFMA verifies with the tables, the additions of one signature in eight lanes.
func (k *Key) checkIFMA(message, signature []byte) bool {
	var q request
	if !q.parse(k, message, signature) {
		return false
	}
	var addresses [8*baseRounds + maxDigits]uint64
	base := basePoint()
	rounds := base.addresses(&q.s, addresses[:])
	rounds += k.minusA.addresses(&q.h, addresses[8*rounds:])
	var l lanes
	l.setNeutral()
	addRounds((*[4][5][8]uint64)(&l), &addresses[0], rounds)
	runtime.KeepAlive(base)
	runtime.KeepAlive(k)
	combineLanes((*[4][5][8]uint64)(&l))
	p := l.point(0)
	p.z.invert(&p.z)
	return encode(&p.x, &p.y, &p.z) == q.r
}

// sumGroupIFMA computes R′ of each job, one in each lane.
func sumGroupIFMA(jobs []Job, requests *[groupSize]request, sums *[groupSize]point) {
	var addresses [(baseDigits + maxDigits) * 8]uint64
	base := basePoint()
	neutral := base.address(0)
	rounds := baseDigits
	for _, j := range jobs {
		rounds = max(rounds, baseDigits+digitCount(j.Key.minusA.window))
	}
	for i := range addresses[:8*rounds] {
		addresses[i] = neutral
	}
	var space [maxDigits]digit
	for lane, j := range jobs {
		for i, d := range base.recode(&requests[lane].s, &space) {
			addresses[8*i+lane] = base.address(d)
		}
		for i, d := range j.Key.minusA.recode(&requests[lane].h, &space) {
			addresses[8*(baseDigits+i)+lane] = j.Key.minusA.address(d)
		}
	}
	var l lanes
	l.setNeutral()
	addRounds((*[4][5][8]uint64)(&l), &addresses[0], rounds)
	runtime.KeepAlive(base)
	runtime.KeepAlive(jobs)
	for lane := range jobs {
		sums[lane] = l.point(lane)
	}
}
