package mdoc_test

import (
	"bytes"
	"encoding/pem"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/policy"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
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

// issuerSigned is the issuer's part of d.
func issuerSigned(t testing.TB, signer *issuing.Key, d issuing.MobileDocument) []byte {
	t.Helper()
	part, err := issuing.IssuerSigned(signer, d)
	if err != nil {
		t.Fatal(err)
	}
	return part
}

// answered is d as its device presents it in a session.
func answered(t testing.TB, signer *issuing.Key, d issuing.MobileDocument, session []byte) []byte {
	t.Helper()
	part := issuerSigned(t, signer, d)
	answer, err := issuing.DeviceResponse(issuing.Presentation{Type: d.Type, IssuerSigned: part, Device: d.Device, Transcript: session})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// An age attestation of our own, trusting nothing but its root.
func TestOwnAttestation(t *testing.T) {
	root, signer := country(t)
	session, other := []byte{0x81, 0x01}, []byte{0x81, 0x02}
	f := func(d issuing.MobileDocument, at time.Time, demand verifier.HolderDemand, want verifier.Reason) verifier.Verdict {
		t.Helper()
		d.Device = newKey(t, 4)
		answer := answered(t, signer, d, session)
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

// withMAC is an answer whose device has made a MAC for its reader instead of a signature.
func withMAC(t testing.TB, answer []byte) []byte {
	t.Helper()
	signature := []byte("\x6fdeviceSignature\x84\x43\xa1\x01\x26")
	out := bytes.Replace(answer, signature, []byte("\x69deviceMac\x84\x43\xa1\x01\x05"), 1)
	if bytes.Equal(out, answer) {
		t.Fatal("the device has signed nothing")
	}
	return out
}

// What a gate demands of an mdoc: all are bound to a device, so without a proof that can be checked each may be a
// copy. A judgement without gate says what it is worth, and that nobody proved to be the holder.
func TestCopiesOfMobileDocuments(t *testing.T) {
	root, signer := country(t)
	d := age(issued, true)
	d.Device = newKey(t, 4)
	session := []byte{0x81, 0x01}
	part, answer := issuerSigned(t, signer, d), answered(t, signer, d, session)
	v := house(t, root)
	f := func(name string, payload []byte, demand verifier.HolderDemand, want verifier.Reason, detail string) {
		t.Helper()
		out := v.Verify(verifier.Scan{Payload: payload, At: issued, Holder: demand})
		if out.Reason != want || !strings.Contains(out.Checks[verifier.CheckHolder].Detail, detail) {
			t.Errorf("%s: %v %+v, want %v", name, out.Reason, out.Checks[verifier.CheckHolder], want)
		}
		if proven := out.NotEstablished&verifier.HolderBinding == 0; proven != (want == verifier.ReasonOK && detail == "") {
			t.Errorf("%s: holder established: %v", name, proven)
		}
	}
	ok, missing, invalid := verifier.ReasonOK, verifier.ReasonHolderProofMissing, verifier.ReasonHolderProofInvalid
	anybody, gate := verifier.HolderDemand{}, verifier.HolderDemand{Bound: true}
	inSession := verifier.HolderDemand{Bound: true, Transcript: session}
	f("issuer's part", part, anybody, ok, "bound to a holder's key")
	f("issuer's part", part, gate, missing, "")
	f("answer", answer, anybody, ok, "session")
	f("answer", answer, gate, invalid, "session")
	f("answer", answer, inSession, ok, "")
	mac := withMAC(t, answer)
	f("answer with MAC", mac, anybody, ok, "only the reader of its session")
	f("answer with MAC", mac, gate, invalid, "only the reader of its session")
	f("answer with MAC", mac, inSession, invalid, "only the reader of its session")
}

// A document signer that its root has revoked signs nothing that is accepted, whenever it says it did; a list of
// revoked certificates that is overdue leaves it unknown.
func TestRevokedDocumentSigner(t *testing.T) {
	iaca, err := newKey(t, 1).Certified(issuing.CertificateOptions{
		Country: "UT", Organisation: "Utopia", NotBefore: issued.AddDate(-1, 0, 0), NotAfter: issued.AddDate(9, 0, 0), Authority: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	root, signer := country(t)
	d := age(issued, true)
	d.Device = newKey(t, 4)
	part := issuerSigned(t, signer, d)
	v := house(t, root)
	f := func(reason int, after time.Duration, want verifier.Reason, outcome verifier.Outcome) {
		t.Helper()
		var revoked []issuing.Revocation
		if reason >= 0 {
			revoked = append(revoked, issuing.Revocation{Certificate: signer.Certificate, At: issued.AddDate(0, 0, 1), Reason: reason})
		}
		der, err := issuing.RevokedCertificates(iaca, issuing.RevocationOptions{
			Number: 1, ThisUpdate: issued.AddDate(0, 0, 2), NextUpdate: issued.AddDate(0, 0, 9),
		}, revoked...)
		if err != nil {
			t.Fatal(err)
		}
		src, err := status.Load("crl", der)
		if err != nil {
			t.Fatal(err)
		}
		key, why := verifier.Prove(v.Lists.Trust(), v.Checker, src.Statement)
		if key == nil {
			t.Fatal(why)
		}
		v.Lists = lists{v.Lists.(lists).trust, status.New(src.ProvenBy(key))}
		out := v.Verify(verifier.Scan{Payload: part, At: issued.AddDate(0, 0, 2).Add(after)})
		if out.Reason != want || out.Outcome != outcome {
			t.Errorf("reason %d after %v: %v %v %+v, want %v", reason, after, out.Outcome, out.Reason, out.Checks[verifier.CheckStatus], want)
		}
	}
	const overdue = 7*24*time.Hour + 1
	f(-1, 0, verifier.ReasonOK, verifier.Valid)
	f(-1, overdue, verifier.ReasonStatusUnknown, verifier.Indeterminate)
	f(1, 0, verifier.ReasonRevoked, verifier.Invalid)
	f(4, 0, verifier.ReasonRevoked, verifier.Invalid) // superseded: when it signed is its own word
	f(1, overdue, verifier.ReasonRevoked, verifier.Invalid)
	f(6, 0, verifier.ReasonSuspended, verifier.Invalid)
}

// A root that a VICAL lists stands for the types of document that it is listed for, and for no others.
func TestRootsOfAList(t *testing.T) {
	root, signer := country(t)
	block, _ := pem.Decode(root)
	provider := newKey(t, 7)
	d := age(issued, true)
	d.Device = newKey(t, 4)
	part := issuerSigned(t, signer, d)
	jwk, err := provider.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	own, err := trust.Load("own", []byte(`{"issuers":[{"id":"provider","formats":["trustlist"],"keys":[`+string(jwk)+`]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	f := func(want verifier.Reason, types ...string) {
		t.Helper()
		data, err := issuing.VICAL(provider, issuing.AuthorityList{
			Provider: "P", IssuedAt: issued, Authorities: []issuing.ListedAuthority{{Certificate: block.Bytes, Types: types}},
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := trust.Load("vical", data)
		if err != nil {
			t.Fatal(err)
		}
		list, reason := list.Prove(trust.New(own, list), proof.Checker{})
		if reason != verifier.ReasonOK {
			t.Fatal(reason)
		}
		v := house(t, root)
		v.Lists = lists{trust.New(own, list), status.New()}
		if out := v.Verify(verifier.Scan{Payload: part, At: issued}); out.Reason != want {
			t.Errorf("%q: %v, want %v", types, out.Reason, want)
		}
	}
	f(verifier.ReasonOK, ageType)
	f(verifier.ReasonOK, "org.iso.18013.5.1.mDL", ageType)
	f(verifier.ReasonKeyNotAllowed, "org.iso.18013.5.1.mDL")
}
