package cache

import (
	"math/bits"
	"sync/atomic"
)

// doorkeeper remembers by a hash, roughly, what was proven lately. Once the large cache is full, only what is proven
// for a second time goes there: it would refuse most of the others anyway, and takes microseconds to say so. Codes
// that are shown once are most of what a gate sees.
//
// It may forget, and (one time in four billion) know what it never saw; both cost a proof at most.
type doorkeeper []atomic.Uint32 // a power of two

// doorPlaces is how many payloads it remembers for each that the cache has room for.
const doorPlaces = 8

func newDoorkeeper(maxBytes int64) doorkeeper {
	places := doorPlaces * max(uint64(maxBytes)/typicalCost, 1)
	return make(doorkeeper, 1<<bits.Len64(places-1))
}

// knows tells whether hash came before, and remembers it.
func (d doorkeeper) knows(hash uint64) bool {
	place, tag := &d[hash&uint64(len(d)-1)], tagOf(hash)
	if place.Load() == tag {
		return true
	}
	place.Store(tag)
	return false
}
