package status

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// A list that was never loaded makes unknown what it may speak for, and nothing else.
func TestAwaitedListsMakeUnknown(t *testing.T) {
	text, err := issuing.StatusListJWT(newKey(t), list(1, nil))
	tokens := mustLoad(t, text, err)
	signer := signerOf("i")
	batch := mustLoadCards(t, `{"country":"AT","kid":"UNKNOWN_KID","hashType":"UCI","expires":"2030-01-01T00:00:00Z","entries":[]}`)
	held := New(tokens.ProvenBy(signer), batch, mustLoadCards(t, "gone\n"), cardListOf(t, 1, "x"))

	plain := &verifier.Credential{Format: "document", Issuer: "i"}
	revoked := &verifier.Credential{Format: "document", Issuer: "i", ID: []byte("gone")}
	listed := &verifier.Credential{Format: "document", Issuer: "i", Status: &verifier.StatusRef{URI: uri, Index: 1}}
	elsewhere := &verifier.Credential{Format: "document", Issuer: "i", Status: &verifier.StatusRef{URI: "other", Index: 1}}
	dcc := &verifier.Credential{Format: "hcert", Issuer: "AT", RevocationHashes: [][]byte{make([]byte, hashSize)}}
	known, other := card("k", "y"), card("other", "y")
	known.Issuer, other.Issuer = "https://a.example", "https://a.example"

	f := func(name string, awaited []Awaited, c *verifier.Credential, want verifier.StatusState) {
		t.Helper()
		if a := held.Awaiting(awaited...).Lookup(c, signer); a.State != want || (want == verifier.StatusUnknown && a.Detail == "") {
			t.Errorf("%s: %+v, want %v", name, a, want)
		}
	}
	f("nothing awaited", nil, plain, verifier.StatusNotChecked)
	f("nothing awaited, covered", nil, dcc, verifier.StatusValid)

	any := []Awaited{{}}
	f("no list of its own", any, plain, verifier.StatusUnknown)
	f("revoked by another list", any, revoked, verifier.StatusRevoked)
	f("its own list is held", any, listed, verifier.StatusValid)
	f("its own list is not held", any, elsewhere, verifier.StatusUnknown)
	f("covered by a list it does not name", any, dcc, verifier.StatusUnknown)
	f("the list of its key is held", any, known, verifier.StatusValid)
	f("the list of its key is not held", any, other, verifier.StatusUnknown)

	f("for another format", []Awaited{{Formats: []string{"pretix"}}}, plain, verifier.StatusNotChecked)
	f("for this format", []Awaited{{Formats: []string{"pretix"}}, {Formats: []string{"x", "document"}}}, plain, verifier.StatusUnknown)
	f("for another issuer", []Awaited{{Formats: []string{"shc"}, Issuers: []string{"https://b.example"}}}, other, verifier.StatusNotChecked)
	f("for this issuer", []Awaited{{Formats: []string{"shc"}, Issuers: []string{"https://a.example"}}}, other, verifier.StatusUnknown)
	if held.Lookup(plain, signer).State != verifier.StatusNotChecked {
		t.Error("Awaiting changed the snapshot that it was asked of")
	}
}

func TestTally(t *testing.T) {
	text, err := issuing.StatusListJWT(newKey(t), list(2, map[uint64]byte{1: 1, 2: 2, 3: 3, 99: 1}))
	bits, counts, ok := mustLoad(t, text, err).Tally()
	if !ok || bits != 2 || counts[0] != 96 || counts[1] != 2 || counts[2] != 1 || counts[3] != 1 || len(counts) != 4 {
		t.Errorf("%d bits, %v", bits, counts)
	}
	if _, _, ok := mustLoadCards(t, "gone\n").Tally(); ok {
		t.Error("a text has a tally")
	}
}
