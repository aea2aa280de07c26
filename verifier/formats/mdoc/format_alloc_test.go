//go:build !race

package mdoc

import (
	"testing"

	"vratar/verifier/formats/formatstest"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	formatstest.NoAllocations(t, Format{}, issuerSigned(t, erika(t)))
	formatstest.NoAllocations(t, Format{}, text(issuerSigned(t, erika(t))))
	formatstest.NoAllocations(t, Format{}, response(t))
}
