//go:build !race

package document

import (
	"testing"

	"vratar/verifier"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	payload := []byte(mustIssue(t, student()))
	var a verifier.Arena
	n := testing.AllocsPerRun(100, func() {
		if _, err := (Format{}).DecodeIn(&a, payload); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%.0f allocations, want 0", n)
	}
}
