package admission

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"vratar/cache/ledger"
	"vratar/cache/store"
	"vratar/verifier"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// newLedger is a real ledger.
func newLedger(t *testing.T) *ledger.Ledger {
	t.Helper()
	s, err := store.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(s, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return l
}

// judged is a verdict on the credential with this identifier.
func judged(o verifier.Outcome, reason verifier.Reason, id string) *verifier.Verdict {
	return &verifier.Verdict{
		Outcome: o, Reason: reason, Stage: verifier.StagePolicy,
		Credential: &verifier.Credential{
			Format: "document", Type: "ticket", ID: []byte(id), Proof: verifier.Proof{Signed: []byte("signed " + id)},
		},
		Key: &verifier.Key{Issuer: &verifier.Issuer{ID: "demo"}},
	}
}

func valid(id string) *verifier.Verdict { return judged(verifier.Valid, verifier.ReasonOK, id) }

func ask(v *verifier.Verdict) Request {
	return Request{
		Verdict: v, Payload: []byte("payload"), At: noon, Asker: Asker{Checker: "till-1"},
		Checkpoint: Checkpoint{ID: "north", Group: "arena", OnUnknown: ledger.Hold},
	}
}

// decide asks and holds the answer against "decision reason".
func decide(t *testing.T, d *Decider, r Request, want string) ledger.Passage {
	t.Helper()
	p, _, err := d.Decide(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Decision.String() + " " + p.Reason.String(); got != want {
		t.Fatalf("%s at %s: %s, want %s", r.Direction, r.Checkpoint.ID, got, want)
	}
	return p
}

func TestOneCredentialPassesOnceInItsGroup(t *testing.T) {
	d := &Decider{Ledger: newLedger(t)}
	first := decide(t, d, ask(valid("a")), "admit ok")
	if first.Stage != "policy" || first.Issuer != "demo" || first.Document != "ticket" || first.Checker != "till-1" || len(first.ID) != 26 {
		t.Errorf("recorded %+v", first)
	}
	again := ask(valid("a"))
	again.Checkpoint.ID, again.Payload = "south", []byte("the same credential in another text")
	p := decide(t, d, again, "deny already_admitted")
	if p.Stage != "admission" || p.Outcome != "valid" || p.Previous == nil || p.Previous.Checkpoint != "north" || !p.Previous.At.Equal(noon) {
		t.Errorf("refusal %+v, previous %+v", p, p.Previous)
	}
	other := ask(valid("a"))
	other.Checkpoint.Group = "shop"
	decide(t, d, other, "admit ok")
	decide(t, d, ask(valid("b")), "admit ok")
}

// Somebody who may not ask learns nothing, uses nothing up, and leaves a record of having tried.
func TestAttemptWithoutAuthority(t *testing.T) {
	d := &Decider{Ledger: newLedger(t)}
	r := ask(valid("a"))
	r.Asker.Capacity, r.Asker.Organisation, r.Asker.Mandate = ledger.AsOrganisation, "shop", "m"
	r.Asker.Refusal = verifier.ReasonMandateExpired
	p := decide(t, d, r, "deny mandate_expired")
	if p.Stage != "authority" || p.Outcome != "indeterminate" || p.Format+p.Document+p.Issuer != "" || p.Subject == "" ||
		p.Capacity != ledger.AsOrganisation || p.Organisation != "shop" || p.Mandate != "m" || p.Seq != 1 {
		t.Errorf("recorded %+v", p)
	}
	r.Asker.Hold, r.Asker.Refusal = true, verifier.ReasonMandateRegistryUnavailable
	decide(t, d, r, "hold mandate_registry_unavailable")
	none := ask(&verifier.Verdict{Outcome: verifier.Invalid, Reason: verifier.ReasonNotRecognised, Stage: verifier.StageDecode})
	none.Asker = r.Asker
	decide(t, d, none, "deny not_recognised")
	r.Asker.Refusal = verifier.ReasonNone
	decide(t, d, r, "admit ok")
}

func TestReentryAndCapacity(t *testing.T) {
	d := &Decider{Ledger: newLedger(t)}
	r := func(id string, direction ledger.Direction) Request {
		r := ask(valid(id))
		r.Direction, r.Checkpoint.Rule = direction, Rule{Reentry: true, Capacity: 1}
		return r
	}
	decide(t, d, r("a", ledger.Exit), "deny not_inside")
	decide(t, d, r("a", ledger.Entry), "admit ok")
	decide(t, d, r("a", ledger.Entry), "deny already_inside")
	decide(t, d, r("b", ledger.Entry), "deny zone_full")
	decide(t, d, r("a", ledger.Exit), "admit ok")
	decide(t, d, r("b", ledger.Entry), "admit ok")
	decide(t, d, r("a", ledger.Entry), "deny zone_full")
}

func TestRepeatedNonceRepeatsTheAnswer(t *testing.T) {
	d := &Decider{Ledger: newLedger(t)}
	r := ask(valid("a"))
	r.Nonce = "n1"
	first := decide(t, d, r, "admit ok")
	p, replayed, err := d.Decide(t.Context(), r)
	if err != nil || !replayed || p.ID != first.ID || p.Decision != ledger.Admit {
		t.Fatalf("repeated: %+v, %v, %v", p, replayed, err)
	}
	r.Payload = []byte("another code")
	p, _, err = d.Decide(t.Context(), r)
	if !errors.Is(err, ledger.ErrNonceReused) || p.Decision != ledger.Deny {
		t.Fatalf("same nonce, another code: %+v, %v", p, err)
	}
}

func TestRefusedVerdictsAreRecordedAsTheyAre(t *testing.T) {
	l := newLedger(t)
	d := &Decider{Ledger: l}
	forged := judged(verifier.Invalid, verifier.ReasonSignatureInvalid, "a")
	forged.Key = nil
	p := decide(t, d, ask(forged), "deny signature_invalid")
	if p.Subject != "" || p.Issuer != "" || p.Document != "" || p.Seq != 1 || l.Last() != 1 {
		t.Errorf("an unproven code left its own words in the ledger: %+v", p)
	}
	notice := &verifier.Verdict{
		Outcome: verifier.Invalid, Reason: verifier.ReasonNotACredential,
		Credential: &verifier.Credential{Kind: verifier.KindNotice, Type: "payment", Format: "notice"},
	}
	if p := decide(t, d, ask(notice), "deny not_a_credential"); p.Document != "payment" {
		t.Errorf("notice recorded as %q", p.Document)
	}
	decide(t, d, ask(&verifier.Verdict{Outcome: verifier.Invalid, Reason: verifier.ReasonNotRecognised}), "deny not_recognised")
	decide(t, d, ask(judged(verifier.Invalid, verifier.ReasonExpired, "a")), "deny expired")
	decide(t, d, ask(valid("a")), "admit ok") // none of the refusals counted as a passage
}

// What an issuer wrote too long is left out of the record; it does not keep the record from being made.
func TestLongDocumentType(t *testing.T) {
	d := &Decider{Ledger: newLedger(t)}
	for i, kind := range []string{strings.Repeat("x", ledger.MaxText+1), "\xff"} {
		v := valid(string(rune('a' + i)))
		v.Credential.Type = kind
		if p := decide(t, d, ask(v), "admit ok"); p.Document != "" {
			t.Errorf("recorded %q", p.Document)
		}
	}
}

func TestUnknownStatus(t *testing.T) {
	f := func(onUnknown ledger.Decision, reason verifier.Reason, want string) {
		t.Helper()
		d := &Decider{Ledger: newLedger(t)}
		r := ask(judged(verifier.Indeterminate, reason, "a"))
		r.Checkpoint.OnUnknown = onUnknown
		decide(t, d, r, want)
	}
	f(ledger.Hold, verifier.ReasonStatusUnknown, "hold status_unknown")
	f(ledger.Deny, verifier.ReasonStatusUnknown, "deny status_unknown")
	f(ledger.Admit, verifier.ReasonStatusUnknown, "admit status_unknown")
	f(ledger.Admit, verifier.ReasonRegistryUnavailable, "hold registry_unavailable") // the option is for status alone
	f(ledger.Decision(9), verifier.ReasonStatusUnknown, "hold status_unknown")

	d := &Decider{Ledger: newLedger(t)}
	decide(t, d, ask(valid("a")), "admit ok")
	decide(t, d, ask(judged(verifier.Indeterminate, verifier.ReasonStatusUnknown, "a")), "deny already_admitted")
	held := judged(verifier.Indeterminate, verifier.ReasonStatusUnknown, "b")
	held.Stage = verifier.StageStatus
	if p := decide(t, d, ask(held), "hold status_unknown"); p.Stage != "status" {
		t.Errorf("held at stage %s", p.Stage)
	}
	decide(t, d, ask(valid("b")), "admit ok") // held is not admitted
}

// broken is a ledger that fails in one way.
type broken struct {
	*ledger.Ledger
	err error
}

func (b broken) Claim(context.Context, ledger.Passage, ledger.Move) (ledger.Passage, bool, error) {
	return ledger.Passage{Decision: ledger.Admit}, false, b.err
}

func TestNobodyPassesUnrecorded(t *testing.T) {
	full := &Decider{Ledger: broken{newLedger(t), ledger.ErrDegraded}}
	if p := decide(t, full, ask(valid("a")), "deny degraded"); p.Seq != 0 || p.Stage != "admission" {
		t.Errorf("full disk: %+v", p)
	}
	decide(t, full, ask(judged(verifier.Invalid, verifier.ReasonExpired, "a")), "deny expired")

	failing := &Decider{Ledger: broken{newLedger(t), errors.New("input/output error")}}
	if p, _, err := failing.Decide(t.Context(), ask(valid("a"))); err == nil || p.Decision != ledger.Deny {
		t.Errorf("failing ledger: %+v, %v", p, err)
	}

	d := &Decider{Ledger: newLedger(t)}
	for _, v := range []*verifier.Verdict{{}, {Outcome: verifier.Valid, Reason: verifier.ReasonOK}} {
		if p, _, err := d.Decide(t.Context(), ask(v)); err == nil || p.Decision != ledger.Deny {
			t.Errorf("verdict without a key: %+v, %v", p, err)
		}
	}
}

func TestSubjectFollowsWhatWasSigned(t *testing.T) {
	d := &Decider{Ledger: newLedger(t)}
	base := valid("a")
	f := func(name string, same bool, change func(c *verifier.Credential, k *verifier.Key)) {
		t.Helper()
		v := valid("a")
		change(v.Credential, v.Key)
		got := d.subject(v) == d.subject(base)
		if got != same {
			t.Errorf("%s: same subject %v, want %v", name, got, same)
		}
	}
	f("another signature of the same content", true, func(c *verifier.Credential, _ *verifier.Key) {
		c.Proof.Signature = []byte("r, n-s")
	})
	f("another format with the same identifier", true, func(c *verifier.Credential, _ *verifier.Key) { c.Format = "sdjwt" })
	f("another issuer", false, func(_ *verifier.Credential, k *verifier.Key) { k.Issuer = &verifier.Issuer{ID: "b"} })
	f("another identifier", false, func(c *verifier.Credential, _ *verifier.Key) { c.ID = []byte("b") })
	f("no identifier", false, func(c *verifier.Credential, _ *verifier.Key) { c.ID = nil })

	base.Credential.ID = nil
	f("same signed bytes", true, func(c *verifier.Credential, _ *verifier.Key) { c.ID = []byte{} })
	f("other signed bytes", false, func(c *verifier.Credential, _ *verifier.Key) { c.ID, c.Proof.Signed = nil, []byte("x") })

	wildcard := func(issuer string) string {
		v := valid("a")
		v.Key.Issuer, v.Credential.Issuer = &verifier.Issuer{ID: "*"}, issuer
		return d.subject(v)
	}
	if wildcard("AT") == wildcard("DE") {
		t.Error("under one key list for all issuers, two issuers share a subject")
	}
	// The holder can choose which of two entries with the same key is found, by a key identifier that stands
	// outside of what is signed; an operator may replace a bare key by an entry of a trust list.
	entry := func(id string) string {
		v := valid("a")
		v.Key.Issuer, v.Credential.Issuer = &verifier.Issuer{ID: id}, "demo"
		return d.subject(v)
	}
	if entry("demo") != entry("*") || entry("demo") != entry("alias") {
		t.Error("one credential under two entries of the trust list is two subjects")
	}
	if strings.Contains(d.subject(valid("secret-number")), "secret") {
		t.Error("the subject shows the identifier")
	}
}

// What is recorded owns its memory: the verdict's is used again for the next scan, even while the record is on its way
// to those who watch.
func TestRecordOutlivesTheVerdict(t *testing.T) {
	d := &Decider{Ledger: newLedger(t)}
	var a verifier.Arena
	v := valid("a")
	v.Credential = a.Begin(64)
	v.Credential.Format, v.Credential.ID, v.Credential.Type = "document", a.Bytes([]byte("a")), a.Text([]byte("ticket"))
	p := decide(t, d, ask(v), "admit ok")
	a.Begin(64) // the next scan in the arena
	a.Text([]byte("another text, which is longer"))
	if p.Document != "ticket" {
		t.Errorf("recorded %q", p.Document)
	}
}
