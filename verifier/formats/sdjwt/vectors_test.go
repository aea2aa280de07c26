package sdjwt_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/sdjwt"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists is what one judgement believes.
type lists struct {
	trust  verifier.Trust
	status verifier.Status
}

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return l.status }

// expect is what the curator claims; null claims nothing.
type expect struct {
	Decodes        *bool          `json:"decodes"`
	SignatureValid *bool          `json:"signature_valid"`
	Expired        *bool          `json:"expired"`
	Accept         *bool          `json:"accept"`
	AcceptBound    *bool          `json:"accept_if_key_binding_required"`
	Claims         map[string]any `json:"disclosed_claims"`
	Nonce          string         `json:"expected_nonce"`
	Audience       string         `json:"expected_aud"`
}

// Every official SD-JWT through the whole pipeline, each trusting exactly its own key: as one that needs no
// proof of the holder, and as one that does.
func TestVectors(t *testing.T) {
	var all []vectors.Entry[expect]
	vectors.Read(t, "sd-jwt/vectors.json", &all)
	for i := range all {
		e := &all[i]
		checkVector(t, e, verifier.HolderDemand{}, e.Expect.Accept)
		demand := verifier.HolderDemand{Required: true, Audience: e.Expect.Audience, Nonce: e.Expect.Nonce}
		checkVector(t, e, demand, e.Expect.AcceptBound)
	}
	t.Logf("%d vectors", len(all))
}

func checkVector(t *testing.T, e *vectors.Entry[expect], demand verifier.HolderDemand, accept *bool) {
	src, err := trust.Load("vector", []byte(`{"keys":[`+string(e.Key.JWK)+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	v := verifier.Verifier{
		Formats: []verifier.Format{sdjwt.Format{}}, Checker: proof.Checker{}, Lists: lists{trust.New(src), noStatus{}},
	}
	out := v.Verify(verifier.Scan{Payload: e.Bytes(t), At: e.Now, Holder: demand})
	same := func(what string, got bool, want *bool) {
		t.Helper()
		if want != nil && got != *want {
			t.Errorf("%s: %s = %v, want %v (%s at %s: %v) %s", e.ID, what, got, *want, out.Reason, out.Stage, out.Cause, e.Note)
		}
	}
	pass := func(c verifier.Check) bool { return out.Checks[c].Result == verifier.Pass }
	same("accept", out.Outcome == verifier.Valid, accept)
	same("decodes", pass(verifier.CheckDecode), e.Expect.Decodes)
	c := out.Credential
	if c == nil {
		return
	}
	same("signature", pass(verifier.CheckSignature), e.Expect.SignatureValid)
	same("expired", !c.ExpiresAt.IsZero() && e.Now.After(c.ExpiresAt), e.Expect.Expired)
	if e.Expect.Claims != nil {
		var got map[string]any
		if err := json.Unmarshal(c.Claims, &got); err != nil || !reflect.DeepEqual(got, e.Expect.Claims) {
			t.Errorf("%s: claims\n%s, want\n%v: %v", e.ID, c.Claims, e.Expect.Claims, err)
		}
	}
	if demand.Required && accept != nil && *accept && (!pass(verifier.CheckHolder) || out.NotEstablished&verifier.HolderBinding != 0) {
		t.Errorf("%s: the holder is not established: %+v", e.ID, out.Checks[verifier.CheckHolder])
	}
}

// noStatus holds every credential for good: the vectors come without lists.
type noStatus struct{}

func (noStatus) Lookup(*verifier.Credential, *verifier.Key) verifier.StatusAnswer {
	return verifier.StatusAnswer{State: verifier.StatusValid}
}

// The one vector that names a status list is held back until the list is there.
func TestStatusUnknown(t *testing.T) {
	var all []vectors.Entry[expect]
	vectors.Read(t, "sd-jwt/vectors.json", &all)
	for i := range all {
		e := &all[i]
		if e.ID != "sd-jwt/tsl-20-line843" {
			continue
		}
		src, err := trust.Load("vector", []byte(`{"keys":[`+string(e.Key.JWK)+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		v := verifier.Verifier{
			Formats: []verifier.Format{sdjwt.Format{}}, Checker: proof.Checker{}, Lists: lists{trust.New(src), status.New()},
		}
		out := v.Verify(verifier.Scan{Payload: e.Bytes(t), At: e.Now})
		if out.Outcome != verifier.Indeterminate || out.Reason != verifier.ReasonStatusUnknown {
			t.Errorf("%s: %s, %s", e.ID, out.Outcome, out.Reason)
		}
	}
}
