package cbor

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"
)

// fewKeys is up to how many keys of a map are compared each with each.
const fewKeys = 16

// allDiffer reports that no two keys have the same name, as far as that is seen quickly: it may say no where the
// answer is yes. It looks at the first eight bytes of few keys, which settles it for every map that issuers write.
func allDiffer(b []byte, keys []uint32) bool {
	if len(keys) > fewKeys {
		return false
	}
	var seen [fewKeys]uint64
	texts := 0
	for i, at := range keys {
		p, ok := mark(b[at:])
		if !ok {
			return false
		}
		if b[at]>>5 == majorText {
			texts++
		}
		for _, other := range seen[:i] {
			if p == other {
				return false
			}
		}
		seen[i] = p
	}
	if texts == 0 || texts == len(keys) {
		return true
	}
	// A text like "1" is another spelling of an integer.
	return !slices.ContainsFunc(keys, func(at uint32) bool { return b[at]>>5 == majorText && mayBeDecimal(b[at:]) })
}

// mayBeDecimal reports whether the well-formed text key at the start of b begins like a number.
func mayBeDecimal(b []byte) bool {
	h, _ := readHead(b)
	if h.indefinite || h.arg == 0 {
		return h.indefinite
	}
	c := b[h.size]
	return c >= '0' && c <= '9' || c == '-'
}

// mark is equal for two well-formed keys, both texts or both integers, when their names are; for some others too. It
// knows no indefinite lengths, and no head that is longer than it need be.
func mark(b []byte) (uint64, bool) {
	if n := shortSize[b[0]]; n > 0 && n <= 8 {
		return firstEight(b) << (64 - 8*n), true // the whole encoding
	}
	h, _ := readHead(b)
	if h.indefinite || h.size > 1 && h.arg < 24 {
		return 0, false
	}
	switch h.major() {
	case majorUint:
		return h.arg, true
	case majorNegative:
		return ^h.arg, true
	}
	p := h.arg
	for _, c := range b[h.size : h.size+8] { // the shortest have eight bytes
		p = p<<8 ^ p>>56 ^ uint64(c)
	}
	return p, true
}

// firstEight is the first eight bytes of s, zeros where it ends before.
func firstEight(s []byte) uint64 {
	if len(s) < 8 {
		var room [8]byte
		copy(room[:], s)
		s = room[:]
	}
	return binary.LittleEndian.Uint64(s)
}

// firstDuplicate finds two keys with the same name. Integer 1 and text "1" count as the same: no format
// uses both, and they would collide as JSON members. It reorders keys.
func firstDuplicate(b []byte, keys []uint32) (offset int, found bool) {
	slices.SortFunc(keys, func(x, y uint32) int { return compareKeys(b[x:], b[y:]) })
	for i := 1; i < len(keys); i++ {
		if compareKeys(b[keys[i-1]:], b[keys[i]:]) == 0 {
			return int(max(keys[i-1], keys[i])), true
		}
	}
	return 0, false
}

// compareKeys orders the well-formed map keys at the start of x and y by the length of their names, then by
// their bytes. For integers of one sign that is the order of their arguments, which spares the text.
func compareKeys(x, y []byte) int {
	if major := x[0] >> 5; major == y[0]>>5 && major != majorText {
		g, _ := readHead(x)
		h, _ := readHead(y)
		return cmp.Compare(g.arg, h.arg)
	}
	var a, c [20]byte
	m, n := name(a[:0], x), name(c[:0], y)
	if len(m) != len(n) {
		return cmp.Compare(len(m), len(n))
	}
	return bytes.Compare(m, n)
}

// name is the text of the well-formed map key at the start of b, or an integer key's decimal text written
// into room.
func name(room, b []byte) []byte {
	h, _ := readHead(b)
	if h.major() != majorText {
		return appendDecimal(room, b)
	}
	if h.indefinite {
		s, _ := Item{b[:size(b)]}.TextBytes()
		return s
	}
	return b[h.size : h.size+int(h.arg)]
}

// appendDecimal appends the integer at the start of b as decimal text. Negative integers reach down to −2⁶⁴.
func appendDecimal(dst, b []byte) []byte {
	h, _ := readHead(b)
	if h.major() == majorUint {
		return strconv.AppendUint(dst, h.arg, 10)
	}
	if h.arg == 1<<64-1 {
		return append(dst, "-18446744073709551616"...)
	}
	return strconv.AppendUint(append(dst, '-'), h.arg+1, 10)
}
