// Package gost knows the Russian digest Streebog (GOST R 34.11-2012, RFC 6986) and checks the signatures of
// GOST R 34.10-2012 (RFC 7091) on the curves of RFC 7836 and RFC 9215, which the standard library lacks.
//
// It verifies and never signs. It computes in variable time, which serves where everything is public and nothing else:
// it must never touch a secret. It knows keys and signatures as certificates and signed messages carry them; what they
// are worth is for others to say. It imports only the standard library.
package gost

import "math/big"

// Verify reports whether signature over digest was made with the key (RFC 7091 §6.2). The digest is as Streebog gives
// it, of the length of the curve; the signature is s‖r, both big-endian and of that length (RFC 9215 §3, RFC 4491 §2.2.2).
func (k *PublicKey) Verify(digest, signature []byte) bool {
	c, size := k.Curve, k.Curve.Size
	if len(digest) != size || len(signature) != 2*size {
		return false
	}
	s, r := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(c.q) >= 0 || s.Cmp(c.q) >= 0 {
		return false
	}
	return k.verify(c.digestNumber(digest), r, s)
}

// verify is steps 3 to 7: e is from 1 to q-1, as r and s are.
func (k *PublicKey) verify(e, r, s *big.Int) bool {
	c := k.Curve
	v := new(big.Int).ModInverse(e, c.q)
	z1 := new(big.Int).Mul(s, v)
	z1.Mod(z1, c.q)
	z2 := v.Mul(r, v)
	z2.Mod(z2.Neg(z2), c.q)
	if c.edwards != nil {
		calc := &edwardsCalculation{field: c.field, curve: c.edwards}
		calc.combine(c.edwardsBase(), z1, k.edwards, z2)
		return calc.hasX(c.q, r)
	}
	calc := newCalculation(c.field)
	calc.combine(c.base(), z1, k, z2)
	return calc.hasX(c, r)
}

// digestNumber is a digest as a number (RFC 7091 §6.1 step 2): the digest is little-endian in memory, and 1 stands in
// for 0.
func (c *Curve) digestNumber(digest []byte) *big.Int {
	e := littleEndian(digest)
	if e.Mod(e, c.q).Sign() == 0 {
		e.SetInt64(1)
	}
	return e
}

func littleEndian(b []byte) *big.Int {
	turned := make([]byte, len(b))
	for i, v := range b {
		turned[len(b)-1-i] = v
	}
	return new(big.Int).SetBytes(turned)
}
