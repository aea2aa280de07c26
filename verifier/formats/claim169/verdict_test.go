package claim169_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/claim169"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
)

// An identity of our own, trusting its issuer's key; the same without signature is refused for that.
func TestOwnIdentity(t *testing.T) {
	key, err := issuing.NewKey(verifier.EdDSA, rand.NewChaCha8([32]byte{5}))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	identity := issuing.Identity{
		Issuer: "https://id.example", IssuedAt: at, ExpiresAt: at.AddDate(1, 0, 0), Entries: map[int64]any{4: "Jane", 8: "19900515"},
	}
	jwk, err := key.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	f := func(text, issuer string, at time.Time, want verifier.Reason) {
		t.Helper()
		list := `{"issuers":[{"id":"` + issuer + `","formats":["claim169"],"documents":["identity"],"keys":[` + string(jwk) + `]}]}`
		src, err := trust.Load("test", []byte(list))
		if err != nil {
			t.Fatal(err)
		}
		v := verifier.Verifier{Formats: []verifier.Format{claim169.Format{}}, Lists: lists{trust.New(src)}, Checker: proof.Checker{}}
		if out := v.Verify(verifier.Scan{Payload: []byte(text), At: at}); out.Reason != want {
			t.Fatalf("%v (%v), want %v", out.Reason, out.Cause, want)
		}
	}
	text, err := issuing.Identity169(key, identity)
	if err != nil {
		t.Fatal(err)
	}
	f(text, "https://id.example", at, verifier.ReasonOK)
	f(text, "https://other.example", at, verifier.ReasonIssuerUnknown)
	f(text, "https://id.example", at.AddDate(2, 0, 0), verifier.ReasonExpired)

	claims, err := identity.Claims()
	if err != nil {
		t.Fatal(err)
	}
	// 18([h'a10127', {}, claims, h'']): EdDSA is named, and nobody signed.
	unsigned := append([]byte{0xd2, 0x84, 0x43, 0xa1, 0x01, 0x27, 0xa0, 0x58, byte(len(claims))}, claims...)
	f(issuing.ArmourIdentity169(append(unsigned, 0x40)), "https://id.example", at, verifier.ReasonSignatureInvalid)
	broken := identity
	broken.Entries = map[int64]any{8: "yesterday"}
	if text, err = issuing.Identity169(key, broken); err != nil {
		t.Fatal(err)
	}
	f(text, "https://id.example", at, verifier.ReasonMalformed)
}
