package p256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"flag"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"
)

// cases is how many signatures TestDifferential compares on every path. Ten million were run once.
var cases = flag.Int("cases", 2000, "signatures that TestDifferential compares with crypto/ecdsa")

// pair is a key with its secret, prepared for every path.
type pair struct {
	secret *big.Int
	ks     []*Key
}

func newPair(t testing.TB, secret *big.Int, window int) pair {
	t.Helper()
	c := elliptic.P256()
	x, y := c.ScalarBaseMult(secret.Bytes())
	return pair{secret, keys(t, &ecdsa.PublicKey{Curve: c, X: x, Y: y}, window)}
}

// pairs have secrets of all sorts. Small ones and their opposites make the sums over both tables meet.
func pairs(t testing.TB, r *rand.Rand) (all []pair) {
	t.Helper()
	n := elliptic.P256().Params().N
	for i, d := range []int64{1, 2, 3, 7, 16, 255} {
		secret := big.NewInt(d)
		all = append(all, newPair(t, secret, MinWindow+i%5), newPair(t, new(big.Int).Sub(n, secret), MinWindow+i%5))
	}
	all = append(all, newPair(t, new(big.Int).Lsh(big.NewInt(1), 128), 8), newPair(t, new(big.Int).ModInverse(big.NewInt(2), n), 8))
	for i := range 10 {
		all = append(all, newPair(t, anyScalar(r), MinWindow+i%5))
	}
	return all
}

func anyScalar(r *rand.Rand) *big.Int {
	n := elliptic.P256().Params().N
	z := toBig(anyWords(r))
	if r.IntN(8) == 0 {
		z = big.NewInt(int64(r.IntN(40)))
	}
	if r.IntN(16) == 0 {
		z.Sub(n, big.NewInt(int64(1+r.IntN(40))))
	}
	if z.Mod(z, n).Sign() == 0 {
		z.SetInt64(1)
	}
	return z
}

// signatureFor makes the signature whose factors are u1 and u2, without the secret: r = x(u1·G + u2·Q),
// s = r/u2, e = u1·s. It reports false where there is none.
func (p *pair) signatureFor(u1, u2 *big.Int) (j Job, ok bool) {
	c := elliptic.P256()
	n := c.Params().N
	k := new(big.Int).Mul(u2, p.secret)
	k.Add(k, u1).Mod(k, n)
	if k.Sign() == 0 || u2.Sign() == 0 {
		return j, false
	}
	x, _ := c.ScalarBaseMult(k.Bytes())
	x.Mod(x, n)
	s := new(big.Int).ModInverse(u2, n)
	s.Mul(s, x).Mod(s, n)
	e := new(big.Int).Mul(u1, s)
	x.FillBytes(j.R[:])
	s.FillBytes(j.S[:])
	e.Mod(e, n).FillBytes(j.Digest[:])
	return j, true
}

// mutate makes another case of a valid one.
func mutate(r *rand.Rand, j *Job) {
	n := elliptic.P256().Params().N
	opposite := func(b *[32]byte) { v := new(big.Int).SetBytes(b[:]); v.Sub(n, v).FillBytes(b[:]) }
	field := []*[32]byte{&j.Digest, &j.R, &j.S}[r.IntN(3)]
	switch r.IntN(8) {
	case 0, 1:
		opposite(&j.S) // as valid as before
	case 2, 3:
		field[r.IntN(32)] ^= 1 << r.IntN(8)
	case 4:
		toBig(anyWords(r)).FillBytes(field[:])
	case 5:
		n.FillBytes(field[:])
	case 6:
		*field = [32]byte{}
	case 7:
		new(big.Int).Sub(n, big.NewInt(int64(r.IntN(3)-1))).FillBytes(field[:])
	}
}

// Every path answers as crypto/ecdsa does. Most cases come from one valid signature each, changed in a few ways.
func TestDifferential(t *testing.T) {
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 9))
	all := pairs(t, r)
	valid, n := 0, 0
	start := time.Now()
	for n < *cases {
		p := &all[r.IntN(len(all))]
		u1, u2 := anyScalar(r), anyScalar(r)
		if r.IntN(6) == 0 { // the two parts of the sum are equal or opposite, or nearly so
			u1.Mul(u2, p.secret).Mul(u1, big.NewInt(int64(r.IntN(5)-2)))
			u1.Add(u1, big.NewInt(int64(r.IntN(3)-1))).Mod(u1, elliptic.P256().Params().N)
		}
		j, ok := p.signatureFor(u1, u2)
		if !ok {
			continue
		}
		var jobs []Job
		var want []bool
		for i := range 8 {
			c := j
			if i > 0 {
				mutate(r, &c)
			}
			jobs = append(jobs, c)
			want = append(want, agree(t, p.ks, &c, true))
			n++
			if want[i] {
				valid++
			}
		}
		if !want[0] {
			t.Fatalf("a signature made for u1 %v u2 %v is not one", u1, u2)
		}
		for _, k := range p.ks {
			checkGroup(t, k, jobs, want)
		}
	}
	t.Logf("%d cases on %d paths, single and in groups, %d valid, %v", n, len(states()), valid, time.Since(start).Round(time.Second))
}

// The x-coordinate of a point lies between n and p for one point in 2^128, so it is looked for, and the key is made
// to fit: Q = (R - u1·G)/u2.
func TestCoordinateAboveOrder(t *testing.T) {
	c := elliptic.P256()
	params := c.Params()
	found := 0
	for x := new(big.Int).Set(params.N); found < 4; x.Add(x, big.NewInt(1)) {
		y := new(big.Int).Exp(x, big.NewInt(3), params.P) // x^3 - 3x + b
		y.Sub(y, new(big.Int).Mul(x, big.NewInt(3))).Add(y, params.B)
		if y = y.ModSqrt(y.Mod(y, params.P), params.P); y == nil {
			continue
		}
		found++
		u1, u2 := big.NewInt(int64(1000+found)), big.NewInt(int64(77*found))
		gx, gy := c.ScalarBaseMult(u1.Bytes())
		qx, qy := c.Add(x, y, gx, gy.Sub(params.P, gy))
		qx, qy = c.ScalarMult(qx, qy, new(big.Int).ModInverse(u2, params.N).Bytes())
		p := pair{nil, keys(t, &ecdsa.PublicKey{Curve: c, X: qx, Y: qy}, MinWindow+found)}
		r := new(big.Int).Sub(x, params.N)
		if r.Sign() == 0 {
			continue
		}
		s := new(big.Int).ModInverse(u2, params.N)
		s.Mul(s, r).Mod(s, params.N)
		var j Job
		r.FillBytes(j.R[:])
		s.FillBytes(j.S[:])
		u1.Mul(u1, s).Mod(u1, params.N).FillBytes(j.Digest[:])
		if !agree(t, p.ks, &j, false) {
			t.Fatal("r + n was not tried")
		}
		for _, k := range p.ks {
			checkGroup(t, k, []Job{j, j, j}, []bool{true, true, true})
		}
	}
}

// A sum that passes through infinity or doubles a point is left to crypto/ecdsa, and not because of luck.
func TestExceptionalSums(t *testing.T) {
	p := newPair(t, big.NewInt(1), baseWindow) // Q = G: both tables hold the same points
	n := elliptic.P256().Params().N
	for _, u1 := range []*big.Int{big.NewInt(255), new(big.Int).Sub(n, big.NewInt(255))} {
		// The lowest digit of 1 is -255: the sum over the first table meets its opposite, or itself.
		j, ok := p.signatureFor(u1, big.NewInt(1))
		if !ok || !agree(t, p.ks, &j, true) {
			t.Fatal("not valid")
		}
		if got := p.ks[0].fast(&j.Digest, &j.R, &j.S); got != undecided {
			t.Errorf("answer %d", got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	secret := big.NewInt(5)
	p := newPair(f, secret, MinWindow)
	for _, u := range [][2]int64{{1, 1}, {5, 1}, {1, 77}, {1 << 40, 3}, {0, 9}} {
		j, ok := p.signatureFor(big.NewInt(u[0]), big.NewInt(u[1]))
		if !ok {
			f.Fatal(u)
		}
		f.Add(j.Digest[:], j.R[:], j.S[:], byte(0))
		f.Add(j.Digest[:], j.R[:], j.S[:], byte(1))
	}
	n := elliptic.P256().Params().N
	f.Fuzz(func(t *testing.T, digest, r, s []byte, kind byte) {
		if len(digest) != 32 || len(r) != 32 || len(s) != 32 {
			return
		}
		j := Job{Digest: [32]byte(digest), R: [32]byte(r), S: [32]byte(s)}
		if kind&1 == 1 { // digest and r are factors: make the valid signature of them
			u1, u2 := new(big.Int).SetBytes(digest), new(big.Int).SetBytes(r)
			var ok bool
			if j, ok = p.signatureFor(u1.Mod(u1, n), u2.Mod(u2, n)); !ok {
				return
			}
		}
		if got := agree(t, p.ks, &j, true); !got && kind&1 == 1 {
			t.Fatal("a valid signature was refused")
		}
	})
}
