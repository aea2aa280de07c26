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
