//go:build !race

package conformance

import (
	"testing"

	"vratar/verifier/vectors"
)

// The signatures and lists pass, whatever the binary does with codes. Nothing here runs beside anything else, so the
// race detector would only make it slow; make conformance runs the same.
func TestTrials(t *testing.T) {
	dir := Folder(vectors.Dir(t))
	for _, trial := range Trials() {
		r, err := trial.Run(dir)
		if err != nil || r.Run == 0 {
			t.Errorf("%s: %d run, %v", trial.Title, r.Run, err)
		}
		for _, d := range r.Differences {
			t.Errorf("%s: %s", trial.Title, d)
		}
	}
}
