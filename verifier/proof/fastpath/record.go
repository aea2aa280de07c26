package fastpath

import "sync/atomic"

// Record is what the signatures of one key were like of late. The zero value is that of a new key.
//
// A wrong signature costs the library's time, since every refusal is asked of the library, and the path's on top. With
// a path g times as fast as the library, trying it pays as long as more than one signature of g is right. So each
// wrong one is put down as a debt of 1 and each right one pays g−1 back, tried or not: this is by how much the path
// has fallen behind the library, or would have, in units of its own time. A key that owes too much has its signatures
// taken straight to the library until enough right ones are among them. Thus
//
//   - whoever floods us with wrong signatures of a key pays for patience·g attempts, and then costs what the library
//     alone would;
//   - a holder of that key waits for the library, and no longer, while the flood is g−1 times all that is right;
//   - the holders of all other keys notice nothing;
//   - no answer depends on it: a refusal is the library's in any case.
//
// It is written to only beside a call of the library, or while there is a debt. Two writers at once may count one
// signature for two, which harms nothing.
type Record struct{ debt atomic.Int32 }

// In multiples of a path's gain: patience is the debt from which on the path is not tried, and memory the most that is
// remembered, so that a few dozen right signatures end the longest flood.
const (
	patience = 16
	memory   = 2 * patience
)

func (r *Record) note(right bool, gain int32) {
	debt := r.debt.Load()
	switch {
	case right && debt > 0:
		r.debt.Store(max(debt-(gain-1), 0))
	case !right && debt < memory*gain:
		r.debt.Store(debt + 1)
	}
}
