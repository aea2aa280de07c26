package trust

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
)

// crlPoints is the extension in which a certificate names its revocation lists.
var crlPoints = asn1.ObjectIdentifier{2, 5, 29, 31}

// parseCertificate reads a certificate, and those whose list of revocation points is not encoded as the standard
// library insists: document signers of mobile documents are such, official vectors among them. The points are
// not used here, so they are left out of what is read and the rest is held to the same rules.
func parseCertificate(der []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(der)
	if err == nil {
		return c, nil
	}
	var outer outerCertificate
	if rest, fault := asn1.Unmarshal(der, &outer); fault != nil || len(rest) > 0 {
		return nil, err
	}
	signed := outer.Signed.Raw
	all := outer.Signed.Extensions
	outer.Signed.Raw = nil
	outer.Signed.Extensions = slices.DeleteFunc(slices.Clone(all), func(e pkix.Extension) bool { return e.Id.Equal(crlPoints) })
	reduced, fault := asn1.Marshal(outer)
	if fault != nil || len(outer.Signed.Extensions) == len(all) {
		return nil, err
	}
	if c, err = x509.ParseCertificate(reduced); err != nil {
		return nil, err
	}
	// Identity and signature are those of the certificate as it was received.
	c.Raw, c.RawTBSCertificate = slices.Clone(der), slices.Clone([]byte(signed))
	return c, nil
}

// outerCertificate is a Certificate (RFC 5280 §4.1) taken apart as far as its extensions.
type outerCertificate struct {
	Signed    signedPart
	Algorithm asn1.RawValue
	Signature asn1.RawValue
}

type signedPart struct {
	Raw             asn1.RawContent
	Version         int `asn1:"optional,explicit,default:0,tag:0"`
	Serial          *big.Int
	Algorithm       asn1.RawValue
	Issuer          asn1.RawValue
	Validity        asn1.RawValue
	Subject         asn1.RawValue
	Key             asn1.RawValue
	IssuerUniqueID  asn1.BitString   `asn1:"optional,tag:1"`
	SubjectUniqueID asn1.BitString   `asn1:"optional,tag:2"`
	Extensions      []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}
