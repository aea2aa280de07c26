//go:build !race

package aadhaar

import (
	"testing"

	"vratar/verifier/formats/formatstest"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	formatstest.NoAllocations(t, Format{}, []byte(signed(fields+noise)))
}
