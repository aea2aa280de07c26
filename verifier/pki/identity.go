package pki

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
)

// Identity is who a certificate says its holder is. Numbers are digits only and never checked for their check digits;
// what is not in the certificate, has another number of digits, or is there twice with different values, is empty.
type Identity struct {
	CommonName   string
	Organization string // its name
	Surname      string
	GivenName    string // first name and patronymic
	Title        string // position
	Country      string

	INN    string // of the person, 12 digits
	OrgINN string // of the organisation, 10 digits, also where the certificate writes it as 12 with two leading zeros
	OGRN   string // of the organisation, 13 digits
	OGRNIP string // of the sole trader, 15 digits
	SNILS  string // of the person, 11 digits
}

// Numbers of persons and organisations in a name (order of the FSB No. 795 of 27.12.2011).
var (
	oidINN    = asn1.ObjectIdentifier{1, 2, 643, 3, 131, 1, 1}
	oidOrgINN = asn1.ObjectIdentifier{1, 2, 643, 100, 4}
	oidOGRN   = asn1.ObjectIdentifier{1, 2, 643, 100, 1}
	oidSNILS  = asn1.ObjectIdentifier{1, 2, 643, 100, 3}
	oidOGRNIP = asn1.ObjectIdentifier{1, 2, 643, 100, 5}
)

// identityOf reads a subject.
func identityOf(names []pkix.AttributeTypeAndValue) Identity {
	var id Identity
	contradicted := map[*string]bool{}
	set := func(field *string, value string) {
		switch {
		case value == "" || contradicted[field]:
		case *field != "" && *field != value:
			*field, contradicted[field] = "", true
		default:
			*field = value
		}
	}
	for _, n := range names {
		text, ok := n.Value.(string)
		if !ok {
			continue
		}
		switch {
		case n.Type.Equal(oidINN):
			// Older certificates put the organisation's number here; no person's begins with 00, which is no region.
			if inn := digitsOf(text, 12); strings.HasPrefix(inn, "00") {
				set(&id.OrgINN, inn[2:])
			} else {
				set(&id.INN, inn)
			}
		case n.Type.Equal(oidOrgINN):
			set(&id.OrgINN, orgINN(text))
		case n.Type.Equal(oidOGRN):
			set(&id.OGRN, digitsOf(text, 13))
		case n.Type.Equal(oidOGRNIP):
			set(&id.OGRNIP, digitsOf(text, 15))
		case n.Type.Equal(oidSNILS):
			set(&id.SNILS, digitsOf(text, 11))
		default:
			if field := id.nameField(n.Type); field != nil && *field == "" {
				*field = text
			}
		}
	}
	return id
}

// nameField is where a name is kept (X.520); nil: nowhere.
func (id *Identity) nameField(oid asn1.ObjectIdentifier) *string {
	if len(oid) != 4 || !oid[:3].Equal(asn1.ObjectIdentifier{2, 5, 4}) {
		return nil
	}
	switch oid[3] {
	case 3:
		return &id.CommonName
	case 4:
		return &id.Surname
	case 6:
		return &id.Country
	case 10:
		return &id.Organization
	case 12:
		return &id.Title
	case 42:
		return &id.GivenName
	}
	return nil
}

func orgINN(text string) string {
	if long := digitsOf(text, 12); strings.HasPrefix(long, "00") {
		return long[2:]
	}
	return digitsOf(text, 10)
}

// digitsOf is text without the spaces and dashes that people write; empty unless that is n digits.
func digitsOf(text string, n int) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if len(digits) != n || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}
