package claim169

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
	"vratar/verifier/issuing"
)

// A document of ours that has lost its prefix is no identity, though it carries one: what its issuer bound to a
// holder's key would be anybody's.
func TestDocumentInDisguise(t *testing.T) {
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8(sha256.Sum256(nil)))
	if err != nil {
		t.Fatal(err)
	}
	claims, err := issuing.Document{
		Issuer: "https://u.example", Type: "student", Name: "Anna", IssuedAt: time.Unix(1767225600, 0), Holder: k.Public(),
	}.Claims()
	if err != nil {
		t.Fatal(err)
	}
	message, err := k.Sign1(issuing.Message{KeyID: []byte("k"), Payload: claims})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := (Format{}).Decode([]byte(issuing.ArmourIdentity169(message))); c != nil || err == nil {
		t.Errorf("opened as %+v", c)
	}
}

// An identity that its issuer bound to a key says so, whoever shows it.
func TestBoundIdentity(t *testing.T) {
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8(sha256.Sum256(nil)))
	if err != nil {
		t.Fatal(err)
	}
	f := func(members int, want bool) {
		t.Helper()
		claims := cbor.AppendText(cbor.AppendInt(cbor.AppendMapHead(cbor.AppendInt(cbor.AppendMapHead(nil, members), claimIdentity), 1), 4), "Anna")
		if members == 2 {
			claims = cbor.AppendMapHead(cbor.AppendInt(claims, cose.ClaimConfirm), 0)
		}
		message, err := k.Sign1(issuing.Message{KeyID: []byte("k"), Payload: claims})
		if err != nil {
			t.Fatal(err)
		}
		c, err := (Format{}).Decode([]byte(issuing.ArmourIdentity169(message)))
		if err != nil || c.Bound != want {
			t.Errorf("%d claims: %+v, %v", members, c, err)
		}
	}
	f(1, false)
	f(2, true)
}
