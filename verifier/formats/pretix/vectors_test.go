package pretix_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/pretix"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists hands out the lists of one case.
type lists struct {
	trust  verifier.Trust
	status verifier.Status
}

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return l.status }

func trusting(t testing.TB, text []byte) verifier.Trust {
	t.Helper()
	src, err := trust.Load("vector", text)
	if err != nil {
		t.Fatal(err)
	}
	return trust.New(src)
}

// secrets is the list of an event as the pretix API gives it out.
func secrets(t testing.TB, revoked, blocked []string) verifier.Status {
	t.Helper()
	type entry struct {
		Secret  string `json:"secret"`
		Blocked *bool  `json:"blocked,omitempty"`
	}
	entries := []entry{}
	yes := true
	for _, s := range revoked {
		entries = append(entries, entry{Secret: s})
	}
	for _, s := range blocked {
		entries = append(entries, entry{s, &yes})
	}
	text, err := json.Marshal(map[string]any{"count": len(entries), "next": nil, "results": entries})
	if err != nil {
		t.Fatal(err)
	}
	src, err := status.Load("vector", text)
	if err != nil {
		t.Fatal(err)
	}
	return status.New(src)
}

func judge(l lists, payload []byte, at time.Time) verifier.Verdict {
	v := verifier.Verifier{Formats: []verifier.Format{pretix.Format{}}, Lists: l, Checker: proof.Checker{}, Skew: time.Minute}
	return v.Verify(verifier.Scan{Payload: payload, At: at})
}

// vector is an entry with what only pretix has.
type vector struct {
	vectors.Entry[expect]
	Lists struct {
		Revoked []string `json:"revoked_secrets"`
		Blocked []string `json:"blocked_secrets"`
	} `json:"lists"`
}

type expect struct {
	Decodes        bool  `json:"decodes"`
	SignatureValid bool  `json:"signature_valid"`
	NotYetValid    *bool `json:"not_yet_valid"`
	Expired        *bool `json:"expired"`
	Accept         bool  `json:"accept"`
	AcceptAnyItem  *bool `json:"accept_without_product_list"`
	Ticket         *struct {
		Seed                      string
		Item, Variation, Subevent int64
	} `json:"ticket"`
}

func TestVectors(t *testing.T) {
	var all []vector
	vectors.Read(t, "pretix-sig1/vectors.json", &all)
	for i := range all {
		e := &all[i]
		out := judge(lists{trusting(t, e.Key.JWKS), secrets(t, e.Lists.Revoked, e.Lists.Blocked)}, e.Bytes(t), e.Now)
		accept := e.Expect.Accept
		if e.Expect.AcceptAnyItem != nil {
			accept = *e.Expect.AcceptAnyItem // which products there are is the checkpoint's rule, not the format's
		}
		f := func(what string, got, want bool) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s = %v, want %v (%s: %v)", e.ID, what, got, want, out.Reason, out.Cause)
			}
		}
		f("accept", out.Outcome == verifier.Valid, accept)
		f("decodes", out.Credential != nil, e.Expect.Decodes)
		f("signature_valid", out.Checks[verifier.CheckSignature].Result == verifier.Pass, e.Expect.SignatureValid)
		if out.Credential == nil {
			continue
		}
		f("expired", out.Reason == verifier.ReasonExpired, *e.Expect.Expired)
		f("not_yet_valid", out.Reason == verifier.ReasonNotYetValid, *e.Expect.NotYetValid)
		f("revoked", out.Reason == verifier.ReasonRevoked, len(e.Lists.Revoked) > 0)
		f("blocked", out.Reason == verifier.ReasonSuspended, len(e.Lists.Blocked) > 0)
		var claims struct {
			Seed                      string
			Item, Variation, Subevent int64
		}
		if err := json.Unmarshal(out.Credential.Claims, &claims); err != nil || claims != *e.Expect.Ticket {
			t.Errorf("%s: claims %s", e.ID, out.Credential.Claims)
		}
	}
}

// The event's JSON as pretix publishes it trusts the same keys.
func TestEventKeys(t *testing.T) {
	var keys struct {
		Published json.RawMessage `json:"valid_keys_as_in_api"`
	}
	vectors.Read(t, "pretix-sig1/event1-keys.json", &keys)
	var all []vector
	vectors.Read(t, "pretix-sig1/vectors.json", &all)
	event := append(append([]byte(`{"slug":"demo","name":{"en":"Demo"},"valid_keys":`), keys.Published...), '}')
	for _, e := range []*vector{&all[0], &all[3]} {
		out := judge(lists{trusting(t, event), status.New()}, e.Bytes(t), e.Now)
		if out.Outcome != verifier.Valid || out.Key.Issuer.ID != "demo" || out.Key.Issuer.Name != "Demo" {
			t.Errorf("%s: %v: %v", e.ID, out.Reason, out.Cause)
		}
	}
}

// counting is a source of randomness that is the same on every run.
type counting struct{}

func (counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

// No byte of the text can be changed, and none of the content behind it, without being noticed.
func TestEveryFlipIsRefused(t *testing.T) {
	k, err := issuing.NewKey(verifier.EdDSA, counting{})
	if err != nil {
		t.Fatal(err)
	}
	event, err := issuing.PretixEvent("demo", k)
	if err != nil {
		t.Fatal(err)
	}
	text, err := issuing.Pretix(k, issuing.PretixTicket{Seed: "kq3vWz0aP", Item: 42})
	if err != nil {
		t.Fatal(err)
	}
	l := lists{trusting(t, event), status.New()}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	genuine := judge(l, []byte(text), now)
	if genuine.Outcome != verifier.Valid {
		t.Fatalf("%v: %v", genuine.Reason, genuine.Cause)
	}
	refused := func(payload string, at int) {
		t.Helper()
		if out := judge(l, []byte(payload), now); out.Outcome == verifier.Valid || out.Proven() {
			t.Fatalf("flipped at %d: %v", at, out.Reason)
		}
	}
	for i := range text {
		for x := 1; x < 256; x++ {
			bad := []byte(text)
			if bad[i] ^= byte(x); bytes.ContainsRune([]byte(" \t\r\n"), rune(bad[i])) && (i == 0 || i == len(text)-1) {
				continue // a blank at the end is dropped; what is left is the cut text below
			}
			refused(string(bad), i)
		}
		refused(text[:i], i)
		refused(text[i+1:], i)
	}
	for i := range genuine.Credential.Proof.Signed {
		for x := 1; x < 256; x++ {
			bad := bytes.Clone(genuine.Credential.Proof.Signed)
			bad[i] ^= byte(x)
			armoured, err := issuing.ArmourPretix(bad, genuine.Credential.Proof.Signature)
			if err != nil {
				t.Fatal(err)
			}
			refused(armoured, i)
		}
	}
}
