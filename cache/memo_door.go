package cache

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// doorkeeper remembers by a hash, roughly, what was proven lately. Codes that are shown once are most of what a gate
// sees; to copy them for the caches, to offer them and to look for them there would cost microseconds each. So only
// what the doorkeeper knows is asked for there, and kept when it is proven again; or at once, while there is time.
//
// It may forget, and (one time in two billion) know what it never saw; both cost a proof at most.
type doorkeeper []atomic.Uint64 // a power of two of places, each for the last two hashes that came there

// doorPlaces is how many places it has for each payload that the cache has room for.
const doorPlaces = 4

func newDoorkeeper(maxBytes int64) doorkeeper {
	places := doorPlaces * max(uint64(maxBytes)/typicalCost, 1)
	return make(doorkeeper, 1<<bits.Len64(places-1))
}

func (d doorkeeper) place(hash uint64) *atomic.Uint64 { return &d[hash&uint64(len(d)-1)] }

// knows tells whether hash entered before.
func (d doorkeeper) knows(hash uint64) bool { return holds(d.place(hash).Load(), tagOf(hash)) }

// enter is knows, and remembers hash.
func (d doorkeeper) enter(hash uint64) bool {
	place, tag := d.place(hash), tagOf(hash)
	last := place.Load()
	if holds(last, tag) {
		return true
	}
	place.Store(last<<32 | uint64(tag))
	return false
}

const (
	paceStep  = int64(time.Second) / 500
	paceSpare = 8 * paceStep // how far turns that nobody took count
)

// pace gives 500 turns a second to whoever asks first: to everybody at a quiet gate, to few in a crowd. Losing a turn
// to another goroutine is no matter.
type pace struct {
	begin time.Time
	next  atomic.Int64 // when the next turn is, in nanoseconds since begin
}

func (p *pace) turn() bool {
	now, next := int64(time.Since(p.begin)), p.next.Load()
	return now >= next && p.next.CompareAndSwap(next, max(next, now-paceSpare)+paceStep)
}

// holds tells whether tag is one of the two in a place.
func holds(place uint64, tag uint32) bool { return uint32(place) == tag || uint32(place>>32) == tag }
