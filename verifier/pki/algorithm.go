package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // digests of what was signed
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"hash"
	"slices"

	"vratar/verifier/proof/gost"
)

// Algorithm is a signature algorithm with its digest: a closed list.
type Algorithm string

// Algorithms.
const (
	GOST256     Algorithm = "gost-2012-256" // GOST R 34.10-2012 with 256 bits and Streebog-256 (RFC 7091, 6986)
	GOST512     Algorithm = "gost-2012-512" // with 512 bits and Streebog-512
	RSASHA256   Algorithm = "rsa-sha256"    // RSASSA-PKCS1-v1_5 (RFC 8017), at least 2048 bits
	RSASHA384   Algorithm = "rsa-sha384"
	RSASHA512   Algorithm = "rsa-sha512"
	ECDSASHA256 Algorithm = "ecdsa-sha256" // P-256, P-384 or P-521
	ECDSASHA384 Algorithm = "ecdsa-sha384"
	ECDSASHA512 Algorithm = "ecdsa-sha512"
)

// GOST are the algorithms of Russian qualified signatures.
func GOST() []Algorithm { return []Algorithm{GOST256, GOST512} }

// All are all algorithms that can be checked.
func All() []Algorithm {
	return []Algorithm{GOST256, GOST512, RSASHA256, RSASHA384, RSASHA512, ECDSASHA256, ECDSASHA384, ECDSASHA512}
}

// Bounds of RSA keys: smaller ones are not believed, larger ones cost too much.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// Object identifiers (RFC 9215 §2, 3; RFC 5754; RFC 8017; RFC 5758).
var (
	oidStreebog256 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, 2}
	oidStreebog512 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, 3}
	oidGOSTKey256  = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 1}
	oidGOSTKey512  = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 2}
	oidGOSTSign256 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 3, 2}
	oidGOSTSign512 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 3, 3}
	oidSHA256      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidRSAKey      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidRSASHA384   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	oidRSASHA512   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	oidECDSASHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSASHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSASHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
)

// scheme is how messages, certificates and lists name an algorithm. Signers often name only the kind of key
// (RFC 5652 §10.1.2 leaves it to the algorithm), so both are understood where that is custom.
type scheme struct {
	algorithm      Algorithm
	digest         asn1.ObjectIdentifier
	signature, key asn1.ObjectIdentifier
}

func schemes() []scheme {
	return []scheme{
		{GOST256, oidStreebog256, oidGOSTSign256, oidGOSTKey256},
		{GOST512, oidStreebog512, oidGOSTSign512, oidGOSTKey512},
		{RSASHA256, oidSHA256, oidRSASHA256, oidRSAKey},
		{RSASHA384, oidSHA384, oidRSASHA384, oidRSAKey},
		{RSASHA512, oidSHA512, oidRSASHA512, oidRSAKey},
		{ECDSASHA256, oidSHA256, oidECDSASHA256, nil},
		{ECDSASHA384, oidSHA384, oidECDSASHA384, nil},
		{ECDSASHA512, oidSHA512, oidECDSASHA512, nil},
	}
}

// algorithmOfSigner is the algorithm that a message names by digest and signature; empty: none, or two that do not
// go together.
func algorithmOfSigner(digest, signature asn1.ObjectIdentifier) Algorithm {
	for _, s := range schemes() {
		if s.digest.Equal(digest) && (s.signature.Equal(signature) || s.key != nil && s.key.Equal(signature)) {
			return s.algorithm
		}
	}
	return ""
}

// algorithmOfSignature is the algorithm that a certificate or list names; empty: none.
func algorithmOfSignature(oid asn1.ObjectIdentifier) Algorithm {
	for _, s := range schemes() {
		if s.signature.Equal(oid) {
			return s.algorithm
		}
	}
	return ""
}

// digestByOID is a digest that attributes may be made with; nil: none.
func digestByOID(oid asn1.ObjectIdentifier) hash.Hash {
	for _, s := range schemes() {
		if s.digest.Equal(oid) {
			return s.algorithm.hash()
		}
	}
	return nil
}

// hash is a new digest of the algorithm.
func (a Algorithm) hash() hash.Hash {
	switch a {
	case GOST256:
		return gost.New256()
	case GOST512:
		return gost.New512()
	}
	return a.cryptoHash().New()
}

func (a Algorithm) cryptoHash() crypto.Hash {
	switch a {
	case RSASHA384, ECDSASHA384:
		return crypto.SHA384
	case RSASHA512, ECDSASHA512:
		return crypto.SHA512
	}
	return crypto.SHA256
}

// fits reports whether the algorithm is one for the key, and the key one that is believed.
func (a Algorithm) fits(public crypto.PublicKey) bool {
	switch k := public.(type) {
	case *gost.PublicKey:
		return a == GOST256 && k.Curve.Size == gost.Size256 || a == GOST512 && k.Curve.Size == gost.Size512
	case *rsa.PublicKey:
		return (a == RSASHA256 || a == RSASHA384 || a == RSASHA512) && acceptable(k)
	case *ecdsa.PublicKey:
		return (a == ECDSASHA256 || a == ECDSASHA384 || a == ECDSASHA512) && acceptable(k)
	}
	return false
}

// acceptable reports whether a key is of a kind and size that is believed.
func acceptable(public crypto.PublicKey) bool {
	switch k := public.(type) {
	case *gost.PublicKey:
		return true
	case *rsa.PublicKey:
		return k.N.BitLen() >= minRSABits && k.N.BitLen() <= maxRSABits
	case *ecdsa.PublicKey:
		return k.Curve == elliptic.P256() || k.Curve == elliptic.P384() || k.Curve == elliptic.P521()
	}
	return false
}

// proves reports whether signature over signed was made by the key with the algorithm.
func (a Algorithm) proves(public crypto.PublicKey, signed, signature []byte) bool {
	if !a.fits(public) {
		return false
	}
	h := a.hash()
	h.Write(signed)
	digest := h.Sum(nil)
	switch k := public.(type) {
	case *gost.PublicKey:
		return k.Verify(digest, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, a.cryptoHash(), digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, digest, signature)
	}
	return false
}

// allows reports whether the operator believes in the algorithm.
func (t *Trust) allows(a Algorithm) bool { return a != "" && slices.Contains(t.Algorithms, a) }

// publicKey is the key of a certificate, which the standard library leaves out when it does not know the algorithm.
func publicKey(c *x509.Certificate) (crypto.PublicKey, error) {
	if c.PublicKey != nil {
		return c.PublicKey, nil
	}
	return gost.ParsePublicKey(c.RawSubjectPublicKeyInfo)
}

// keyParameters are those of the algorithm of a SubjectPublicKeyInfo, as DER; nil: none.
func keyParameters(info []byte) []byte {
	var key struct {
		Algorithm struct {
			ID         asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	if !read(info, &key) {
		return nil
	}
	return key.Algorithm.Parameters.FullBytes
}
