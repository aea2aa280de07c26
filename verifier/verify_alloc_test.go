//go:build !race

package verifier_test

import (
	"testing"
	"time"

	"vratar/verifier"
)

// noSignature stands in for the check of the signature, which has budgets of its own.
type noSignature struct{}

func (noSignature) Check(*verifier.Key, *verifier.Proof) bool { return true }

// In an arena that is used again a whole judgement allocates nothing, nor does writing it down.
func TestVerifyDoesNotAllocate(t *testing.T) {
	v, payload := house(t, verifier.ES256)
	v.Checker = noSignature{}
	var a verifier.Arena
	var answer []byte
	at := now.Add(time.Hour)
	n := 1.0
	for range 5 { // goroutines of other tests, which allocate too, may still run
		n = min(n, testing.AllocsPerRun(100, func() {
			out := v.Verify(verifier.Scan{Payload: payload, At: at, Arena: &a})
			if out.Outcome != verifier.Valid {
				t.Fatal(out.Reason)
			}
			answer = out.AppendJSON(answer[:0], time.Microsecond)
		}))
	}
	if n != 0 {
		t.Errorf("%.0f allocations, want 0", n)
	}
}
