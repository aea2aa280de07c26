package status

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/vectors"
)

// Every official revocation list of SMART Health Cards. A faulty one is refused when it is read, or, where
// only the key set shows the fault, never says that a card is valid.
func TestHealthCardListVectors(t *testing.T) {
	var all []struct {
		ID      string          `json:"id"`
		List    json.RawMessage `json:"crl"`
		Version uint64          `json:"jwk_crlVersion"`
		Expect  struct {
			Valid *bool `json:"crl_valid"`
		} `json:"expect"`
		Note string `json:"note"`
	}
	vectors.Read(t, "smart-health-cards/crl-vectors.json", &all)
	for _, v := range all {
		if v.Expect.Valid == nil {
			continue
		}
		src, err := Load(v.ID, v.List)
		valid := err == nil
		if valid {
			c, k := card(src.cards.keyID, "not-listed"), cardKey(v.Version, 0)
			valid = New(src).Lookup(c, k).State == verifier.StatusValid
		}
		if valid != *v.Expect.Valid {
			t.Errorf("%s: %v, %v, want valid: %v (%s)", v.ID, valid, err, *v.Expect.Valid, v.Note)
		}
	}
}

var cardIssued = time.Unix(1687450764, 657e6)

func card(kid, rid string) *verifier.Credential {
	return &verifier.Credential{
		Format: "shc", RevocationID: rid, RevocationMethod: "rid", IssuedAt: cardIssued,
		Proof: verifier.Proof{KeyID: []byte(kid)},
	}
}

func cardKey(version uint64, maxAge time.Duration) *verifier.Key {
	return &verifier.Key{CRLVersion: version, Issuer: &verifier.Issuer{ID: "https://a.example", StatusMaxAge: maxAge}}
}

func cardListOf(t testing.TB, version uint64, ids ...string) Source {
	t.Helper()
	text, err := issuing.HealthCardCRL(issuing.RevocationList{KeyID: "k", Version: version, IDs: ids})
	if err != nil {
		t.Fatal(err)
	}
	return mustLoadCards(t, string(text))
}

func mustLoadCards(t testing.TB, text string) Source {
	t.Helper()
	src, err := Load("crl.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestHealthCardLookup(t *testing.T) {
	src := cardListOf(t, 2, "always", "before.1687450765", "after.1687450764", "zero.0")
	if src.Kind != KindHealthCards || src.Len() != 4 {
		t.Fatalf("%d entries of kind %s", src.Len(), src.Kind)
	}
	src.FetchedAt = cardIssued.Add(time.Hour)
	s := New(cardListOf(t, 1, "always", "withdrawn"), src, cardListOf(t, 1, "withdrawn"))
	f := func(c *verifier.Credential, k *verifier.Key, want verifier.StatusState) {
		t.Helper()
		if a := s.Lookup(c, k); a.State != want {
			t.Errorf("%s: %+v, want %v", c.RevocationID, a, want)
		}
	}
	plain := cardKey(0, 0)
	f(card("k", "always"), plain, verifier.StatusRevoked)
	f(card("k", "before"), plain, verifier.StatusRevoked)
	f(card("k", "after"), plain, verifier.StatusValid) // issued within the second that is named, not before it
	f(card("k", "zero"), plain, verifier.StatusValid)
	f(card("k", "withdrawn"), plain, verifier.StatusValid) // only the newest list counts
	f(card("k", "ALWAYS"), plain, verifier.StatusValid)
	if a := s.Lookup(card("k", "other"), plain); !a.ListTime.Equal(src.FetchedAt) {
		t.Errorf("the list is of %v", a.ListTime)
	}
	// The key names the version of the list that counts.
	f(card("k", "other"), cardKey(2, 0), verifier.StatusValid)
	f(card("k", "other"), cardKey(3, 0), verifier.StatusUnknown)
	f(card("k", "always"), cardKey(3, 0), verifier.StatusRevoked)
	// No list: the verdict says that revocation is not established, unless the operator wants to know.
	f(card("x", "always"), cardKey(2, 0), verifier.StatusNotChecked)
	f(card("x", "always"), cardKey(2, time.Hour), verifier.StatusUnknown)
	f(card("x", "always"), cardKey(0, time.Hour), verifier.StatusNotChecked)
	hashed := card("k", "always")
	hashed.RevocationMethod = "hash-fhir"
	f(hashed, plain, verifier.StatusNotChecked)
	s = New(mustLoadCards(t, `{"kid":"k","method":"hash-fhir","ctr":1,"rids":["always"]}`))
	f(hashed, plain, verifier.StatusRevoked)
	f(card("k", "always"), plain, verifier.StatusNotChecked)

	ids, err := Load("ids.txt", []byte("always\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a := New(ids).Lookup(card("k", "always"), plain); a.State != verifier.StatusRevoked {
		t.Errorf("on the operator's list: %+v", a)
	}
}

func TestHealthCardListFaults(t *testing.T) {
	f := func(list, want string) {
		t.Helper()
		if _, err := Load("crl.json", []byte(list)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", list, err, want)
		}
	}
	f(`{"method":"rid","ctr":1,"rids":[]}`, "names no key")
	f(`{"kid":"k","ctr":1,"rids":[]}`, "method")
	f(`{"kid":"k","method":"RID","ctr":1,"rids":[]}`, "method")
	f(`{"kid":"k","method":"rid","rids":[]}`, "version")
	f(`{"kid":"k","method":"rid","ctr":"1","rids":[]}`, "ctr")
	f(`{"kid":"k","method":"rid","ctr":-1,"rids":[]}`, "ctr")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":"x"}`, "rids")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":[7]}`, "rids")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":[""]}`, "rids[0]")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":["x","y=="]}`, "rids[1]")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":["0123456789012345678901234"]}`, "rids[0]")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":["x.1","x.2"]}`, "twice")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":["x."]}`, "seconds")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":["x.1.2"]}`, "seconds")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":["x.-1"]}`, "seconds")
	f(`{"kid":"k","method":"rid","ctr":1,"rids":["x.1.5"]}`, "seconds")
}
