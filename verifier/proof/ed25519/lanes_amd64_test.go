package ed25519

import (
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"
)

// The generated code is driven with limbs at the ends of the bounds that its generator proves: points that are on no
// curve, since the formulas do not ask, with every limb at its least or its greatest.

// topLimb is the greatest top limb of a coordinate between rounds.
const topLimb = 1<<47 + 1<<7

func needIFMA(t *testing.T) bool {
	t.Helper()
	if !hasIFMA() {
		t.Log("this processor has no AVX-512 IFMA: the code under test never runs on it")
	}
	return hasIFMA()
}

func extremeLimb(r *rand.ChaCha8, top uint64) uint64 {
	switch r.Uint64() % 4 {
	case 0:
		return r.Uint64() % (top + 1)
	case 1:
		return r.Uint64() % 3
	}
	return top
}

func extremeLanes(r *rand.ChaCha8) (l lanes) {
	for n := range l {
		for i := range l[n] {
			top := uint64(1<<52 - 1)
			if i == 4 {
				top = topLimb
			}
			for lane := range l[n][i] {
				l[n][i][lane] = extremeLimb(r, top)
			}
		}
	}
	return l
}

// extremeEntry holds numbers below 2²⁵⁵, the greatest more often.
func extremeEntry(r *rand.ChaCha8) (e entry) {
	for _, w := range []*element{&e.y[0], &e.y[1], &e.xy2d} {
		for i := range w {
			w[i] = extremeLimb(r, 1<<64-2)
		}
		w[3] &= 1<<63 - 1
	}
	return e
}

// big is the coordinates of one lane: Y+X, Y−X, T, 2Z.
func (l *lanes) big(lane int) (c [4]*big.Int) {
	for n := range l {
		c[n] = new(big.Int)
		for i := range l[n] {
			c[n].Add(c[n], new(big.Int).Lsh(new(big.Int).SetUint64(l[n][i][lane]), uint(52*i)))
		}
	}
	return c
}

// finishBig is the end of both additions.
func finishBig(a, b, c, d *big.Int) [4]*big.Int {
	e, h := new(big.Int).Sub(b, a), new(big.Int).Add(b, a)
	f, g := new(big.Int).Sub(d, c), new(big.Int).Add(d, c)
	x, y := mulBig(e, f), mulBig(g, h)
	z := mulBig(f, g)
	return [4]*big.Int{new(big.Int).Add(y, x), new(big.Int).Sub(y, x), mulBig(e, h), z.Lsh(z, 1)}
}

func addEntryBig(p [4]*big.Int, q *entry, minus uint) [4]*big.Int {
	a, b := mulBig(p[1], bigOf(q.y[1-minus][:])), mulBig(p[0], bigOf(q.y[minus][:]))
	c := mulBig(p[2], bigOf(q.xy2d[:]))
	if minus == 1 {
		c.Neg(c)
	}
	return finishBig(a, b, c, p[3])
}

func addLanesBig(p, q [4]*big.Int) [4]*big.Int {
	two := big.NewInt(2)
	words := curveD2.words()
	c := mulBig(mulBig(two, bigOf(words[:])), mulBig(p[2], q[2]))
	return finishBig(mulBig(two, mulBig(p[1], q[1])), mulBig(two, mulBig(p[0], q[0])), c, mulBig(p[3], q[3]))
}

// sameLanes compares modulo p, and holds the limbs to their bounds.
func sameLanes(t *testing.T, what string, l *lanes, want [8][4]*big.Int) {
	t.Helper()
	p := prime()
	for lane := range 8 {
		for n, got := range l.big(lane) {
			if got.Mod(got, p).Cmp(new(big.Int).Mod(want[lane][n], p)) != 0 {
				t.Fatalf("%s: coordinate %d of lane %d", what, n, lane)
			}
			for i := range l[n] {
				if limb := l[n][i][lane]; limb >= 1<<52 || i == 4 && limb > topLimb {
					t.Fatalf("%s: limb %d is %#x", what, i, limb)
				}
			}
		}
	}
}

func TestRoundsAtTheBounds(t *testing.T) {
	if !needIFMA(t) {
		return
	}
	r := source(6)
	for range 1000 {
		l := extremeLanes(r)
		rounds := 1 + int(r.Uint64()%3)
		entries := make([]entry, 8*rounds) // on the heap, where addresses stay
		addresses := make([]uint64, 8*rounds)
		var want [8][4]*big.Int
		for lane := range 8 {
			want[lane] = l.big(lane)
		}
		for i := range entries {
			entries[i] = extremeEntry(r)
			minus := uint(r.Uint64() % 2)
			addresses[i] = uint64(uintptr(unsafe.Pointer(&entries[i]))) + uint64(minus)
			want[i%8] = addEntryBig(want[i%8], &entries[i], minus)
		}
		addRounds((*[4][5][8]uint64)(&l), &addresses[0], rounds)
		runtime.KeepAlive(entries)
		sameLanes(t, "addRounds", &l, want)
	}
}

func TestCombineAtTheBounds(t *testing.T) {
	if !needIFMA(t) {
		return
	}
	r := source(7)
	for range 1000 {
		l := extremeLanes(r)
		var want [8][4]*big.Int
		for lane := range 8 {
			want[lane] = l.big(lane)
		}
		for _, distance := range []int{4, 2, 1} {
			before := want
			for lane := range 8 {
				want[lane] = addLanesBig(before[lane], before[lane^distance])
			}
		}
		combineLanes((*[4][5][8]uint64)(&l))
		sameLanes(t, "combineLanes", &l, want)
	}
}

func TestLanesToPoint(t *testing.T) {
	r, p := source(8), prime()
	for range 1000 {
		l := extremeLanes(r)
		for lane := range 8 {
			c, got := l.big(lane), l.point(lane)
			for i, want := range []*big.Int{new(big.Int).Sub(c[0], c[1]), new(big.Int).Add(c[0], c[1]), c[3]} {
				n := []*element{&got.x, &got.y, &got.z}[i].number()
				if n.Mod(n, p).Cmp(want.Mod(want, p)) != 0 {
					t.Fatalf("coordinate %d of lane %d", i, lane)
				}
			}
		}
	}
}
