package admission

import (
	"context"
	"crypto/rand"
	"time"

	"vratar/cache/ledger"
	"vratar/verifier"
)

// OverrideLedger is what setting decisions aside needs of the durable store.
type OverrideLedger interface {
	// Override atomically holds a person's decision against the subject's standing and records it; the move is the
	// rule of the place. It returns once a crash cannot undo that.
	Override(ctx context.Context, o ledger.Overriding, move ledger.Move) (recorded ledger.Passage, replayed bool, err error)
}

// Overrider lets people set decisions aside. Who may is the caller's business.
type Overrider struct {
	Ledger OverrideLedger
	Within time.Duration // how old a passage may be
}

// Override sets was aside, which was recorded at the place c. Letting in follows the rule of the place like any
// admission; what the rule objects must be known: told by was, or named in o.Despite.
func (r *Overrider) Override(ctx context.Context, was *ledger.Passage, c Checkpoint, o ledger.Overriding) (ledger.Passage, bool, error) {
	o.Of, o.Within, o.ID = was.Seq, r.Within, rand.Text()
	return r.Ledger.Override(ctx, o, func(s ledger.Standing) (ledger.Decision, verifier.Reason, bool) {
		return Next(c.Rule, was.Direction, s)
	})
}
