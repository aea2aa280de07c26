package verifier

import "sync/atomic"

// PreparedKey is a public key together with what was worked out of it beforehand, so that checking its signatures
// takes a fraction of the time.
type PreparedKey interface {
	// Check is Checker.Check for this key.
	Check(p *Proof) bool
	// Size is the memory it holds, bytes.
	Size() int
}

// Preparation is the place beside a trusted key where a Checker keeps the prepared form of it. Trust lists make one
// for each key they hold, and for those that an authority on them has certified. Other keys that came with a code,
// such as holders' keys, have none, so nobody can make us prepare keys by showing codes.
//
// It may be used from any number of goroutines. A nil Preparation holds nothing and takes nothing.
type Preparation struct {
	key  atomic.Pointer[PreparedKey]
	uses atomic.Uint32
}

// Key is the prepared key, or nil while there is none.
func (p *Preparation) Key() PreparedKey {
	if p == nil {
		return nil
	}
	if k := p.key.Load(); k != nil {
		return *k
	}
	return nil
}

// Keep puts k in place of what was there; nil forgets it. Scans that hold the old one finish with it.
func (p *Preparation) Keep(k PreparedKey) {
	if k == nil {
		p.key.Store(nil)
		return
	}
	p.key.Store(&k)
}

// Used counts n uses of the key and returns how many there were since Decay, roughly: it never wraps in practice,
// and exactness is worth nothing here.
func (p *Preparation) Used(n uint32) uint32 { return p.uses.Add(n) }

// Decay halves the count of uses, and returns what is left, so that the count tells how often the key was used lately.
func (p *Preparation) Decay() uint32 {
	left := p.uses.Load() / 2
	p.uses.Store(left)
	return left
}
