//go:build !race

package hcert

import (
	"testing"

	"vratar/verifier"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	for _, document := range []string{"vaccination", "test", "recovery"} {
		payload := []byte(genuine(t, document))
		var a verifier.Arena
		n := testing.AllocsPerRun(100, func() {
			if _, err := (Format{}).DecodeIn(&a, payload); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s: %.0f allocations, want 0", document, n)
		}
	}
}
