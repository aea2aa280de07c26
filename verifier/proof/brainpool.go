package proof

import (
	"crypto/sha256"
	"crypto/sha512"
	"math/big"

	"vratar/verifier"
	"vratar/verifier/brainpool"
)

// checkBrainpool takes signatures as r‖s, each half as long as the curve's field. Each curve has the hash of its
// own size (Doc 9303-13 §2.4).
func checkBrainpool(pub *brainpool.PublicKey, p *verifier.Proof) bool {
	var digest []byte
	switch {
	case p.Algorithm == verifier.ES224 && pub.Curve == brainpool.P224r1():
		d := sha256.Sum224(p.Signed)
		digest = d[:]
	case p.Algorithm == verifier.ES256 && pub.Curve == brainpool.P256r1():
		d := sha256.Sum256(p.Signed)
		digest = d[:]
	case p.Algorithm == verifier.ES384 && pub.Curve == brainpool.P384r1():
		d := sha512.Sum384(p.Signed)
		digest = d[:]
	case p.Algorithm == verifier.ES512 && pub.Curve == brainpool.P512r1():
		d := sha512.Sum512(p.Signed)
		digest = d[:]
	default:
		return false
	}
	size := pub.Curve.Size
	if len(p.Signature) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(p.Signature[:size]), new(big.Int).SetBytes(p.Signature[size:])
	return verifyECDSA(pub, digest, r, s)
}

// verifyECDSA is SEC 1 §4.1.4. The digest is as long as the order, so none of it is cut off.
func verifyECDSA(pub *brainpool.PublicKey, digest []byte, r, s *big.Int) bool {
	n := pub.Curve.N
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(n) >= 0 || s.Cmp(n) >= 0 {
		return false
	}
	w := new(big.Int).ModInverse(s, n)
	u := new(big.Int).SetBytes(digest)
	u.Mul(u, w).Mod(u, n)
	v := w.Mul(r, w)
	v.Mod(v, n)
	x := pub.CombinedX(u, v)
	return x != nil && x.Mod(x, n).Cmp(r) == 0
}
