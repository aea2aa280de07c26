package trust

import (
	"fmt"
	"sync/atomic"
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

// BenchmarkFindByChain is a document signer whose certificate comes with each code, issued by a listed authority.
func BenchmarkFindByChain(b *testing.B) {
	iaca := root(b, 1)
	c := shown(certify(b, newKey(b, 2), iaca, forDocuments).Certificate)
	s := snapshotOf(b, pemOf(iaca.Certificate))
	var room [4]*verifier.Key
	f := func(name string, forget bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if forget {
					s.leaves.set(c.Proof.Chain[0]).places = [leafWays]atomic.Pointer[leaf]{}
				}
				if keys, _ := s.Find(room[:0], c); len(keys) != 1 {
					b.Fatal("not found")
				}
			}
		})
	}
	f("first", true)
	f("again", false)
}
