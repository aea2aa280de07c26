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
	digest := sha256.Sum256(p.Signed)
	return counted(k.place, p.Signature, k.Verify(&digest, (*[32]byte)(p.Signature[:32]), (*[32]byte)(p.Signature[32:])))
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
	return counted(k.place, p.Signature, k.Verify(p.Signed, p.Signature))
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
	digest := sha256.Sum256(p.Signed)
	if p.Algorithm == verifier.PS256 {
		return counted(k.place, p.Signature, k.VerifyPSS(&digest, p.Signature))
	}
	return counted(k.place, p.Signature, k.VerifyPKCS1v15(&digest, p.Signature))
}

// counted counts every sixteenth right signature, told by bits of it: gates on different cores would otherwise wait for
// each other at the counter. Wrong ones do not count. They cost nothing to make, with any bits, and a flood of them
// must not win a key larger tables, nor push those of other keys out.
func counted(place *verifier.Preparation, signature []byte, right bool) bool {
	if right && signature[0]%sampled == 0 {
		place.Used(sampled)
	}
	return right
}
