package status

import (
	"bytes"
	"encoding/pem"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

var update = flag.Bool("update", false, "write testdata anew")

// issuedLists is every kind of list that issuing makes.
func issuedLists(t testing.TB) map[string][]byte {
	t.Helper()
	root := authority(t, verifier.ES256, 1)
	lists := make(map[string][]byte)
	keep := func(name string, data []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		lists[name] = data
	}
	l := issuing.StatusList{URI: "https://s.example/1", Issuer: "x", Bits: 2, Size: 64, Values: map[uint64]byte{3: 1, 5: 2}, IssuedAt: start}
	jwt, err := issuing.StatusListJWT(root, l)
	keep("tokens.jwt", jwt, err)
	cwt, err := issuing.StatusListCWT(root, l)
	keep("tokens.cwt", cwt, err)
	crl, err := issuing.RevokedCertificates(root, issuing.RevocationOptions{Number: 3, ThisUpdate: start, NextUpdate: start.AddDate(0, 0, 7)},
		issuing.Revocation{Certificate: certified(t, root, 2).Certificate, At: start, Reason: 1},
		issuing.Revocation{Certificate: certified(t, root, 3).Certificate, At: start, Reason: 6})
	keep("revoked.crl", crl, err)
	keep("revoked.pem", pem.EncodeToMemory(&pem.Block{Type: pemCRL, Bytes: crl}), nil)
	filter, err := issuing.RevocationFilter(issuing.Filter{Wrong: 1e-9, Room: 16}, hashes(5)...)
	keep("filter.bin", filter, err)
	const batch = `{"country":"AT","kid":"UNKNOWN_KID","hashType":"UCI","expires":"2030-01-01T00:00:00Z","entries":[{"hash":"AAECAwQFBgcICQoLDA0ODw=="}]}`
	message, err := issuing.SignedMessage(root, []byte(batch))
	keep("batch.cms", message, err)
	keep("batch.json", []byte(batch), nil)
	return lists
}

// The lists of testdata are what issuing makes, byte by byte, and are read as they were meant. They are made anew with
// -update.
func TestListsOfTestdata(t *testing.T) {
	want := map[string]struct {
		kind    string
		entries int
		signed  bool
	}{
		"tokens.jwt": {KindTokenList, 64, true}, "tokens.cwt": {KindTokenList, 64, true}, "revoked.crl": {KindCRL, 2, true},
		"revoked.pem": {KindCRL, 2, true}, "filter.bin": {KindDCCFilter, 5, false}, "batch.cms": {KindDCCRevocation, 1, true},
		"batch.json": {KindDCCRevocation, 1, false},
	}
	made := issuedLists(t)
	if len(made) != len(want) {
		t.Errorf("%d lists are made", len(made))
	}
	for name, data := range made {
		path := filepath.Join("testdata", "lists", name)
		if *update {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, data) {
			t.Errorf("%s: issuing makes another list", name)
		}
		src, w := loaded(t, kept), want[name]
		if src.Kind != w.kind || src.Len() != w.entries || (src.Statement != nil) != w.signed {
			t.Errorf("%s: %s with %d entries", name, src.Kind, src.Len())
		}
	}
}

// Whatever bytes come, a list is read or refused, and one that carries a signature says nothing good before it is
// proven.
func FuzzLoadAny(f *testing.F) {
	for _, data := range issuedLists(f) {
		f.Add(data)
	}
	f.Add([]byte("ticket-1\n"))
	key := &verifier.Key{Issuer: &verifier.Issuer{ID: "x", Country: "AT"}}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		src, err := Load("fuzz", data)
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			return
		}
		c := &verifier.Credential{Format: "hcert", Issuer: "AT", RevocationHashes: hashes(1)}
		if src.Kind == KindTokenList {
			c.Status = &verifier.StatusRef{URI: src.URI}
		}
		a := New(src).Lookup(c, key)
		if src.Kind == "" || src.Len() < 0 || (src.Statement != nil && (a.State == verifier.StatusValid || a.State == verifier.StatusRevoked)) {
			t.Fatalf("%s says %+v", src.Kind, a)
		}
	})
}
