package p256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"slices"
	"sync"
	"testing"

	"vratar/verifier/proof/fastpath"
	"vratar/verifier/vectors"
)

// states are all the paths this machine has, each with its own switch and alarms. The fast ones come first.
var states = sync.OnceValue(func() []*state {
	var all []*state
	for _, path := range []string{PathPortable, PathIFMA, PathOff} {
		if path != PathIFMA || hasIFMA() {
			all = append(all, forced(path))
		}
	}
	return all
})

// forced is a path that this machine has, untested.
func forced(path string) *state {
	st := newState(path)
	untested := fastpath.Arithmetic{HasIFMA: hasIFMA(), Portable: gainPortable, IFMA: gainIFMA, SelfTest: func(string) bool { return true }}
	st.Switch = fastpath.Choose(untested, path)
	return st
}

// keys are pub prepared for every path; the window is any.
func keys(t testing.TB, pub *ecdsa.PublicKey, window int) []*Key {
	t.Helper()
	var all []*Key
	for _, st := range states() {
		k, err := prepare(pub, window, st)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, k)
	}
	return all
}

// agree holds every path, alone and in a group, against the library, whose answer it returns. An answer is allowed
// to be missing only where the caller says so.
func agree(t testing.TB, ks []*Key, j *Job, mayMiss bool) bool {
	t.Helper()
	want := ks[0].library(&j.Digest, &j.R, &j.S)
	for _, k := range ks {
		if k.table != nil {
			got := k.fast(&j.Digest, &j.R, &j.S)
			if (got == accepted) != want && got != undecided || got == undecided && !mayMiss {
				t.Fatalf("%s: answer %d, library %v: digest %x r %x s %x", k.state.path, got, want, j.Digest, j.R, j.S)
			}
		}
		if got := k.Verify(&j.Digest, &j.R, &j.S); got != want {
			t.Fatalf("%s: %v, library %v: digest %x r %x s %x", k.state.path, got, want, j.Digest, j.R, j.S)
		}
		if k.state.Alarms() != 0 {
			t.Fatalf("%s: an alarm", k.state.path)
		}
	}
	return want
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type wycheproof struct {
	TestGroups []struct {
		PublicKeyDER string `json:"publicKeyDer"`
		Tests        []struct {
			ID      int    `json:"tcId"`
			Comment string `json:"comment"`
			Message string `json:"msg"`
			Sig     string `json:"sig"`
			Result  string `json:"result"`
		} `json:"tests"`
	} `json:"testGroups"`
}

func TestWycheproof(t *testing.T) {
	f := func(file string, parse func(sig []byte, j *Job) bool) {
		t.Helper()
		var w wycheproof
		vectors.Read(t, "wycheproof/"+file, &w)
		n := 0
		for i, g := range w.TestGroups {
			pub, err := x509.ParsePKIXPublicKey(unhex(t, g.PublicKeyDER))
			if err != nil {
				t.Fatal(err)
			}
			ks := keys(t, pub.(*ecdsa.PublicKey), MinWindow+i%(MaxWindow-MinWindow+1))
			var jobs []Job
			var want []bool
			for _, c := range g.Tests {
				j := Job{Digest: sha256.Sum256(unhex(t, c.Message))}
				got := parse(unhex(t, c.Sig), &j) && agree(t, ks, &j, true)
				if got != (c.Result == "valid") {
					t.Errorf("%s %d (%s) = %v, want %s", file, c.ID, c.Comment, got, c.Result)
				}
				jobs, want = append(jobs, j), append(want, ks[0].library(&j.Digest, &j.R, &j.S))
				n++
			}
			for _, k := range ks {
				checkGroup(t, k, jobs, want)
			}
		}
		t.Logf("%s: %d cases, %d paths", file, n, len(states()))
	}
	f("ecdsa_secp256r1_sha256_p1363_test.json", func(sig []byte, j *Job) bool {
		if len(sig) != 64 {
			return false
		}
		j.R, j.S = [32]byte(sig[:32]), [32]byte(sig[32:])
		return true
	})
	f("ecdsa_secp256r1_sha256_test.json", func(sig []byte, j *Job) bool {
		var rs struct{ R, S *big.Int }
		if rest, err := asn1.Unmarshal(sig, &rs); err != nil || len(rest) != 0 {
			return false
		}
		if again, err := asn1.Marshal(rs); err != nil || !slices.Equal(again, sig) {
			return false
		}
		if rs.R.Sign() < 0 || rs.S.Sign() < 0 || rs.R.BitLen() > 256 || rs.S.BitLen() > 256 {
			return false
		}
		rs.R.FillBytes(j.R[:])
		rs.S.FillBytes(j.S[:])
		return true
	})
}

// checkGroup holds groups, and the fast arithmetic on its own, against the right answers.
func checkGroup(t testing.TB, k *Key, jobs []Job, want []bool) {
	t.Helper()
	for at := 0; at < len(jobs); at += groupSize {
		end := min(at+groupSize, len(jobs))
		compare(t, k, jobs[at:end], want[at:end])
	}
	for i := range jobs {
		jobs[i].Key = k
	}
	got := make([]bool, len(jobs))
	VerifyGroup(jobs, got)
	if !slices.Equal(got, want) {
		t.Fatalf("%s: a group answers %v, want %v", k.state.path, got, want)
	}
}

func TestPrepareRefuses(t *testing.T) {
	good := newSample(t, "").pub
	f := func(pub *ecdsa.PublicKey, window int) {
		t.Helper()
		if k, err := Prepare(pub, window); err == nil || k != nil {
			t.Fatalf("Prepare = %v, %v", k, err)
		}
	}
	f(good, MinWindow-1)
	f(good, MaxWindow+1)
	f(nil, MinWindow)
	f(&ecdsa.PublicKey{}, MinWindow)
	p := elliptic.P256().Params()
	one := big.NewInt(1)
	f(unchecked(elliptic.P384(), p.Gx, p.Gy), MinWindow)
	f(unchecked(elliptic.P256(), p.Gx, new(big.Int).Add(p.Gy, one)), MinWindow)
	f(unchecked(elliptic.P256(), new(big.Int), new(big.Int)), MinWindow)
	f(unchecked(elliptic.P256(), new(big.Int).Add(p.Gx, p.P), p.Gy), MinWindow)
	if _, err := Prepare(good, MinWindow); err != nil {
		t.Fatal(err)
	}
}

// unchecked is a key of any numbers.
func unchecked(c elliptic.Curve, x, y *big.Int) *ecdsa.PublicKey {
	//lint:ignore SA1019 the safe ways refuse what is to be refused here
	return &ecdsa.PublicKey{Curve: c, X: x, Y: y}
}

func TestSize(t *testing.T) {
	pub := newSample(t, "").pub
	for i, want := range []int{32768, 817 * 64, 1352 * 64, 2312 * 64, 262144} {
		k, err := prepare(pub, MinWindow+i, states()[0])
		if err != nil {
			t.Fatal(err)
		}
		if k.Size() != want {
			t.Errorf("window %d: %d bytes, want %d", MinWindow+i, k.Size(), want)
		}
	}
}

// The table holds what its comment says, the last digit's fixed bits included.
func TestTable(t *testing.T) {
	n := elliptic.P256().Params().N
	for window := MinWindow; window <= MaxWindow; window++ {
		table := newTable(generator(), window)
		for at := 0; at < len(table.points); at += 1 + at%13 {
			i, j := at/perDigit(window), at%perDigit(window)
			k := new(big.Int).Lsh(big.NewInt(int64(2*j+1)), uint(window*i))
			if !slices.Equal(decode(table.points[at]), multiple(t, k.Mod(k, n))) {
				t.Fatalf("window %d, digit %d, multiple %d", window, i, 2*j+1)
			}
		}
	}
}

// An answer that crypto/ecdsa contradicts counts an alarm and switches the fast arithmetic off, for all keys.
func TestAlarm(t *testing.T) {
	s := newSample(t, "")
	st := forced(PathPortable)
	k, err := prepare(s.pub, MinWindow, st)
	if err != nil {
		t.Fatal(err)
	}
	for i := range st.base.points {
		st.base.points[i].x[1] ^= 1 // a fault in memory
	}
	if !k.Verify(&s.job.Digest, &s.job.R, &s.job.S) {
		t.Fatal("the fault decided")
	}
	if st.Alarms() != 1 || st.Path() != PathOff || k.try() {
		t.Fatalf("alarms %d, %s", st.Alarms(), st.Path())
	}
	if !k.Verify(&s.job.Digest, &s.job.R, &s.job.S) || st.Alarms() != 1 {
		t.Fatal("not off")
	}
}

// A wrong accept is found by the sample, in groups too.
func TestSample(t *testing.T) {
	s, other := newSample(t, ""), newSample(t, "")
	st := forced(PathPortable)
	k, err := prepare(s.pub, MinWindow, st)
	if err != nil {
		t.Fatal(err)
	}
	k.public = other.pub // to which the table does not belong
	s.job.Key = k
	jobs := []Job{s.job, s.job, s.job, s.job, s.job, s.job, s.job, s.job}
	ok := make([]bool, len(jobs))
	for st.Alarms() == 0 {
		VerifyGroup(jobs, ok)
	}
	if VerifyGroup(jobs, ok); st.Path() != PathOff || slices.Contains(ok, true) {
		t.Fatalf("%s, %v", st.Path(), ok)
	}
}

func TestSetting(t *testing.T) {
	fastest := PathPortable
	if hasIFMA() {
		fastest = PathIFMA
	}
	for setting, want := range map[string]string{"": fastest, "no such path": fastest, PathIFMA: fastest, PathPortable: PathPortable, PathOff: PathOff} {
		if st := choose(setting); st.path != want || st.Path() != want || st.Describe().Alarms != 0 {
			t.Errorf("%q: %s, %+v, want %s", setting, st.path, st.Describe(), want)
		}
	}
	k, err := prepare(newSample(t, "").pub, MinWindow, choose(PathOff))
	if err != nil || k.Size() != 0 {
		t.Fatalf("off: %d bytes, %v", k.Size(), err)
	}
}

// A path that fails its self-test is passed over, and counts as an alarm. Here the table of the generator is that of
// another point.
func TestSelfTestFails(t *testing.T) {
	other := affineFrom(encode(newSample(t, "").pub))
	broken := func(path string) *state {
		st := newState(path)
		if path != PathOff {
			st.base = newTable(other, baseWindow)
			st.adapt(st.base)
		}
		return st
	}
	fast := uint64(len(states()) - 1)
	if st := chooseOf("", broken); st.path != PathOff || st.base != nil || st.Path() != PathOff || st.Alarms() != fast {
		t.Errorf("%s, %+v", st.path, st.Describe())
	}
}

// Wrong signatures of a key go to crypto/ecdsa at once after a while, alone and in groups, until right ones come.
func TestFlood(t *testing.T) {
	s := newSample(t, "")
	for _, st := range states() {
		k, err := prepare(s.pub, MinWindow, st)
		if err != nil {
			t.Fatal(err)
		}
		good, bad := s.job, s.job
		good.Key, bad.Key = k, k
		bad.S[31] ^= 1
		for range 40 * gainIFMA {
			if k.Verify(&bad.Digest, &bad.R, &bad.S) {
				t.Fatal("a wrong signature")
			}
		}
		if k.try() {
			t.Errorf("%s: still tried", st.path)
		}
		for range 8 {
			checkGroup(t, k, []Job{good, bad, good, good, good, good, good, good}, []bool{true, false, true, true, true, true, true, true})
		}
		if k.try() != (st.path != PathOff) || st.Alarms() != 0 {
			t.Errorf("%s: tried %v, %d alarms", st.path, k.try(), st.Alarms())
		}
	}
}

func encode(pub *ecdsa.PublicKey) (xy [64]byte) {
	b, err := pub.Bytes()
	if err != nil {
		panic(err)
	}
	return [64]byte(b[1:])
}

func toBig(w [4]uint64) *big.Int {
	z := new(big.Int)
	for i := 3; i >= 0; i-- {
		z.Lsh(z, 64).Or(z, new(big.Int).SetUint64(w[i]))
	}
	return z
}
