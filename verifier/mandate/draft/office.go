package draft

import (
	"crypto/x509"
	"encoding/asn1"
	"time"

	"vratar/verifier/mandate"
	"vratar/verifier/pki"
	"vratar/verifier/pki/certify"
)

// Office is an authority that certifies signers.
type Office struct {
	Root *certify.Holder
	From time.Time // from which its certificates hold, for ten years
	next int64
	key  func(seed string) *certify.Key
}

// NewOffice founds an authority. Key yields its key and those of its signers, each for what it belongs to.
func NewOffice(name string, from time.Time, key func(seed string) *certify.Key) *Office {
	return &Office{Root: certify.Root(key(name+" "+from.String()), name, from), From: from, next: 100, key: key}
}

// Trust believes the office, and knows that it has revoked those certificates, if any, a day after its foundation.
func (o *Office) Trust(revoked ...*certify.Holder) pki.Trust {
	var list []certify.Revoked
	for _, h := range revoked {
		list = append(list, certify.Revoked{Serial: h.Certificate.X509.SerialNumber.Int64(), At: o.From.AddDate(0, 0, 1)})
	}
	return pki.Trust{
		Roots:      []*pki.Certificate{o.Root.Certificate},
		CRLs:       []*pki.CRL{o.Root.List(o.From, o.From.AddDate(10, 0, 0), list...)},
		Algorithms: pki.All(),
	}
}

// Signer certifies somebody: for an organisation, or for himself when that is zero.
func (o *Office) Signer(of mandate.Organisation, p mandate.Person) *certify.Holder {
	return o.SignerUntil(of, p, o.From.AddDate(10, 0, 0))
}

// SignerUntil certifies somebody for less than ten years.
func (o *Office) SignerUntil(of mandate.Organisation, p mandate.Person, to time.Time) *certify.Holder {
	o.next++
	return o.Root.Issue(o.key(p.INN+p.SNILS+of.INN), certify.Template{
		Identity: pki.Identity{
			CommonName: p.Name(), Organization: of.Name, Surname: p.Surname, GivenName: p.GivenName,
			INN: p.INN, SNILS: p.SNILS, OGRNIP: p.OGRNIP, OrgINN: of.INN, OGRN: of.OGRN,
		},
		From: o.From, To: to, Serial: o.next,
	})
}

// Clock certifies an authority that says when signatures were there (RFC 3161).
func (o *Office) Clock() *certify.Holder {
	o.next++
	return o.Root.Issue(o.key("clock"), certify.Template{
		Identity: pki.Identity{CommonName: "Test clock"}, From: o.From, To: o.From.AddDate(10, 0, 0), Serial: o.next,
		KeyUsage: x509.KeyUsageDigitalSignature, Uses: []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}},
	})
}

// Signed is a mandate with its signatures, made at a time.
func Signed(m Mandate, at time.Time, by ...*certify.Holder) mandate.File {
	f := mandate.File{Data: m.XML(), Name: m.FileName()}
	for _, h := range by {
		f.Signatures = append(f.Signatures, h.Sign(f.Data, certify.Signature{At: at}))
	}
	return f
}
