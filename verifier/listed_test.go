package verifier_test

import (
	"testing"
	"time"

	"vratar/verifier"
)

// A list of keys vouches until it expires, to its last instant, whenever the key signed.
func TestExpiredListVouchesForNothing(t *testing.T) {
	f := func(until time.Time, want verifier.Reason) {
		t.Helper()
		s := newStub()
		s.key.ListedUntil = until
		out := s.verifier(false).Verify(s.scan())
		if out.Reason != want || (want != verifier.ReasonOK && out.Checks[verifier.CheckIssuer].Result != verifier.Fail) {
			t.Errorf("listed until %v: %v %+v", until, out.Reason, out.Checks[verifier.CheckIssuer])
		}
	}
	f(time.Time{}, verifier.ReasonOK)
	f(now, verifier.ReasonOK)
	f(now.Add(-1), verifier.ReasonKeyExpired)
}

// What no list speaks for is not established; what rests on a list of its signer's authority is unknown once that
// is overdue.
func TestAnswersThatRestOnAList(t *testing.T) {
	f := func(a verifier.StatusAnswer, want verifier.Reason) {
		t.Helper()
		s := newStub()
		s.key.Issuer = &verifier.Issuer{ID: "i", StatusMaxAge: time.Hour}
		s.status = a
		out := s.verifier(false).Verify(s.scan())
		if out.Reason != want || out.NotEstablished&verifier.Revocation == 0 {
			t.Errorf("%+v: %v, not established %v", a, out.Reason, out.NotEstablished.Names())
		}
	}
	f(verifier.StatusAnswer{}, verifier.ReasonOK)
	f(verifier.StatusAnswer{ListTime: now, ListExpires: now}, verifier.ReasonOK)
	f(verifier.StatusAnswer{ListTime: now, ListExpires: now.Add(-1)}, verifier.ReasonStatusUnknown)
	f(verifier.StatusAnswer{ListTime: now.Add(-time.Hour - 1)}, verifier.ReasonStatusUnknown)
}

// A proof that nobody here can check stands for no proof.
func TestProofThatCannotBeSeen(t *testing.T) {
	f := func(bound bool, d verifier.HolderDemand, want verifier.Reason) {
		t.Helper()
		s := newStub()
		s.credential.Bound = bound
		s.credential.HolderProof = &verifier.HolderProof{Key: holderKey, IssuedAt: now, Unseen: "only its reader can tell"}
		scan := s.scan()
		scan.Holder = d
		out := s.verifier(false).Verify(scan)
		if out.Reason != want || out.Checks[verifier.CheckHolder].Detail != "only its reader can tell" || out.NotEstablished&verifier.HolderBinding == 0 {
			t.Errorf("%+v: %v %+v", d, out.Reason, out.Checks[verifier.CheckHolder])
		}
	}
	f(true, verifier.HolderDemand{}, verifier.ReasonOK)
	f(false, verifier.HolderDemand{Bound: true}, verifier.ReasonOK)
	f(true, verifier.HolderDemand{Bound: true}, verifier.ReasonHolderProofInvalid)
	f(false, verifier.HolderDemand{Required: true}, verifier.ReasonHolderProofInvalid)
	f(true, verifier.HolderDemand{Bound: true, Transcript: []byte{0x80}}, verifier.ReasonHolderProofInvalid)
}
