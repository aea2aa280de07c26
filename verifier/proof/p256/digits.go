package p256

import "runtime"

// digit is one summand of a multiplication with tables: the place of a point in the table, in bytes, plus one where
// its opposite is meant.
type digit uint32

func (d digit) place() int { return int(d / pointSize) }

// mask is all ones for the opposite of a point.
func (d digit) mask() uint64 { return -uint64(d & 1) }

// digits writes the summands of k·P, t being the table of P, and returns them.
//
// Every digit is odd, so that none is zero: with w the window, m the number of digits and b the digits of
// k/2 + 2^(wm-1) in base 2^w, k = sum of (2b - (2^w - 1))·2^(wi) for odd k, as the 2^w - 1 add up to 2^(wm) - 1.
// An even k is replaced by k - n, and all signs change.
func (t *table) digits(k *scalar, to *[maxDigits]digit) []digit {
	o, flip := k.odd()
	sign := uint64(0)
	if flip {
		sign = 1
	}
	w := uint(t.window)
	per := uint64(perDigit(t.window))
	out := to[:digitCount(t.window)]
	half := [8]uint64{o[0]>>1 | o[1]<<63, o[1]>>1 | o[2]<<63, o[2]>>1 | o[3]<<63, o[3] >> 1}
	top := w*uint(len(out)) - 1
	half[top>>6&7] |= 1 << (top & 63)
	at, row := uint(0), uint64(0)
	for i := range out {
		b := half[at>>6&7]>>(at&63) | half[(at>>6+1)&7]<<1<<(63-at&63)
		negative := b>>(w-1)&1 - 1 // all ones where the top bit of the digit is clear
		out[i] = digit((row+(b^negative)&(per-1))*pointSize | (negative^sign)&1)
		at += w
		row += per
	}
	return out
}

// touch calls the points of the digits into the cache, all at once: met one by one, each would be waited for.
func (t *table) touch(digits []digit) {
	var sum uint64
	for _, d := range digits {
		sum += t.points[d.place()].x[0]
	}
	runtime.KeepAlive(sum)
}
