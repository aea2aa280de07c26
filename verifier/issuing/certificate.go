package issuing

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net/url"
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
	Addresses    []string // URLs that it is for (subject alternative names); empty: none
	Authority    bool     // it may issue and revoke certificates, and signs no documents itself
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
		template.KeyUsage, template.IsCA, template.BasicConstraintsValid = x509.KeyUsageCertSign|x509.KeyUsageCRLSign, true, true
	}
	if parent == nil {
		parent = template
	}
	for _, address := range o.Addresses {
		u, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("issuing: address %q: %w", address, err)
		}
		template.URIs = append(template.URIs, u)
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

// Revocation is a certificate that its authority has withdrawn.
type Revocation struct {
	Certificate []byte // DER
	At          time.Time
	Reason      int // RFC 5280 §5.3.1: 1 its key is known to others, 6 on hold; 0: not stated
}

// RevocationOptions describe a list of revoked certificates.
type RevocationOptions struct {
	Number     int64 // grows with every list
	ThisUpdate time.Time
	NextUpdate time.Time
}

// RevokedCertificates signs the list of the certificates that an authority has withdrawn, as DER (RFC 5280 §5).
func RevokedCertificates(authority *Key, o RevocationOptions, revoked ...Revocation) ([]byte, error) {
	parent, err := x509.ParseCertificate(authority.Certificate)
	if err != nil {
		return nil, fmt.Errorf("issuing: certificate of the authority: %w", err)
	}
	list := &x509.RevocationList{Number: big.NewInt(o.Number), ThisUpdate: o.ThisUpdate, NextUpdate: o.NextUpdate}
	for _, r := range revoked {
		c, err := x509.ParseCertificate(r.Certificate)
		if err != nil {
			return nil, fmt.Errorf("issuing: revoked certificate: %w", err)
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: c.SerialNumber, RevocationTime: r.At, ReasonCode: r.Reason,
		})
	}
	return x509.CreateRevocationList(nil, list, parent, authority.Signer)
}
