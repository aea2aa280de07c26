package mdoc

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"strings"
)

var (
	errCountry      = errors.New("mdoc: schema: issuing_country is another than the signer's certificate names")
	errJurisdiction = errors.New("mdoc: schema: issuing_jurisdiction is another than the signer's certificate names")
)

// Attributes of a name (RFC 5280 §A.1).
var (
	countryName  = asn1.ObjectIdentifier{2, 5, 4, 6}
	provinceName = asn1.ObjectIdentifier{2, 5, 4, 8}
)

// checkPlace holds the country and the jurisdiction that the issuer states against those of the signer's
// certificate, where both are there (§9.3.1): else the authority of one country could issue in another's name.
// The certificate is read for its subject alone; whether it counts is decided where trust is.
func checkPlace(elements elementSet, m *securityObject, certificate []byte) error {
	space := types[string(m.docType)].space
	country, jurisdiction := elements.text(space, "issuing_country"), elements.text(space, "issuing_jurisdiction")
	if len(country) == 0 && len(jurisdiction) == 0 || agrees(certificate, country, jurisdiction) {
		return nil
	}
	subject := subjectOf(certificate)
	switch {
	case differs(string(country), subject, countryName):
		return errCountry
	case differs(string(jurisdiction), subject, provinceName):
		return errJurisdiction
	}
	return nil
}

// differs reports whether subject names that attribute, and otherwise than stated.
func differs(stated string, subject pkix.RDNSequence, id asn1.ObjectIdentifier) bool {
	if stated == "" {
		return false
	}
	for _, set := range subject {
		for _, attribute := range set {
			if name, ok := attribute.Value.(string); ok && attribute.Type.Equal(id) && !strings.EqualFold(name, stated) {
				return true
			}
		}
	}
	return false
}

// subjectOf is the subject of a certificate; nil when there is none that can be read. Package x509 would refuse
// certificates of curves that it does not know.
func subjectOf(der []byte) pkix.RDNSequence {
	var outer struct {
		Signed struct {
			Version    int `asn1:"optional,explicit,default:0,tag:0"`
			Serial     asn1.RawValue
			Algorithm  asn1.RawValue
			Issuer     asn1.RawValue
			Validity   asn1.RawValue
			Subject    pkix.RDNSequence
			Key        asn1.RawValue
			Extensions asn1.RawValue `asn1:"optional"`
		}
		Algorithm asn1.RawValue
		Signature asn1.RawValue
	}
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil
	}
	return outer.Signed.Subject
}
