package cache

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
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

func proven(id string) *verifier.Proven {
	return &verifier.Proven{Credential: &verifier.Credential{ID: []byte(id)}, Key: &verifier.Key{}}
}

func digest(i int) [32]byte {
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
}

// put waits until p can be found.
func put(m *Memo, d [32]byte, epoch uint64, p *verifier.Proven) {
	m.Put(d, epoch, p)
	m.cache.Wait()
}

func TestGetAndPut(t *testing.T) {
	m := newMemo(t, 1<<20)
	if m.Get(digest(1), 1) != nil {
		t.Fatal("an empty memo remembers")
	}
	one, two := proven("one"), proven("two")
	put(m, digest(1), 1, one)
	put(m, digest(2), 1, two)
	if m.Get(digest(1), 1) != one || m.Get(digest(2), 1) != two {
		t.Fatal("forgotten, or mixed up")
	}
	if s := m.Stats(); s.Hits != 2 || s.Misses != 1 || s.Bytes < 2*overhead || s.MaxBytes != 1<<20 {
		t.Fatalf("%+v", s)
	}
}

func TestUsableSoonAfter(t *testing.T) {
	m := newMemo(t, 1<<20)
	p := proven("x")
	m.Put(digest(1), 1, p)
	for begin := time.Now(); m.Get(digest(1), 1) != p; runtime.Gosched() {
		if time.Since(begin) > 5*time.Second {
			t.Fatal("not remembered")
		}
	}
}

// TestAnotherEpoch: keys that are no longer trusted prove nothing, and the new proof replaces the old one.
func TestAnotherEpoch(t *testing.T) {
	m := newMemo(t, 1<<20)
	old, fresh := proven("x"), proven("x")
	put(m, digest(1), 1, old)
	before := m.Stats().Bytes
	if m.Get(digest(1), 2) != nil || m.Get(digest(1), 0) != nil {
		t.Fatal("a proof outlived its trust list")
	}
	put(m, digest(1), 2, fresh)
	if m.Get(digest(1), 2) != fresh || m.Get(digest(1), 1) != nil || m.Stats().Bytes != before {
		t.Fatal("the new proof did not replace the old one")
	}
}

// TestCollision: digests that agree in the 64 bits the cache goes by, and differ in any other, never borrow
// each other's proof.
func TestCollision(t *testing.T) {
	m := newMemo(t, 1<<20)
	genuine := digest(1)
	put(m, genuine, 1, proven("genuine"))
	for bit := 64; bit < 256; bit++ {
		crafted := genuine
		crafted[bit/8] ^= 1 << (bit % 8)
		if slot(&crafted) != slot(&genuine) {
			t.Fatal("the test does not collide")
		}
		if p := m.Get(crafted, 1); p != nil {
			t.Fatalf("bit %d: a crafted payload borrowed the proof of %s", bit, p.Credential.ID)
		}
	}
	crafted := genuine
	crafted[31] ^= 1
	other := proven("other")
	put(m, crafted, 1, other)
	if p := m.Get(genuine, 1); p == other {
		t.Fatal("a genuine payload got the proof of a crafted one")
	}
	if m.Get(crafted, 1) != other {
		t.Fatal("the newer of two colliding entries is gone")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const limit = 1 << 20
	m := newMemo(t, limit)
	for i := range 10_000 {
		m.Put(digest(i), 1, proven("x"))
		if i%100 == 0 {
			m.cache.Wait()
		}
	}
	m.cache.Wait()
	s := m.Stats()
	if s.Bytes > limit || s.Bytes < limit/2 || s.Evicted+s.Refused == 0 {
		t.Fatalf("%+v", s)
	}
}

func TestCostCountsEveryText(t *testing.T) {
	small := proven("")
	big := &verifier.Proven{Key: &verifier.Key{}, Credential: &verifier.Credential{
		Claims: make([]byte, 1000), RevocationHashes: [][]byte{make([]byte, 1000)}, Status: &verifier.StatusRef{URI: strings.Repeat("u", 1000)},
		Proof: verifier.Proof{Signed: make([]byte, 1000), Signature: make([]byte, 1000), Chain: [][]byte{make([]byte, 1000)}},
	}}
	if d := cost(big) - cost(small); d < 6000 || d > 6100 {
		t.Fatalf("difference %d", d)
	}
}

// A holder can make as many proofs for one credential as he likes, and each is another payload.
func TestCostCountsTheHolderAndTheCertificate(t *testing.T) {
	bare := cost(&verifier.Proven{Credential: &verifier.Credential{}, Key: &verifier.Key{}})
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
		Key:        &verifier.Key{Certificate: &x509.Certificate{Raw: make([]byte, 1000)}},
	})
	if d := brought - bare; d < 3000 {
		t.Errorf("a certificate that came with the code costs %d", d)
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
		put(m, digest(1), 1, proven("x"))
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
				if p := m.Get(digest(n), epoch); p == nil {
					m.Put(digest(n), epoch, proven(id))
				} else if string(p.Credential.ID) != id {
					t.Errorf("got the proof of %s for %s", p.Credential.ID, id)
				}
			}
		})
	}
	wg.Wait()
}
