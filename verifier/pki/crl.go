package pki

import "crypto/x509"

// CRL is a list of revoked certificates (RFC 5280 §5). Who signed it is checked when it is asked. It is never modified.
type CRL struct {
	List      *x509.RevocationList
	Algorithm Algorithm // of the signature on the list

	revoked map[string]x509.RevocationListEntry // by serial number, as bytes
}
