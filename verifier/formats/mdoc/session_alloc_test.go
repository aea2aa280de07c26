//go:build !race

package mdoc_test

import (
	"testing"

	"vratar/verifier"
)

// anySignature stands in for the check of signatures, which has budgets of its own.
type anySignature struct{}

func (anySignature) Check(*verifier.Key, *verifier.Proof) bool { return true }

// In an arena that is used again, judging an answer in its session allocates nothing.
func TestJudgingInSessionDoesNotAllocate(t *testing.T) {
	root, signer := country(t)
	d, session := age(issued, true), []byte{0x81, 0x01}
	d.Device = newKey(t, 4)
	answer := answered(t, signer, d, session)
	v := house(t, root)
	v.Checker = anySignature{}
	var a verifier.Arena
	n := testing.AllocsPerRun(100, func() {
		scan := verifier.Scan{Payload: answer, At: issued, Holder: verifier.HolderDemand{Required: true, Transcript: session}, Arena: &a}
		if out := v.Verify(scan); out.Reason != verifier.ReasonOK {
			t.Fatal(out.Reason)
		}
	})
	if n != 0 {
		t.Errorf("%.0f allocations, want 0", n)
	}
}
