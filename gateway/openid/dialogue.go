package openid

import "crypto/sha256"

// dialogue is a sign-in under way.
type dialogue struct {
	provider *provider
	account  string // to be linked; empty: a sign-in
	redirect string
	state    string
	nonce    string
	verifier string // of PKCE
	ticket   [sha256.Size]byte
}
