package pki

import (
	"crypto"
	"crypto/x509"
)

// Certificate is a certificate with its public key, whatever the algorithm. It is never modified.
type Certificate struct {
	X509      *x509.Certificate // as the standard library reads it: PublicKey is nil for GOST
	Public    crypto.PublicKey  // *gost.PublicKey, *rsa.PublicKey or *ecdsa.PublicKey
	Algorithm Algorithm         // of the signature on the certificate; empty when it is none of the list
	Identity  Identity          // of the subject
}
