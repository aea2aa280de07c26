//go:build !race

package ed25519

import "testing"

func TestNoAllocation(t *testing.T) {
	jobs := jobsOf(t, 8)
	jobs[2], jobs[5] = jobs[0], jobs[1] // only good ones: refusals go to the library
	ok := make([]bool, 8)
	for _, path := range paths() {
		e := newEngine(path)
		if n := testing.AllocsPerRun(50, func() { e.verify(jobs[0].Key, jobs[0].Message, jobs[0].Signature) }); n != 0 {
			t.Errorf("%s: a signature allocates %.0f times, want 0", path, n)
		}
		if n := testing.AllocsPerRun(50, func() { e.verifyGroup(jobs, ok) }); n != 0 {
			t.Errorf("%s: a group allocates %.0f times, want 0", path, n)
		}
	}
}
