//go:build !race

package sdjwt

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	i := mustIssue(t)
	formatstest.NoAllocations(t, Format{}, []byte(i.Present(i.Disclosures...)))
	formatstest.NoAllocations(t, Format{}, []byte(i.Present(showing(t, i, "given_name")...)))
	formatstest.NoAllocations(t, Format{}, []byte(bound(t, i.Present(i.Disclosures...))))
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.ES384, verifier.ES512} {
		formatstest.NoAllocations(t, Format{}, []byte(boundTo(t, newKey(t, alg, 4))))
	}
	formatstest.NoAllocations(t, Format{}, []byte(certified(t).Present()))
}
