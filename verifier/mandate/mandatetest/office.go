package mandatetest

import (
	"time"

	"vratar/verifier/mandate"
	"vratar/verifier/pki"
	"vratar/verifier/pki/pkitest"
)

// Office is an authority that certifies signers.
type Office struct {
	root *pkitest.Holder
	From time.Time // from which its certificates hold, for ten years
	next int64
}

// NewOffice founds an authority. Its keys are ECDSA, which sign quickly.
func NewOffice(from time.Time) *Office {
	return &Office{root: pkitest.Root(pkitest.ECDSAKey("mandatetest root "+from.String()), "Test authority", from), From: from, next: 100}
}

// Trust believes the office, and knows that it has revoked those certificates, if any, a day after its foundation.
func (o *Office) Trust(revoked ...*pkitest.Holder) pki.Trust {
	var list []pkitest.Revoked
	for _, h := range revoked {
		list = append(list, pkitest.Revoked{Serial: h.Certificate.X509.SerialNumber.Int64(), At: o.From.AddDate(0, 0, 1)})
	}
	return pki.Trust{
		Roots:      []*pki.Certificate{o.root.Certificate},
		CRLs:       []*pki.CRL{o.root.List(o.From, o.From.AddDate(10, 0, 0), list...)},
		Algorithms: pki.All(),
	}
}

// Signer certifies somebody: for an organisation, or for himself when that is zero.
func (o *Office) Signer(of mandate.Organisation, p mandate.Person) *pkitest.Holder {
	return o.SignerUntil(of, p, o.From.AddDate(10, 0, 0))
}

// SignerUntil certifies somebody for less than ten years.
func (o *Office) SignerUntil(of mandate.Organisation, p mandate.Person, to time.Time) *pkitest.Holder {
	o.next++
	return o.root.Issue(pkitest.ECDSAKey(p.INN+p.SNILS+of.INN), pkitest.Template{
		Identity: pki.Identity{
			CommonName: p.Name(), Organization: of.Name, Surname: p.Surname, GivenName: p.GivenName,
			INN: p.INN, SNILS: p.SNILS, OGRNIP: p.OGRNIP, OrgINN: of.INN, OGRN: of.OGRN,
		},
		From: o.From, To: to, Serial: o.next,
	})
}

// Signed is a mandate with its signatures, made at a time.
func Signed(m Mandate, at time.Time, by ...*pkitest.Holder) mandate.File {
	f := mandate.File{Data: m.XML(), Name: m.FileName()}
	for _, h := range by {
		f.Signatures = append(f.Signatures, h.Sign(f.Data, pkitest.Signature{At: at}))
	}
	return f
}
