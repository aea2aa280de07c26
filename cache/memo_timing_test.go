package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/dgraph-io/ristretto/v2"

	"vratar/verifier"
)

// What a memo is asked in these benchmarks: payloads it knows, all of them in turn.
const (
	heldStill = 1       // one code before one camera
	recent    = 2_000   // what the gates of a stadium show in a minute
	known     = 100_000 // more than the first level holds
)

// remembering makes a memo that knows n payloads.
func remembering(b *testing.B, n int) (m *Memo, payloads [][]byte) {
	m = newMemo(b, 4*known*overhead)
	payloads = make([][]byte, n)
	for i := range payloads {
		payloads[i] = payload(i)
		m.Wants(payloads[i])
		m.Put(proven(payloads[i], 1, "x"))
		if i%1000 == 0 {
			m.far.Wait()
		}
	}
	m.far.Wait()
	return m, payloads
}

// benchmarkAsk calls ask with one payload after the other, from as many goroutines as -cpu says.
func benchmarkAsk(b *testing.B, payloads [][]byte, ask func([]byte)) {
	var seed atomic.Uint64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := seed.Add(0x9e3779b97f4a7c15); pb.Next(); i += 7919 {
			ask(payloads[i%uint64(len(payloads))])
		}
	})
}

func BenchmarkMemoHit(b *testing.B) {
	for _, n := range []int{heldStill, recent, known} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m, payloads := remembering(b, n)
			for _, p := range payloads { // promoted as far as there is room
				m.Get(p, 1)
			}
			before := m.Stats()
			benchmarkAsk(b, payloads, func(p []byte) { m.Get(p, 1) })
			s := m.Stats()
			asked := float64(s.Hits + s.Misses - before.Hits - before.Misses)
			b.ReportMetric(100*float64(s.NearHits-before.NearHits)/asked, "%near")
			b.ReportMetric(100*float64(s.Hits-before.Hits)/asked, "%hits")
		})
	}
}

// BenchmarkMemoMiss is what the memo adds to the judgement of a code that it does not know.
func BenchmarkMemoMiss(b *testing.B) {
	m, _ := remembering(b, recent)
	others := make([][]byte, recent)
	for i := range others {
		others[i] = payload(i + known)
	}
	benchmarkAsk(b, others, func(p []byte) { m.Get(p, 1) })
}

// BenchmarkMemoFirstProof is what it adds once that code is proven, in a crowd.
func BenchmarkMemoFirstProof(b *testing.B) {
	m, _ := remembering(b, recent)
	p, n := payload(0), 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		binary.LittleEndian.PutUint64(p, uint64(n))
		m.Wants(p)
	}
}

// BenchmarkRistrettoAlone is the same without a first level, keyed by SHA-256.
func BenchmarkRistrettoAlone(b *testing.B) {
	type digested struct {
		digest [sha256.Size]byte
		proven *verifier.Proven
	}
	for _, n := range []int{heldStill, recent, known} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, err := ristretto.NewCache(&ristretto.Config[uint64, *digested]{
				NumCounters: 10 * known, MaxCost: 4 * known * overhead, BufferItems: 64,
			})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			payloads := make([][]byte, n)
			for i := range payloads {
				payloads[i] = payload(i)
				d := sha256.Sum256(payloads[i])
				c.Set(binary.LittleEndian.Uint64(d[:]), &digested{d, proven(payloads[i], 1, "x")}, 2*overhead)
				if i%1000 == 0 {
					c.Wait()
				}
			}
			benchmarkAsk(b, payloads, func(p []byte) {
				d := sha256.Sum256(p)
				if e, ok := c.Get(binary.LittleEndian.Uint64(d[:])); ok && e.digest != d {
					b.Error("another payload's proof")
				}
			})
		})
	}
}

// BenchmarkMemoPut replaces what is remembered.
func BenchmarkMemoPut(b *testing.B) {
	m := newMemo(b, 1000*overhead)
	all := make([]*verifier.Proven, 500)
	for i := range all {
		all[i] = proven(payload(i), 1, "x")
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Put(all[i%500])
	}
}
