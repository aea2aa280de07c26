package cache

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vratar/verifier"
)

func newMemo(t testing.TB, bytes int64) *Memo {
	t.Helper()
	m, err := NewMemo(bytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func proven(payload []byte, epoch uint64, id string) *verifier.Proven {
	return &verifier.Proven{
		Payload: string(payload), Epoch: epoch, Credential: &verifier.Credential{ID: []byte(id)}, Key: &verifier.Key{},
	}
}

// payload is one of many texts as long as a health certificate.
func payload(i int) []byte { return fmt.Appendf(nil, "%0555d", i) }

// put waits until p, which was proven before, can be found in both levels.
func put(m *Memo, p *verifier.Proven) *verifier.Proven {
	m.Wants([]byte(p.Payload))
	m.Put(p)
	m.far.Wait()
	return p
}

func TestGetAndPut(t *testing.T) {
	m := newMemo(t, 1<<20)
	if m.Get(payload(1), 1) != nil {
		t.Fatal("an empty memo remembers")
	}
	one, two := put(m, proven(payload(1), 1, "one")), put(m, proven(payload(2), 1, "two"))
	if m.Get(payload(1), 1) != one || m.Get(payload(2), 1) != two {
		t.Fatal("forgotten, or mixed up")
	}
	if s := m.Stats(); s.Hits != 2 || s.Misses != 1 || s.Bytes < 2*overhead || s.MaxBytes != 1<<20 {
		t.Fatalf("%+v", s)
	}
}

func TestUsableSoonAfter(t *testing.T) {
	m := newMemo(t, 1<<20)
	p := proven(payload(1), 1, "x")
	m.Put(p)
	for begin := time.Now(); m.Get(payload(1), 1) != p; runtime.Gosched() {
		if time.Since(begin) > 5*time.Second {
			t.Fatal("not remembered")
		}
	}
}

// TestAnotherEpoch: keys that are no longer trusted prove nothing, and the new proof replaces the old one.
func TestAnotherEpoch(t *testing.T) {
	m := newMemo(t, 1<<20)
	put(m, proven(payload(1), 1, "x"))
	before := m.Stats().Bytes
	if m.Get(payload(1), 2) != nil || m.Get(payload(1), 0) != nil {
		t.Fatal("a proof outlived its trust list")
	}
	fresh := put(m, proven(payload(1), 2, "x"))
	if m.Get(payload(1), 2) != fresh || m.Get(payload(1), 1) != nil || m.Stats().Bytes != before {
		t.Fatal("the new proof did not replace the old one")
	}
}

// TestCollision: payloads whose hashes agree in all 64 bits never borrow each other's proof, in neither level.
func TestCollision(t *testing.T) {
	const hash = 42
	m := newMemo(t, 1<<20)
	m.door.enter(hash)
	genuine := payload(1)
	m.put(hash, proven(genuine, 1, "genuine"))
	m.far.Wait()
	f := func(crafted []byte) {
		t.Helper()
		if p := m.get(hash, crafted, 1); p != nil {
			t.Fatalf("%q borrowed the proof of %s", crafted, p.Credential.ID)
		}
	}
	for i := range genuine {
		crafted := bytes.Clone(genuine)
		crafted[i] ^= 1
		f(crafted)
	}
	f(genuine[1:])
	f(genuine[:len(genuine)-1])
	f(append(bytes.Clone(genuine), 0))
	f(nil)
	crafted := append(bytes.Clone(genuine), 'x')
	other := proven(crafted, 1, "other")
	m.put(hash, other)
	m.far.Wait()
	if p := m.get(hash, genuine, 1); p == other {
		t.Fatal("a genuine payload got the proof of a crafted one")
	}
	if m.get(hash, crafted, 1) != other {
		t.Fatal("the newer of two colliding entries is gone")
	}
}

// TestLevels: what falls out of the first level is found in the second, and comes back into the first.
func TestLevels(t *testing.T) {
	m := newMemo(t, 1<<20)
	first := put(m, proven(payload(0), 1, "first"))
	for i := range 2 * nearWays { // in the same set, and each way is the first choice of two
		hash := m.hash(payload(0))&0xffffff | uint64(i)<<24
		m.near.put(hash, proven(payload(i+1), 1, "x"), 1)
	}
	if m.near.get(m.hash(payload(0)), payload(0), 1) != nil {
		t.Fatal("the first level never forgets")
	}
	for level := 2; level > 0; level-- {
		if m.Get(payload(0), 1) != first {
			t.Fatalf("forgotten in level %d", level)
		}
	}
	if s := m.Stats(); s.Hits != 2 || s.NearHits != 1 {
		t.Fatalf("%+v", s)
	}
}

// TestUsefulStays: a code that is shown again and again is not pushed out by a stream of others.
func TestUsefulStays(t *testing.T) {
	m := newMemo(t, 1<<20)
	held := proven(payload(0), 1, "held")
	m.Put(held)
	for i := range 2000 {
		if m.near.get(m.hash(payload(0)), payload(0), 1) != held {
			t.Fatalf("forgotten after %d others", i)
		}
		m.Put(proven(payload(i+1), 1, "x"))
	}
}

// TestLargeStaysFar: one entry of the first level has a bound, and so has the level.
func TestLargeStaysFar(t *testing.T) {
	m := newMemo(t, 1<<20)
	large := proven(payload(1), 1, "large")
	large.Credential.Claims = make([]byte, nearEntry)
	put(m, large)
	if m.near.bytes() != 0 || m.Get(payload(1), 1) != large {
		t.Fatalf("%+v", m.Stats())
	}
	for i := range 5000 {
		m.Put(proven(payload(i), 1, "x"))
	}
	if n := m.near.bytes(); n > 1<<20/nearShare || n > m.near.maxBytes() || n == 0 {
		t.Fatalf("the first level holds %d bytes", n)
	}
	for _, bytes := range []int64{1, 4 << 10, 1<<16 - 1, 1 << 16, 1 << 20, 3 << 20, 64 << 20} {
		if n := newNearTable(bytes).maxBytes(); n > bytes {
			t.Fatalf("a first level of %d bytes takes %d", bytes, n)
		}
	}
}

// TestOnceIsNotEnough: in a crowd, what is proven for the second time is wanted, also after the trust list has changed.
func TestOnceIsNotEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // time stands still
		m, err := NewMemo(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		for i := 10; m.Wants(payload(i)); i++ {
			if i == 100 {
				t.Fatal("everything is wanted at once")
			}
		}
		if m.Wants(payload(1)) || m.Wants(payload(2)) {
			t.Fatal("wanted after the first proof")
		}
		for range 3 {
			if !m.Wants(payload(1)) || !m.Wants(payload(2)) {
				t.Fatal("not wanted after the second proof")
			}
		}
		if put(m, proven(payload(1), 1, "x")); m.Get(payload(1), 2) != nil || !m.Wants(payload(1)) {
			t.Fatal("not wanted under a new trust list")
		}
	})
}

// TestPace: five hundred a second and a few more, however many ask, and the first after a while at once.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace{begin: time.Now()}
		turns := func(step time.Duration) (n int) {
			for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(step) {
				if p.turn() {
					n++
				}
			}
			return n
		}
		if n := turns(50 * time.Microsecond); n < 4990 || n > 5010 {
			t.Errorf("%d of 200,000 in ten seconds, want 5,000", n)
		}
		if n := turns(10 * time.Millisecond); n != 1000 {
			t.Errorf("%d of 1,000 in ten seconds", n)
		}
	})
}

// TestDoorkeeper: it knows the last two hashes of a place, also when one of them enters again.
func TestDoorkeeper(t *testing.T) {
	d := newDoorkeeper(1)
	hash := func(i uint64) uint64 { return i<<32 | 1 } // all in one place
	for i := uint64(1); i < 10; i++ {
		if d.knows(hash(i)) || d.enter(hash(i)) || !d.enter(hash(i)) || !d.knows(hash(i)) {
			t.Fatalf("%d is taken for what it is not", i)
		}
		if i > 2 && (!d.knows(hash(i-1)) || d.knows(hash(i-2))) {
			t.Fatalf("%d: two are known, not one or three", i)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const limit = 1 << 20
	m := newMemo(t, limit)
	for i := range 10_000 {
		m.Put(proven(payload(i), 1, "x"))
		if i%100 == 0 {
			m.far.Wait()
		}
	}
	m.far.Wait()
	s := m.Stats()
	if s.Bytes > limit || s.Bytes < limit/2 || s.Evicted+s.Refused == 0 {
		t.Fatalf("%+v", s)
	}
}

func TestCostCountsEveryText(t *testing.T) {
	small := proven(nil, 0, "")
	big := &verifier.Proven{Payload: strings.Repeat("p", 1000), Key: &verifier.Key{}, Credential: &verifier.Credential{
		Claims: make([]byte, 1000), RevocationHashes: [][]byte{make([]byte, 1000)}, Status: &verifier.StatusRef{URI: strings.Repeat("u", 1000)},
		Proof: verifier.Proof{Signed: make([]byte, 1000), Signature: make([]byte, 1000), Chain: [][]byte{make([]byte, 1000)}},
	}}
	if d := cost(big) - cost(small); d < 7000 || d > 7100 {
		t.Fatalf("difference %d", d)
	}
}

// A holder can make as many proofs for one credential as he likes, and each is another payload.
func TestCostCountsTheHolderAndTheCertificate(t *testing.T) {
	bare := cost(proven(nil, 0, ""))
	held := cost(&verifier.Proven{
		Credential: &verifier.Credential{HolderProof: &verifier.HolderProof{
			Proof:    verifier.Proof{Signed: make([]byte, 1000), Signature: make([]byte, 1000)},
			Audience: strings.Repeat("a", 1000), Nonce: strings.Repeat("n", 1000),
		}},
		Key: &verifier.Key{},
	})
	if d := held - bare; d < 4000 {
		t.Errorf("a proof of 4000 bytes costs %d", d)
	}
	brought := cost(&verifier.Proven{
		Credential: &verifier.Credential{Proof: verifier.Proof{Chain: [][]byte{make([]byte, 1000)}}},
		Key:        &verifier.Key{Certificate: &x509.Certificate{Raw: make([]byte, 1000)}, Fleeting: true},
	})
	if d := brought - bare; d < 3000 {
		t.Errorf("a certificate that came with the code costs %d", d)
	}
	listed := cost(&verifier.Proven{
		Credential: &verifier.Credential{}, Key: &verifier.Key{Certificate: &x509.Certificate{Raw: make([]byte, 1000)}},
	})
	if listed != bare {
		t.Errorf("a certificate of the trust list costs %d", listed-bare)
	}
}

func TestSizeMustBePositive(t *testing.T) {
	for _, n := range []int64{0, -1} {
		if m, err := NewMemo(n); err == nil {
			m.Close()
			t.Fatalf("NewMemo(%d) succeeded", n)
		}
	}
}

// TestCloseLeavesNothing: a bubble ends only when every goroutine begun in it has.
func TestCloseLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, err := NewMemo(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		put(m, proven(payload(1), 1, "x"))
		m.Close()
	})
}

func TestConcurrentUse(t *testing.T) {
	m := newMemo(t, 100*overhead)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 5000 {
				n := (i * (worker + 1)) % 300
				id := string(rune('a' + n%20))
				epoch := uint64(n % 2)
				if p := m.Get(payload(n), epoch); p == nil {
					m.Put(proven(payload(n), epoch, id))
				} else if string(p.Credential.ID) != id {
					t.Errorf("got the proof of %s for %s", p.Credential.ID, id)
				}
			}
		})
	}
	wg.Wait()
}
