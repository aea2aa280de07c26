// Package policy holds the rules of a relying party: which of the credentials that are genuine and in force
// it accepts. Rules are pure functions of the credential, its key and the time; what depends on who passed
// before is admission's business. It may import package verifier and the wire parts.
package policy

import (
	"slices"
	"time"

	"vratar/verifier"
)

// Rules accept a credential that meets all of them. The zero value accepts everything. Rules are not
// modified once in use.
type Rules struct {
	Formats   []string // accepted formats; empty: all
	Documents []string // accepted document types; empty: all
	Issuers   []string // accepted issuers, by their id on the trust list; empty: all that are trusted
	MinAge    int      // in full years on the day of the scan; 0: any
}

var _ verifier.Policy = Rules{}

// Judge implements verifier.Policy: ReasonOK, or the first rule that is broken.
func (r Rules) Judge(c *verifier.Credential, k *verifier.Key, at time.Time) verifier.Reason {
	switch {
	case !accepts(r.Formats, c.Format) || !accepts(r.Documents, c.Type):
		return verifier.ReasonDocumentNotAccepted
	case !accepts(r.Issuers, issuerOf(c, k)):
		return verifier.ReasonIssuerNotAccepted
	case r.MinAge > 0:
		return judgeAge(c, r.MinAge, at)
	}
	return verifier.ReasonOK
}

// accepts treats an empty list as all.
func accepts(list []string, name string) bool { return len(list) == 0 || slices.Contains(list, name) }

// issuerOf is the issuer as the trust list knows it. A key that vouches for any issuer makes the credential's
// own word count.
func issuerOf(c *verifier.Credential, k *verifier.Key) string {
	if k.Issuer.ID == "*" {
		return c.Issuer
	}
	return k.Issuer.ID
}
