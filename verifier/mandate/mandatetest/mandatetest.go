// Package mandatetest founds authorities with keys that anybody can guess, which sign the mandates that package draft
// writes, for tests. Nothing that runs in a gateway may import it.
package mandatetest

import (
	"time"

	"vratar/verifier/mandate/draft"
	"vratar/verifier/pki/certify"
	"vratar/verifier/pki/pkitest"
	"vratar/verifier/proof/gost"
)

// NewOffice founds an authority. Its keys are ECDSA, which sign quickly.
func NewOffice(from time.Time) *draft.Office {
	return draft.NewOffice("Test authority", from, pkitest.ECDSAKey)
}

// NewGOSTOffice founds one whose keys are GOST, on that curve.
func NewGOSTOffice(from time.Time, c *gost.Curve) *draft.Office {
	return draft.NewOffice("Test authority", from, func(seed string) *certify.Key { return pkitest.GOSTKey(c, seed) })
}
