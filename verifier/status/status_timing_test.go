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
