package verifier_test

import (
	"errors"
	"testing"
	"time"

	"vratar/verifier"
)

var now = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// stub plays every part of the pipeline around one credential.
type stub struct {
	credential verifier.Credential
	refusal    error
	key        *verifier.Key
	noKey      verifier.Reason
	forged     bool
	copied     bool // the holder's signature is wrong
	status     verifier.StatusAnswer
	policy     verifier.Reason
	epoch      uint64
	decoded    int
	remembered map[string]map[uint64]*verifier.Proven
}

func newStub() *stub {
	return &stub{
		credential: verifier.Credential{
			Format: "stub", Type: "ticket", IssuedAt: now.Add(-time.Hour), ExpiresAt: now.Add(time.Hour),
			Proof: verifier.Proof{Signature: []byte("s")},
		},
		key:        &verifier.Key{ID: "k", Issuer: &verifier.Issuer{ID: "i"}},
		policy:     verifier.ReasonOK,
		remembered: map[string]map[uint64]*verifier.Proven{},
	}
}

func (s *stub) Name() string            { return "stub" }
func (s *stub) Sniff(p []byte) bool     { return len(p) > 0 }
func (s *stub) Trust() verifier.Trust   { return s }
func (s *stub) Status() verifier.Status { return s }
func (s *stub) Epoch() uint64           { return s.epoch }

// Check plays both signatures: the holder's key belongs to no issuer.
func (s *stub) Check(k *verifier.Key, _ *verifier.Proof) bool {
	if k.Issuer == nil {
		return !s.copied && k.Public == holderKey
	}
	return !s.forged
}

func (s *stub) Decode([]byte) (*verifier.Credential, error) {
	s.decoded++
	if s.refusal != nil {
		return nil, s.refusal
	}
	c := s.credential
	return &c, nil
}

func (s *stub) Find(dst []*verifier.Key, _ *verifier.Credential) ([]*verifier.Key, verifier.Reason) {
	if s.key == nil {
		return dst, s.noKey
	}
	return append(dst, s.key), verifier.ReasonOK
}

func (s *stub) Lookup(*verifier.Credential, *verifier.Key) verifier.StatusAnswer { return s.status }

func (s *stub) Judge(*verifier.Credential, *verifier.Key, time.Time) verifier.Reason { return s.policy }

// memoOf remembers without bound.
type memoOf struct{ *stub }

func (m memoOf) Get(payload []byte, epoch uint64) *verifier.Proven {
	return m.remembered[string(payload)][epoch]
}

func (m memoOf) Wants([]byte) bool { return true }
func (m memoOf) Put(p *verifier.Proven) {
	if m.remembered[p.Payload] == nil {
		m.remembered[p.Payload] = map[uint64]*verifier.Proven{}
	}
	m.remembered[p.Payload][p.Epoch] = p
}

func (s *stub) verifier(remember bool) *verifier.Verifier {
	v := &verifier.Verifier{Formats: []verifier.Format{s}, Lists: s, Checker: s}
	if remember {
		v.Memo = memoOf{s}
	}
	return v
}

func (s *stub) scan() verifier.Scan { return verifier.Scan{Payload: []byte("x"), At: now, Policy: s} }

// One fault at a time, with the outcome, stage and reason it must end in.
func TestVerdicts(t *testing.T) {
	f := func(damage func(*stub), want verifier.Outcome, stage verifier.Stage, reason verifier.Reason) {
		t.Helper()
		for _, remember := range []bool{false, true} {
			s := newStub()
			if damage != nil {
				damage(s)
			}
			v := s.verifier(remember)
			for range 2 { // a remembered credential is judged like a fresh one
				out := v.Verify(s.scan())
				if out.Outcome != want || out.Stage != stage || out.Reason != reason {
					t.Fatalf("%v at %v: %v, want %v at %v: %v", out.Outcome, out.Stage, out.Reason, want, stage, reason)
				}
				if (out.Outcome == verifier.Valid) != (out.Reason == verifier.ReasonOK) {
					t.Fatalf("outcome and reason disagree: %v, %v", out.Outcome, out.Reason)
				}
				if out.Outcome == verifier.Valid && !out.Proven() {
					t.Fatal("valid without a key")
				}
			}
		}
	}
	invalid := verifier.Invalid
	f(nil, verifier.Valid, verifier.StagePolicy, verifier.ReasonOK)
	f(func(s *stub) { s.refusal = errors.New("odd") }, invalid, verifier.StageDecode, verifier.ReasonMalformed)
	f(func(s *stub) { s.refusal = verifier.Refuse(verifier.ReasonTooLarge, nil) },
		invalid, verifier.StageDecode, verifier.ReasonTooLarge)
	f(func(s *stub) { s.credential.Kind = verifier.KindNotice }, invalid, verifier.StageDecode, verifier.ReasonNotACredential)
	f(func(s *stub) { s.key = nil }, invalid, verifier.StageTrust, verifier.ReasonKeyUnknown)
	f(func(s *stub) { s.key, s.noKey = nil, verifier.ReasonIssuerUnknown }, invalid, verifier.StageTrust, verifier.ReasonIssuerUnknown)
	f(func(s *stub) { s.key, s.noKey = nil, verifier.ReasonOK }, invalid, verifier.StageTrust, verifier.ReasonKeyUnknown)
	f(func(s *stub) { s.credential.Proof.Signature = nil }, invalid, verifier.StageTrust, verifier.ReasonSignatureInvalid)
	f(func(s *stub) { s.forged = true }, invalid, verifier.StageTrust, verifier.ReasonSignatureInvalid)
	f(func(s *stub) { s.forged, s.status.State = true, verifier.StatusRevoked },
		invalid, verifier.StageTrust, verifier.ReasonSignatureInvalid)
	f(func(s *stub) { s.credential.SchemaFault = errors.New("bent") }, invalid, verifier.StageDecode, verifier.ReasonMalformed)
	f(func(s *stub) { s.credential.KeyUse = verifier.KeyUse{Required: true} }, invalid, verifier.StageTrust, verifier.ReasonKeyNotAllowed)
	f(func(s *stub) { s.credential.ExpiresAt = now }, verifier.Valid, verifier.StagePolicy, verifier.ReasonOK)
	f(func(s *stub) { s.credential.ExpiresAt = now.Add(-time.Nanosecond) }, invalid, verifier.StageTime, verifier.ReasonExpired)
	f(func(s *stub) { s.credential.IssuedAt = now.Add(time.Nanosecond) }, invalid, verifier.StageTime, verifier.ReasonNotYetValid)
	f(func(s *stub) { s.credential.NotBefore = now.Add(time.Second) }, invalid, verifier.StageTime, verifier.ReasonNotYetValid)
	f(func(s *stub) { s.credential.IssuedAt, s.credential.ExpiresAt = time.Time{}, time.Time{} },
		verifier.Valid, verifier.StagePolicy, verifier.ReasonOK)
	f(func(s *stub) { s.status.State = verifier.StatusRevoked }, invalid, verifier.StageStatus, verifier.ReasonRevoked)
	f(func(s *stub) { s.status.State = verifier.StatusSuspended }, invalid, verifier.StageStatus, verifier.ReasonSuspended)
	f(func(s *stub) { s.status.State = verifier.StatusUnknown }, verifier.Indeterminate, verifier.StageStatus, verifier.ReasonStatusUnknown)
	f(func(s *stub) { s.policy = verifier.ReasonAgeBelow }, invalid, verifier.StagePolicy, verifier.ReasonAgeBelow)
	// A definite no outweighs "not known".
	f(func(s *stub) { s.status.State, s.policy = verifier.StatusUnknown, verifier.ReasonAgeBelow },
		invalid, verifier.StagePolicy, verifier.ReasonAgeBelow)
	// The first of several faults is the one that is told.
	f(func(s *stub) { s.credential.ExpiresAt, s.status.State = now.Add(-1), verifier.StatusRevoked },
		invalid, verifier.StageTime, verifier.ReasonExpired)
}

func TestKeyPeriod(t *testing.T) {
	day := 24 * time.Hour
	f := func(issued, from, to time.Duration, want verifier.Reason) {
		t.Helper()
		s := newStub()
		s.credential.IssuedAt = now.Add(issued)
		s.key.NotBefore, s.key.NotAfter = now.Add(from), now.Add(to)
		if out := s.verifier(false).Verify(s.scan()); out.Reason != want {
			t.Fatalf("issued %v, key %v to %v: %v, want %v", issued, from, to, out.Reason, want)
		}
	}
	f(-day, -2*day, day, verifier.ReasonOK)
	f(-2*day, -3*day, -day, verifier.ReasonOK)         // the document outlives its signer's certificate
	f(-day, -3*day, -2*day, verifier.ReasonKeyExpired) // signed with an expired one
	f(-3*day, -day, day, verifier.ReasonOK)            // dated back
	f(-3*day, -2*day, -day, verifier.ReasonKeyExpired) // dated back and the key is over: nothing speaks for it
	f(-day, day, 2*day, verifier.ReasonKeyExpired)     // the key is not in force yet
}

func TestStatusAge(t *testing.T) {
	f := func(a verifier.StatusAnswer, maxAge time.Duration, want verifier.Reason, result verifier.Result) {
		t.Helper()
		s := newStub()
		s.status, s.key.Issuer.StatusMaxAge = a, maxAge
		out := s.verifier(false).Verify(s.scan())
		if out.Reason != want || out.Checks[verifier.CheckStatus].Result != result {
			t.Fatalf("%+v with max age %v: %v, check %v", a, maxAge, out.Reason, out.Checks[verifier.CheckStatus])
		}
	}
	good := verifier.StatusAnswer{State: verifier.StatusValid, ListTime: now.Add(-time.Hour), ListExpires: now.Add(time.Hour)}
	f(good, 0, verifier.ReasonOK, verifier.Pass)
	f(good, time.Hour, verifier.ReasonOK, verifier.Pass)
	f(good, time.Hour-1, verifier.ReasonStatusUnknown, verifier.Unknown)
	over := good
	over.ListExpires = now.Add(-1)
	f(over, 0, verifier.ReasonStatusUnknown, verifier.Unknown)
	over.State = verifier.StatusRevoked // a revocation is not undone by a late list
	f(over, time.Minute, verifier.ReasonRevoked, verifier.Fail)
	f(verifier.StatusAnswer{}, time.Minute, verifier.ReasonOK, verifier.NotChecked)
}

func TestNotEstablished(t *testing.T) {
	s := newStub()
	if out := s.verifier(false).Verify(s.scan()); out.NotEstablished != verifier.HolderBinding|verifier.Revocation {
		t.Fatalf("not established: %v", out.NotEstablished.Names())
	}
	s.credential.HolderProof = &verifier.HolderProof{Key: holderKey, IssuedAt: now}
	s.status.State = verifier.StatusValid
	if out := s.verifier(false).Verify(s.scan()); out.NotEstablished != 0 {
		t.Fatalf("not established: %v", out.NotEstablished.Names())
	}
}

func TestSkewHelpsOnlyTheEarly(t *testing.T) {
	s := newStub()
	v := s.verifier(false)
	v.Skew = time.Minute
	s.credential.IssuedAt = now.Add(time.Minute)
	if out := v.Verify(s.scan()); out.Reason != verifier.ReasonOK {
		t.Fatalf("issued within the skew: %v", out.Reason)
	}
	s.credential.IssuedAt, s.credential.ExpiresAt = now.Add(-time.Hour), now.Add(-time.Second)
	if out := v.Verify(s.scan()); out.Reason != verifier.ReasonExpired {
		t.Fatalf("expired within the skew: %v", out.Reason)
	}
}

// The memo spares decoding and the signature, and nothing else.
func TestMemo(t *testing.T) {
	s := newStub()
	v := s.verifier(true)
	f := func(want verifier.Reason, decoded int) {
		t.Helper()
		if out := v.Verify(s.scan()); out.Reason != want || s.decoded != decoded {
			t.Fatalf("%v after %d decodings, want %v after %d", out.Reason, s.decoded, want, decoded)
		}
	}
	f(verifier.ReasonOK, 1)
	f(verifier.ReasonOK, 1)
	s.status.State = verifier.StatusRevoked
	f(verifier.ReasonRevoked, 1)
	s.status.State = verifier.StatusNotChecked
	s.policy = verifier.ReasonAgeBelow
	f(verifier.ReasonAgeBelow, 1)
	s.policy = verifier.ReasonOK
	s.epoch++ // the trust list changed
	s.key = nil
	f(verifier.ReasonKeyUnknown, 2)
	f(verifier.ReasonKeyUnknown, 3) // what was not proven is not remembered
	out := v.Verify(verifier.Scan{Payload: []byte("x"), At: now.Add(2 * time.Hour), Policy: s})
	if out.Reason == verifier.ReasonOK {
		t.Fatal("a remembered credential did not expire")
	}
}

func TestPayloadLimit(t *testing.T) {
	s := newStub()
	f := func(n int, want verifier.Reason) {
		t.Helper()
		out := s.verifier(true).Verify(verifier.Scan{Payload: make([]byte, n), At: now, Policy: s})
		if out.Reason != want {
			t.Fatalf("%d bytes: %v, want %v", n, out.Reason, want)
		}
	}
	f(0, verifier.ReasonNotRecognised)
	f(verifier.MaxPayload, verifier.ReasonOK)
	f(verifier.MaxPayload+1, verifier.ReasonTooLarge)
	f(1<<20, verifier.ReasonTooLarge)
}

func TestFormatThatSaysNothing(t *testing.T) {
	v := verifier.Verifier{Formats: []verifier.Format{silent{}}, Lists: newStub()}
	if out := v.Verify(verifier.Scan{Payload: []byte("x")}); out.Outcome != verifier.Invalid || out.Reason != verifier.ReasonMalformed {
		t.Fatalf("%v: %v", out.Outcome, out.Reason)
	}
}

// silent breaks the contract of Format.
type silent struct{}

func (silent) Name() string                                { return "silent" }
func (silent) Sniff([]byte) bool                           { return true }
func (silent) Decode([]byte) (*verifier.Credential, error) { return nil, nil }
