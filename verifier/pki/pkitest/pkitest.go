// Package pkitest has GOST and ECDSA keys that anybody can guess, for package certify in tests. Nothing that runs in a
// gateway may import it.
package pkitest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"

	"vratar/verifier/pki/certify"
	"vratar/verifier/proof/gost"
	"vratar/verifier/proof/gost/gosttest"
)

// GOSTKey is the key on that curve that belongs to a seed.
func GOSTKey(c *gost.Curve, seed string) *certify.Key {
	k := gosttest.NewKey(c, seed)
	return certify.GOST(k.Public, k.SignDigest)
}

// ECDSAKey is the P-256 key that belongs to a seed.
func ECDSAKey(seed string) *certify.Key {
	d := sha256.Sum256([]byte(seed))
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		panic(err)
	}
	return certify.ECDSA(k)
}
