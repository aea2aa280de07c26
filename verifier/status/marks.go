package status

import "time"

// Marks is what a token status list says beyond "valid", for whoever issues its next version.
type Marks struct {
	Bits   int
	Size   uint64
	TTL    time.Duration   // zero: not stated
	Values map[uint64]byte // by index; an entry that is missing is valid
}

// Marks reads a token status list out entry by entry. ok is false for lists of other kinds.
func (s Source) Marks() (m Marks, ok bool) {
	if s.Kind != KindTokenList {
		return Marks{}, false
	}
	m = Marks{Bits: int(s.tokens.bits), Size: s.tokens.size(), TTL: s.tokens.ttl, Values: make(map[uint64]byte)}
	for i := range m.Size {
		if v := s.tokens.at(i); v != valueValid {
			m.Values[i] = v
		}
	}
	return m, true
}

// Tally is how often each value occurs in a token status list, and the bits of an entry. ok is false for lists of
// other kinds. It costs no memory for the entries, however many they are.
func (s Source) Tally() (bits int, counts map[byte]uint64, ok bool) {
	if s.Kind != KindTokenList {
		return 0, nil, false
	}
	var n [256]uint64
	for i := range s.tokens.size() {
		n[s.tokens.at(i)]++
	}
	counts = make(map[byte]uint64)
	for v, times := range n {
		if times > 0 {
			counts[byte(v)] = times
		}
	}
	return int(s.tokens.bits), counts, true
}

// TTL is how long a copy of a token status list may be used after it was fetched; zero: not stated.
func (s Source) TTL() time.Duration { return s.tokens.ttl }
