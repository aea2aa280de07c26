package status

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// nation is one list of 55 million entries of one bit.
func nation(t testing.TB) *Snapshot {
	t.Helper()
	l := list(1, map[uint64]byte{7: 1})
	l.Size = 55_000_000
	data, err := issuing.StatusListCWT(newKey(t), l)
	return New(mustLoad(t, data, err).ProvenBy(signerOf("a")))
}

func BenchmarkLookup55M(b *testing.B) {
	s := nation(b)
	k := signerOf("a")
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		c := referring(0)
		for i := uint64(1); pb.Next(); i++ {
			c.Status.Index = i * 2654435761 % 55_000_000
			if got := s.Lookup(c, k); got.State == verifier.StatusUnknown {
				b.Error(got.Detail)
			}
		}
	})
}

// BenchmarkBit55M is the list alone: one bit of 55 million, anywhere.
func BenchmarkBit55M(b *testing.B) {
	l := tokenList{bits: 1, entries: make([]byte, 55_000_000/8)}
	clear(l.entries) // else all of them were the system's one page of zeros
	found, i := 0, uint64(0)
	for b.Loop() {
		found += int(l.at(i * 2654435761 % 55_000_000))
		i++
	}
	if found > 0 {
		b.Error("an entry that is set")
	}
	b.ReportMetric(float64(len(l.entries))/1e6, "MB")
}
