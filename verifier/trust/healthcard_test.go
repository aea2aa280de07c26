package trust

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/vectors"
)

// Every official key set of SMART Health Cards, good and faulty.
func TestHealthCardKeySetVectors(t *testing.T) {
	var all []struct {
		ID     string          `json:"id"`
		Keys   json.RawMessage `json:"jwks"`
		Expect struct {
			Valid bool `json:"jwks_valid"`
		} `json:"expect"`
		Note string `json:"note"`
	}
	vectors.Read(t, "smart-health-cards/jwks-vectors.json", &all)
	for _, v := range all {
		src, err := Load(v.ID, fmt.Appendf(nil, `{"https://smarthealth.cards/examples/issuer":%s}`, v.Keys))
		if valid := err == nil && len(src.Refused) == 0; valid != v.Expect.Valid {
			t.Errorf("%s: %v, %v, want valid: %v (%s)", v.ID, err, src.Refused, v.Expect.Valid, v.Note)
		}
	}
}

func healthCardKey(t *testing.T) []byte {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, bytes.NewReader(make([]byte, 40)))
	if err != nil {
		t.Fatal(err)
	}
	if k, err = k.Thumbprinted(); err != nil {
		t.Fatal(err)
	}
	text, err := k.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Replace(text, []byte(`"kty"`), []byte(`"use":"sig","crlVersion":3,"kty"`), 1)
}

func TestHealthCardIssuers(t *testing.T) {
	key := string(healthCardKey(t))
	src := mustLoad(t, `{"https://a.example":{"keys":[`+key+`,{"kty":"oct","k":"AA"}]},"https://b.example/x":{"keys":[`+key+`]}}`)
	if src.Kind != KindSHC || src.Wildcard || len(src.Entries) != 2 || len(src.Refused) != 1 {
		t.Fatalf("source = %+v", src)
	}
	s := New(src)
	k := s.Keys()[0]
	if k.CRLVersion != 3 {
		t.Errorf("revocation list of version %d", k.CRLVersion)
	}
	f := func(c *verifier.Credential, want string) {
		t.Helper()
		if got := found(s, c); got != want {
			t.Errorf("issuer %q: %s, want %s", c.Issuer, got, want)
		}
	}
	f(credential("shc", "https://a.example", k.ID), "https://a.example")
	f(credential("shc", "https://b.example/x", k.ID), "https://b.example/x")
	f(credential("shc", "https://a.example/", k.ID), "issuer_unknown")
	f(credential("shc", "http://a.example", k.ID), "issuer_unknown")
	f(credential("shc", "https://A.example", k.ID), "issuer_unknown")
	f(credential("shc", "https://a.example", "other"), "key_unknown")
	f(credential("sdjwt", "https://a.example", k.ID), "key_not_allowed")

	later := mustLoad(t, strings.ReplaceAll(`{"https://a.example":{"keys":[`+key+`]}}`, `"crlVersion":3`, `"crlVersion":4`))
	if New(later).Epoch() == New(mustLoad(t, `{"https://a.example":{"keys":[`+key+`]}}`)).Epoch() {
		t.Error("a new version of the revocation list leaves the epoch")
	}
	// Our own list may name the version as well.
	own := mustLoad(t, `{"issuers":[{"id":"https://a.example","keys":[`+key+`]}]}`)
	if k := New(own).Keys()[0]; k.CRLVersion != 3 {
		t.Errorf("revocation list of version %d on our own list", k.CRLVersion)
	}
}

func TestHealthCardIssuerFaults(t *testing.T) {
	key := string(healthCardKey(t))
	f := func(list, want string) {
		t.Helper()
		if _, err := Load("list.json", []byte(list)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", list, err, want)
		}
	}
	f(`{"https://a.example":{"keys":[`+key+`]},"http://b.example":{"keys":[]}}`, "http://b.example")
	f(`{"https://a.example/":{"keys":[`+key+`]}}`, "trailing slash")
	f(`{"https://a.example":[`+key+`]}`, "object")
	f(`{"https://a.example":{"keys":7}}`, "key set")
	f(`{"https://a.example":{}}`, "key set")
	f(`{"https://a.example":{"keys":[]}}`, "not one key")
	f(`{"https://a.example":{"keys":[`+strings.Replace(key, `"use":"sig",`, "", 1)+`]}}`, "signing")
	f(`{"https://a.example":{"keys":[`+strings.Replace(key, `"crlVersion":3`, `"crlVersion":"3"`, 1)+`]}}`, "crlVersion")
}
