package proof

import (
	stded25519 "crypto/ed25519"
	"crypto/sha256"

	"vratar/verifier"
	"vratar/verifier/proof/ed25519"
	"vratar/verifier/proof/p256"
	"vratar/verifier/proof/rsakey"
)

// preparedP256 checks what checkECDSA checks.
type preparedP256 struct {
	*p256.Key
	place *verifier.Preparation
}

// takes tells signatures that the key may have made from those that are wrong at first sight.
func (k *preparedP256) takes(p *verifier.Proof) bool {
	return p.Algorithm == verifier.ES256 && len(p.Signature) == 64
}

func (k *preparedP256) Check(p *verifier.Proof) bool {
	if !k.takes(p) {
		return false
	}
	count(k.place, p.Signature)
	digest := sha256.Sum256(p.Signed)
	return k.Verify(&digest, (*[32]byte)(p.Signature[:32]), (*[32]byte)(p.Signature[32:]))
}

// preparedEd25519 checks EdDSA.
type preparedEd25519 struct {
	*ed25519.Key
	place *verifier.Preparation
}

func (k *preparedEd25519) takes(p *verifier.Proof) bool {
	return p.Algorithm == verifier.EdDSA && len(p.Signature) == stded25519.SignatureSize
}

func (k *preparedEd25519) Check(p *verifier.Proof) bool {
	if !k.takes(p) {
		return false
	}
	count(k.place, p.Signature)
	return k.Verify(p.Signed, p.Signature)
}

// preparedRSA checks what checkRSA checks.
type preparedRSA struct {
	*rsakey.Key
	place *verifier.Preparation
}

func (k *preparedRSA) Check(p *verifier.Proof) bool {
	if len(p.Signature) < minRSABits/8 || p.Algorithm != verifier.PS256 && p.Algorithm != verifier.RS256 {
		return false
	}
	count(k.place, p.Signature)
	digest := sha256.Sum256(p.Signed)
	if p.Algorithm == verifier.PS256 {
		return k.VerifyPSS(&digest, p.Signature)
	}
	return k.VerifyPKCS1v15(&digest, p.Signature)
}

// count counts every sixteenth use, told by bits of the signature, which nobody can choose for nothing: gates on
// different cores would otherwise wait for each other at the counter.
func count(place *verifier.Preparation, signature []byte) {
	if signature[0]%sampled == 0 {
		place.Used(sampled)
	}
}
