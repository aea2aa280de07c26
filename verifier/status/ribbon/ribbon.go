// Package ribbon is a filter over a fixed set of 64-bit hashes: ten bits an entry tell "not in it" for certain, or
// "perhaps in it", wrongly for one hash in some 450.
//
// It is a homogeneous ribbon filter (Dillinger, Hübschle-Schneider, Sanders and Walzer, "Fast Succinct Retrieval and
// Approximate Membership Using Ribbon", 2022) with sparse ribbons. A hash names eight of 64 rows that follow each
// other, and the rows of nine bits are chosen so that those of every member join to nothing by xor. Such rows exist
// for every set, so building never fails. A look-up that ends in "no" reads 64 bytes in one place, which is what it
// costs: of each row eight bits lie there, and the ninth lies apart for the few that come so far.
//
// A filter is never modified once it is built; the same hashes give the same filter in whatever order. Package
// ribbon only answers: who needs certainty asks the set itself after a "perhaps". It reads and writes nothing.
package ribbon

import "math/bits"

const (
	window = 64         // rows that a hash may name
	wide   = window - 1 // rows behind the last start
	spread = 0x9e3779b97f4a7c15

	// moreRows is how many rows there are beyond one a hash, in thousandths. Where hashes crowd, windows are full and
	// everything is "perhaps" there: with 100 that is one look-up in 800, with 120 it is one in 10,000.
	moreRows = 115
)

// Filter is built by a Builder. The zero value was not: everything may be in it.
type Filter struct {
	starts uint64   // rows at which a window may begin
	rows   []uint8  // eight bits of each row
	ninths []uint64 // the ninth bit of each row, the first one lowest
}

// Has reports whether the hash may be in the filter; false is certain. Its highest byte says nothing about where it
// is looked for: large sets are split by it.
func (f *Filter) Has(hash uint64) bool {
	at, h := f.start(hash), hash*spread
	rows := f.rows[at:]
	if len(rows) < window {
		return true // nothing was built
	}
	w := (*[window]uint8)(rows)
	if w[h>>61]^w[8+h>>58&7]^w[16+h>>55&7]^w[24+h>>52&7]^w[32+h>>49&7]^w[40+h>>46&7]^w[48+h>>43&7]^w[56+h>>40&7] != 0 {
		return false
	}
	return f.joinNinths(at, ribbon(hash))
}

// joinNinths reports whether the ninth bits of the rows join to nothing too.
func (f *Filter) joinNinths(at, named uint64) bool {
	i, off := at/64, at%64
	bits64 := f.ninths[i]>>off | f.ninths[i+1]<<1<<(63-off)
	return bits.OnesCount64(bits64&named)%2 == 0
}

// Built reports whether the filter says "no" to anything.
func (f *Filter) Built() bool { return f.starts > 0 }

// Bytes is the memory of the filter.
func (f *Filter) Bytes() int { return len(f.rows) + 8*len(f.ninths) }

// start is the first row of the window of a hash.
func (f *Filter) start(hash uint64) uint64 {
	hi, _ := bits.Mul64(hash<<8, f.starts)
	return hi
}

// ribbon is which rows of its window a hash names, the first one lowest: one of each eight, as Has reads them.
func ribbon(hash uint64) (named uint64) {
	h := hash * spread
	for eight := 0; eight < window; eight += 8 {
		named |= 1 << (uint(eight) + uint(h>>61))
		h <<= 3
	}
	return named
}

// Builder makes filters one after the other and keeps its workspace: nine bytes for every hash of the largest one.
// The zero value is ready. It is not for several goroutines at once.
type Builder struct {
	// band is the equations that are left of those of the members: bit j of band[i] stands for row i+j. Each but
	// the empty ones has its lowest bit set, so that it determines row i from those behind.
	band []uint64
}

// Build makes the filter of hashes. Its size is right when they are different.
func (b *Builder) Build(hashes []uint64) Filter {
	f := Filter{starts: uint64(len(hashes) + len(hashes)*moreRows/1000 + 1)}
	rows := int(f.starts) + wide
	if cap(b.band) < rows {
		b.band = make([]uint64, rows)
	}
	b.band = b.band[:rows]
	clear(b.band)
	for _, hash := range hashes {
		b.add(f.start(hash), ribbon(hash))
	}
	f.rows, f.ninths = make([]uint8, rows), make([]uint64, rows/64+2)
	b.solve(&f)
	return f
}

// add takes in that the named rows from the one at on join to nothing, by Gaussian elimination. An equation that
// follows from earlier ones leaves nothing to take in.
func (b *Builder) add(at, named uint64) {
	for named != 0 {
		zeros := uint64(bits.TrailingZeros64(named))
		at, named = at+zeros, named>>zeros
		if b.band[at] == 0 {
			b.band[at] = named
			return
		}
		named ^= b.band[at]
	}
}

// solve sets the rows, the last one first, so that all equations hold. Those that none determines are as good as
// random: were they empty, all would be, and everything would be in the filter.
func (b *Builder) solve(f *Filter) {
	var behind [9]uint64 // for each bit of a row: those of the 64 rows behind it, the nearest one lowest
	for i := len(b.band) - 1; i >= 0; i-- {
		others, free := b.band[i]>>1, uint64(0)
		if b.band[i] == 0 {
			free = mix(uint64(i))
		}
		var row uint64
		for j := range behind {
			bit := uint64(bits.OnesCount64(behind[j]&others))&1 ^ free>>j&1
			behind[j] = behind[j]<<1 | bit
			row |= bit << j
		}
		f.rows[i] = uint8(row)
		f.ninths[i/64] |= row >> 8 << (i % 64)
	}
}

// mix is the finaliser of MurmurHash3: every bit of the number changes half of the result.
func mix(n uint64) uint64 {
	n += spread
	n ^= n >> 33
	n *= 0xff51afd7ed558ccd
	n ^= n >> 33
	n *= 0xc4ceb9fe1a85ec53
	return n ^ n>>33
}
