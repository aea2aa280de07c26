package p256

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"flag"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A long run, of which each case gives four answers (two paths, alone and in a group), is
//
//	go test -run Differential -timeout 0 ./verifier/proof/p256 -cases 2500000 -ask 16
var (
	lasting = flag.Duration("for", 0, "how long TestDifferential goes on; 0: until it has had its cases")
	cases   = flag.Int("cases", 2000, "signatures that TestDifferential verifies on every path, alone and in groups")
	ask     = flag.Int("ask", 1, "crypto/ecdsa is asked about one group of eight in so many; of the others the answer is known from how they were made")
)

// pair is a key with its secret, prepared for every path.
type pair struct {
	secret *big.Int
	ks     []*Key
}

func newPair(t testing.TB, secret *big.Int, window int) pair {
	t.Helper()
	return pair{secret, keys(t, public(t, multiple(t, secret)), window)}
}

// multiple is k times the generator, encoded; k is in [1, n).
func multiple(t testing.TB, k *big.Int) []byte {
	t.Helper()
	private, err := ecdh.P256().NewPrivateKey(k.FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return private.PublicKey().Bytes()
}

func public(t testing.TB, encoded []byte) *ecdsa.PublicKey {
	t.Helper()
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), encoded)
	if err != nil {
		t.Fatal(err)
	}
	return pub
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
func (p *pair) signatureFor(t testing.TB, u1, u2 *big.Int) (j Job, ok bool) {
	t.Helper()
	n := elliptic.P256().Params().N
	k := new(big.Int).Mul(u2, p.secret)
	k.Add(k, u1).Mod(k, n)
	if k.Sign() == 0 || u2.Sign() == 0 {
		return j, false
	}
	x := new(big.Int).SetBytes(multiple(t, k)[1:33])
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

// valid reports whether c, a mutation of the valid j, is valid too: r is the same, and the multiple of the generator
// that it stands for, (e + r·d)/s, is that of j or its opposite. Another r fits by a chance of one in 2^128.
func (p *pair) valid(j, c *Job) bool {
	n := elliptic.P256().Params().N
	number := func(b *[32]byte) *big.Int { return new(big.Int).SetBytes(b[:]) }
	multiple := func(j *Job) *big.Int {
		k := number(&j.R)
		return k.Mul(k, p.secret).Add(k, number(&j.Digest))
	}
	if c.R != j.R || number(&c.S).Sign() == 0 || number(&c.S).Cmp(n) >= 0 {
		return false
	}
	a, b := multiple(j), multiple(c)
	a.Mul(a, number(&c.S))
	b.Mul(b, number(&j.S))
	sum := new(big.Int).Add(a, b)
	return a.Sub(a, b).Mod(a, n).Sign() == 0 || sum.Mod(sum, n).Sign() == 0
}

// Every path answers as crypto/ecdsa does. Most cases come from one valid signature each, changed in a few ways.
func TestDifferential(t *testing.T) {
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 9))
	all := pairs(t, r)
	valid, missing, n := 0, 0, 0
	start := time.Now()
	for *lasting == 0 && n < *cases || time.Since(start) < *lasting {
		p := &all[r.IntN(len(all))]
		u1, u2 := anyScalar(r), anyScalar(r)
		if r.IntN(6) == 0 { // the two parts of the sum are equal or opposite, or nearly so
			u1.Mul(u2, p.secret).Mul(u1, big.NewInt(int64(r.IntN(5)-2)))
			u1.Add(u1, big.NewInt(int64(r.IntN(3)-1))).Mod(u1, elliptic.P256().Params().N)
		}
		j, ok := p.signatureFor(t, u1, u2)
		if !ok {
			continue
		}
		jobs := make([]Job, groupSize)
		want := make([]bool, groupSize)
		for i := range jobs {
			if jobs[i] = j; i > 0 {
				mutate(r, &jobs[i])
			}
			want[i] = p.valid(&j, &jobs[i])
			if c := &jobs[i]; n/groupSize%*ask == 0 && want[i] != p.ks[0].library(&c.Digest, &c.R, &c.S) {
				t.Fatalf("crypto/ecdsa does not answer %v: u1 %v u2 %v digest %x r %x s %x", want[i], u1, u2, c.Digest, c.R, c.S)
			}
			if n++; want[i] {
				valid++
			}
		}
		for _, k := range p.ks {
			missing += compare(t, k, jobs, want)
		}
	}
	t.Logf("%d cases on %d paths, single and in groups: %d valid, %d answers left to the library, %v",
		n, len(states())-1, valid, missing, time.Since(start).Round(time.Second))
}

// compare holds what the fast arithmetic makes of the jobs, alone and in a group, against the right answers. It
// returns how many it could not decide.
func compare(t testing.TB, k *Key, jobs []Job, want []bool) (missing int) {
	t.Helper()
	if k.table == nil {
		return 0
	}
	g := group{jobs: jobs}
	for i := range jobs {
		jobs[i].Key = k
	}
	g.answer((*Key).isPrepared)
	for i := range jobs {
		j := &jobs[i]
		for _, got := range []answer{k.fast(&j.Digest, &j.R, &j.S), g.answers[i]} {
			if got == undecided {
				missing++
			} else if (got == accepted) != want[i] {
				t.Fatalf("%s: answer %d, library %v: digest %x r %x s %x", k.state.path, got, want[i], j.Digest, j.R, j.S)
			}
		}
	}
	return missing
}

// The x-coordinate of a point lies between n and p for one point in 2^128, so it is looked for, and the key is made
// to fit: R = 7·G + Q.
func TestCoordinateAboveOrder(t *testing.T) {
	params := elliptic.P256().Params()
	seven := [65]byte(multiple(t, big.NewInt(7)))
	for x := new(big.Int).Add(params.N, big.NewInt(1)); x.Cmp(new(big.Int).Add(params.N, big.NewInt(12))) < 0; x.Add(x, big.NewInt(1)) {
		y := new(big.Int).Exp(x, big.NewInt(3), params.P) // x^3 - 3x + b
		y.Sub(y, new(big.Int).Mul(x, big.NewInt(3))).Add(y, params.B)
		if y = y.ModSqrt(y.Mod(y, params.P), params.P); y == nil {
			continue
		}
		var xy [64]byte
		x.FillBytes(xy[:32])
		y.FillBytes(xy[32:])
		var q xyzz
		q.set(affineFrom(xy))
		q.add(affineFrom([64]byte(seven[1:])), ^uint64(0))
		ks := keys(t, public(t, decode(affine([]xyzz{q})[0])), MaxWindow)

		var j Job // u2 = 1, so s = r
		r := new(big.Int).Sub(x, params.N)
		r.FillBytes(j.R[:])
		r.FillBytes(j.S[:])
		r.Mul(r, big.NewInt(7)).FillBytes(j.Digest[:])
		if !agree(t, ks, &j, false) {
			t.Fatal("r + n was not tried")
		}
		for _, k := range ks {
			checkGroup(t, k, []Job{j, j, j, j, j}, []bool{true, true, true, true, true})
		}
	}
}

// decode writes a point in Montgomery form as SEC 1 §2.3.3 has it.
func decode(p point) []byte {
	b := []byte{4}
	for _, c := range []fe{p.x, p.y} {
		c.mul(&c, &fe{1})
		b = append(b, toBig(c.canonical()).FillBytes(make([]byte, 32))...)
	}
	return b
}

// Keys of different windows, and signatures good and bad, in one group.
func TestGroupOfAll(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 11))
	all := pairs(t, r)
	for path := range states() {
		for n := range 2 * groupSize {
			var jobs []Job
			var want []bool
			for range n {
				p := &all[r.IntN(len(all))]
				j, ok := p.signatureFor(t, anyScalar(r), anyScalar(r))
				if !ok {
					continue
				}
				if r.IntN(3) == 0 {
					mutate(r, &j)
				}
				j.Key = p.ks[path]
				jobs, want = append(jobs, j), append(want, j.Key.library(&j.Digest, &j.R, &j.S))
			}
			got := make([]bool, len(jobs))
			VerifyGroup(jobs, got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %v, want %v", states()[path].path, got, want)
			}
		}
	}
}

// A sum that passes through infinity or doubles a point is left to crypto/ecdsa, and not because of luck.
func TestExceptionalSums(t *testing.T) {
	p := newPair(t, big.NewInt(1), 8) // Q = G
	n := elliptic.P256().Params().N
	for _, u1 := range []*big.Int{big.NewInt(255), new(big.Int).Sub(n, big.NewInt(255))} {
		// The lowest digit of 1 by the key's table is -255: the sum over the first table meets its opposite, or itself.
		j, ok := p.signatureFor(t, u1, big.NewInt(1))
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
		j, ok := p.signatureFor(f, big.NewInt(u[0]), big.NewInt(u[1]))
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
			if j, ok = p.signatureFor(t, u1.Mod(u1, n), u2.Mod(u2, n)); !ok {
				return
			}
		}
		if got := agree(t, p.ks, &j, true); !got && kind&1 == 1 {
			t.Fatal("a valid signature was refused")
		}
	})
}
