package verifier

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestVerdictJSON(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	c := &Credential{
		Format: "document", Type: "student", Issuer: "https://uni.example", ExpiresAt: at,
		Holder: Holder{Name: "Айгүл \"A\" Сейіт", BirthDate: "2004-05-06"},
		Claims: []byte(`{"faculty":"law"}`),
		Proof:  Proof{KeyID: []byte{0xff, 1}},
	}
	v := Verdict{Outcome: Valid, Stage: StagePolicy, Reason: ReasonOK, Credential: c, NotEstablished: HolderBinding,
		Key: &Key{ID: "k1", Issuer: &Issuer{ID: "https://uni.example", Name: "University"}}}
	f := func(v Verdict, wants, bans []string) {
		t.Helper()
		out := v.AppendJSON(nil, 41*time.Microsecond)
		if !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
		for _, w := range wants {
			if !strings.Contains(string(out), w) {
				t.Errorf("no %s in %s", w, out)
			}
		}
		for _, b := range bans {
			if strings.Contains(string(out), b) {
				t.Errorf("%s must not be in %s", b, out)
			}
		}
	}
	f(v, []string{`"outcome":"valid"`, `"name":"Айгүл \"A\" Сейіт"`, `"claims":{"faculty":"law"}`, `"kid":"k1"`,
		`"name":"University"`, `"not_established":["holder_binding"]`, `"elapsed_ns":41000`, `"expires_at":"2026-11-22T12:00:00Z"`}, nil)

	// Without a key nothing of the content is told but who it claims to come from.
	v.Key = nil
	v.Outcome, v.Stage, v.Reason = Invalid, StageTrust, ReasonSignatureInvalid
	f(v, []string{`"reason":"signature_invalid"`, `"issuer":{"id":"https://uni.example","kid":"/wE="}`}, []string{"Сейіт", "faculty", "University"})

	f(refusedAtDecode(ReasonMalformed, nil), []string{`"reason":"malformed"`, `{"check":"decode","result":"fail"}`}, []string{"format", "issuer\":{"})

	notice := Verdict{Outcome: Invalid, Reason: ReasonNotACredential, Credential: &Credential{Kind: KindNotice, Type: "payment", Claims: []byte(`{"sum":1}`)}}
	f(notice, []string{`"kind":"notice"`, `"document":{"type":"payment","claims":{"sum":1}}`}, nil)
	f(Verdict{}, []string{`"outcome":"indeterminate"`, `"reason":"none"`}, nil)
}

func TestReasonsHaveOneSpelling(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Reasons() {
		s := r.String()
		if s == "" || seen[s] || ParseReason(s) != r {
			t.Errorf("reason %d: spelling %q is empty, repeated or not reversible", r, s)
		}
		seen[s] = true
	}
	if ParseReason("welcome") != ReasonNone || Reason(255).String() != "none" {
		t.Error("an unknown reason must be the one that admits nobody")
	}
}

func TestZeroValuesAdmitNobody(t *testing.T) {
	var v Verdict
	if v.Outcome == Valid || v.Reason == ReasonOK || v.Proven() {
		t.Errorf("zero verdict: %+v", v)
	}
}
