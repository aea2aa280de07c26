package verifier_test

import (
	"testing"
	"time"

	"vratar/verifier"
)

// showings answers alike to everybody and keeps what it was told.
type showings struct {
	answer verifier.Reason
	told   []verifier.Showing
}

func (m *showings) Show(s verifier.Showing) verifier.Reason {
	m.told = append(m.told, s)
	return m.answer
}

func TestReplay(t *testing.T) {
	f := func(answer verifier.Reason, change func(*stub, *verifier.HolderProof), want verifier.Reason, asked int) {
		t.Helper()
		s := newStub()
		p := verifier.HolderProof{Key: holderKey, IssuedAt: now.Add(-time.Second)}
		s.credential.HolderProof = &p
		if change != nil {
			change(s, &p)
		}
		memory := &showings{answer: answer}
		scan := s.scan()
		scan.Holder = verifier.HolderDemand{Replay: memory, Presentation: "north 1"}
		out := s.verifier(false).Verify(scan)
		if out.Reason != want || len(memory.told) != asked {
			t.Fatalf("%v, asked %d times, want %v, %d", out.Reason, len(memory.told), want, asked)
		}
		if want == verifier.ReasonOK || asked == 0 {
			return
		}
		if out.Outcome != verifier.Invalid || out.NotEstablished&verifier.HolderBinding == 0 {
			t.Fatalf("%v, not established %v", out.Outcome, out.NotEstablished)
		}
		told := memory.told[0]
		if told.Presentation != "north 1" || !told.At.Equal(now) || !told.Until.Equal(p.IssuedAt.Add(verifier.DefaultProofAge)) {
			t.Fatalf("told %+v", told)
		}
	}
	type proof = verifier.HolderProof
	f(verifier.ReasonOK, nil, verifier.ReasonOK, 1)
	f(verifier.ReasonCodeReplayed, nil, verifier.ReasonCodeReplayed, 1)
	f(verifier.ReasonOverloaded, nil, verifier.ReasonOverloaded, 1)
	f(verifier.ReasonNone, nil, verifier.ReasonOverloaded, 1) // an answer that is none lets nobody in
	// What is refused anyway does not use up the proof; what is undecided does.
	f(verifier.ReasonOK, func(s *stub, _ *proof) { s.copied = true }, verifier.ReasonHolderProofInvalid, 0)
	f(verifier.ReasonOK, func(s *stub, _ *proof) { s.status.State = verifier.StatusRevoked }, verifier.ReasonRevoked, 0)
	f(verifier.ReasonCodeReplayed, func(s *stub, _ *proof) { s.status.State = verifier.StatusUnknown }, verifier.ReasonCodeReplayed, 1)
	f(verifier.ReasonOK, func(s *stub, _ *proof) { s.credential.HolderProof = nil }, verifier.ReasonOK, 0)
}
