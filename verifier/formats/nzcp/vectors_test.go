package nzcp_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/nzcp"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists trusts what one source says and has no status lists.
type lists struct{ trust *trust.Snapshot }

func (l lists) Trust() verifier.Trust { return l.trust }
func (lists) Status() verifier.Status { return status.New() }

// house is a verifier that trusts one document.
func house(t testing.TB, document []byte) verifier.Verifier {
	t.Helper()
	src, err := trust.Load("test", document)
	if err != nil {
		t.Fatal(err)
	}
	return verifier.Verifier{
		Formats: []verifier.Format{nzcp.Format{}}, Lists: lists{trust.New(src)}, Checker: proof.Checker{},
	}
}

type expect struct {
	Decodes        bool   `json:"decodes"`
	SignatureValid bool   `json:"signature_valid"`
	Expired        bool   `json:"expired"`
	NotYetValid    bool   `json:"not_yet_valid"`
	Accept         bool   `json:"accept"`
	Issuer         string `json:"iss"`
	NotBefore      int64  `json:"nbf"`
	VC             any    `json:"vc"`
}

// The ministry's examples, trusting its DID document, and once more trusting a key set with the DID URL as kid.
func TestVectors(t *testing.T) {
	var all []vectors.Entry[expect]
	vectors.Read(t, "nzcp/vectors.json", &all)
	document, err := os.ReadFile(filepath.Join(vectors.Dir(t), "nzcp", "did.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		checkVector(t, &all[i], document)
		var jwk map[string]any
		if err := json.Unmarshal(all[i].Key.JWK, &jwk); err != nil {
			t.Fatal(err)
		}
		jwk["kid"] = all[i].Key.KID
		set, _ := json.Marshal(map[string]any{"keys": []any{jwk}})
		checkVector(t, &all[i], set)
	}
	t.Logf("%d vectors", len(all))
}

func checkVector(t *testing.T, e *vectors.Entry[expect], document []byte) {
	t.Helper()
	v := house(t, document)
	out := v.Verify(verifier.Scan{Payload: e.Bytes(t), At: e.Now})
	same := func(what string, got, want bool) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s = %v, want %v (%s: %v)", e.ID, what, got, want, out.Reason, out.Cause)
		}
	}
	pass := func(c verifier.Check) bool { return out.Checks[c].Result == verifier.Pass }
	same("decodes", pass(verifier.CheckDecode), e.Expect.Decodes)
	same("schema", pass(verifier.CheckSchema), true)
	same("signature", pass(verifier.CheckSignature), e.Expect.SignatureValid)
	same("in time", pass(verifier.CheckTime), !e.Expect.Expired && !e.Expect.NotYetValid)
	same("accept", out.Outcome == verifier.Valid, e.Expect.Accept)
	c := out.Credential
	if c == nil {
		return
	}
	var vc any
	err := json.Unmarshal(c.Claims, &vc)
	same("vc", err == nil && reflect.DeepEqual(vc, e.Expect.VC), true)
	same("issuer", c.Issuer == e.Expect.Issuer, true)
	same("nbf", c.NotBefore.Unix() == e.Expect.NotBefore, true)
}

// Only the DID's own keys for assertions count, and the pass ends when exp begins.
func TestOwnPass(t *testing.T) {
	key, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	key.ID = "key-1"
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	text, err := issuing.NZCP(key, issuing.Pass{
		Issuer: "did:web:pass.example", Given: "Jack", BirthDate: "1960-04-16", NotBefore: from, ExpiresAt: from.AddDate(1, 0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	f := func(did string, at time.Time, want verifier.Reason) {
		t.Helper()
		document, err := issuing.DIDDocument(did, key)
		if err != nil {
			t.Fatal(err)
		}
		v := house(t, document)
		if out := v.Verify(verifier.Scan{Payload: []byte(text), At: at}); out.Reason != want {
			t.Fatalf("trusting %s at %v: %v (%v), want %v", did, at, out.Reason, out.Cause, want)
		}
	}
	f("did:web:pass.example", from, verifier.ReasonOK)
	f("did:web:pass.example", from.Add(-time.Second), verifier.ReasonNotYetValid)
	f("did:web:pass.example", from.AddDate(1, 0, 0).Add(-time.Second), verifier.ReasonOK)
	f("did:web:pass.example", from.AddDate(1, 0, 0), verifier.ReasonExpired)
	f("did:web:other.example", from, verifier.ReasonIssuerUnknown)
}
