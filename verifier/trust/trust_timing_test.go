package trust

import (
	"fmt"
	"testing"

	"vratar/verifier"
)

// manyIssuers is a snapshot of n issuers with two keys each.
func manyIssuers(t testing.TB, n int) *Snapshot {
	t.Helper()
	public := newSigner(t, "AT", "A").public
	src := Source{Kind: KindTrustList}
	for i := range n {
		e := Entry{Issuer: verifier.Issuer{ID: fmt.Sprintf("https://issuer-%d", i)}}
		e.Keys = []Key{{ID: "k1", Public: public}, {ID: "k2", Public: public}}
		src.Entries = append(src.Entries, e)
	}
	return New(src)
}

func BenchmarkFindAmong2000Issuers(b *testing.B) {
	s := manyIssuers(b, 2000)
	c := credential("document", "https://issuer-1234", "k2")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var room [4]*verifier.Key
		for pb.Next() {
			if keys, _ := s.Find(room[:0], c); len(keys) != 1 {
				b.Error("not found")
			}
		}
	})
}
