package mdoc_test

import (
	"encoding/pem"
	"math/rand/v2"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/policy"
)

const (
	ageType   = "eu.europa.ec.av.1"
	signerUse = "1.0.18013.5.1.2"
)

var issued = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func newKey(t testing.TB, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// country is a test state: its root as PEM, and a document signer that the root certified for one year.
func country(t testing.TB) (root []byte, signer *issuing.Key) {
	t.Helper()
	iaca, err := newKey(t, 1).Certified(issuing.CertificateOptions{
		Country: "UT", Organisation: "Utopia", NotBefore: issued.AddDate(-1, 0, 0), NotAfter: issued.AddDate(9, 0, 0), Authority: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	signer, err = newKey(t, 2).CertifiedBy(iaca, issuing.CertificateOptions{
		Country: "UT", Organisation: "Signer", NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0), Uses: []string{signerUse},
	})
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: iaca.Certificate}), signer
}

func age(signedAt time.Time, over bool) issuing.MobileDocument {
	return issuing.MobileDocument{
		Type: ageType, Random: rand.NewChaCha8([32]byte{3}), SignedAt: signedAt, ValidFrom: signedAt, ValidUntil: signedAt.AddDate(0, 3, 0),
		Elements: map[string]map[string]any{ageType: {"age_over_18": over}},
	}
}

// An age attestation of our own, trusting nothing but its root.
func TestOwnAttestation(t *testing.T) {
	root, signer := country(t)
	session, other := []byte{0x81, 0x01}, []byte{0x81, 0x02}
	f := func(d issuing.MobileDocument, at time.Time, demand verifier.HolderDemand, want verifier.Reason) verifier.Verdict {
		t.Helper()
		d.Device = newKey(t, 4)
		part, err := issuing.IssuerSigned(signer, d)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := issuing.DeviceResponse(issuing.Presentation{Type: d.Type, IssuerSigned: part, Device: d.Device, Transcript: session})
		if err != nil {
			t.Fatal(err)
		}
		v := house(t, root)
		out := v.Verify(verifier.Scan{Payload: answer, At: at, Holder: demand, Policy: policy.Rules{Documents: []string{"age"}, MinAge: 18}})
		if out.Reason != want {
			t.Fatalf("%v (%v), want %v", out.Reason, out.Cause, want)
		}
		return out
	}
	inSession := verifier.HolderDemand{Required: true, Transcript: session}
	out := f(age(issued, true), issued, inSession, verifier.ReasonOK)
	if out.Key.Issuer.Name != "Utopia" || out.NotEstablished != verifier.Revocation {
		t.Errorf("signed by %+v, not established: %v", out.Key.Issuer, out.NotEstablished.Names())
	}
	out = f(age(issued, true), issued, verifier.HolderDemand{}, verifier.ReasonOK)
	if out.NotEstablished&verifier.HolderBinding == 0 {
		t.Error("without a session nothing binds it to its holder")
	}
	f(age(issued, false), issued, inSession, verifier.ReasonAgeBelow)
	f(age(issued, true), issued, verifier.HolderDemand{Required: true, Transcript: other}, verifier.ReasonHolderProofInvalid)
	f(age(issued, true), issued, verifier.HolderDemand{Required: true}, verifier.ReasonHolderProofInvalid)
	f(age(issued, true), issued.AddDate(0, 4, 0), inSession, verifier.ReasonExpired)
	f(age(issued, true), issued.AddDate(0, 0, -1), inSession, verifier.ReasonNotYetValid)

	// The signer's certificate must be in force when it signs, not when the document is shown.
	last := issued.AddDate(1, 0, 0)
	f(age(last, true), last.AddDate(0, 1, 0), inSession, verifier.ReasonOK)
	f(age(last.Add(time.Second), true), last.AddDate(0, 1, 0), inSession, verifier.ReasonKeyExpired)
	listed := age(issued, true)
	listed.Status = &verifier.StatusRef{URI: "https://s.example/1", Index: 1}
	f(listed, issued, inSession, verifier.ReasonStatusUnknown)
}
