package ed25519

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/binary"
	"math/big"
	"slices"
	"testing"
)

// smallOrder are all encodings, canonical or not, of the eight points whose order divides 8.
var smallOrder = []string{
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080", // x = 0 with a sign
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 1
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

func decodePoint(t testing.TB, b []byte) point {
	t.Helper()
	var p point
	if !p.decode((*[32]byte)(b)) {
		t.Fatalf("%x is no point", b)
	}
	return p
}

func (p point) bytes() []byte {
	p.z.invert(&p.z)
	var b []byte
	for _, w := range encode(&p.x, &p.y, &p.z) {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// times is n·p by doubling and adding, for an n of any size and a p of any order.
func (p point) times(n *big.Int) point {
	q := neutral()
	for i := n.BitLen() - 1; i >= 0; i-- {
		q.double()
		if n.Bit(i) == 1 {
			q.add(&p)
		}
	}
	return q
}

func (p point) plus(q point) point {
	p.add(&q)
	return p
}

// littleEndian is n in 32 bytes.
func littleEndian(n *big.Int) []byte {
	b := n.FillBytes(make([]byte, 32))
	slices.Reverse(b)
	return b
}

func bigOf(words []uint64) *big.Int {
	n := new(big.Int)
	for _, w := range slices.Backward(words) {
		n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(w))
	}
	return n
}

func order() *big.Int { return bigOf(orderL[:]) }

// hashed is h of RFC 8032 §5.1.7, before its reduction.
func hashed(r, a, message []byte) *big.Int {
	d := sha512.Sum512(slices.Concat(r, a, message))
	slices.Reverse(d[:])
	return new(big.Int).SetBytes(d[:])
}

// Keys and nonces with components of small order, in every encoding: cofactorless, cofactored and sloppy verifiers
// differ on these (Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs"), and we do what the library does.
func TestSmallAndMixedOrder(t *testing.T) {
	base, l := decodePoint(t, baseEncoding()), order()
	torsion := decodePoint(t, unhex(t, smallOrder[8]))
	secret, nonce := big.NewInt(1234567890123456789), new(big.Int).Sub(l, big.NewInt(987654321))
	keys := map[string]*big.Int{} // encoding of the key: its multiple of the base point
	nonces := map[string]*big.Int{}
	for _, s := range smallOrder {
		keys[string(unhex(t, s))], nonces[string(unhex(t, s))] = new(big.Int), new(big.Int)
	}
	for i := range int64(8) {
		small := torsion.times(big.NewInt(i))
		keys[string(base.times(secret).plus(small).bytes())] = secret
		nonces[string(base.times(nonce).plus(small).bytes())] = nonce
	}
	accepted, refused := 0, 0
	var jobs []Job
	for a, multiple := range keys {
		k := prepare(t, []byte(a), minWindow+len(jobs)%4)
		for r, n := range nonces {
			for m := range byte(2) { // so that h takes several values modulo 8
				message := []byte{m}
				s := hashed([]byte(r), []byte(a), message)
				s.Mul(s, multiple).Add(s, n).Mod(s, l)
				for _, s := range []*big.Int{s, new(big.Int).Add(s, l), new(big.Int), new(big.Int).Sub(l, big.NewInt(1)), l} {
					j := Job{k, message, append([]byte(r), littleEndian(s)...)}
					if checkAll(t, j) {
						accepted++
					} else {
						refused++
					}
					jobs = append(jobs, j)
				}
			}
		}
	}
	checkGroups(t, jobs)
	if accepted < 80 || refused < 500 {
		t.Errorf("%d accepted, %d refused: the cases do not tell anything apart", accepted, refused)
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

func baseEncoding() []byte { return append([]byte{0x58}, slices.Repeat([]byte{0x66}, 31)...) }

// What is no point, or not 32 bytes, is refused, as the library refuses its signatures; every y from p to 2²⁵⁵ − 1
// that is a point modulo p is a key.
func TestPrepareRefuses(t *testing.T) {
	for n := range 64 {
		if n != 32 {
			if _, err := Prepare(make([]byte, n), 6); err != ErrKey {
				t.Errorf("%d bytes: %v", n, err)
			}
		}
	}
	for _, window := range []int{-1, 0, MinWindow - 1, MaxWindow + 1, 64} {
		if _, err := Prepare(baseEncoding(), window); err == nil || err == ErrKey {
			t.Errorf("window %d: %v", window, err)
		}
	}
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	for y := range int64(19) {
		f := func(n *big.Int) (*Key, bool) {
			k, err := Prepare(littleEndian(n), 4)
			return k, err == nil
		}
		canonical, ok := f(big.NewInt(y))
		other, same := f(new(big.Int).Add(big.NewInt(y), p))
		if ok != same || ok != onCurve(big.NewInt(y), p) {
			t.Fatalf("y = %d: %v, y + p: %v", y, ok, same)
		}
		if ok && !slices.Equal(canonical.minusA.entries, other.minusA.entries) {
			t.Errorf("y = %d and y + p are different points", y)
		}
	}
}

// onCurve reports whether (y² − 1) / (dy² + 1) is a square.
func onCurve(y, p *big.Int) bool {
	words := curveD.words()
	v := new(big.Int).Mul(y, y)
	u := new(big.Int).Sub(v, big.NewInt(1))
	v.Mul(v, bigOf(words[:])).Add(v, big.NewInt(1)).ModInverse(v, p)
	return new(big.Int).ModSqrt(u.Mul(u, v).Mod(u, p), p) != nil
}

// Random encodings: what the library's own keys look like when a bit is turned, with a signature by the old key.
func TestForeignKeys(t *testing.T) {
	r := source(2)
	private := ed25519.NewKeyFromSeed(randomBytes(r, 32))
	points := 0
	for range 200 {
		pub := randomBytes(r, 32)
		k, err := Prepare(pub, 4)
		if err != nil {
			continue
		}
		points++
		checkAll(t, Job{k, pub, ed25519.Sign(private, pub)})
		p := decodePoint(t, pub)
		if got := p.bytes(); !slices.Equal(got, pub) {
			t.Fatalf("%x encodes as %x", pub, got)
		}
	}
	if points < 50 || points > 150 {
		t.Errorf("%d points of 200: about half are", points)
	}
}

// A table holds the multiples that its comment says.
func TestTable(t *testing.T) {
	p := decodePoint(t, unhex(t, smallOrder[8]))
	p = p.plus(decodePoint(t, baseEncoding()).times(big.NewInt(77)))
	for window := minWindow; window <= maxWindow; window++ {
		table := newTable(&p, window)
		if got := len(table.entries) * 96; got != tableSize(window) {
			t.Errorf("window %d: %d bytes, want %d", window, got, tableSize(window))
		}
		half := 1 << (window - 1)
		for i := range digitCount(window) {
			for _, m := range []int{1, 2, half - 1, half} {
				n := new(big.Int).Lsh(big.NewInt(int64(m)), uint(i*window))
				q := p.times(n)
				q.z.invert(&q.z)
				if got := table.entries[i*half+m]; got != q.entry(&q.z) {
					t.Fatalf("window %d, digit %d, multiple %d", window, i, m)
				}
			}
		}
	}
}
