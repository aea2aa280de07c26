package ed25519

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func prime() *big.Int { return new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19)) }

// number is e without its reduction.
func (e *element) number() *big.Int {
	n := new(big.Int)
	for i := range e {
		n.Add(n, new(big.Int).Lsh(new(big.Int).SetUint64(e[i]), uint(51*i)))
	}
	return n
}

// looseElement has limbs anywhere up to what mul takes, the extremes more often.
func looseElement(r *rand.ChaCha8) element {
	var e element
	for i := range e {
		switch r.Uint64() % 4 {
		case 0:
			e[i] = 1<<54 - 1
		case 1:
			e[i] = mask51
		case 2:
			e[i] = r.Uint64() % 2
		default:
			e[i] = r.Uint64() % (1 << 54)
		}
	}
	return e
}

func tight(t *testing.T, what string, e *element, want *big.Int) {
	t.Helper()
	for i, l := range e {
		if l >= 1<<51+1<<16 {
			t.Fatalf("%s: limb %d is %#x", what, i, l)
		}
	}
	p := prime()
	if got := e.number(); got.Mod(got, p).Cmp(want.Mod(want, p)) != 0 {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

func TestFieldAgainstBig(t *testing.T) {
	r, p := source(3), prime()
	for range 20000 {
		a, b := looseElement(r), looseElement(r)
		x, y := a.number(), b.number()
		var e element
		e.mul(&a, &b)
		tight(t, "mul", &e, new(big.Int).Mul(x, y))
		e.square(&a)
		tight(t, "square", &e, new(big.Int).Mul(x, x))
		words := a.words()
		if got := bigOf(words[:]); got.Cmp(new(big.Int).Mod(x, p)) != 0 {
			t.Fatalf("words of %v = %v", a, got)
		}
	}
}

func TestWordsAtTheEdges(t *testing.T) {
	p := prime()
	for offset := int64(-40); offset <= 40; offset++ {
		for m := range int64(3) {
			n := new(big.Int).Mul(p, big.NewInt(m))
			if n.Add(n, big.NewInt(offset)); n.Sign() < 0 || n.BitLen() > 256 {
				continue
			}
			words := wordsOf((*[32]byte)(littleEndian(n)))
			var e element
			e.setWords(&words)
			words = e.words()
			if got := bigOf(words[:]); got.Cmp(n.Mod(n, p)) != 0 {
				t.Errorf("%d·p%+d: %v, want %v", m, offset, got, n)
			}
		}
	}
}

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
		f(looseElement(r))
	}
	for i := range uint64(300) {
		f(element{i})
		f(element{mask51 - i, mask51, mask51, mask51, mask51})
		if i < 255 {
			n := new(big.Int).Lsh(big.NewInt(1), uint(i))
			words := wordsOf((*[32]byte)(littleEndian(n)))
			var e element
			e.setWords(&words)
			f(e)
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
	half, sum := 1<<(window-1), new(big.Int)
	for i, d := range s.recode(window, &space) {
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
