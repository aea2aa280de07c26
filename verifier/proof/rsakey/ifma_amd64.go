package rsakey

import (
	"math/big"
	"math/bits"

	"golang.org/x/sys/cpu"
)

// hasIFMA reports whether processor and operating system have what the generated code uses.
func hasIFMA() bool { return cpu.X86.HasAVX512F && cpu.X86.HasAVX512IFMA }

// lanes is an odd N in limbs of 52 bits, eight of them in a vector; R is 2^(52·limbs).
type lanes struct {
	limbs   int
	n       []uint64 // with zeros up to whole vectors
	square  []uint64 // R² mod N
	inverse uint64   // −1/N mod 2⁵², or mod 2⁶⁴, whose upper bits nothing looks at
}

const (
	limbBits = 52
	// maxLimbs is the space of a number: ten vectors.
	maxLimbs = 80
)

// prepare chooses the smallest R above 4N, so that products below 2N stay below 2N.
func (m *lanes) prepare(n *big.Int, inverse uint64) {
	switch bits := n.BitLen() + 2; {
	case bits <= 40*limbBits:
		m.limbs = 40
	case bits <= 60*limbBits:
		m.limbs = 60
	default:
		m.limbs = 80
	}
	size := (m.limbs + 7) / 8 * 8
	m.n, m.inverse = digitsOf(n, size, limbBits), inverse
	r := new(big.Int).Lsh(big.NewInt(1), uint(2*limbBits*m.limbs))
	m.square = digitsOf(r.Mod(r, n), size, limbBits)
}

// times sets z = a·b/R, below 2N, for a and b below 2N.
func (m *lanes) times(z, a, b *[maxLimbs]uint64) {
	switch m.limbs {
	case 40:
		montgomery40(&z[0], &a[0], &b[0], &m.n[0], m.inverse)
	case 60:
		montgomery60(&z[0], &a[0], &b[0], &m.n[0], m.inverse)
	case 80:
		montgomery80(&z[0], &a[0], &b[0], &m.n[0], m.inverse)
	}
}

// power sets s, below N, to sᵉ mod N for an odd e, like modulus.power.
func (m *lanes) power(s *[maxWords]uint64, e uint) {
	var plain, start, x [maxLimbs]uint64
	split(&plain, s)
	copy(x[:], m.square)
	m.times(&start, &plain, &x)
	x = start
	for i := bits.Len(e) - 2; i >= 0; i-- {
		m.times(&x, &x, &x)
		switch {
		case i == 0:
			m.times(&x, &x, &plain)
		case e>>i&1 == 1:
			m.times(&x, &x, &start)
		}
	}
	m.subtract(&x)
	join(s, &x)
}

// subtract brings an x below 2N below N.
func (m *lanes) subtract(x *[maxLimbs]uint64) {
	var y [maxLimbs]uint64
	var borrow uint64
	for i, n := range m.n {
		d := x[i] - n - borrow
		y[i], borrow = d&(1<<limbBits-1), d>>63
	}
	if borrow == 0 {
		*x = y
	}
}

// split cuts words into limbs.
func split(limbs *[maxLimbs]uint64, words *[maxWords]uint64) {
	for i := range limbs {
		word, shift := i*limbBits/64, i*limbBits%64
		if word >= maxWords {
			return
		}
		l := words[word] >> shift
		if word+1 < maxWords {
			l |= words[word+1] << 1 << (63 - shift)
		}
		limbs[i] = l & (1<<limbBits - 1)
	}
}

// join puts limbs together.
func join(words *[maxWords]uint64, limbs *[maxLimbs]uint64) {
	clear(words[:])
	for i, l := range limbs {
		word, shift := i*limbBits/64, i*limbBits%64
		if word < maxWords {
			words[word] |= l << shift
		}
		if word+1 < maxWords {
			words[word+1] |= l >> 1 >> (63 - shift)
		}
	}
}
