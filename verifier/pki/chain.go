package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"time"
)

// maxChecks bounds the signatures that are checked to find chains, whatever certificates came along.
const maxChecks = 32

var (
	errUntrusted   = errors.New("pki: no chain to a configured root")
	errNotYet      = errors.New("pki: a certificate of the chain was not yet valid")
	errEnded       = errors.New("pki: a certificate of the chain had ended")
	errNoAuthority = errors.New("pki: a certificate was issued by one that is no authority")
	errPathLength  = errors.New("pki: the chain is longer than one of its authorities allows")
	errExtension   = errors.New("pki: a certificate has a critical extension or constraint that is not understood")
	errUsage       = errors.New("pki: the certificate is not for this use")
)

// purpose is what a certificate at the end of a chain is used for.
type purpose uint8

const (
	forFiles      purpose = iota // signatures on files
	forTimestamps                // RFC 3161 §2.3
)

// search looks for chains to the roots, from authorities that are configured or came along.
type search struct {
	trust      *Trust
	candidates []*Certificate
	checks     int
	chains     [][]*Certificate
}

// maxChains is how many ways to a root are looked at: cross-certified authorities have a few.
const maxChains = 4

// chains are those from leaf to a root whose signatures hold, and how many signatures were checked to find them. Dates
// and uses are for judge.
func (t *Trust) chains(leaf *Certificate, along []*Certificate) ([][]*Certificate, int) {
	s := search{trust: t, candidates: append(append([]*Certificate{}, t.Intermediates...), along...)}
	s.from([]*Certificate{leaf})
	return s.chains, s.checks
}

// vouches reports whether each certificate that came along was issued by one that is configured or came along, or by
// itself. Those that the chain needs have been looked at; the others do no harm, but are under no signature either:
// without this a message could be changed there and still pass.
func (t *Trust) vouches(along []*Certificate, signer *Certificate, checks int) bool {
	configured := append(append([]*Certificate{}, t.Roots...), t.Intermediates...)
	issuers := append(configured, along...)
	for _, c := range along {
		same := func(k *Certificate) bool { return bytes.Equal(k.X509.Raw, c.X509.Raw) }
		issued := func(by *Certificate) bool {
			if checks == 2*maxChecks || !by.mayHaveIssued(c) {
				return false
			}
			checks++
			return c.Algorithm.proves(by.Public, c.X509.RawTBSCertificate, c.X509.Signature)
		}
		if c != signer && !slices.ContainsFunc(configured, same) && !slices.ContainsFunc(issuers, issued) {
			return false
		}
	}
	return true
}

// from completes a path that does not end at a root yet. Nobody is on a path twice.
func (s *search) from(path []*Certificate) {
	last := path[len(path)-1]
	for _, root := range s.trust.Roots {
		if bytes.Equal(root.X509.Raw, last.X509.Raw) {
			s.chains = append(s.chains, path)
			return
		}
	}
	if len(path) == MaxChain {
		return
	}
	s.extend(path, s.trust.Roots)
	s.extend(path, s.candidates)
}

// extend goes on with those of the issuers that signed the last certificate.
func (s *search) extend(path []*Certificate, issuers []*Certificate) {
	last := path[len(path)-1]
	for _, issuer := range issuers {
		if len(s.chains) == maxChains || s.checks == maxChecks {
			return
		}
		if !issuer.mayHaveIssued(last) || onPath(path, issuer) || !s.trust.allows(last.Algorithm) {
			continue
		}
		s.checks++
		if last.Algorithm.proves(issuer.Public, last.X509.RawTBSCertificate, last.X509.Signature) {
			s.from(append(path[:len(path):len(path)], issuer))
		}
	}
}

// mayHaveIssued compares names, and key identifiers where both have one.
func (c *Certificate) mayHaveIssued(other *Certificate) bool {
	named := other.X509.AuthorityKeyId
	return bytes.Equal(c.X509.RawSubject, other.X509.RawIssuer) &&
		(len(named) == 0 || len(c.X509.SubjectKeyId) == 0 || bytes.Equal(named, c.X509.SubjectKeyId))
}

// onPath reports whether c, or another certificate of its name and key, is on the path.
func onPath(path []*Certificate, c *Certificate) bool {
	for _, p := range path {
		if bytes.Equal(p.X509.RawSubject, c.X509.RawSubject) && bytes.Equal(p.X509.RawSubjectPublicKeyInfo, c.X509.RawSubjectPublicKeyInfo) {
			return true
		}
	}
	return false
}

// judge is the first chain that held at a time, or why none did (RFC 5280 §6.1).
func judge(chains [][]*Certificate, use purpose, at time.Time) ([]*Certificate, Failure, error) {
	worst, cause := FailureUntrusted, errUntrusted
	for _, chain := range chains {
		f, err := held(chain, use, at)
		if f == FailureNone {
			return chain, f, nil
		}
		if worst == FailureUntrusted || f == FailureValidity {
			worst, cause = f, err
		}
	}
	return nil, worst, cause
}

// held judges one chain.
func held(chain []*Certificate, use purpose, at time.Time) (Failure, error) {
	if !chain[0].serves(use) {
		return FailureKeyUsage, errUsage
	}
	below := 0 // authorities between the one looked at and the signer, apart from those that certified themselves anew
	for i, c := range chain {
		if len(c.X509.UnhandledCriticalExtensions) > 0 || constrainsNames(c.X509) {
			return FailureKeyUsage, errExtension
		}
		if i == 0 {
			continue
		}
		if !c.isAuthority(i == len(chain)-1) {
			return FailureKeyUsage, errNoAuthority
		}
		if limit := c.pathLimit(); limit >= 0 && below > limit {
			return FailureKeyUsage, errPathLength
		}
		if !bytes.Equal(c.X509.RawSubject, c.X509.RawIssuer) {
			below++
		}
	}
	for _, c := range chain {
		switch {
		case at.Before(c.X509.NotBefore):
			return FailureValidity, errNotYet
		case at.After(c.X509.NotAfter):
			return FailureValidity, errEnded
		}
	}
	return FailureNone, nil
}

// isAuthority reports whether c may issue certificates. A configured root that certified itself need not say so
// (older ones do not); it may not say otherwise.
func (c *Certificate) isAuthority(root bool) bool {
	if c.X509.KeyUsage != 0 && c.X509.KeyUsage&x509.KeyUsageCertSign == 0 {
		return false
	}
	if root && !c.X509.BasicConstraintsValid && bytes.Equal(c.X509.RawSubject, c.X509.RawIssuer) {
		return true
	}
	return c.X509.BasicConstraintsValid && c.X509.IsCA
}

// pathLimit is how many authorities may be below c; -1: any number.
func (c *Certificate) pathLimit() int {
	if c.X509.MaxPathLen > 0 || c.X509.MaxPathLenZero {
		return c.X509.MaxPathLen
	}
	return -1
}

// constrainsNames reports whether c limits the names that it certifies, which nothing here holds it to.
func constrainsNames(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if e.Critical && e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 30}) {
			return true
		}
	}
	return false
}

// serves reports whether c is for the use.
func (c *Certificate) serves(use purpose) bool {
	signs := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	if c.X509.KeyUsage != 0 && c.X509.KeyUsage&signs == 0 {
		return false
	}
	if use == forFiles {
		return true
	}
	only := len(c.X509.ExtKeyUsage) == 1 && len(c.X509.UnknownExtKeyUsage) == 0 && c.X509.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping
	for _, e := range c.X509.Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 37}) {
			return only && e.Critical
		}
	}
	return false
}
