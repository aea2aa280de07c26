package gost

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// wire is a number as the digest that it is made from.
func wire(c *Curve, n *big.Int) []byte {
	b := n.FillBytes(make([]byte, c.Size))
	slices.Reverse(b)
	return b
}

func keyAt(t testing.TB, c *Curve, x, y *big.Int) *PublicKey {
	t.Helper()
	k, err := c.PublicKey(append(wire(c, x), wire(c, y)...))
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return k
}

// multiplied is kG, one bit after another with nothing but the textbook's formulas.
func multiplied(c *Curve, k *big.Int) (x, y *big.Int) {
	for i := k.BitLen() - 1; i >= 0; i-- {
		if x != nil {
			x, y = plus(c, x, y, x, y)
		}
		if k.Bit(i) == 0 {
			continue
		}
		if x == nil {
			x, y = c.x, c.y
		} else {
			x, y = plus(c, x, y, c.x, c.y)
		}
	}
	return x, y
}

// plus adds two points; nil is infinity, which only a sum can be.
func plus(c *Curve, x1, y1, x2, y2 *big.Int) (x, y *big.Int) {
	over, under := new(big.Int).Sub(y2, y1), new(big.Int).Sub(x2, x1)
	if x1.Cmp(x2) == 0 {
		if y1.Cmp(y2) != 0 || y1.Sign() == 0 {
			return nil, nil
		}
		over.Mul(x1, x1)
		over.Mul(over, big.NewInt(3)).Add(over, c.field.toBig(&c.a))
		under.Lsh(y1, 1)
	}
	slope := over.Mul(over, under.ModInverse(under.Mod(under, c.p), c.p))
	x = new(big.Int).Mul(slope, slope)
	x.Sub(x, x1).Sub(x, x2).Mod(x, c.p)
	y = slope.Mul(slope, new(big.Int).Sub(x1, x))
	return x, y.Sub(y, y1).Mod(y, c.p)
}

func TestCurves(t *testing.T) {
	if len(Curves()) != 7 {
		t.Fatal(len(Curves()))
	}
	for _, c := range Curves() {
		if !c.p.ProbablyPrime(20) || !c.q.ProbablyPrime(20) || !c.contains(c.x, c.y) || CurveByOID(c.OID()) != c {
			t.Errorf("%s: numbers", c.Name)
		}
		g := keyAt(t, c, c.x, c.y)
		if !g.inGroup() {
			t.Errorf("%s: qG is not infinity", c.Name)
		}
		calc := newCalculation(c.field)
		zero, one := new(big.Int), big.NewInt(1)
		for _, pair := range [][2]*big.Int{{c.q, zero}, {zero, c.q}, {zero, zero}, {new(big.Int).Sub(c.q, one), one}, {one, new(big.Int).Sub(c.q, one)}} {
			if calc.combine(c.base(), pair[0], g, pair[1]); !calc.isZero(&calc.sum.z) {
				t.Errorf("%s: %v times G and %v times G is not infinity", c.Name, pair[0], pair[1])
			}
		}
	}
}

// uG + vQ is what the textbook's formulas make of it, for many numbers and for those at the ends.
func TestCombine(t *testing.T) {
	random := rand.New(rand.NewChaCha8([32]byte{1}))
	for _, c := range Curves() {
		number := func() *big.Int {
			b := make([]byte, c.Size)
			for i := range b {
				b[i] = byte(random.Uint32())
			}
			n := new(big.Int).SetBytes(b)
			return n.Mod(n, c.q)
		}
		d := number()
		x, y := multiplied(c, d)
		k := keyAt(t, c, x, y)
		f := func(u, v *big.Int) {
			t.Helper()
			calc := newCalculation(c.field)
			calc.combine(c.base(), u, k, v)
			scalar := new(big.Int).Mul(v, d)
			x, y := multiplied(c, scalar.Mod(scalar.Add(scalar, u), c.q))
			if x == nil {
				if !calc.isZero(&calc.sum.z) {
					t.Errorf("%s: %v, %v: not infinity", c.Name, u, v)
				}
				return
			}
			gotX, gotY := calc.affineOf(&calc.sum, c.p)
			if gotX.Cmp(x) != 0 || gotY.Cmp(y) != 0 {
				t.Errorf("%s: %v, %v", c.Name, u, v)
			}
		}
		one, last := big.NewInt(1), new(big.Int).Sub(c.q, big.NewInt(1))
		f(one, one)
		f(last, last)
		f(one, last)
		f(d, one) // a doubling at the end
		f(new(big.Int).Sub(c.q, d), one)
		for range 4 {
			f(number(), number())
		}
	}
}

// Fields of every kind agree with the library about random numbers and those at the ends.
func TestFields(t *testing.T) {
	random := rand.New(rand.NewChaCha8([32]byte{2}))
	for _, c := range Curves() {
		f := c.field
		ends := []*big.Int{new(big.Int), big.NewInt(1), new(big.Int).Sub(c.p, big.NewInt(1)), new(big.Int).Rsh(c.p, 1)}
		for range 30 {
			b := make([]byte, c.Size)
			for i := range b {
				b[i] = byte(random.Uint32())
				if random.IntN(3) == 0 {
					b[i] = 0xff
				}
			}
			n := new(big.Int).SetBytes(b)
			ends = append(ends, n.Mod(n, c.p))
		}
		for _, x := range ends {
			for _, y := range ends {
				checkField(t, c, f, x, y)
			}
		}
	}
}

// Elements that no number is turned into, from p to all bits set, count as what they are modulo p.
func TestLooseElements(t *testing.T) {
	for _, c := range Curves() {
		if _, ok := c.field.(*montgomery); ok {
			continue
		}
		for i := range int64(4) {
			x := new(big.Int).Lsh(big.NewInt(1), uint(8*c.Size))
			checkLoose(t, c, x.Sub(x, big.NewInt(1+i)))
		}
	}
}

func checkLoose(t *testing.T, c *Curve, x *big.Int) {
	t.Helper()
	f, ex, small := c.field, limbs(x), new(big.Int).Mod(x, c.p)
	var z, zero element
	same := func(name string, want *big.Int) {
		t.Helper()
		if f.toBig(&z).Cmp(want.Mod(want, c.p)) != 0 {
			t.Errorf("%s: %s of %x", c.Name, name, x)
		}
	}
	ey := f.fromBig(c.y)
	f.mul(&z, &ex, &ey)
	same("product", new(big.Int).Mul(small, c.y))
	f.mul(&z, &ex, &ex)
	same("product with itself", new(big.Int).Mul(small, small))
	f.sqr(&z, &ex)
	same("square", new(big.Int).Mul(small, small))
	f.add(&z, &ex, &ex)
	same("double", new(big.Int).Lsh(small, 1))
	f.tripleAdd(&z, &ex, &ex)
	same("four times", new(big.Int).Lsh(small, 2))
	f.sub(&z, &zero, &ex)
	same("negative", new(big.Int).Neg(small))
	f.subTwice(&z, &zero, &ex)
	same("twice the negative", new(big.Int).Neg(new(big.Int).Lsh(small, 1)))
	f.half(&z, &ex)
	same("half", new(big.Int).Mul(small, new(big.Int).Rsh(new(big.Int).Add(c.p, big.NewInt(1)), 1)))
}

func checkField(t *testing.T, c *Curve, f field, x, y *big.Int) {
	t.Helper()
	ex, ey := f.fromBig(x), f.fromBig(y)
	var z element
	same := func(name string, want *big.Int) {
		t.Helper()
		if want.Mod(want, c.p); f.toBig(&z).Cmp(want) != 0 || f.isZero(&z) != (want.Sign() == 0) {
			t.Errorf("%s: %s of %x and %x is %x", c.Name, name, x, y, f.toBig(&z))
		}
	}
	f.mul(&z, &ex, &ey)
	same("product", new(big.Int).Mul(x, y))
	f.sqr(&z, &ex)
	same("square", new(big.Int).Mul(x, x))
	f.add(&z, &ex, &ey)
	same("sum", new(big.Int).Add(x, y))
	f.sub(&z, &ex, &ey)
	same("difference", new(big.Int).Sub(x, y))
	f.tripleAdd(&z, &ex, &ey)
	same("three and one", new(big.Int).Add(y, new(big.Int).Mul(x, big.NewInt(3))))
	f.subTwice(&z, &ex, &ey)
	same("one less two", new(big.Int).Sub(x, new(big.Int).Lsh(y, 1)))
	f.half(&z, &ex)
	same("half", new(big.Int).Mul(x, new(big.Int).Rsh(new(big.Int).Add(c.p, big.NewInt(1)), 1)))
	z = ex
	f.tripleAdd(&z, &z, &z)
	same("four in place", new(big.Int).Lsh(x, 2))
	z = ex
	f.mul(&z, &z, &z)
	same("square in place", new(big.Int).Mul(x, x))
}
