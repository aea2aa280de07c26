//go:build !race

package fastpath_test

import (
	"runtime"
	"testing"

	"vratar/verifier"
)

// Codes that name 100,000 different unknown keys of a known issuer: no signature is checked, nothing is prepared or
// given up, and no memory is kept.
func TestUnknownKeysAllocateNothingThatStays(t *testing.T) {
	i := newIssuer(t)
	genuine, g := i.code(t, i.key), newGate(t, i, true)
	if got := g.judge(genuine); got != verifier.ReasonOK || g.checked != 1 || g.kept != 1 {
		t.Fatalf("the genuine code: %s, %d signatures", got, g.checked)
	}
	named := i.naming(t, genuine)
	before, memory := g.preparer.Stats(), inUse()
	for n := range 100_000 {
		if got := g.judge(named(n)); got != verifier.ReasonKeyUnknown {
			t.Fatalf("%d: %s", n, got)
		}
	}
	const room = 4 << 20 // what runtime and test need; a word for each code would be 8 MB with its name
	if grown := inUse() - memory; grown > room {
		t.Errorf("%d bytes more in use", grown)
	}
	if after := g.preparer.Stats(); after != before || g.checked != 1 || g.kept != 1 {
		t.Errorf("%+v, then %+v; %d signatures checked, %d kept", before, after, g.checked, g.kept)
	}
}

func inUse() int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
