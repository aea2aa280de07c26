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
	c.ID, c.Country, c.RevocationHashes = []byte("URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B"), "AT", [][]byte{hashOf("good")}
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

func TestLookupInSetsAllocatesNothing(t *testing.T) {
	batches, _ := storedBatches(t, batch("AT", unknownKID, "UCI", hashOf("bad")))
	ids, _ := storedIDs(t, "0a0b", "")
	s := New(batches, ids)
	k := signerOf("a")
	c := &verifier.Credential{ID: []byte{1, 2}, RevocationID: "r", Issuer: "AT", RevocationHashes: [][]byte{hashOf("good")}}
	var got verifier.StatusAnswer
	if n := testing.AllocsPerRun(100, func() { got = s.Lookup(c, k) }); n != 0 {
		t.Errorf("Lookup allocates %.0f times", n)
	}
	if got.State != verifier.StatusValid {
		t.Errorf("%+v", got)
	}
}
