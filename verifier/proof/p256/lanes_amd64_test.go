package p256

import (
	"math/big"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// bounded is a coordinate of extreme limbs: each is 0, 2^52-1 or anything, the last one up to what the generator
// takes for granted of a value below up·2^256.
func bounded(r *rand.Rand, up float64) (limbs [5]uint64) {
	for i := range limbs {
		top := uint64(1<<52 - 1)
		if i == 4 {
			top = uint64(up*(1<<48)) - 1
		}
		switch r.IntN(3) {
		case 0:
			limbs[i] = top
		case 1:
			limbs[i] = r.Uint64N(top + 1)
		}
	}
	return limbs
}

func fromLimbs(l [5]uint64) *big.Int {
	z := new(big.Int)
	for i := 4; i >= 0; i-- {
		z.Lsh(z, 52).Or(z, new(big.Int).SetUint64(l[i]))
	}
	return z
}

func (l *lanes) limbs(c, lane int) (limbs [5]uint64) {
	for i := range limbs {
		limbs[i] = l[c][i][lane]
	}
	return limbs
}

// field computes modulo p on numbers in Montgomery form with 2^260, as the generated code does.
type field struct{ p, shift *big.Int }

func newField() field {
	p := toBig([4]uint64{p0, p1, 0, p3})
	return field{p, new(big.Int).ModInverse(new(big.Int).Lsh(big.NewInt(1), 260), p)}
}

func (f field) mul(x, y *big.Int) *big.Int {
	z := new(big.Int).Mul(x, y)
	return z.Mul(z, f.shift).Mod(z, f.p)
}

func (f field) sub(x, y *big.Int) *big.Int { z := new(big.Int).Sub(x, y); return z.Mod(z, f.p) }
func (f field) add(x, y *big.Int) *big.Int { z := new(big.Int).Add(x, y); return z.Mod(z, f.p) }
func (f field) neg(x *big.Int) *big.Int    { z := new(big.Int).Neg(x); return z.Mod(z, f.p) }

// bigPoint is x·zz, y·zzz, zz, zzz.
type bigPoint [4]*big.Int

// add is one of the formulas "add-2008-s", of which "madd-2008-s" is the case of zz = zzz = 1.
func (f field) addPoints(a, b bigPoint) bigPoint {
	u1, u2 := f.mul(a[0], b[2]), f.mul(b[0], a[2])
	s1, s2 := f.mul(a[1], b[3]), f.mul(b[1], a[3])
	p, r := f.sub(u2, u1), f.sub(s2, s1)
	pp := f.mul(p, p)
	ppp := f.mul(p, pp)
	q := f.mul(u1, pp)
	x := f.sub(f.sub(f.mul(r, r), ppp), f.add(q, q))
	y := f.sub(f.mul(r, f.sub(q, x)), f.mul(s1, ppp))
	return bigPoint{x, y, f.mul(f.mul(a[2], b[2]), pp), f.mul(f.mul(a[3], b[3]), ppp)}
}

// point reads a lane as numbers; not all of them need be below p.
func (f field) point(l *lanes, lane int) bigPoint {
	return bigPoint{fromLimbs(l.limbs(0, lane)), f.neg(fromLimbs(l.limbs(1, lane))), f.neg(fromLimbs(l.limbs(2, lane))), fromLimbs(l.limbs(3, lane))}
}

// What the generator takes for granted of a point and leaves so: upX, upNY, upNZ, upZ3 there.
func generatorBounds() [4]float64 { return [4]float64{2.01, 3, 1.2, 1.2} }

// extreme fills all lanes to their bounds. The formulas are algebra: the points need not be on the curve.
func extreme(r *rand.Rand) (l lanes) {
	for c, up := range generatorBounds() {
		for lane := range 8 {
			for i, w := range bounded(r, up) {
				l[c][i][lane] = w
			}
		}
	}
	return l
}

// extremePoint has coordinates below p, the ends of the range among them.
func extremePoint(r *rand.Rand) (p point) {
	for _, c := range []*fe{&p.x, &p.y} {
		switch r.IntN(6) {
		case 0:
			*c = fe{p0 - 1, p1, 0, p3}
		case 1:
			*c = fe{^uint64(0), p1, 0, p3 - 1} // a limb of ones on either side of one that is not
		case 2:
		default:
			*c = fe(anyWords(r))
		}
		*c = c.canonical()
	}
	return p
}

// The first round takes the points as they are, or their opposites, and keeps the bounds.
func TestLanesFirst(t *testing.T) {
	if !hasIFMA() {
		t.Log("this processor has no AVX-512 IFMA")
		return
	}
	r := rand.New(rand.NewPCG(16, 17))
	f := newField()
	points := newTable(generator(), MinWindow).points[:8]
	one := new(big.Int).Mod(new(big.Int).Lsh(big.NewInt(1), 260), f.p)
	for range 1000 {
		s := make(schedule, 16)
		for lane := range points {
			points[lane] = extremePoint(r)
			s[lane] = uint64(uintptr(unsafe.Pointer(&points[lane]))) | r.Uint64()&1
			s[8+lane] = uint64(uintptr(unsafe.Pointer(&points[lane]))) | r.Uint64()&1
		}
		var l lanes
		firstRound((*[4][5][8]uint64)(&l), &s[0], 2)
		for lane := range 8 {
			y := toBig(points[lane].y)
			if s[lane]&1 != s[8+lane]&1 { // see flips in the generator
				y = f.neg(y)
			}
			got := f.point(&l, lane)
			for c, want := range []*big.Int{toBig(points[lane].x), y, one, one} {
				if f.sub(got[c], want).Sign() != 0 {
					t.Fatalf("lane %d: coordinate %d is %x, want %x", lane, c, got[c], want)
				}
			}
			mustBeBounded(t, &l, lane)
		}
	}
}

// One round of extreme limbs gives the right points and keeps the bounds.
func TestLanesRound(t *testing.T) {
	if !hasIFMA() {
		t.Log("this processor has no AVX-512 IFMA")
		return
	}
	r := rand.New(rand.NewPCG(12, 13))
	f := newField()
	points := newTable(generator(), MinWindow).points[:8] // aligned, as the addresses must be
	for range 3000 {
		l := extreme(r)
		before := l
		var addresses [16]uint64
		for lane := range points {
			points[lane] = extremePoint(r)
		}
		s := schedule(addresses[:])
		for lane := range 8 {
			s[lane] = uint64(uintptr(unsafe.Pointer(&points[lane]))) | r.Uint64()&1
			s[8+lane] = r.Uint64() & 1 // only the sign counts
		}
		addRounds((*[4][5][8]uint64)(&l), &s[0], 1)
		for lane := range 8 {
			p := points[lane]
			one := new(big.Int).Mod(new(big.Int).Lsh(big.NewInt(1), 260), f.p)
			want := f.addPoints(f.point(&before, lane), bigPoint{toBig(p.x), toBig(p.y), one, one})
			if s[lane]&1 == 1 == (s[8+lane]&1 == 1) { // see flips in the generator
				want[1] = f.neg(want[1])
			}
			want[3] = f.neg(want[3])
			got := f.point(&l, lane)
			for c, name := range []string{"x", "y", "zz", "zzz"} {
				if f.sub(got[c], want[c]).Sign() != 0 {
					t.Fatalf("lane %d: %s = %x, want %x", lane, name, got[c], want[c])
				}
			}
			mustBeBounded(t, &l, lane)
		}
	}
}

func mustBeBounded(t *testing.T, l *lanes, lane int) {
	t.Helper()
	for c, up := range generatorBounds() {
		limbs := l.limbs(c, lane)
		for i, w := range limbs {
			if w >= 1<<52 || i == 4 && float64(w) > up*(1<<48) {
				t.Fatalf("lane %d, coordinate %d: limb %d is %x", lane, c, i, w)
			}
		}
	}
}

// Lanes of extreme limbs add up to the right point.
func TestLanesFold(t *testing.T) {
	if !hasIFMA() {
		t.Log("this processor has no AVX-512 IFMA")
		return
	}
	r := rand.New(rand.NewPCG(14, 15))
	f := newField()
	for range 3000 {
		l := extreme(r)
		var points []bigPoint
		for lane := range 8 {
			points = append(points, f.point(&l, lane))
		}
		for _, distance := range []int{4, 2, 1} {
			for i := range distance {
				points[i] = f.addPoints(points[i], points[i+distance])
			}
		}
		foldLanes((*[4][5][8]uint64)(&l))
		for lane := range 8 {
			x, zz := fromLimbs(l.limbs(0, lane)), fromLimbs(l.limbs(2, lane))
			if f.sub(x, points[0][0]).Sign() != 0 || f.sub(zz, points[0][2]).Sign() != 0 {
				t.Fatalf("lane %d: %x, %x, want %x, %x", lane, x, zz, points[0][0], points[0][2])
			}
			a := l.coordinate(0, lane)
			if f.sub(toBig(a), x).Sign() != 0 {
				t.Fatalf("coordinate %x of %x", a, x)
			}
		}
	}
}
