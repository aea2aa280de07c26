package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"slices"

	"vratar/verifier"
)

// findByChain finds the key of a credential that brings its signer's certificate instead of naming a key.
//
// The certificate counts in two cases only: its key is on the list, or it was issued, in one step, by a
// certificate authority that is on the list (ISO/IEC 18013-5 §9.3.3 has no more steps). Either way its own
// period narrows the key's: the pipeline holds both against the moment of signing. A credential that names a key as
// well, which is not on the list, is left the second case.
//
// Who stands for a certificate is remembered with it. Whether they may for c is asked each time.
func (s *Snapshot) findByChain(dst []*verifier.Key, c *verifier.Credential) ([]*verifier.Key, verifier.Reason) {
	start, barred := len(dst), false
	l := s.leaf(c.Proof.Chain[0])
	if l == nil {
		return dst, verifier.ReasonKeyUnknown
	}
	for i := range l.backings {
		b := &l.backings[i]
		switch {
		case !b.issued && len(c.Proof.KeyID) > 0: // the listed key has another name than the credential says
		case !b.by.speaksFor(c.Issuer):
		case !b.maySign(l, c):
			barred = true
		default:
			dst = append(dst, b.key)
		}
		if b.issued && len(dst)-start > maxNameless {
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
	k.Fleeting = true
	return &k
}

// certified is the key of a certificate that a listed authority issued; it lasts no longer than its authority.
func (a *anchor) certified(leaf *x509.Certificate) *verifier.Key {
	id := certificateID(leaf)
	return &verifier.Key{
		Issuer: a.key.Issuer, ID: base64.StdEncoding.EncodeToString(id),
		Public: leaf.PublicKey, Certificate: leaf, CertificateID: id, ExtKeyUsage: extKeyUsage(leaf),
		NotBefore: later(a.key.NotBefore, leaf.NotBefore), NotAfter: earlier(a.key.NotAfter, leaf.NotAfter),
		AllowedFrom: a.key.AllowedFrom, AllowedUntil: a.key.AllowedUntil, ListedUntil: a.key.ListedUntil, Fleeting: true,
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
