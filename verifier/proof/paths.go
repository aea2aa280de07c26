package proof

import (
	"vratar/verifier/proof/ed25519"
	"vratar/verifier/proof/fastpath"
	"vratar/verifier/proof/p256"
	"vratar/verifier/proof/rsakey"
)

// Path is how the signatures of prepared keys of one kind are verified in this process.
type Path struct {
	Keys string // P-256, Ed25519 or RSA
	fastpath.Standing
}

// Paths are those of all kinds of keys that are ever prepared. The first call chooses them, which takes some
// milliseconds of self-tests unless signatures were verified already.
func Paths() []Path {
	return []Path{{"P-256", p256.Describe()}, {"Ed25519", ed25519.Describe()}, {"RSA", rsakey.Describe()}}
}
