package pki

import (
	"bytes"
	"crypto/sha1" // names a certificate in older signatures, where the signature over the name is what counts
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"hash"
	"math/big"
	"time"

	"vratar/verifier/cms"
)

type asn1OID = asn1.ObjectIdentifier

// Object identifiers of contents and attributes (RFC 5652 §4, 11; RFC 5035 §3, 4; RFC 3161 §2.4.2; RFC 5126 §6.1.1).
var (
	oidData                 = asn1OID{1, 2, 840, 113549, 1, 7, 1}
	oidTimestampInfo        = asn1OID{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType          = asn1OID{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest        = asn1OID{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime          = asn1OID{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCertificate   = asn1OID{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertificateV2 = asn1OID{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimestampToken       = asn1OID{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

var (
	errAttribute   = errors.New("pki: a signed attribute is missing, there twice, or unreadable")
	errOtherSigner = errors.New("pki: the signed attributes name another certificate than the signer's")
)

// attributes are the signed ones that mean something here.
type attributes struct {
	messageDigest []byte
	signingTime   time.Time
}

// readAttributes reads the signed attributes: type and digest of the content must be there, nothing may be there
// twice, and a certificate that is named must be the signer's. Others are none of our business.
func (m *message) readAttributes() (a attributes, err error) {
	seen := map[string]bool{}
	for _, one := range m.signer.Attributes {
		id := one.Type.String()
		if seen[id] {
			return a, errAttribute
		}
		seen[id] = true
		if err := m.readAttribute(&a, one); err != nil {
			return a, err
		}
	}
	if !seen[oidContentType.String()] || !seen[oidMessageDigest.String()] {
		return a, errAttribute
	}
	return a, nil
}

func (m *message) readAttribute(a *attributes, one cms.Attribute) error {
	var into any
	var kind asn1OID
	switch {
	case one.Type.Equal(oidContentType):
		into = &kind
	case one.Type.Equal(oidMessageDigest):
		into = &a.messageDigest
	case one.Type.Equal(oidSigningTime):
		into = &a.signingTime
	case one.Type.Equal(oidSigningCertificateV2):
		return m.checkCertificateV2(one)
	case one.Type.Equal(oidSigningCertificate):
		return m.checkCertificate(one)
	default:
		return nil
	}
	if len(one.Values) != 1 || !read(one.Values[0].FullBytes, into) {
		return errAttribute
	}
	if into == any(&kind) && !kind.Equal(m.kind) {
		return errAttribute
	}
	return nil
}

// read reads exactly one element.
func read(der []byte, into any) bool {
	rest, err := asn1.Unmarshal(der, into)
	return err == nil && len(rest) == 0
}

// issuerSerial names a certificate besides its digest (RFC 5035 §5).
type issuerSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

// checkCertificateV2 compares the first certificate that is named with the signer's (RFC 5035 §3).
func (m *message) checkCertificateV2(one cms.Attribute) error {
	var list struct {
		Certificates []asn1.RawValue
		Policies     asn1.RawValue `asn1:"optional"`
	}
	if len(one.Values) != 1 || !read(one.Values[0].FullBytes, &list) || len(list.Certificates) == 0 {
		return errAttribute
	}
	var id struct {
		Hash struct {
			ID         asn1OID
			Parameters asn1.RawValue `asn1:"optional"`
		} `asn1:"optional"`
		Digest []byte
		Issuer issuerSerial `asn1:"optional"`
	}
	if !read(list.Certificates[0].FullBytes, &id) {
		return errAttribute
	}
	h := sha256.New() // the default
	if len(id.Hash.ID) > 0 {
		if h = digestByOID(id.Hash.ID); h == nil {
			return errAttribute
		}
	}
	return m.isSigner(h, id.Digest, id.Issuer.Serial)
}

// checkCertificate is the same for the older attribute (RFC 2634 §5.4).
func (m *message) checkCertificate(one cms.Attribute) error {
	var list struct {
		Certificates []struct {
			Digest []byte
			Issuer issuerSerial `asn1:"optional"`
		}
		Policies asn1.RawValue `asn1:"optional"`
	}
	if len(one.Values) != 1 || !read(one.Values[0].FullBytes, &list) || len(list.Certificates) == 0 {
		return errAttribute
	}
	id := list.Certificates[0]
	return m.isSigner(sha1.New(), id.Digest, id.Issuer.Serial)
}

// isSigner compares a digest and, where one is given, a serial number with the signer's certificate.
func (m *message) isSigner(h hash.Hash, digest []byte, serial *big.Int) error {
	h.Write(m.certificate.X509.Raw)
	if !bytes.Equal(h.Sum(nil), digest) || serial != nil && serial.Cmp(m.certificate.X509.SerialNumber) != 0 {
		return errOtherSigner
	}
	return nil
}
