package cache

import (
	"crypto/sha256"
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"vratar/verifier"
)

// Replay remembers the holders' proofs that were shown, in memory, until they stop counting.
//
// It never forgets one early: when it is full it says so, and the scan is refused as overloaded. A restart
// empties it, and each gateway has its own; within the half minute that a proof counts, the ledger's standing is
// then all that keeps the same person from passing twice.
type Replay struct {
	mu   sync.Mutex
	seed maphash.Seed
	max  int
	// Two generations instead of an expiry for each entry: when nothing in the old one counts any more, for late scans
	// either, it is emptied and becomes the new one. An entry stays for at most twice as long as it must.
	old, new generation
}

// generation is what was shown within one period.
type generation struct {
	shown map[[sha256.Size]byte]uint64 // proof to the hash of the presentation's name, 0 for one without
	until time.Time                    // when the last of them stops counting
}

var _ verifier.Replay = (*Replay)(nil)

// late is how long a scan may be on its way from its time stamp to here, while others with later stamps come first, and
// by how much a clock may be set back: a proof that counts again must still be known.
const late = 10 * time.Second

// NewReplay makes a memory of at most max proofs; each takes about 100 bytes. With the usual age of 30 s and
// clocks that are right, it holds what is shown within 80 s.
func NewReplay(max int) (*Replay, error) {
	if max <= 0 {
		return nil, errors.New("cache: the memory of proofs needs a positive size")
	}
	empty := func() generation { return generation{shown: make(map[[sha256.Size]byte]uint64)} }
	return &Replay{seed: maphash.MakeSeed(), max: max, old: empty(), new: empty()}, nil
}

// Show implements verifier.Replay.
func (r *Replay) Show(s verifier.Showing) verifier.Reason {
	var by uint64
	if s.Presentation != "" {
		by = max(1, maphash.String(r.seed, s.Presentation))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for range 2 { // after a quiet time neither counts
		if s.At.After(r.old.until.Add(late)) {
			clear(r.old.shown)
			r.old, r.new = r.new, generation{shown: r.old.shown}
		}
	}
	for _, g := range [...]*generation{&r.new, &r.old} {
		before, shown := g.shown[s.Proof]
		switch {
		case shown && by != 0 && before == by:
			return verifier.ReasonOK
		case shown:
			return verifier.ReasonCodeReplayed
		}
	}
	if len(r.old.shown)+len(r.new.shown) >= r.max {
		return verifier.ReasonOverloaded
	}
	r.new.shown[s.Proof] = by
	if s.Until.After(r.new.until) {
		r.new.until = s.Until
	}
	return verifier.ReasonOK
}

// Len is how many proofs are remembered, for scrapes.
func (r *Replay) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.old.shown) + len(r.new.shown)
}
