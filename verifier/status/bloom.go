package status

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"

	"vratar/verifier"
)

// filter is a Bloom filter of revoked hashes of EU certificates, as the EU's distribution service serialises it
// (dgc-bloomfilter, version 1).
type filter struct {
	rounds int
	words  []byte // 32 bits each, big-endian
	// sure tells that the filter is wrong so seldom that naming a certificate is as good as listing it.
	sure bool
}

const (
	filterHead = 20 // bytes before the words
	// maxWrong is how often a filter may be wrong, by its own word, to be believed without a person's look: at a
	// gate with ten thousand people a day once in a quarter of a year.
	maxWrong = 1e-6
)

var errFilter = errors.New("a filter of revoked hashes is broken or of another version")

// isFilter recognises the version in front, which no text starts with.
func isFilter(data []byte) bool { return len(data) >= filterHead && data[0] == 0 && data[1] == 1 }

// loadFilter reads, all big-endian: int16 version, byte rounds, byte hash (0: SHA-256), float32 share of wrong
// answers, int32 elements it is made for, int32 elements in it, int32 number of words, the words.
func loadFilter(data []byte) (Source, error) {
	if !isFilter(data) {
		return Source{}, errFilter
	}
	rounds, hash := int(data[2]), data[3]
	wrong := float64(math.Float32frombits(binary.BigEndian.Uint32(data[4:])))
	room, held := binary.BigEndian.Uint32(data[8:]), binary.BigEndian.Uint32(data[12:])
	words := uint64(binary.BigEndian.Uint32(data[16:]))
	if rounds == 0 || hash != 0 || words == 0 || uint64(len(data)) != filterHead+4*words ||
		!(wrong > 0 && wrong < 1) || held > math.MaxInt32 {
		return Source{}, errFilter
	}
	f := filter{rounds: rounds, words: append([]byte(nil), data[filterHead:]...), sure: wrong <= maxWrong && held <= room}
	return Source{Kind: KindDCCFilter, filter: f, filterSize: int(held)}, nil
}

// holds reports whether element may be in the filter; false is certain.
func (f *filter) holds(element []byte) bool {
	bits := uint64(len(f.words)) * 8
	var room [64]byte
	text := append(append(room[:0], element...), 0)
	for i := range f.rounds {
		text[len(text)-1] = byte(i)
		at := floorMod(sha256.Sum256(text), bits)
		// Bits are counted from the left of each word, and words are big-endian: so in bytes, from the left.
		if f.words[at/8]&(0x80>>(at%8)) == 0 {
			return false
		}
	}
	return true
}

// floorMod is the signed big-endian number n modulo m, not negative; m is below 2⁴⁸.
func floorMod(n [sha256.Size]byte, m uint64) uint64 {
	var rest, wrap uint64 = 0, 1 // wrap becomes 2²⁵⁶ modulo m
	for _, b := range n {
		rest = (rest<<8 | uint64(b)) % m
		wrap = (wrap << 8) % m
	}
	if n[0]&0x80 == 0 {
		return rest
	}
	return (rest + m - wrap) % m
}

// lookupFilters asks the filters. One that names no certificate says nothing: it does not tell whose it holds.
func (s *Snapshot) lookupFilters(c *verifier.Credential) verifier.StatusAnswer {
	var a verifier.StatusAnswer
	for i := range s.filters {
		f := &s.filters[i]
		for _, hash := range c.RevocationHashes {
			if !f.holds(hash) {
				continue
			}
			if f.sure {
				return verifier.StatusAnswer{State: verifier.StatusRevoked, Detail: "in a filter of revoked certificates"}
			}
			a = verifier.StatusAnswer{State: verifier.StatusUnknown, Detail: "perhaps in a filter of revoked certificates"}
		}
	}
	return a
}
