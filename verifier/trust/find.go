package trust

import (
	"slices"

	"vratar/verifier"
)

// Find implements verifier.Trust.
//
// Keys come from the issuer that c names, from those that vouch for any issuer, and, where c names a key,
// from lists on which the key identifier alone decides. A credential that names no issuer is looked up among
// all keys: who signed it is then known from the list. With a key identifier only keys of that name (or of
// none) are tried, without one all keys of the issuer, up to a bound. A credential that brings its signer's
// certificate and names no key is looked up by that certificate alone; one that does both, by the certificate as well
// when no key of that name is listed.
func (s *Snapshot) Find(dst []*verifier.Key, c *verifier.Credential) ([]*verifier.Key, verifier.Reason) {
	if len(c.Proof.Chain) > 0 && len(c.Proof.KeyID) == 0 {
		return s.findByChain(dst, c)
	}
	q := query{c: c, dst: dst, start: len(dst)}
	keys, reason := s.findByName(&q)
	if !q.named && len(c.Proof.Chain) > 0 {
		if byChain, found := s.findByChain(keys, c); found == verifier.ReasonOK {
			return byChain, found
		}
	}
	return keys, reason
}

// findByName finds the keys by issuer and key identifier.
func (s *Snapshot) findByName(q *query) ([]*verifier.Key, verifier.Reason) {
	c := q.c
	if c.Issuer == "" {
		q.ring(s.everyone)
	} else if named := s.named[c.Issuer]; named != nil {
		q.issuerKnown = true
		q.ring(named)
	}
	q.ring(s.wildcard)
	if kid := c.Proof.KeyID; len(kid) > 0 && c.Issuer != "" {
		listed := s.byKeyID[string(kid)]
		for i := range listed {
			if listed[i].key.Issuer.ID != c.Issuer { // those were found by name
				q.offerNamed(listed[i : i+1])
			}
		}
	}
	if len(q.dst) == q.start || q.tooMany() {
		return q.dst[:q.start], q.reason(s)
	}
	return q.dst, verifier.ReasonOK
}

// query is one search.
type query struct {
	c           *verifier.Credential
	dst         []*verifier.Key
	start       int
	issuerKnown bool
	keyKnown    bool // the key it asks for is there, allowed or not
	named       bool // a key of the name that it asks for is among those found
}

func (q *query) ring(r *ring) {
	kid := q.c.Proof.KeyID
	if len(kid) == 0 {
		q.offer(r.all, q.issuerKnown)
		return
	}
	q.offerNamed(r.byID[string(kid)])
	q.offer(r.unnamed, q.issuerKnown)
}

// offerNamed tries keys that have the name that the credential asks for.
func (q *query) offerNamed(keys []*anchor) {
	before := len(q.dst)
	q.offer(keys, true)
	q.named = q.named || len(q.dst) > before
}

// offer tries keys; meant tells that the credential asked for just these.
func (q *query) offer(keys []*anchor, meant bool) {
	q.keyKnown = q.keyKnown || (meant && len(keys) > 0)
	for _, a := range keys {
		if q.tooMany() {
			return
		}
		if a.mayHaveSigned(q.c) {
			q.dst = append(q.dst, &a.key)
		}
	}
}

func (q *query) tooMany() bool {
	return len(q.c.Proof.KeyID) == 0 && len(q.dst)-q.start > maxNameless
}

// reason tells why there is no key.
func (q *query) reason(s *Snapshot) verifier.Reason {
	switch {
	case q.tooMany():
		return verifier.ReasonKeyUnknown
	case q.keyKnown:
		return verifier.ReasonKeyNotAllowed
	case q.issuerKnown || s.open(q.c.Format):
		return verifier.ReasonKeyUnknown
	}
	return verifier.ReasonIssuerUnknown
}

// open reports whether the snapshot holds keys for the format that are not tied to the issuer a credential
// names. Then a stranger's credential fails for its key, not for its issuer.
func (s *Snapshot) open(format string) bool {
	return len(s.wildcard.all) > 0 || s.openFormats[format]
}

func (a *anchor) mayHaveSigned(c *verifier.Credential) bool {
	if a.certifies && c.Format != verifier.FormatStatusList { // it does sign what it has revoked
		return false
	}
	if a.algorithm != verifier.AlgorithmNone && a.algorithm != c.Proof.Algorithm {
		return false
	}
	return a.permits(c)
}

// permits reports whether the list lets the key vouch for c, signed by itself or by whom it certified.
func (a *anchor) permits(c *verifier.Credential) bool {
	switch c.Format {
	case verifier.FormatStatusList:
		// Whoever signs an issuer's credentials may withdraw them, so the limits do not apply.
		return true
	case verifier.FormatTrustList:
		return a.maySignLists()
	}
	return allows(a.formats, c.Format) && (allows(a.documents, c.Type) || slices.Contains(a.documents, c.OwnType))
}

// allows treats an empty list as all.
func allows(list []string, name string) bool { return len(list) == 0 || slices.Contains(list, name) }
