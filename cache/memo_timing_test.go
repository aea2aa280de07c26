package cache

import (
	"sync/atomic"
	"testing"
)

// BenchmarkMemoGet90 asks from all cores for 100,000 remembered credentials and, one time in ten, for one
// that is not.
func BenchmarkMemoGet90(b *testing.B) {
	const known = 100_000
	m := newMemo(b, 2*known*overhead)
	digests := make([][32]byte, known*10/9)
	for i := range digests {
		digests[i] = digest(i)
		if i < known {
			m.Put(digests[i], 1, proven("x"))
			if i%1000 == 0 {
				m.cache.Wait()
			}
		}
	}
	m.cache.Wait()
	var seed atomic.Uint64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := seed.Add(0x9e3779b97f4a7c15); pb.Next(); i += 7919 {
			m.Get(digests[i%uint64(len(digests))], 1)
		}
	})
	s := m.Stats()
	b.ReportMetric(100*float64(s.Hits)/float64(s.Hits+s.Misses), "%hits")
}

// BenchmarkMemoPut replaces what is remembered.
func BenchmarkMemoPut(b *testing.B) {
	m := newMemo(b, 1000*overhead)
	p := proven("x")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Put(digest(i%500), uint64(i), p)
	}
}
