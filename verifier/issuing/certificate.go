package issuing

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// CertificateOptions describe a signing certificate.
type CertificateOptions struct {
	Country      string // ISO 3166-1 alpha-2
	Organisation string
	NotBefore    time.Time
	NotAfter     time.Time
	Uses         []string // extended key usages as dotted object identifiers; empty: unrestricted
	Authority    bool     // it may issue certificates, and signs no documents itself
}

// Certified returns the key with a certificate that it signed itself. That is enough for EU certificates,
// whose trust is membership of a list, and meant for tests and demonstrations.
func (k *Key) Certified(o CertificateOptions) (*Key, error) { return k.certified(k, nil, o) }

// CertifiedBy returns the key with a certificate that authority issued, whose own certificate must be one of an
// authority.
func (k *Key) CertifiedBy(authority *Key, o CertificateOptions) (*Key, error) {
	parent, err := x509.ParseCertificate(authority.Certificate)
	if err != nil {
		return nil, fmt.Errorf("issuing: certificate of the authority: %w", err)
	}
	return k.certified(authority, parent, o)
}

// certified makes a certificate signed by authority; without parent it is its own.
func (k *Key) certified(authority *Key, parent *x509.Certificate, o CertificateOptions) (*Key, error) {
	serial := sha256.Sum256([]byte(k.ID + o.Country + o.Organisation))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:16]),
		Subject:      pkix.Name{Country: []string{o.Country}, Organization: []string{o.Organisation}},
		NotBefore:    o.NotBefore, NotAfter: o.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if o.Authority {
		template.KeyUsage, template.IsCA, template.BasicConstraintsValid = x509.KeyUsageCertSign, true, true
	}
	if parent == nil {
		parent = template
	}
	for _, use := range o.Uses {
		oid, err := parseOID(use)
		if err != nil {
			return nil, err
		}
		template.UnknownExtKeyUsage = append(template.UnknownExtKeyUsage, oid)
	}
	// Without a reader ECDSA signs after RFC 6979; nothing else here asks for randomness.
	der, err := x509.CreateCertificate(nil, template, parent, k.Signer.Public(), authority.Signer)
	if err != nil {
		return nil, fmt.Errorf("issuing: certificate: %w", err)
	}
	out := *k
	out.Certificate = der
	return &out, nil
}

func parseOID(dotted string) (asn1.ObjectIdentifier, error) {
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(dotted, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("issuing: %q is not an object identifier", dotted)
		}
		oid = append(oid, int(n))
	}
	return oid, nil
}
