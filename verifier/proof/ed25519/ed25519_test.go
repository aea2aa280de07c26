package ed25519

import (
	"crypto/ed25519"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"vratar/verifier/proof/fastpath"
	"vratar/verifier/vectors"
)

// paths are the fast paths that this machine has.
func paths() []string {
	if hasIFMA() {
		return []string{PathPortable, PathIFMA}
	}
	return []string{PathPortable}
}

// newEngine takes a path that this machine has, untested.
func newEngine(path string) engine {
	a := arithmetic()
	a.SelfTest = func(string) bool { return true }
	return engine{fastpath.Choose(a, path)}
}

// checkAll holds every path, alone and in groups of every size, against crypto/ed25519.
func checkAll(t *testing.T, j Job) bool {
	t.Helper()
	want := ed25519.Verify(j.Key.public, j.Message, j.Signature)
	for _, path := range paths() {
		if got := j.Key.check(path, j.Message, j.Signature); got != want {
			t.Fatalf("%s: %v, want %v: key %x, message %x, signature %x", path, got, want, j.Key.public, j.Message, j.Signature)
		}
	}
	return want
}

// checkGroups holds groups against crypto/ed25519.
func checkGroups(t *testing.T, jobs []Job) {
	t.Helper()
	ok := make([]bool, groupSize)
	for _, path := range paths() {
		for at := 0; at < len(jobs); at += groupSize {
			part := jobs[at:min(at+groupSize, len(jobs))]
			checkGroup(path, part, ok[:len(part)])
			for i, j := range part {
				if want := ed25519.Verify(j.Key.public, j.Message, j.Signature); ok[i] != want {
					t.Fatalf("%s, lane %d of %d: %v, want %v: key %x, message %x, signature %x",
						path, i, len(part), ok[i], want, j.Key.public, j.Message, j.Signature)
				}
			}
		}
	}
}

func prepare(t testing.TB, pub []byte, window int) *Key {
	t.Helper()
	k, err := Prepare(pub, window)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// source gives the same cases in every run.
func source(seed uint64) *rand.ChaCha8 {
	return rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
}

func randomBytes(r *rand.ChaCha8, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

func TestWycheproof(t *testing.T) {
	var w struct {
		TestGroups []struct {
			PublicKey struct {
				PK string `json:"pk"`
			} `json:"publicKey"`
			Tests []struct {
				ID      int    `json:"tcId"`
				Message string `json:"msg"`
				Sig     string `json:"sig"`
				Result  string `json:"result"`
			} `json:"tests"`
		} `json:"testGroups"`
	}
	vectors.Read(t, "wycheproof/ed25519_test.json", &w)
	var jobs []Job
	for _, g := range w.TestGroups {
		k := prepare(t, unhex(t, g.PublicKey.PK), minWindow+len(jobs)%5)
		for _, c := range g.Tests {
			j := Job{k, unhex(t, c.Message), unhex(t, c.Sig)}
			want := c.Result == "valid"
			if got := k.Verify(j.Message, j.Signature); got != want {
				t.Errorf("%d: %v, want %s", c.ID, got, c.Result)
			}
			if checkAll(t, j) != want {
				t.Errorf("%d: the library disagrees with %s", c.ID, c.Result)
			}
			jobs = append(jobs, j)
		}
	}
	checkGroups(t, jobs)
	t.Logf("%d cases", len(jobs))
}

// RFC 8032 §7.1 is the self-test as well.
func TestSelfTest(t *testing.T) {
	for _, path := range paths() {
		if !selfTest(path) {
			t.Errorf("%s fails", path)
		}
	}
}

func TestAgainstLibrary(t *testing.T) {
	r := source(1)
	var jobs []Job
	for n := range 40 {
		private := ed25519.NewKeyFromSeed(randomBytes(r, ed25519.SeedSize))
		k := prepare(t, private.Public().(ed25519.PublicKey), minWindow+n%(maxWindow-minWindow+1))
		for range 20 {
			message := randomBytes(r, int(r.Uint64()%300))
			j := Job{k, message, ed25519.Sign(private, message)}
			if !checkAll(t, j) {
				t.Fatal("the library refuses its own signature")
			}
			jobs = append(jobs, j)
			bad := Job{k, message, append([]byte(nil), j.Signature...)}
			bad.Signature[r.Uint64()%64] ^= 1 << (r.Uint64() % 8)
			checkAll(t, bad)
			jobs = append(jobs, bad)
		}
	}
	for i := len(jobs) - 1; i > 0; i-- { // so that groups mix keys and windows
		other := int(r.Uint64() % uint64(i+1))
		jobs[i], jobs[other] = jobs[other], jobs[i]
	}
	checkGroups(t, jobs)
}
