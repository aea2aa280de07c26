//go:build !race

package status

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

func TestLookupAllocatesNothing(t *testing.T) {
	data, err := issuing.StatusListCWT(newKey(t), list(1, nil))
	tokens := mustLoad(t, data, err).ProvenBy(signerOf("a"))
	s := New(tokens, mustLoad(t, []byte("bad"), nil), mustLoad(t, []byte(batch("AT", unknownKID, "UCI", hashOf("bad"))), nil))
	c := referring(3)
	c.ID, c.Country, c.RevocationHashes = []byte("good"), "AT", [][]byte{hashOf("good")}
	k := signerOf("a")
	k.ID = "AAAAAAAAAAA="
	var got verifier.StatusAnswer
	if n := testing.AllocsPerRun(100, func() { got = s.Lookup(c, k) }); n != 0 {
		t.Errorf("Lookup allocates %.0f times", n)
	}
	if got.State != verifier.StatusValid {
		t.Errorf("%+v", got)
	}
}
