package mdoc_test

import (
	"bytes"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

// licence is an issuer's part that signer signed at that moment, and one of the same content that it did not.
func licence(t testing.TB, signer *issuing.Key, at time.Time) (genuine, forged []byte) {
	t.Helper()
	d := age(at, true)
	d.Device = newKey(t, 4)
	genuine, err := issuing.IssuerSigned(signer, d)
	if err != nil {
		t.Fatal(err)
	}
	forged = bytes.Clone(genuine)
	forged[bytes.LastIndex(forged, []byte("\x58\x40"))+20] ^= 1 // within its last string of 64 bytes, the signature
	return genuine, forged
}

// A signer that is remembered from codes before, and prepared, changes no answer: its period is held against every
// document anew, and so is its signature.
func TestRememberedSignerChangesNoAnswer(t *testing.T) {
	root, signer := country(t)
	used := house(t, root)
	preparer := proof.NewPreparer(1 << 20)
	used.Checker = proof.Checker{Preparer: preparer}
	good, bad := licence(t, signer, issued)
	late, _ := licence(t, signer, issued.AddDate(1, 0, 1))
	remembered := used.Verify(verifier.Scan{Payload: good, At: issued}).Key
	if remembered == nil || remembered.Fleeting || remembered.Preparation == nil {
		t.Fatalf("not remembered: %+v", remembered)
	}
	f := func(name string, payload []byte, at time.Time, want verifier.Reason) {
		t.Helper()
		v := house(t, root)
		out, afresh := used.Verify(verifier.Scan{Payload: payload, At: at}), v.Verify(verifier.Scan{Payload: payload, At: at})
		if out.Reason != want || afresh.Reason != want || out.Outcome != afresh.Outcome || out.Checks != afresh.Checks {
			t.Errorf("%s: %v %v, afresh %v, want %v", name, out.Reason, out.Checks, afresh.Reason, want)
		}
	}
	all := func() {
		f("genuine", good, issued, verifier.ReasonOK)
		f("forged", bad, issued, verifier.ReasonSignatureInvalid)
		f("signed after the signer's end", late, issued.AddDate(1, 0, 2), verifier.ReasonKeyExpired)
		f("before its time", good, issued.AddDate(0, 0, -1), verifier.ReasonNotYetValid)
		f("out of date", good, issued.AddDate(1, 0, 0), verifier.ReasonExpired)
	}
	all()
	preparer.Prepare(remembered)
	if prepared := remembered.Preparation.Key() != nil; prepared != (proof.Paths()[0].Path != "off") {
		t.Fatalf("prepared: %t on %+v", prepared, proof.Paths()[0])
	}
	all()
}

// memo remembers everything.
type memo map[string]*verifier.Proven

func (m memo) Get(payload []byte, _ uint64) *verifier.Proven { return m[string(payload)] }
func (m memo) Wants([]byte) bool                             { return true }
func (m memo) Put(p *verifier.Proven)                        { m[p.Payload] = p }

// What a device signed in its session is judged alike from memory, whatever the arena was used for meanwhile.
func TestRememberedAnswerInSession(t *testing.T) {
	root, signer := country(t)
	session := []byte{0x81, 0x01}
	answer := func(seed byte, at time.Time) []byte {
		t.Helper()
		d := age(at, true)
		d.Device = newKey(t, seed)
		return answered(t, signer, d, session)
	}
	v, remembered := house(t, root), memo{}
	v.Memo = remembered
	var a verifier.Arena
	one, two := answer(4, issued), answer(5, issued.AddDate(0, 0, 1))
	for range 3 {
		for _, payload := range [][]byte{one, two} {
			for transcript, want := range map[string]verifier.Reason{
				string(session): verifier.ReasonOK, "\x81\x02": verifier.ReasonHolderProofInvalid, "": verifier.ReasonHolderProofInvalid,
			} {
				demand := verifier.HolderDemand{Required: true, Transcript: []byte(transcript)}
				out := v.Verify(verifier.Scan{Payload: payload, At: issued.AddDate(0, 0, 1), Holder: demand, Arena: &a})
				if out.Reason != want {
					t.Fatalf("%x: %v %+v, want %v", transcript, out.Reason, out.Checks[verifier.CheckHolder], want)
				}
			}
		}
	}
	if len(remembered) != 2 {
		t.Fatalf("%d are remembered", len(remembered))
	}
}
