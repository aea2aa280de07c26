// Package fuse is a filter over a fixed set of 64-bit numbers: nine bits an entry tell "not in it" for certain, or
// "perhaps in it", wrongly for one number in 256.
//
// It is the binary fuse filter of Graf and Lemire ("Binary Fuse Filters: Fast and Smaller Than Xor Filters", 2022)
// with fingerprints of 8 bits and three places a number. A filter is never modified once it is built; the same
// numbers give the same filter. Package fuse only answers: who needs certainty asks the set itself after a
// "perhaps". It reads and writes nothing.
package fuse

import (
	"errors"
	"math"
	"math/bits"
	"slices"
)

// ErrBuild means that no filter was found for the numbers, which does not happen with less than 2³² of them: each
// of the attempts fails with a chance of a few per cent.
var ErrBuild = errors.New("fuse: no filter was found")

const (
	attempts   = 100
	maxSegment = 1 << 18
)

// Filter is built by a Builder. The zero value holds nothing.
type Filter struct {
	seed    uint64
	segment uint32 // places in a segment, a power of two
	starts  uint32 // places at which the three segments of a number may begin
	prints  []uint8
}

// Has reports whether key may be in the filter; false is certain.
func (f *Filter) Has(key uint64) bool {
	if len(f.prints) == 0 {
		return false
	}
	h := mix(key + f.seed)
	a, b, c := f.places(h)
	return print8(h) == f.prints[a]^f.prints[b]^f.prints[c]
}

// Bytes is the memory of the filter.
func (f *Filter) Bytes() int { return len(f.prints) + 40 }

// places are where the fingerprint of h is spread: one in each of three segments that follow each other.
func (f *Filter) places(h uint64) (a, b, c uint32) {
	hi, _ := bits.Mul64(h, uint64(f.starts))
	mask := f.segment - 1
	a = uint32(hi)
	b = (a + f.segment) ^ (uint32(h>>18) & mask)
	c = (a + 2*f.segment) ^ (uint32(h) & mask)
	return a, b, c
}

func print8(h uint64) uint8 { return uint8(h ^ h>>32) }

// mix is the finaliser of MurmurHash3: every bit of the key changes half of the result.
func mix(key uint64) uint64 {
	key ^= key >> 33
	key *= 0xff51afd7ed558ccd
	key ^= key >> 33
	key *= 0xc4ceb9fe1a85ec53
	return key ^ key>>33
}

// sized is an empty filter for n different numbers, by the formulas of the paper for three places.
func sized(n int) Filter {
	if n == 0 {
		return Filter{}
	}
	size := math.Log(float64(n))
	segment := uint32(4)
	if n > 1 {
		segment = min(uint32(1)<<int(math.Floor(size/math.Log(3.33)+2.25)), maxSegment)
	}
	capacity := 0.0
	if n > 1 {
		capacity = math.Round(float64(n) * max(1.125, 0.875+0.25*math.Log(1e6)/size))
	}
	segments := max(int(math.Ceil(capacity/float64(segment)))-2, 1)
	return Filter{
		segment: segment, starts: uint32(segments) * segment,
		prints: make([]uint8, (segments+2)*int(segment)),
	}
}

// Builder makes filters one after the other and keeps its workspace: about 28 bytes for every number of the
// largest one. The zero value is ready. It is not for several goroutines at once.
type Builder struct {
	count []uint8  // by place: four times how many numbers are left there, and in the low bits which place it is of theirs, joined by xor
	sum   []uint64 // by place: their hashes, joined by xor
	alone []uint32 // places that hold one number
	order []uint64 // hashes in the order in which they could be taken off
	which []uint8  // for each of them, the place of its three that was its own
}

// Build makes the filter of keys, which it sorts and rids of repetitions in place. Error: ErrBuild.
func (b *Builder) Build(keys []uint64) (*Filter, error) {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	f := sized(len(keys))
	if len(keys) == 0 {
		return &f, nil
	}
	b.room(len(keys), len(f.prints))
	next := uint64(0x9e3779b97f4a7c15)
	for range attempts {
		f.seed = mix(next)
		next += 0x9e3779b97f4a7c15
		if b.peel(&f, keys) {
			b.assign(&f)
			return &f, nil
		}
	}
	return nil, ErrBuild
}

// room makes the workspace large enough.
func (b *Builder) room(keys, places int) {
	b.count = slices.Grow(b.count[:0], places)[:places]
	b.sum = slices.Grow(b.sum[:0], places)[:places]
	b.alone = slices.Grow(b.alone[:0], places)[:places]
	b.order = slices.Grow(b.order[:0], keys)[:0]
	b.which = slices.Grow(b.which[:0], keys)[:0]
}

// peel finds an order in which every number has a place of its own once those after it are put aside. It reports
// false when this seed allows none.
func (b *Builder) peel(f *Filter, keys []uint64) bool {
	clear(b.count)
	clear(b.sum)
	b.order, b.which = b.order[:0], b.which[:0]
	crowded := uint8(0xff)
	for _, key := range keys {
		h := mix(key + f.seed)
		a, c, d := f.places(h)
		b.count[a] += 4
		b.sum[a] ^= h
		b.count[c] += 4
		b.count[c] ^= 1
		b.sum[c] ^= h
		b.count[d] += 4
		b.count[d] ^= 2
		b.sum[d] ^= h
		crowded = min(crowded, b.count[a], b.count[c], b.count[d])
	}
	if crowded < 4 { // more than 63 numbers in one place: the count has gone round
		return false
	}
	return b.takeOff(f, len(keys))
}

// takeOff removes the numbers that are alone in a place, until none is left or none can be removed.
func (b *Builder) takeOff(f *Filter, n int) bool {
	waiting := 0
	for i, c := range b.count {
		b.alone[waiting] = uint32(i)
		if c>>2 == 1 {
			waiting++
		}
		if waiting == len(b.alone) {
			break
		}
	}
	for waiting > 0 {
		waiting--
		at := b.alone[waiting]
		if b.count[at]>>2 != 1 {
			continue
		}
		h, own := b.sum[at], b.count[at]&3
		b.order, b.which = append(b.order, h), append(b.which, own)
		places := f.three(h)
		for step := uint8(1); step <= 2; step++ {
			i := (own + step) % 3
			p := places[i]
			if b.count[p]>>2 == 2 { // this was one of two there
				b.alone[waiting] = p
				waiting++
			}
			b.count[p] -= 4
			b.count[p] ^= i
			b.sum[p] ^= h
		}
		b.count[at] = 0
	}
	return len(b.order) == n
}

func (f *Filter) three(h uint64) (places [3]uint32) {
	places[0], places[1], places[2] = f.places(h)
	return places
}

// assign sets the own place of every number, the last one first, so that its three places join to its fingerprint.
func (b *Builder) assign(f *Filter) {
	for i := len(b.order) - 1; i >= 0; i-- {
		h, own := b.order[i], b.which[i]
		p := f.three(h)
		f.prints[p[own]] = print8(h) ^ f.prints[p[(own+1)%3]] ^ f.prints[p[(own+2)%3]]
	}
}
