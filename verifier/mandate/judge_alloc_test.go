//go:build !race

package mandate_test

import (
	"testing"

	"vratar/verifier/mandate"
)

// A scan under a mandate costs no memory, nor does its refusal.
func TestJudgeAllocatesNothing(t *testing.T) {
	b := newBench(t)
	p, q := b.twoLevels(nil), b.question()
	refused := *q
	refused.Checker = friend
	for _, q := range []*mandate.Question{q, &refused} {
		if n := testing.AllocsPerRun(100, func() { mandate.Judge(p, q) }); n != 0 {
			t.Errorf("Judge allocates %.0f times", n)
		}
	}
}
