//go:build !race

package nzcp

import (
	"testing"

	"vratar/verifier"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	payload := []byte(genuine(t, jack()))
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
