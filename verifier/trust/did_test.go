package trust

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

func TestDIDDocument(t *testing.T) {
	k, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := k.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	method := func(id, kind string) string {
		return fmt.Sprintf(`{"id":%q,"controller":"did:web:a.example","type":%q,"publicKeyJwk":%s}`, id, kind, jwk)
	}
	f := func(methods, assertions string, names []string, fault string) {
		t.Helper()
		document := `{"id":"did:web:a.example","verificationMethod":[` + methods + `],"assertionMethod":[` + assertions + `]}`
		src, err := Load("did.json", []byte(document))
		var got []string
		for _, e := range src.Entries {
			if e.Issuer.ID != "did:web:a.example" || src.Kind != KindDID || src.Wildcard {
				t.Fatalf("%+v", src)
			}
			for _, k := range e.Keys {
				got = append(got, k.ID)
			}
		}
		if !slices.Equal(got, names) || (err != nil) != (names == nil) {
			t.Fatalf("%s: keys %v, %v, want %v", document, got, err, names)
		}
		faults := fmt.Sprint(src.Refused, err)
		if fault != "" && !strings.Contains(faults, fault) || fault == "" && len(src.Refused) > 0 {
			t.Fatalf("faults %q, want %q", faults, fault)
		}
	}
	const one, two, kind = "did:web:a.example#1", "did:web:a.example#2", "JsonWebKey2020"
	f(method(one, kind), `"`+one+`"`, []string{one}, "")
	f(method("#1", kind), `"`+one+`"`, []string{one}, "")
	f(method(one, kind), `"#1"`, []string{one}, "")
	f(method(one, kind)+","+method(two, kind), `"`+two+`"`, []string{two}, "") // the other is for something else
	f("", method(one, kind), []string{one}, "")                                // embedded
	f(method(one, kind), "", nil, "not one key")
	f(method(one, kind), `"`+two+`"`, nil, "no such verification method")
	f(method(one, "Ed25519VerificationKey2020"), `"`+one+`"`, nil, "not supported")
	f(method("did:web:b.example#1", kind), `"did:web:b.example#1"`, nil, "not of this DID")
	f(`{"id":"`+one+`","type":"JsonWebKey2020"}`, `"`+one+`"`, nil, "publicKeyJwk")
	f(strings.Replace(method(one, kind), `"crv"`, `"d":"AA","crv"`, 1), `"`+one+`"`, nil, "secret")
	if _, err := Load("x", []byte(`{"id":"https://a.example","verificationMethod":[]}`)); err == nil {
		t.Fatal("an https id is no DID")
	}
}

// The fragment and the absolute id both name the key, for its own issuer only.
func TestDIDKeyNames(t *testing.T) {
	k, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.ID = "key-1"
	document, err := issuing.DIDDocument("did:web:a.example", k)
	if err != nil {
		t.Fatal(err)
	}
	src, err := Load("did.json", document)
	if err != nil {
		t.Fatal(err)
	}
	s := New(src)
	f := func(issuer, kid string, want verifier.Reason) {
		t.Helper()
		c := &verifier.Credential{Format: "nzcp", Issuer: issuer, Proof: verifier.Proof{KeyID: []byte(kid), Algorithm: verifier.ES256}}
		if _, got := s.Find(nil, c); got != want {
			t.Fatalf("Find(%s, %s) = %v, want %v", issuer, kid, got, want)
		}
	}
	f("did:web:a.example", "key-1", verifier.ReasonOK)
	f("did:web:a.example", "did:web:a.example#key-1", verifier.ReasonOK)
	f("did:web:a.example", "key-2", verifier.ReasonKeyUnknown)
	f("did:web:b.example", "key-1", verifier.ReasonIssuerUnknown)
	f("did:web:b.example", "did:web:a.example#key-1", verifier.ReasonIssuerUnknown)
}
