//go:build !race

package trust

import (
	"testing"

	"vratar/verifier"
)

func TestFindAllocatesNothing(t *testing.T) {
	s := manyIssuers(t, 10)
	room := make([]*verifier.Key, 0, 4)
	for _, c := range []*verifier.Credential{
		credential("document", "https://issuer-3", "k2"),
		credential("document", "https://issuer-3", ""),
		credential("document", "https://issuer-3", "unknown"),
		credential("document", "https://stranger", "k2"),
	} {
		if n := testing.AllocsPerRun(100, func() { s.Find(room[:0], c) }); n != 0 {
			t.Errorf("issuer %q kid %q: Find allocates %.0f times", c.Issuer, c.Proof.KeyID, n)
		}
	}
}
