//go:build !race

package sdjwt

import (
	"testing"

	"vratar/verifier/formats/formatstest"
)

// In an arena that is used again nothing is allocated. A key binding JWT is another matter: its key is new each time.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	i := mustIssue(t)
	formatstest.NoAllocations(t, Format{}, []byte(i.Present(i.Disclosures...)))
	formatstest.NoAllocations(t, Format{}, []byte(i.Present(showing(t, i, "given_name")...)))
}
