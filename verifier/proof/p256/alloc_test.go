//go:build !race

package p256

import "testing"

// A signature that is accepted allocates nothing, alone or in a group.
func TestVerifyAllocatesNothing(t *testing.T) {
	s := newSample(t, "")
	for _, k := range keys(t, s.pub, MinWindow) {
		if k.table == nil {
			continue
		}
		jobs := make([]Job, 11)
		for i := range jobs {
			jobs[i] = s.job
			jobs[i].Key = k
		}
		ok := make([]bool, len(jobs))
		if n := testing.AllocsPerRun(50, func() { ok[0] = k.Verify(&s.job.Digest, &s.job.R, &s.job.S) }); n != 0 || !ok[0] {
			t.Errorf("%s: Verify allocates %.0f times", k.state.path, n)
		}
		if n := testing.AllocsPerRun(50, func() { VerifyGroup(jobs, ok) }); n != 0 || !ok[10] {
			t.Errorf("%s: VerifyGroup allocates %.0f times", k.state.path, n)
		}
	}
}
