//go:build !race

package document

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
)

// In an arena that is used again nothing is allocated.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	formatstest.NoAllocations(t, Format{}, []byte(mustIssue(t, student())))
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.ES384, verifier.ES512, verifier.EdDSA} {
		k := holder(t, alg)
		text, err := issuing.VR2(k, mustIssue(t, bound(t, k)), issuing.Binding{IssuedAt: issued, Nonce: "0123456789abcdef"})
		if err != nil {
			t.Fatal(err)
		}
		formatstest.NoAllocations(t, Format{}, []byte(text))
	}
}
