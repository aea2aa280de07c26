//go:build !race

package corpus

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/policy"
)

// anySignature stands in for the check of signatures: what that allocates depends on the processor and has budgets of
// its own.
type anySignature struct{}

func (anySignature) Check(*verifier.Key, *verifier.Proof) bool { return true }

// In an arena that is used again, with nothing remembered, a whole judgement allocates nothing.
func TestVerifyDoesNotAllocate(t *testing.T) {
	m := maker(t, 1)
	v := judge(t, &Corpus{Trust: m.Trust(), Status: m.Status()})
	v.Checker = anySignature{}
	for _, recipe := range Formats() {
		i, err := m.Item(Genuine, recipe, 1)
		if err != nil {
			t.Fatal(err)
		}
		payload, expect, err := i.Present(noon, "https://gate.example")
		if err != nil {
			t.Fatal(err)
		}
		var a verifier.Arena
		n := testing.AllocsPerRun(100, func() {
			out := v.Verify(verifier.Scan{Payload: payload, At: noon, Arena: &a, Policy: policy.Rules{}})
			if out.Reason != expect {
				t.Fatalf("%s: %s, want %s", recipe, out.Reason, expect)
			}
		})
		if n != 0 {
			t.Errorf("%s: %.0f allocations, want 0", recipe, n)
		}
	}
}
