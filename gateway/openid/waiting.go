package openid

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Bounds of what waits: in all, and for one neighbourhood, which may be a whole house at the beginning of a shift.
const (
	maxWaiting  = 10_000
	maxPerOwner = 256
)

// dialogue is a sign-in under way.
type dialogue struct {
	provider *provider
	account  string // to be linked; empty: a sign-in
	owner    string
	redirect string
	state    string
	nonce    string
	verifier string // of PKCE
	ticket   [sha256.Size]byte
	expires  time.Time
}

// waiting holds the dialogues. Nobody can crowd out the others: of each owner few wait, and what is oldest gives way.
type waiting struct {
	mu      sync.Mutex
	byState map[[sha256.Size]byte]*dialogue
}

func newWaiting() *waiting { return &waiting{byState: map[[sha256.Size]byte]*dialogue{}} }

func (w *waiting) add(d *dialogue, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.makeRoom(d.owner, now)
	w.byState[sha256.Sum256([]byte(d.state))] = d
}

func (w *waiting) makeRoom(owner string, now time.Time) {
	var own, oldest [sha256.Size]byte
	owned := 0
	older := func(d *dialogue, than [sha256.Size]byte) bool {
		other := w.byState[than]
		return other == nil || d.expires.Before(other.expires)
	}
	for key, d := range w.byState {
		if !now.Before(d.expires) {
			delete(w.byState, key)
			continue
		}
		if older(d, oldest) {
			oldest = key
		}
		if d.owner == owner {
			owned++
			if older(d, own) {
				own = key
			}
		}
	}
	if owned >= maxPerOwner {
		delete(w.byState, own)
	}
	if len(w.byState) >= maxWaiting {
		delete(w.byState, oldest)
	}
}

// find returns what waits under a state; nil for nothing.
func (w *waiting) find(state string, now time.Time) *dialogue {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.byState[sha256.Sum256([]byte(state))]
	if d == nil || !now.Before(d.expires) {
		return nil
	}
	return d
}

// take removes what waits under a state if it is whose it must be. Somebody else's try takes nothing from its owner.
func (w *waiting) take(state string, now time.Time, theirs func(*dialogue) bool) *dialogue {
	d := w.find(state, now)
	if d == nil || !theirs(d) {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	key := sha256.Sum256([]byte(state))
	if w.byState[key] != d { // it was taken meanwhile
		return nil
	}
	delete(w.byState, key)
	return d
}
