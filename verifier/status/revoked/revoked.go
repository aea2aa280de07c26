// Package revoked looks names up in sets of many millions of revoked ones.
//
// In memory lies a filter, in 256 shards, which says at once of nearly every name that it is not in the set; the
// set itself lies with whoever implements Exact, and is asked only after the filter said "perhaps". So a name is
// called revoked only when it is in the set, byte by byte. Names added since a shard's filter was made are kept
// beside it as hashes; names removed since then are still "perhaps" to the filter, and the set says no.
//
// A Set is immutable and may be used from any number of goroutines; Live is the one pointer by which the current
// one is swapped. Package revoked keeps nothing on disk and waits for nothing: package cache/revocation does.
package revoked

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
	"sync/atomic"

	"vratar/verifier/status/ribbon"
)

// Shards is how many parts a set has. Each has its own filter, so that a change costs the work of the parts it
// touches, and building takes the memory of one at a time.
const Shards = 256

// ErrNotLoaded means that a set was asked before there was one.
var ErrNotLoaded = errors.New("revoked: the list has not been loaded")

// Exact is the set itself, as the filter's "perhaps" is checked. It may be asked from many goroutines at once.
type Exact interface {
	// Has reports whether key is a member. An error means that this could not be found out. It may keep key.
	Has(key []byte) (bool, error)
}

// Hash is what filters hold of a key. It must never change: stored sets are ordered by it.
func Hash(key []byte) uint64 {
	const k0, k1, k2 = 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb
	h := uint64(len(key))*k0 ^ k1
	for ; len(key) > 16; key = key[16:] {
		h = fold(binary.LittleEndian.Uint64(key)^k1, binary.LittleEndian.Uint64(key[8:])^h) + k2
	}
	var a, b uint64
	switch n := len(key); {
	case n >= 8:
		a, b = binary.LittleEndian.Uint64(key), binary.LittleEndian.Uint64(key[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(key)), uint64(binary.LittleEndian.Uint32(key[n-4:]))
	case n > 0:
		a = uint64(key[0])<<16 | uint64(key[n/2])<<8 | uint64(key[n-1])
	}
	return fold(fold(a^k1, b^h)^k2, h^k0)
}

// fold is the product of both, its halves joined.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// ShardOf is where a hash belongs.
func ShardOf(hash uint64) int { return int(hash >> 56) }

// shardBytes is about what a shard takes beside what it points at.
const shardBytes = 80

// shard is one part of a set.
type shard struct {
	filter ribbon.Filter // not built at first, so everything may be in it
	late   []uint64      // hashes added since the filter was made, or since there is none, in order
}

func (s *shard) may(hash uint64) bool {
	return s.filter.Has(hash) || len(s.late) > 0 && s.isLate(hash)
}

func (s *shard) isLate(hash uint64) bool {
	_, found := slices.BinarySearch(s.late, hash)
	return found
}

// Set is one state of a list.
type Set struct {
	exact   Exact
	entries int
	shards  [Shards]shard
}

// New is a set of so many entries without filters: it is right at once, and quick when Draft has given it some.
func New(exact Exact, entries int) *Set { return &Set{exact: exact, entries: entries} }

// Has reports whether key is in the set. An error means that this could not be found out; a nil Set always gives
// ErrNotLoaded.
func (s *Set) Has(key []byte) (bool, error) {
	if s == nil {
		return false, ErrNotLoaded
	}
	hash := Hash(key)
	if !s.shards[ShardOf(hash)].may(hash) {
		return false, nil
	}
	return s.confirm(key)
}

// confirm copies the key, so that those of its callers, most of which end before, can lie on the stack.
func (s *Set) confirm(key []byte) (bool, error) { return s.exact.Has(bytes.Clone(key)) }

// May reports whether a key of that hash may be in the set; false is certain.
func (s *Set) May(hash uint64) bool { return s.shards[ShardOf(hash)].may(hash) }

// Len is the number of entries.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return s.entries
}

// Late is the hashes added to a shard since its filter was made, in order; not to be modified. ok is false while
// there is no filter.
func (s *Set) Late(i int) (late []uint64, ok bool) {
	return s.shards[i].late, s.shards[i].filter.Built()
}

// Stats is what a set takes.
type Stats struct {
	Entries int
	Late    int // hashes beside the filters
	Filters int // shards that have one
	Bytes   int // memory of filters and hashes
}

// Stats counts. It costs microseconds.
func (s *Set) Stats() Stats {
	if s == nil {
		return Stats{}
	}
	t := Stats{Entries: s.entries}
	for i := range s.shards {
		part := &s.shards[i]
		t.Late += len(part.late)
		t.Bytes += shardBytes + 8*cap(part.late) + part.filter.Bytes()
		if part.filter.Built() {
			t.Filters++
		}
	}
	return t
}

// Draft is the next state of a set while it is put together. It is for one goroutine.
type Draft struct {
	next  Set
	added [Shards][]uint64
}

// Draft begins with the state s, which stays as it is.
func (s *Set) Draft() *Draft { return &Draft{next: *s} }

// Add notes that a key of that hash is new.
func (d *Draft) Add(hash uint64) {
	i := ShardOf(hash)
	d.added[i] = append(d.added[i], hash)
}

// Cover gives a shard a filter. since is the hashes of keys that were added after f's own were read: they lie beside
// it, and the late ones of before do not.
func (d *Draft) Cover(i int, f ribbon.Filter, since []uint64) {
	d.next.shards[i] = shard{filter: f}
	d.added[i] = append(d.added[i], since...)
}

// Set ends the draft: a set of so many entries.
func (d *Draft) Set(entries int) *Set {
	for i, added := range d.added {
		part := &d.next.shards[i]
		if len(added) == 0 {
			continue
		}
		part.late = slices.Concat(part.late, added)
		slices.Sort(part.late)
		part.late = slices.Clip(slices.Compact(part.late))
	}
	d.next.entries = entries
	return &d.next
}

// Live is the current state of a list. The zero value has none.
type Live struct{ current atomic.Pointer[Set] }

// Load is the current state; nil before the first.
func (l *Live) Load() *Set { return l.current.Load() }

// Store puts a state in the place of the current one.
func (l *Live) Store(s *Set) { l.current.Store(s) }
