package pki

import "errors"

var errNoCertificate = errors.New("pki: no certificate")

// ParseCertificate reads one certificate in DER, and nothing behind it.
func ParseCertificate(der []byte) (*Certificate, error) { return nil, errNoCertificate }

// ParseCertificates reads certificates as an operator has them: PEM blocks, or one in DER.
func ParseCertificates(data []byte) ([]*Certificate, error) { return nil, errNoCertificate }

// ParseCRL reads one list, DER or PEM.
func ParseCRL(data []byte) (*CRL, error) { return nil, errNoCertificate }
