package verifier_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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

// A proof has one name, whatever its key is kept as and whatever is done to its texts.
func TestReplayNamesProofs(t *testing.T) {
	name := func(p verifier.HolderProof) [32]byte {
		t.Helper()
		s := newStub()
		p.IssuedAt = now
		s.credential.HolderProof = &p
		memory := &showings{answer: verifier.ReasonOK}
		scan := s.scan()
		scan.Holder.Replay = memory
		v := s.verifier(false)
		v.Checker = anySignature{}
		v.Verify(scan)
		if len(memory.told) != 1 {
			t.Fatal("not shown")
		}
		return memory.told[0].Proof
	}
	seen := make(map[[32]byte]bool)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		b, err := k.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		half := (len(b) - 1) / 2
		point := &verifier.Point{Curve: curve, X: b[1 : 1+half], Y: b[1+half:]}
		for _, signed := range []string{"one", "two"} {
			signed := verifier.Proof{Signed: []byte(signed)}
			one, two := name(verifier.HolderProof{Key: &k.PublicKey, Proof: signed}), name(verifier.HolderProof{Key: point, Proof: signed})
			if one != two || seen[one] {
				t.Fatalf("%s: %x as a key, %x as a point, seen before: %t", curve.Params().Name, one, two, seen[one])
			}
			seen[one] = true
		}
	}
}
