package p256

// digit is one summand of a multiplication with tables: the place of a point in the table, times two, plus one
// where its opposite is meant.
type digit uint32

func (d digit) place() int    { return int(d >> 1) }
func (d digit) negative() int { return int(d & 1) }

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
	half := [6]uint64{o[0]>>1 | o[1]<<63, o[1]>>1 | o[2]<<63, o[2]>>1 | o[3]<<63, o[3] >> 1}
	top := w*uint(len(out)) - 1
	half[top>>6] |= 1 << (top & 63)
	at, row := uint(0), uint64(0)
	for i := range out {
		b := half[at>>6]>>(at&63) | half[at>>6+1]<<1<<(63-at&63)
		negative := b>>(w-1)&1 - 1 // all ones where the top bit of the digit is clear
		out[i] = digit((row+(b^negative)&(per-1))<<1 | (negative^sign)&1)
		at += w
		row += per
	}
	return out
}
