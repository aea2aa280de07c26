package status

import (
	"slices"

	"vratar/verifier"
)

// Awaited is a list that is wanted and not held: its source is configured and has never been loaded, or not as
// a whole. What it would have said is unknown, so a credential that it may speak for is not called good before.
type Awaited struct {
	Formats []string // formats it may speak for; empty: any
	Issuers []string // issuers it may speak for, as credentials name them; empty: any
}

// Awaiting is the same snapshot with lists that are wanted and not held.
//
// They turn "no list speaks for it" into "unknown", and "good" as well where only a list that the credential
// does not name has said so: an awaited one might say more. A credential that names its list (a token status
// list, or the list of the key of a health card) is judged by that list alone.
func (s *Snapshot) Awaiting(lists ...Awaited) *Snapshot {
	next := *s
	next.awaited = slices.Concat(s.awaited, lists)
	return &next
}

// awaits reports whether a list that is not held may speak for c.
func (s *Snapshot) awaits(c *verifier.Credential) bool {
	for i := range s.awaited {
		a := &s.awaited[i]
		if (len(a.Formats) == 0 || slices.Contains(a.Formats, c.Format)) &&
			(len(a.Issuers) == 0 || slices.Contains(a.Issuers, c.Issuer)) {
			return true
		}
	}
	return false
}

// namesList reports whether c itself says which list speaks for it.
func namesList(c *verifier.Credential) bool { return c.Status != nil || c.RevocationMethod != "" }
