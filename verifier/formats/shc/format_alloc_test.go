//go:build !race

package shc

import (
	"testing"

	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
)

// In an arena that is used again nothing is allocated, whether a card has an identifier of its own or not.
func TestDecodeInDoesNotAllocate(t *testing.T) {
	for _, id := range []string{"aB3-_xyz", ""} {
		c := card()
		c.RevocationID = id
		claims, err := c.Claims()
		if err != nil {
			t.Fatal(err)
		}
		formatstest.NoAllocations(t, Format{}, []byte(issuing.ArmourSHC(signed(t, claims))))
	}
}
