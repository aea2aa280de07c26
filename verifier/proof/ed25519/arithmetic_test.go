package ed25519

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func prime() *big.Int { return new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19)) }

// number is e without its reduction.
func (e *element) number() *big.Int { return bigOf(e[:]) }

// anyElement has the extremes of each word more often.
func anyElement(r *rand.ChaCha8) (e element) {
	for i := range e {
		switch r.Uint64() % 4 {
		case 0:
			e[i] = 1<<64 - 1 - r.Uint64()%40
		case 1:
			e[i] = r.Uint64() % 2
		default:
			e[i] = r.Uint64()
		}
	}
	return e
}

func same(t *testing.T, what string, e *element, want *big.Int) {
	t.Helper()
	p := prime()
	if got := e.number(); got.Mod(got, p).Cmp(want.Mod(want, p)) != 0 {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

func TestFieldAgainstBig(t *testing.T) {
	r, p := source(3), prime()
	for range 10000 {
		a, b := anyElement(r), anyElement(r)
		x, y := a.number(), b.number()
		var e element
		e.add(&a, &b)
		same(t, "add", &e, new(big.Int).Add(x, y))
		e.sub(&a, &b)
		same(t, "sub", &e, new(big.Int).Sub(x, y))
		e.mul(&a, &b)
		same(t, "mul", &e, new(big.Int).Mul(x, y))
		e.square(&a)
		same(t, "square", &e, new(big.Int).Mul(x, x))
		words := a.words()
		if got := bigOf(words[:]); got.Cmp(new(big.Int).Mod(x, p)) != 0 {
			t.Fatalf("words of %v = %v", a, got)
		}
	}
}

// Numbers around the multiples of p and around 2²⁵⁶, where carries are longest.
func TestFieldAtTheEdges(t *testing.T) {
	p := prime()
	var edges []element
	for offset := int64(-20); offset <= 20; offset++ {
		for _, n := range []*big.Int{new(big.Int), p, mulBig(p, big.NewInt(2)), new(big.Int).Lsh(big.NewInt(1), 256)} {
			n := new(big.Int).Add(n, big.NewInt(offset))
			if n.Sign() >= 0 && n.BitLen() <= 256 {
				edges = append(edges, wordsOf((*[32]byte)(littleEndian(n))))
			}
		}
	}
	for i := range edges {
		x := edges[i].number()
		words := edges[i].words()
		if got := bigOf(words[:]); got.Cmp(new(big.Int).Mod(x, p)) != 0 {
			t.Errorf("words of %v = %v", x, got)
		}
		for j := range edges {
			y := edges[j].number()
			var e element
			e.add(&edges[i], &edges[j])
			same(t, "add", &e, new(big.Int).Add(x, y))
			e.sub(&edges[i], &edges[j])
			same(t, "sub", &e, new(big.Int).Sub(x, y))
			e.mul(&edges[i], &edges[j])
			same(t, "mul", &e, mulBig(x, y))
		}
	}
}

func mulBig(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }

func TestInvert(t *testing.T) {
	r, p := source(4), prime()
	f := func(a element) {
		t.Helper()
		var e element
		e.invert(&a)
		want := a.number()
		if want.Mod(want, p).Sign() != 0 {
			want.ModInverse(want, p)
		}
		words := e.words()
		if got := bigOf(words[:]); got.Cmp(want) != 0 {
			t.Fatalf("1/%v = %v, want %v", a, got, want)
		}
	}
	for range 5000 {
		f(anyElement(r))
	}
	for i := range uint64(300) {
		f(element{i})
		f(element{1<<64 - 1 - i, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1})
		if i < 255 {
			n := new(big.Int).Lsh(big.NewInt(1), uint(i))
			f(wordsOf((*[32]byte)(littleEndian(n))))
		}
	}
}

func TestScalarAgainstBig(t *testing.T) {
	r, l := source(5), order()
	f := func(n *big.Int) {
		t.Helper()
		var d [64]byte
		n.FillBytes(d[:])
		for i := range 32 {
			d[i], d[63-i] = d[63-i], d[i]
		}
		var s scalar
		s.setDigest(&d)
		want := new(big.Int).Mod(n, l)
		if got := bigOf(s[:]); got.Cmp(want) != 0 {
			t.Fatalf("%v mod L = %v, want %v", n, got, want)
		}
		for window := minWindow; window <= maxWindow; window++ {
			if got := undigits(&s, window); got.Cmp(want) != 0 {
				t.Fatalf("window %d: the digits of %v are those of %v", window, want, got)
			}
		}
	}
	for range 3000 {
		f(new(big.Int).SetBytes(randomBytes(r, 64)))
	}
	all := new(big.Int).Lsh(big.NewInt(1), 512)
	for offset := int64(-3); offset <= 3; offset++ {
		quotient := new(big.Int).Div(all, l)
		for _, multiple := range []*big.Int{big.NewInt(1), big.NewInt(2), quotient, new(big.Int).Rsh(quotient, 100)} {
			f(new(big.Int).Add(new(big.Int).Mul(l, multiple), big.NewInt(offset)))
		}
		f(new(big.Int).Sub(all, big.NewInt(offset+4)))
		f(big.NewInt(offset + 3))
	}
	for bit := range uint(512) { // runs of ones make the longest carries between digits
		f(new(big.Int).Lsh(big.NewInt(1), bit))
		f(new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bit), big.NewInt(1)))
	}
}

// undigits is the number that the digits stand for.
func undigits(s *scalar, window int) *big.Int {
	var space [maxDigits]digit
	half, sum, bias := 1<<(window-1), new(big.Int), biasOf(window)
	for i, d := range s.recode(window, &bias, &space) {
		multiple := int64(0)
		if d.index() != 0 {
			multiple = int64(d.index()) - int64(i*half)
		}
		if d.minus() == 1 {
			multiple = -multiple
		}
		sum.Add(sum, new(big.Int).Lsh(big.NewInt(multiple), uint(i*window)))
	}
	return sum
}

func TestCanonicalScalar(t *testing.T) {
	l := order()
	for offset := int64(-3); offset <= 3; offset++ {
		var s scalar
		n := new(big.Int).Add(l, big.NewInt(offset))
		if got := s.setCanonical((*[32]byte)(littleEndian(n))); got != (offset < 0) {
			t.Errorf("L%+d: %v", offset, got)
		}
	}
	for bit := uint(252); bit < 256; bit++ {
		var s scalar
		n := new(big.Int).Lsh(big.NewInt(1), bit)
		if got := s.setCanonical((*[32]byte)(littleEndian(n))); got != (bit == 252) {
			t.Errorf("2^%d: %v", bit, got)
		}
	}
}
