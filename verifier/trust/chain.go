package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"slices"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// findByChain finds the key of a credential that brings its signer's certificate instead of naming a key.
//
// The certificate counts in two cases only: its key is on the list, or it was issued, in one step, by a
// certificate authority that is on the list (ISO/IEC 18013-5 §9.3.3 has no more steps). Either way its own
// period narrows the key's: the pipeline holds both against the moment of signing. A credential that names a key as
// well, which is not on the list, is left the second case.
func (s *Snapshot) findByChain(dst []*verifier.Key, c *verifier.Credential) ([]*verifier.Key, verifier.Reason) {
	start, barred := len(dst), false
	leaf, err := parseCertificate(c.Proof.Chain[0])
	if err != nil || jose.Acceptable(leaf.PublicKey) != nil {
		return dst, verifier.ReasonKeyUnknown
	}
	public, _ := jose.Thumbprint(leaf.PublicKey)
	for _, a := range s.byPublic[public] {
		switch {
		case len(c.Proof.KeyID) > 0: // the listed key has another name than the credential says
		case !a.speaksFor(c.Issuer):
		case !a.mayHaveSigned(c):
			barred = true
		default:
			dst = append(dst, a.narrowed(leaf))
		}
	}
	for _, a := range s.authorities[string(leaf.RawIssuer)] {
		switch {
		case !a.speaksFor(c.Issuer) || !issued(a.key.Certificate, leaf):
		case !a.permits(c) || !a.certifiedFor(leaf, c):
			barred = true
		default:
			dst = append(dst, a.certified(leaf))
		}
		if len(dst)-start > maxNameless {
			break
		}
	}
	switch {
	case len(dst) > start:
		return dst, verifier.ReasonOK
	case barred:
		return dst, verifier.ReasonKeyNotAllowed
	case s.named[c.Issuer] != nil || s.open(c.Format):
		return dst, verifier.ReasonKeyUnknown
	}
	return dst, verifier.ReasonIssuerUnknown
}

// speaksFor reports whether the key vouches for the issuer that a credential names; one that names none is
// whoever's key proves it.
func (a *anchor) speaksFor(issuer string) bool {
	return issuer == "" || a.key.Issuer.ID == issuer || a.key.Issuer.ID == AnyIssuer
}

// narrowed is a listed key with the period of the certificate that a credential brought for it.
func (a *anchor) narrowed(leaf *x509.Certificate) *verifier.Key {
	k := a.key
	if k.Certificate == nil {
		k.Certificate, k.ExtKeyUsage = leaf, extKeyUsage(leaf)
	}
	k.NotBefore = later(k.NotBefore, leaf.NotBefore)
	k.NotAfter = earlier(k.NotAfter, leaf.NotAfter)
	return &k
}

// certified is the key of a certificate that a listed authority issued; it lasts no longer than its authority.
func (a *anchor) certified(leaf *x509.Certificate) *verifier.Key {
	id := certificateID(leaf)
	return &verifier.Key{
		Issuer: a.key.Issuer, ID: base64.StdEncoding.EncodeToString(id),
		Public: leaf.PublicKey, Certificate: leaf, CertificateID: id, ExtKeyUsage: extKeyUsage(leaf),
		NotBefore: later(a.key.NotBefore, leaf.NotBefore), NotAfter: earlier(a.key.NotAfter, leaf.NotAfter),
		ListedUntil: a.key.ListedUntil,
	}
}

// issued reports whether authority issued leaf, which must be no authority itself and of the same country and,
// where both name one, the same state (ISO/IEC 18013-5 table B.3).
func issued(authority, leaf *x509.Certificate) bool {
	return !leaf.IsCA && len(leaf.UnhandledCriticalExtensions) == 0 && bytes.Equal(leaf.RawIssuer, authority.RawSubject) &&
		agree(leaf.Subject.Country, authority.Subject.Country) && agree(leaf.Subject.Province, authority.Subject.Province) &&
		leaf.CheckSignatureFrom(authority) == nil
}

func agree(a, b []string) bool { return len(a) == 0 || len(b) == 0 || slices.Equal(a, b) }

// certifiedFor reports whether the authority has certified leaf to sign c. It issues certificates for many
// purposes, so the leaf has to name one of the uses that the format needs. Where a format has no such use (SD-JWT
// does not), the operator must have said that the authority is for this format.
//
// Such an authority, where it vouches for any issuer, must have certified the issuer that c names by its address, as
// the names of web servers are certified: else each of those it has certified could pass for all the others.
func (a *anchor) certifiedFor(leaf *x509.Certificate, c *verifier.Credential) bool {
	if len(c.KeyUse.Need) > 0 {
		return serves(leaf, c.KeyUse.Need)
	}
	return slices.Contains(a.formats, c.Format) &&
		(c.Issuer == "" || c.Issuer == a.key.Issuer.ID || names(leaf, c.Issuer))
}

// names reports whether leaf is of the issuer with that address: it names the whole of it, or its host.
func names(leaf *x509.Certificate, issuer string) bool {
	for _, u := range leaf.URIs {
		if u.String() == issuer {
			return true
		}
	}
	u, err := url.Parse(issuer)
	return err == nil && slices.Contains(leaf.DNSNames, u.Hostname())
}

// serves reports whether leaf names one of the uses.
func serves(leaf *x509.Certificate, need []string) bool {
	for _, use := range extKeyUsage(leaf) {
		if slices.Contains(need, use) {
			return true
		}
	}
	return false
}
