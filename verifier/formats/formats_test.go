package formats

import (
	"testing"

	"vratar/verifier/formats/notice"
)

// Names are public and stand in trust lists and metrics: each is there once. Notices come last, because a
// credential must never be taken for a link.
func TestAll(t *testing.T) {
	all := All()
	seen := map[string]bool{}
	for _, f := range all {
		if f.Name() == "" || seen[f.Name()] {
			t.Errorf("format %q is nameless or there twice", f.Name())
		}
		seen[f.Name()] = true
	}
	if all[len(all)-1].Name() != (notice.Format{}).Name() {
		t.Errorf("the last format is %q, not notices", all[len(all)-1].Name())
	}
}
