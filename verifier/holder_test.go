package verifier_test

import (
	"crypto"
	"crypto/x509"
	"errors"
	"net/url"
	"testing"
	"time"

	"vratar/verifier"
)

// holderKey stands for the key in a holder's device; the stub only compares it.
var holderKey crypto.PublicKey = "holder"

func TestHolderProof(t *testing.T) {
	good := verifier.HolderProof{Key: holderKey, IssuedAt: now, Audience: "north", Nonce: "7"}
	demand := verifier.HolderDemand{Required: true, Audience: "north", Nonce: "7"}
	f := func(change func(*stub, *verifier.HolderProof), d verifier.HolderDemand, want verifier.Reason, result verifier.Result) {
		t.Helper()
		s := newStub()
		p := good
		s.credential.HolderProof = &p
		if change != nil {
			change(s, &p)
		}
		v := s.verifier(false)
		v.Skew = time.Second
		scan := s.scan()
		scan.Holder = d
		out := v.Verify(scan)
		if out.Reason != want || out.Checks[verifier.CheckHolder].Result != result {
			t.Fatalf("%v, check %+v, want %v, %v", out.Reason, out.Checks[verifier.CheckHolder], want, result)
		}
		if bound := out.NotEstablished&verifier.HolderBinding == 0; bound != (result == verifier.Pass) {
			t.Fatalf("holder binding established: %v", bound)
		}
		if want != verifier.ReasonOK && (out.Stage != verifier.StageHolder || out.Outcome != verifier.Invalid) {
			t.Fatalf("%v at %v", out.Outcome, out.Stage)
		}
	}
	type proof = verifier.HolderProof
	missing := func(s *stub, _ *proof) { s.credential.HolderProof = nil }
	ok, invalid, stale := verifier.ReasonOK, verifier.ReasonHolderProofInvalid, verifier.ReasonHolderProofStale
	f(nil, demand, ok, verifier.Pass)
	f(missing, verifier.HolderDemand{}, ok, verifier.NotChecked)
	f(missing, demand, verifier.ReasonHolderProofMissing, verifier.Fail)
	f(func(s *stub, _ *proof) { s.copied = true }, demand, invalid, verifier.Fail)
	f(func(s *stub, _ *proof) { s.copied = true }, verifier.HolderDemand{}, invalid, verifier.Fail) // there and wrong
	f(func(_ *stub, p *proof) { p.Key = nil }, demand, invalid, verifier.Fail)
	f(func(_ *stub, p *proof) { p.Fault = errors.New("swapped") }, demand, invalid, verifier.Fail)
	f(func(_ *stub, p *proof) { p.Audience = "south" }, demand, invalid, verifier.Fail)
	f(func(_ *stub, p *proof) { p.Audience = "" }, demand, ok, verifier.Pass) // for whoever reads it
	f(func(_ *stub, p *proof) { p.Nonce = "8" }, demand, invalid, verifier.Fail)
	f(func(_ *stub, p *proof) { p.IssuedAt = now.Add(-verifier.DefaultProofAge) }, demand, ok, verifier.Pass)
	f(func(_ *stub, p *proof) { p.IssuedAt = now.Add(-verifier.DefaultProofAge - 1) }, demand, stale, verifier.Fail)
	f(func(_ *stub, p *proof) { p.IssuedAt = time.Time{} }, demand, stale, verifier.Fail)
	f(func(_ *stub, p *proof) { p.IssuedAt = now.Add(time.Second) }, demand, ok, verifier.Pass)
	f(func(_ *stub, p *proof) { p.IssuedAt = now.Add(time.Second + 1) }, demand, stale, verifier.Fail)
	// Made for somebody: where no audience is set it proves nothing, and does not pass for a proof.
	f(nil, verifier.HolderDemand{}, ok, verifier.NotChecked)
	f(nil, verifier.HolderDemand{Required: true}, invalid, verifier.Fail)
	f(nil, verifier.HolderDemand{Bound: true}, ok, verifier.NotChecked)
	f(func(s *stub, _ *proof) { s.credential.Bound = true }, verifier.HolderDemand{Bound: true}, invalid, verifier.Fail)
	f(func(_ *stub, p *proof) { p.Audience, p.Nonce = "", "" }, verifier.HolderDemand{Required: true}, ok, verifier.Pass)
}

func TestProofAge(t *testing.T) {
	s := newStub()
	s.credential.HolderProof = &verifier.HolderProof{Key: holderKey, IssuedAt: now.Add(-time.Minute)}
	v := s.verifier(false)
	v.ProofAge = time.Minute
	if out := v.Verify(s.scan()); out.Reason != verifier.ReasonOK {
		t.Fatalf("%v within the age that is set", out.Reason)
	}
}

// A certificate must name the issuer where the format demands it; a bare key names nobody.
func TestSubjectURI(t *testing.T) {
	issuer, _ := url.Parse("https://issuer.example/a")
	f := func(c *x509.Certificate, want verifier.Reason) {
		t.Helper()
		s := newStub()
		s.credential.KeyUse.SubjectURI = "https://issuer.example/a"
		s.key.Certificate = c
		if out := s.verifier(false).Verify(s.scan()); out.Reason != want {
			t.Fatalf("%v, want %v", out.Reason, want)
		}
	}
	f(nil, verifier.ReasonOK)
	f(&x509.Certificate{URIs: []*url.URL{{Scheme: "https", Host: "other.example"}, issuer}}, verifier.ReasonOK)
	f(&x509.Certificate{DNSNames: []string{"issuer.example"}}, verifier.ReasonKeyNotAllowed)
}

// A proof over a session is judged by its transcript alone, and proves nothing where there is none.
func TestSessionProof(t *testing.T) {
	f := func(change func(*stub, *verifier.HolderProof), d verifier.HolderDemand, want verifier.Reason, result verifier.Result) {
		t.Helper()
		s := newStub()
		asked := 0
		p := verifier.HolderProof{Key: holderKey, Session: func(_ []byte, _ *verifier.HolderProof, transcript []byte) []byte {
			asked++
			return transcript
		}}
		s.credential.HolderProof = &p
		if change != nil {
			change(s, &p)
		}
		scan := s.scan()
		scan.Holder = d
		v := s.verifier(false)
		out := v.Verify(scan)
		if out.Reason != want || out.Checks[verifier.CheckHolder].Result != result {
			t.Fatalf("%v, check %+v, want %v, %v", out.Reason, out.Checks[verifier.CheckHolder], want, result)
		}
		if bound := out.NotEstablished&verifier.HolderBinding == 0; bound != (result == verifier.Pass) {
			t.Fatalf("holder binding established: %v", bound)
		}
		if len(d.Transcript) == 0 && asked > 0 {
			t.Fatal("it was asked for a session that is not there")
		}
	}
	type proof = verifier.HolderProof
	session := verifier.HolderDemand{Required: true, Transcript: []byte{0x80}}
	ok, invalid := verifier.ReasonOK, verifier.ReasonHolderProofInvalid
	f(nil, session, ok, verifier.Pass)
	f(nil, verifier.HolderDemand{Transcript: []byte{0x80}, Audience: "north", Nonce: "7"}, ok, verifier.Pass)
	f(nil, verifier.HolderDemand{}, ok, verifier.NotChecked)
	f(nil, verifier.HolderDemand{Required: true}, invalid, verifier.Fail)
	f(func(s *stub, _ *proof) { s.copied = true }, session, invalid, verifier.Fail)
	f(func(_ *stub, p *proof) { p.Key = nil }, session, invalid, verifier.Fail)
	f(func(_ *stub, p *proof) { p.Fault = errors.New("swapped") }, session, invalid, verifier.Fail)
}
