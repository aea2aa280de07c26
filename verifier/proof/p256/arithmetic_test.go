package p256

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// extremes are words that carry far.
var extremes = []uint64{0, 1, 2, 1 << 31, 1<<32 - 1, 1 << 32, 1 << 63, 1<<64 - 1, 1<<64 - 2, p3, p3 - 1, n0, n1, n3}

func anyWords(r *rand.Rand) (w [4]uint64) {
	for i := range w {
		if w[i] = r.Uint64(); r.IntN(3) == 0 {
			w[i] = extremes[r.IntN(len(extremes))]
		}
	}
	switch r.IntN(30) {
	case 0:
		return [4]uint64{p0, p1, 0, p3}
	case 1:
		return [4]uint64{p0 - 1, p1, 0, p3}
	case 2:
		return [4]uint64{n0, n1, n2, n3}
	}
	return w
}

// The field takes any factors below 2^256, not only canonical ones.
func TestField(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := toBig([4]uint64{p0, p1, 0, p3})
	shift := new(big.Int).ModInverse(new(big.Int).Lsh(big.NewInt(1), 256), p)
	f := func(name string, got fe, want *big.Int) {
		t.Helper()
		want.Mod(want, p)
		if toBig(got).Cmp(want) != 0 && new(big.Int).Mod(toBig(got), p).Cmp(want) != 0 || toBig(got.canonical()).Cmp(want) != 0 {
			t.Fatalf("%s: %x, want %x", name, got, want)
		}
	}
	for range 50000 {
		x, y := fe(anyWords(r)), fe(anyWords(r))
		bx, by := toBig(x), toBig(y)
		var z fe
		z.mul(&x, &y)
		f("mul", z, new(big.Int).Mul(new(big.Int).Mul(bx, by), shift))
		z.sqr(&x)
		f("sqr", z, new(big.Int).Mul(new(big.Int).Mul(bx, bx), shift))
		z.add(&x, &y)
		f("add", z, new(big.Int).Add(bx, by))
		z.sub(&x, &y)
		f("sub", z, new(big.Int).Sub(bx, by))
		if x = x.canonical(); x != (fe{}) {
			z.negateIf(&x, ^uint64(0))
			f("negate", z, new(big.Int).Neg(toBig(x)))
		}
		z.negateIf(&x, 0)
		f("keep", z, toBig(x))
	}
}

func TestScalar(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := toBig([4]uint64{n0, n1, n2, n3})
	shift := new(big.Int).ModInverse(new(big.Int).Lsh(big.NewInt(1), 256), n)
	for range 50000 {
		x, y := scalar(anyWords(r)), scalar(anyWords(r))
		if !y.belowOrder() {
			y.subOrder()
		}
		var z scalar
		z.mul(&x, &y)
		want := new(big.Int).Mul(new(big.Int).Mul(toBig(x), toBig(y)), shift)
		if toBig(z).Cmp(want.Mod(want, n)) != 0 {
			t.Fatalf("%x * %x = %x, want %x", x, y, z, want)
		}
		if got := y.inRange(); got != (toBig(y).Sign() > 0 && toBig(y).Cmp(n) < 0) {
			t.Fatalf("%x in range: %v", y, got)
		}
	}
}

func TestInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	f := func(m *modulus, words [4]uint64) {
		mod := toBig(words)
		for i := range 20000 {
			x := anyWords(r)
			if i < 256 { // small ones, and the powers of 2
				x = [4]uint64{uint64(i) + 1}
				if i >= 64 {
					x = [4]uint64{}
					x[i/64] = 1 << (i % 64)
				}
			}
			b := toBig(x)
			if b.Mod(b, mod).Sign() == 0 || toBig(x).Cmp(mod) >= 0 {
				continue
			}
			if got, want := toBig(inverse(x, m)), b.ModInverse(b, mod); got.Cmp(want) != 0 {
				t.Fatalf("1/%x = %x, want %x", x, got, want)
			}
		}
	}
	f(orderModulus(), [4]uint64{n0, n1, n2, n3})
	f(fieldModulus(), [4]uint64{p0, p1, 0, p3})
}

// The digits of a scalar, every one odd, add up to it.
func TestDigits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	n := toBig([4]uint64{n0, n1, n2, n3})
	for window := MinWindow; window <= MaxWindow; window++ {
		last := lastDigit(window)
		table := &table{window, make([]point, (digitCount(window)-1)*perDigit(window)+last)}
		for range 2000 {
			k := scalar(anyWords(r))
			if !k.belowOrder() {
				k.subOrder()
			}
			var digits [maxDigits]digit
			sum := new(big.Int)
			for i, d := range table.digits(&k, &digits) {
				if d.place()/perDigit(window) != i || d.place() >= len(table.points) {
					t.Fatalf("window %d: digit %d at place %d", window, i, d.place())
				}
				v := new(big.Int).Lsh(big.NewInt(int64(2*(d.place()%perDigit(window))+1)), uint(window*i))
				if d.mask() != 0 {
					v.Neg(v)
				}
				sum.Add(sum, v)
			}
			if sum.Mod(sum, n).Cmp(toBig(k)) != 0 {
				t.Fatalf("window %d: %x", window, k)
			}
		}
	}
}
