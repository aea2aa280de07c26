package p256

// term is one summand of a multiplication with tables: a point of a table, or its opposite.
type term struct {
	point  *point
	negate uint64 // all ones for the opposite
}

// terms writes to to the summands of k·P, t being the table of P, and returns how many they are.
//
// Every digit is odd, so that none is zero: with w the window, m the number of digits and b the digits of
// k/2 + 2^(wm-1) in base 2^w, k = sum of (2b - (2^w - 1))·2^(wi) for odd k, as the 2^w - 1 add up to 2^(wm) - 1.
// An even k is replaced by k - n, and all signs change.
func (t *table) terms(to []term, k *scalar) int {
	o, flip := k.odd()
	signs := uint64(0)
	if flip {
		signs = ^uint64(0)
	}
	w := uint(t.window)
	n := digitCount(t.window)
	per := perDigit(t.window)
	half := [5]uint64{o[0]>>1 | o[1]<<63, o[1]>>1 | o[2]<<63, o[2]>>1 | o[3]<<63, o[3] >> 1}
	top := w*uint(n) - 1
	half[top>>6] |= 1 << (top & 63)
	points := t.points
	to = to[:n]
	for i := range to {
		at := uint(i) * w
		b := half[at>>6] >> (at & 63)
		if at&63+w > 64 {
			b |= half[at>>6+1] << (64 - at&63)
		}
		negative := b>>(w-1)&1 - 1 // all ones where the top bit of the digit is clear
		to[i] = term{&points[i*per+int((b^negative)&uint64(per-1))], negative ^ signs}
	}
	return n
}
