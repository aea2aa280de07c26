// Package cache holds what may be forgotten: proven credentials, in memory.
//
// Losing it costs time, never an answer. It holds no verdict: time, status, rules and admission are judged on
// every scan, so nothing here can outlive a revocation. What must not be lost is the business of the packages
// below: store, ledger, snapshot.
package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync/atomic"

	"github.com/dgraph-io/ristretto/v2"

	"vratar/verifier"
)

// typicalCost is what a proven health certificate takes, in bytes; it only sizes the frequency counters.
const typicalCost = 2 << 10

// Memo remembers proven credentials, those asked for most often first, within a bound of memory.
type Memo struct {
	cache  *ristretto.Cache[uint64, *entry]
	counts [16]count // spread by digest, so that scanners on different cores do not share a line
	evict  atomic.Uint64
	refuse atomic.Uint64
}

// entry carries its whole key. The cache finds it by 64 bits of the digest, which somebody could make
// collide; only the comparison of all 256 decides whose proof it is.
type entry struct {
	digest [sha256.Size]byte
	epoch  uint64
	proven *verifier.Proven
}

// count is as long as a cache line.
type count struct {
	hits, misses atomic.Uint64
	_            [48]byte
}

var _ verifier.Memo = (*Memo)(nil)

// NewMemo makes a memo of at most about maxBytes.
func NewMemo(maxBytes int64) (*Memo, error) {
	if maxBytes <= 0 {
		return nil, errors.New("cache: the memo needs a positive size")
	}
	m := &Memo{}
	var err error
	m.cache, err = ristretto.NewCache(&ristretto.Config[uint64, *entry]{
		NumCounters: max(1<<10, 10*maxBytes/typicalCost), // ten for each entry, as ristretto advises
		MaxCost:     maxBytes,
		BufferItems: 64,
		OnEvict:     func(*ristretto.Item[*entry]) { m.evict.Add(1) },
		OnReject:    func(*ristretto.Item[*entry]) { m.refuse.Add(1) },
	})
	return m, err
}

// slot is where a digest lives in the cache. The epoch is no part of it: when the trust list changes, the new
// proof of a credential takes the place of the old one instead of waiting beside it for its eviction.
func slot(digest *[sha256.Size]byte) uint64 { return binary.LittleEndian.Uint64(digest[:]) }

// Get returns the credential that was proven under this digest and epoch, or nil.
func (m *Memo) Get(digest [sha256.Size]byte, epoch uint64) *verifier.Proven {
	c := &m.counts[digest[sha256.Size-1]%16]
	e, ok := m.cache.Get(slot(&digest))
	if !ok || e.digest != digest || e.epoch != epoch {
		c.misses.Add(1)
		return nil
	}
	c.hits.Add(1)
	return e.proven
}

// Put remembers p. It takes effect within microseconds, or never when the memo is full of what is asked for
// more often.
func (m *Memo) Put(digest [sha256.Size]byte, epoch uint64, p *verifier.Proven) {
	m.cache.Set(slot(&digest), &entry{digest, epoch, p}, cost(p))
}

// Close stops the memo's goroutines. Nobody may use it any more, not even at the same time.
func (m *Memo) Close() { m.cache.Close() }

// Stats is how the memo has done since the start.
type Stats struct {
	Hits, Misses uint64
	Evicted      uint64 // forgotten to make room
	Refused      uint64 // not remembered: asked for less often than what was there
	Bytes        int64  // in use, estimated
	MaxBytes     int64
}

// Stats is for scrapes, not for scans.
func (m *Memo) Stats() Stats {
	s := Stats{Evicted: m.evict.Load(), Refused: m.refuse.Load(), MaxBytes: m.cache.MaxCost()}
	s.Bytes = s.MaxBytes - m.cache.RemainingCost()
	for i := range m.counts {
		s.Hits += m.counts[i].hits.Load()
		s.Misses += m.counts[i].misses.Load()
	}
	return s
}

// overhead is the memory of an entry beside its texts: the structures, and a share of the maps.
const overhead = 768

// parsed is how much larger a certificate is when it was read than its bytes are.
const parsed = 4

// cost estimates the memory of a remembered credential, in bytes.
func cost(p *verifier.Proven) int64 {
	c := p.Credential
	n := overhead + len(c.Format) + len(c.Type) + len(c.Issuer) + len(c.Country) + len(c.ID) +
		len(c.Holder.Name) + len(c.Holder.BirthDate) + len(c.Holder.DocumentNumber) + len(c.Claims) +
		len(c.Proof.KeyID) + len(c.Proof.Signed) + len(c.Proof.Signature)
	if c.Status != nil {
		n += len(c.Status.URI)
	}
	for _, b := range c.RevocationHashes {
		n += 24 + len(b)
	}
	for _, b := range c.Proof.Chain {
		n += 24 + len(b)
	}
	if len(c.Proof.Chain) > 0 && p.Key.Certificate != nil { // else the certificate is the trust list's
		n += parsed * len(p.Key.Certificate.Raw)
	}
	if h := c.HolderProof; h != nil {
		n += overhead + len(h.Proof.Signed) + len(h.Proof.Signature) + len(h.Audience) + len(h.Nonce)
	}
	return int64(n)
}
