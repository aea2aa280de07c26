//go:build !race

package hcert

import (
	"testing"

	"vratar/verifier/formats/formatstest"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	for _, document := range []string{"vaccination", "test", "recovery"} {
		formatstest.NoAllocations(t, Format{}, []byte(genuine(t, document)))
	}
}
