package ingest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/cache"
	"vratar/cache/ledger"
	"vratar/verifier"
	"vratar/verifier/formats/document"
	"vratar/verifier/issuing"
)

// A code that changes every 15 s passes once, at whatever checkpoint; asked again with the same nonce the answer is
// the same; without its proof it passes nowhere, but may be judged.
func TestHolderProofsPassOnce(t *testing.T) {
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	plain, err := issuing.VR1(k, issuing.Document{Issuer: "fair", Type: "ticket", IssuedAt: now.Add(-time.Hour), Holder: k.Public()})
	if err != nil {
		t.Fatal(err)
	}
	code, err := issuing.VR2(k, plain, issuing.Binding{IssuedAt: now})
	if err != nil {
		t.Fatal(err)
	}
	replay, err := cache.NewReplay(10)
	if err != nil {
		t.Fatal(err)
	}
	s := NewScanner(Parts{
		Verifier:  &verifier.Verifier{Formats: []verifier.Format{document.Format{}}, Lists: ticketFormat{}, Checker: anybody{}, Skew: time.Second},
		Admission: &onceOnly{recorded: map[string]ledger.Passage{}}, Metrics: NewMetrics(prometheus.NewRegistry()),
		Log: slog.New(slog.DiscardHandler), Timeout: time.Second, InFlight: 4, Replay: replay,
	})
	f := func(payload, checkpoint, nonce string, want ledger.Decision, reason verifier.Reason) {
		t.Helper()
		a, p := s.Scan(context.Background(), Request{Payload: []byte(payload), Checkpoint: &Checkpoint{ID: checkpoint}, Nonce: nonce})
		if p != nil || a.Passage.Decision != want || a.Passage.Reason != reason {
			t.Errorf("%s %s: %v %v, problem %v, want %v", checkpoint, nonce, a.Passage.Decision, a.Passage.Reason, p, reason)
		}
	}
	f(plain, "north", "n0", ledger.Deny, verifier.ReasonHolderProofMissing)
	f(code, "north", "n1", ledger.Admit, verifier.ReasonOK)
	f(code, "north", "n1", ledger.Admit, verifier.ReasonOK)
	f(code, "north", "n2", ledger.Deny, verifier.ReasonCodeReplayed)
	f(code, "south", "s1", ledger.Deny, verifier.ReasonCodeReplayed)
	for _, payload := range []string{plain, code, code} {
		if v, _ := s.Judge(Question{Payload: []byte(payload), At: now}); v.Outcome != verifier.Valid {
			t.Errorf("judged: %v", v.Reason)
		}
	}
}
