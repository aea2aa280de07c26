package admission

import (
	"vratar/cache/ledger"
	"vratar/verifier"
)

// Rule says how often a credential may pass in one group of checkpoints. The zero value is the strictest:
// one entry, ever.
type Rule struct {
	// Reentry lets a holder who left through an exit come in again.
	Reentry bool
	// Capacity is how many may be inside at once; zero sets no bound.
	Capacity int
}

// Next decides whether a genuine credential may pass now, and whether its holder is inside afterwards. It is
// pure: all it knows is the rule, the direction and what the ledger holds.
//
// An exit is open to whoever is inside, also without re-entry, because nobody may be locked in and because
// it makes room for the next one.
func Next(r Rule, d ledger.Direction, s ledger.Standing) (decision ledger.Decision, reason verifier.Reason, inside bool) {
	switch {
	case d == ledger.Exit && s.Inside:
		return ledger.Admit, verifier.ReasonOK, false
	case d == ledger.Exit:
		return ledger.Deny, verifier.ReasonNotInside, false
	case d != ledger.Entry:
		return ledger.Deny, verifier.ReasonWrongCheckpoint, s.Inside
	case s.Known && !r.Reentry:
		return ledger.Deny, verifier.ReasonAlreadyAdmitted, s.Inside
	case s.Inside:
		return ledger.Deny, verifier.ReasonAlreadyInside, true
	case r.Capacity > 0 && s.GroupInside >= int64(r.Capacity):
		return ledger.Deny, verifier.ReasonZoneFull, false
	}
	return ledger.Admit, verifier.ReasonOK, true
}
