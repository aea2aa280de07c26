// Package cache holds what may be forgotten: proven credentials, in memory.
//
// Losing it costs time, never an answer. It holds no verdict: time, status, rules and admission are judged on
// every scan, so nothing here can outlive a revocation. What must not be lost is the business of the packages
// below: store, ledger, snapshot.
package cache

import (
	"errors"
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/ristretto/v2"

	"vratar/verifier"
)

// typicalCost is what a proven health certificate takes, in bytes; it only sizes the frequency counters.
const typicalCost = 2 << 10

// nearShare is which part of the memory the first level may take: one in nearShare.
const nearShare = 4

// Memo remembers proven credentials, those asked for most often first, within a bound of memory. It has two levels:
// a small table of what came last, which answers a code that is held still, tried again or shown at two gates; and
// behind it the large cache, which knows best what is worth keeping and takes ten times as long to say. Most codes are
// shown once, so beyond 500 new ones a second a doorkeeper lets in only what is proven for a second time.
type Memo struct {
	seed   maphash.Seed
	near   nearTable
	far    *ristretto.Cache[uint64, *verifier.Proven]
	door   doorkeeper
	pace   pace
	most   int64     // bytes in both
	counts [16]count // spread by hash, so that scanners on different cores do not share a line
	evict  atomic.Uint64
	refuse atomic.Uint64
}

// isFor decides whose proof p is. It is found by 64 bits of a hash, in which payloads may collide; only the comparison
// of every byte, and of the epoch, counts.
func isFor(p *verifier.Proven, payload []byte, epoch uint64) bool {
	return p.Epoch == epoch && p.Payload == string(payload)
}

// count is as long as a cache line.
type count struct {
	near, far, misses atomic.Uint64
	_                 [40]byte
}

var _ verifier.Memo = (*Memo)(nil)

// NewMemo makes a memo of at most about maxBytes.
func NewMemo(maxBytes int64) (*Memo, error) {
	if maxBytes <= 0 {
		return nil, errors.New("cache: the memo needs a positive size")
	}
	m := &Memo{seed: maphash.MakeSeed(), near: newNearTable(maxBytes / nearShare), door: newDoorkeeper(maxBytes), most: maxBytes}
	m.pace.begin = time.Now()
	var err error
	m.far, err = ristretto.NewCache(&ristretto.Config[uint64, *verifier.Proven]{
		NumCounters: max(1<<10, 10*maxBytes/typicalCost), // ten for each entry, as ristretto advises
		MaxCost:     maxBytes - m.near.maxBytes(),
		BufferItems: 64,
		OnEvict:     func(*ristretto.Item[*verifier.Proven]) { m.evict.Add(1) },
		OnReject:    func(*ristretto.Item[*verifier.Proven]) { m.refuse.Add(1) },
	})
	return m, err
}

// hash is where a payload is looked for. The seed is another one in every process, so nobody can make payloads that
// crowd together. The epoch is no part of it: when the trust list changes, the new proof of a credential takes the
// place of the old one instead of waiting beside it for its eviction.
func (m *Memo) hash(payload []byte) uint64 { return maphash.Bytes(m.seed, payload) }

// Get returns the credential that was proven from this payload under this epoch, or nil.
func (m *Memo) Get(payload []byte, epoch uint64) *verifier.Proven {
	return m.get(m.hash(payload), payload, epoch)
}

func (m *Memo) get(hash uint64, payload []byte, epoch uint64) *verifier.Proven {
	c := &m.counts[hash>>60]
	if p := m.near.get(hash, payload, epoch); p != nil {
		c.near.Add(1)
		return p
	}
	if m.door.knows(hash) {
		if p, ok := m.far.Get(hash); ok && isFor(p, payload, epoch) {
			c.far.Add(1)
			m.near.put(hash, p, cost(p))
			return p
		}
	}
	c.misses.Add(1)
	return nil
}

// Wants tells whether the payload was proven before, lately, or there is time to keep what may not come again.
func (m *Memo) Wants(payload []byte) bool { return m.door.enter(m.hash(payload)) || m.pace.turn() }

// Put remembers p, which was wanted. The large cache takes it within microseconds, or not yet when it is full of what
// is asked for more often.
func (m *Memo) Put(p *verifier.Proven) { m.put(maphash.String(m.seed, p.Payload), p) }

func (m *Memo) put(hash uint64, p *verifier.Proven) {
	cost := cost(p)
	m.near.put(hash, p, cost)
	m.far.Set(hash, p, cost)
}

// Close stops the memo's goroutines. Nobody may use it any more, not even at the same time.
func (m *Memo) Close() { m.far.Close() }

// Stats is how the memo has done since the start.
type Stats struct {
	Hits, Misses uint64
	NearHits     uint64 // those of Hits that the first level answered
	Evicted      uint64 // forgotten to make room
	Refused      uint64 // not remembered for long: asked for less often than what was there
	Bytes        int64  // in use, estimated
	MaxBytes     int64
}

// Stats is for scrapes, not for scans.
func (m *Memo) Stats() Stats {
	s := Stats{Evicted: m.evict.Load(), Refused: m.refuse.Load(), MaxBytes: m.most}
	s.Bytes = m.far.MaxCost() - m.far.RemainingCost() + m.near.bytes()
	for i := range m.counts {
		s.NearHits += m.counts[i].near.Load()
		s.Hits += m.counts[i].far.Load()
		s.Misses += m.counts[i].misses.Load()
	}
	s.Hits += s.NearHits
	return s
}
