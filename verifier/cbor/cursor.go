package cbor

import "math"

// Walk is the content of an array, or of a map with each key before its value, to be gone through once; of nothing
// when the item is neither. It costs less than iterating, and than one look-up for each of several members.
func (i Item) Walk() Cursor {
	if k := i.Kind(); k != Array && k != Map {
		return Cursor{}
	}
	return i.content()
}

// Cursor is a place between items that stand one after another.
type Cursor struct {
	b    []byte
	left uint64 // how many items b holds; in a container of indefinite length, a number that is not reached
}

// More reports whether another item comes.
func (c *Cursor) More() bool { return len(c.b) > 0 }

// Next returns the item that comes and goes behind it; Absent at the end.
func (c *Cursor) Next() Item {
	if len(c.b) == 0 {
		return Item{}
	}
	n := c.size()
	i := Item{c.b[:n:n]}
	c.b = c.b[n:]
	return i
}

func (c *Cursor) skip() { c.b = c.b[c.size():] }

// size is the length of the item that comes, which counts as gone through. The last one takes all there is, which
// spares the look into what it holds: certificates are maps within maps, each the last member of the one around it.
func (c *Cursor) size() int {
	last := c.left == 1
	c.left--
	if last {
		return len(c.b)
	}
	return size(c.b)
}

// content is what is in an array or map.
func (i Item) content() Cursor {
	h, _ := readHead(i.raw)
	if h.indefinite {
		return Cursor{i.raw[1 : len(i.raw)-1], math.MaxUint64}
	}
	if h.major() == majorMap {
		h.arg *= 2
	}
	return Cursor{i.raw[h.size:], h.arg}
}

// size is the length of the well-formed item at the start of b.
func size(b []byte) int {
	if n := shortSize[b[0]]; n > 0 {
		return int(n)
	}
	return longSize(b)
}

// shortSize is the length of items that their first byte tells, nearly all that issuers write; 0 of others.
var shortSize = func() (sizes [256]uint8) {
	for first := range sizes {
		info := uint8(first & 31)
		switch first >> 5 {
		case majorUint, majorNegative, majorSimple:
			sizes[first] = 1
		case majorBytes, majorText:
			sizes[first] = 1 + info
		}
		if info >= 24 {
			sizes[first] = 0
		}
	}
	return sizes
}()

func longSize(b []byte) int {
	h, _ := readHead(b)
	switch h.major() {
	case majorUint, majorNegative, majorSimple:
		return h.size
	case majorBytes, majorText:
		if !h.indefinite {
			return h.size + int(h.arg)
		}
	}
	return nestedSize(b, h)
}

// nestedSize is size for an item with head h that holds others. Parse has bounded how deep it calls itself.
func nestedSize(b []byte, h head) int {
	n, off := h.arg, h.size
	switch {
	case h.indefinite: // strings too: their chunks are like elements
		for b[off] != breakByte {
			off += size(b[off:])
		}
		return off + 1
	case h.major() == majorMap:
		n *= 2
	case h.major() == majorTag:
		n = 1
	}
	for ; n > 0; n-- {
		off += size(b[off:])
	}
	return off
}
