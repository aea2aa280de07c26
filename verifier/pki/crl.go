package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"sync"
	"time"
)

// CRL is a list of revoked certificates (RFC 5280 §5). Who signed it is checked when it is asked.
type CRL struct {
	List      *x509.RevocationList // never modified
	Algorithm Algorithm            // of the signature on the list

	revoked map[string]time.Time // by serial number, as bytes
	proven  sync.Map             // public key, as DER in a string → whether it signed the list
}

// reasonRemove takes a revocation back, which only an amendment may (RFC 5280 §5.3.1).
const reasonRemove = 8

func newCRL(list *x509.RevocationList, algorithm Algorithm) (*CRL, error) {
	for _, e := range list.Extensions {
		part := e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 27}) || e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28})
		if e.Critical || part {
			return nil, errCRLScope
		}
	}
	l := &CRL{List: list, Algorithm: algorithm, revoked: make(map[string]time.Time, len(list.RevokedCertificateEntries))}
	for _, e := range list.RevokedCertificateEntries {
		for _, x := range e.Extensions {
			if x.Critical {
				return nil, errCRLScope
			}
		}
		if e.ReasonCode == reasonRemove {
			return nil, errCRLScope
		}
		serial := string(e.SerialNumber.Bytes())
		if first, twice := l.revoked[serial]; !twice || e.RevocationTime.Before(first) {
			l.revoked[serial] = e.RevocationTime
		}
	}
	return l, nil
}

// isOf reports whether the issuer made the list. The answer for a key is kept, because a list may be large.
func (l *CRL) isOf(issuer *Certificate) bool {
	if !slices.Equal(l.List.RawIssuer, issuer.X509.RawSubject) ||
		issuer.X509.KeyUsage != 0 && issuer.X509.KeyUsage&x509.KeyUsageCRLSign == 0 {
		return false
	}
	key := string(issuer.X509.RawSubjectPublicKeyInfo)
	if known, ok := l.proven.Load(key); ok {
		return known.(bool)
	}
	ok := l.Algorithm.proves(issuer.Public, l.List.RawTBSRevocationList, l.List.Signature)
	if ok { // others would only fill memory
		l.proven.Store(key, true)
	}
	return ok
}

// says is what the list says of c at a time, now being when somebody asks.
//
// A list says that a certificate is good when it is in force now, or was made after the moment asked for. It is silent
// about one that ended before the list was made, because such may have been taken off (RFC 5280 §3.3).
func (l *CRL) says(c *Certificate, at, now time.Time) Revocation {
	if since, listed := l.revoked[string(c.X509.SerialNumber.Bytes())]; listed {
		if since.After(at) {
			return Revocation{RevocationGood, since}
		}
		return Revocation{RevocationRevoked, since}
	}
	made, next := l.List.ThisUpdate, l.List.NextUpdate
	inForce := !next.IsZero() && !now.After(next)
	if made.After(now) || made.After(c.X509.NotAfter) || !inForce && made.Before(at) {
		return Revocation{}
	}
	return Revocation{State: RevocationGood}
}

// revocation is what the lists of issuer say of c at a time: the worst of them, silence being the least.
func (t *Trust) revocation(c, issuer *Certificate, at, now time.Time) (worst Revocation) {
	for _, l := range t.CRLs {
		if !t.allows(l.Algorithm) || !l.isOf(issuer) {
			continue
		}
		r := l.says(c, at, now)
		if r.State > worst.State || r.State == worst.State && !r.Since.IsZero() && (worst.Since.IsZero() || r.Since.Before(worst.Since)) {
			worst = r
		}
	}
	return worst
}
