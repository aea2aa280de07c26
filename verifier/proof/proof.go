// Package proof checks the signatures of credentials and of lists, and is the only place where that happens: a closed
// list of algorithms, each bound to the keys it may be used with. (Signatures under files are package pki's.)
//
// It looks at a key and a proof and answers yes or no. It fetches nothing, trusts no certificate carried in a
// payload, and knows neither dates nor formats. It may import the standard library,
// package verifier and the curves that the standard library lacks.
package proof

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"

	"vratar/verifier"
	"vratar/verifier/brainpool"
)

// minRSABits is the smallest RSA modulus that is believed (HCERT §3.3.2 and RFC 7518 §3.3 both ask for it).
const minRSABits = 2048

// Checker verifies signatures. The zero value is ready.
type Checker struct {
	Preparer *Preparer // makes tables for the keys in use; nil: only what others have prepared is used
}

var _ verifier.Checker = Checker{}

// Check reports whether p.Signature over p.Signed was made by k with p.Algorithm. An algorithm that does not
// fit the key, a signature of another length than the algorithm's, and a missing key are refused.
func (c Checker) Check(k *verifier.Key, p *verifier.Proof) bool {
	if k == nil {
		return false
	}
	if ready := k.Preparation.Key(); ready != nil {
		return ready.Check(p)
	}
	ok := check(k, p)
	if ok && c.Preparer != nil {
		c.Preparer.used(k)
	}
	return ok
}

// check is Check without anything prepared.
func check(k *verifier.Key, p *verifier.Proof) bool {
	switch pub := k.Public.(type) {
	case *ecdsa.PublicKey:
		return checkECDSA(pub, p)
	case *verifier.Point:
		return checkPoint(pub, p)
	case *brainpool.PublicKey:
		return checkBrainpool(pub, p)
	case *rsa.PublicKey:
		return checkRSA(pub, p)
	case ed25519.PublicKey:
		// ed25519.Verify panics on a key of another length, which only a fault in loading could produce.
		return p.Algorithm == verifier.EdDSA && len(pub) == ed25519.PublicKeySize &&
			len(p.Signature) == ed25519.SignatureSize && ed25519.Verify(pub, p.Signed, p.Signature)
	}
	return false
}

// checkPoint is checkECDSA with a key that is a point of its curve only if it turns out to be one.
func checkPoint(pub *verifier.Point, p *verifier.Proof) bool {
	var room [1 + 2*66]byte // 66 bytes are a coordinate on P-521
	key, err := ecdsa.ParseUncompressedPublicKey(pub.Curve, append(append(append(room[:0], 4), pub.X...), pub.Y...))
	return err == nil && checkECDSA(key, p)
}

// checkECDSA takes signatures as r‖s, each half as long as the curve's field, never DER (RFC 9053 §2.1).
//
// Hash and curve are bound as in RFC 7518 §3.4, with one exception that COSE allows and Spanish health
// certificates use: ES256, which is SHA-256, with a P-384 key.
func checkECDSA(pub *ecdsa.PublicKey, p *verifier.Proof) bool {
	var digest []byte
	switch {
	case p.Algorithm == verifier.ES256 && (pub.Curve == elliptic.P256() || pub.Curve == elliptic.P384()):
		d := sha256.Sum256(p.Signed)
		digest = d[:]
	case p.Algorithm == verifier.ES384 && pub.Curve == elliptic.P384():
		d := sha512.Sum384(p.Signed)
		digest = d[:]
	case p.Algorithm == verifier.ES512 && pub.Curve == elliptic.P521():
		d := sha512.Sum512(p.Signed)
		digest = d[:]
	default:
		return false
	}
	half := (pub.Curve.Params().BitSize + 7) / 8
	if len(p.Signature) != 2*half {
		return false
	}
	var room [maxDER]byte
	return ecdsa.VerifyASN1(pub, digest, appendDER(room[:0], p.Signature))
}

// maxDER is how long a signature on P-521 is at most as DER.
const maxDER = 3 + 2*(2+1+66)

// appendDER appends r‖s as the SEQUENCE of two INTEGERs that the library takes. Numbers out of range are its to refuse.
func appendDER(dst, signature []byte) []byte {
	start, half := len(dst), len(signature)/2
	dst = append(dst, 0x30, 0x81, 0)
	dst = appendInteger(appendInteger(dst, signature[:half]), signature[half:])
	size := len(dst) - start - 3
	if size < 0x80 { // which has a shorter head
		copy(dst[start+2:], dst[start+3:])
		dst = dst[:len(dst)-1]
		dst[start+1] = byte(size)
		return dst
	}
	dst[start+2] = byte(size)
	return dst
}

// appendInteger appends an unsigned big-endian number as INTEGER: in the fewest bytes, the first below 0x80.
func appendInteger(dst, number []byte) []byte {
	for len(number) > 1 && number[0] == 0 {
		number = number[1:]
	}
	dst = append(dst, 0x02, byte(len(number)))
	if number[0] >= 0x80 {
		dst[len(dst)-1]++
		dst = append(dst, 0)
	}
	return append(dst, number...)
}

func checkRSA(pub *rsa.PublicKey, p *verifier.Proof) bool {
	if pub.N.BitLen() < minRSABits {
		return false
	}
	digest := sha256.Sum256(p.Signed)
	switch p.Algorithm {
	case verifier.PS256: // RFC 8230 §2: MGF1 with the same hash, salt as long as the hash
		o := rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
		return rsa.VerifyPSS(pub, crypto.SHA256, digest[:], p.Signature, &o) == nil
	case verifier.RS256:
		return rsa.VerifyPKCS1v15(pub, crypto.SHA256, digest[:], p.Signature) == nil
	}
	return false
}
