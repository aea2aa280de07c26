package cache

import (
	"math/bits"
	"sync/atomic"

	"vratar/verifier"
)

const (
	nearWays = 4
	// nearEntry is the largest entry that the first level takes, in bytes as cost counts them. Health certificates
	// take less than 3 KiB.
	nearEntry = 4 << 10
)

// nearTable is the memo's first level: a set-associative table without locks, in which readers write nothing but,
// seldom, that an entry was useful. Writers that meet in one set may lose an entry or keep it twice, never mix two.
type nearTable struct {
	sets []nearSet // a power of two, or none
}

// nearSet is as long as a cache line. tags spare the look at entries that are others.
type nearSet struct {
	tags    [nearWays]atomic.Uint32
	useful  atomic.Uint32 // a bit for each way that was found since it last survived an eviction
	entries [nearWays]atomic.Pointer[verifier.Proven]
	_       [8]byte
}

// newNearTable makes a table of at most maxBytes, of none where that is too little for a set.
func newNearTable(maxBytes int64) nearTable {
	sets := uint64(maxBytes) / (nearWays * nearEntry)
	if sets == 0 {
		return nearTable{}
	}
	return nearTable{make([]nearSet, 1<<(bits.Len64(sets)-1))}
}

// maxBytes is what the table holds at most.
func (t nearTable) maxBytes() int64 { return int64(len(t.sets)) * nearWays * nearEntry }

// set is picked by the low bits, tags are the high ones.
func (t nearTable) set(hash uint64) *nearSet { return &t.sets[hash&uint64(len(t.sets)-1)] }

func tagOf(hash uint64) uint32 { return uint32(hash >> 32) }

func (t nearTable) get(hash uint64, payload []byte, epoch uint64) *verifier.Proven {
	if len(t.sets) == 0 {
		return nil
	}
	s := t.set(hash)
	for way := range s.entries {
		if s.tags[way].Load() != tagOf(hash) {
			continue
		}
		if p := s.entries[way].Load(); p != nil && isFor(p, payload, epoch) {
			if s.useful.Load()&(1<<way) == 0 {
				s.useful.Or(1 << way)
			}
			return p
		}
	}
	return nil
}

// put takes the place of the same payload's older proof, else one that was not useful.
func (t nearTable) put(hash uint64, p *verifier.Proven, cost int64) {
	if len(t.sets) == 0 || cost > nearEntry {
		return
	}
	s := t.set(hash)
	way := s.victim(hash, p.Payload)
	s.useful.And(^(uint32(1) << way))
	s.entries[way].Store(p)
	s.tags[way].Store(tagOf(hash))
}

func (s *nearSet) victim(hash uint64, payload string) int {
	for way := range s.entries {
		if p := s.entries[way].Load(); p == nil || (s.tags[way].Load() == tagOf(hash) && p.Payload == payload) {
			return way
		}
	}
	first := int(hash>>24) % nearWays // else one way would bear all that is useless
	useful := s.useful.Load()
	for i := range nearWays {
		if way := (first + i) % nearWays; useful&(1<<way) == 0 {
			return way
		}
	}
	s.useful.Store(0) // everybody was; now they must show it again
	return first
}

// bytes is what the table holds, in bytes as cost counts them. The large cache holds most of it as well, and both
// count it.
func (t nearTable) bytes() (n int64) {
	for i := range t.sets {
		for way := range t.sets[i].entries {
			if e := t.sets[i].entries[way].Load(); e != nil {
				n += cost(e)
			}
		}
	}
	return n
}
