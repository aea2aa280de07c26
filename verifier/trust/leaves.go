package trust

import (
	"bytes"
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// Bounds of what is remembered: 4,096 certificates, more than a large union has document signers, and the length of
// the largest, bytes. Real ones have a quarter of that, and take some 8 KB of memory once they are read.
const (
	leafSets = 1024
	leafWays = 4
	maxLeaf  = 4 << 10
)

// leaves remembers the certificates that codes bring along, so that each is read, and its issuer's signature
// checked, once for all the documents it signs. It belongs to the snapshots of one epoch and ends with them: nothing
// outlives a change of trust.
//
// It takes only certificates that are vouched for byte by byte, so who has no such certificate cannot fill it. It
// holds nothing that depends on a moment or on a credential. Reading takes no lock and allocates nothing.
type leaves struct {
	seed maphash.Seed // another in every snapshot, so nobody can make certificates that crowd together
	sets []leafSet
	mu   sync.Mutex // held while a set is changed
}

// After lets s, which nobody uses yet, go on with the certificates that previous remembers, if both trust the same: lists
// are read again far more often than they change. A nil previous remembers nothing. It returns s.
func (s *Snapshot) After(previous *Snapshot) *Snapshot {
	if previous != nil && previous.epoch == s.epoch {
		s.leaves = previous.leaves
	}
	return s
}

// leafSet is the places in which one certificate may be.
type leafSet struct {
	places [leafWays]atomic.Pointer[leaf]
	hand   uint8 // which place is asked first to make room; guarded by leaves.mu
}

// newLeaves has room for sets times leafWays certificates; sets is a power of two.
func newLeaves(sets int) *leaves {
	return &leaves{seed: maphash.MakeSeed(), sets: make([]leafSet, sets)}
}

func (m *leaves) set(der []byte) *leafSet {
	return &m.sets[maphash.Bytes(m.seed, der)&uint64(len(m.sets)-1)]
}

// get is the leaf of those bytes, nil when it is not remembered. Every byte is compared.
func (m *leaves) get(der []byte) *leaf {
	set := m.set(der)
	for i := range set.places {
		l := set.places[i].Load()
		if l == nil || !bytes.Equal(l.der, der) {
			continue
		}
		if !l.used.Load() { // a write each time would keep gates on different cores waiting
			l.used.Store(true)
		}
		return l
	}
	return nil
}

// put remembers l and returns it, or what was remembered of the same bytes meanwhile. Where there is no room,
// the first one gives way that was not asked for since the hand passed it.
func (m *leaves) put(l *leaf) *leaf {
	m.mu.Lock()
	defer m.mu.Unlock()
	if other := m.get(l.der); other != nil {
		return other
	}
	set := m.set(l.der)
	for i := range set.places {
		if set.places[i].CompareAndSwap(nil, l) {
			return l
		}
	}
	for range leafWays { // once round, and no longer because they are all in use
		if !set.places[set.hand].Load().used.Swap(false) {
			break
		}
		set.hand = (set.hand + 1) % leafWays
	}
	set.places[set.hand].Store(l)
	set.hand = (set.hand + 1) % leafWays
	return l
}
