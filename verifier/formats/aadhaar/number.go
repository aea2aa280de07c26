package aadhaar

import (
	"encoding/binary"
	"math/bits"
)

// Decimal digits are taken in groups of as many as a word holds.
const (
	groupSize = 19
	groupUnit = 1e19
	// maxWords is room for maxDigits digits, of 3.33 bits each.
	maxWords = maxDigits*10/3/64 + 1
)

// appendNumber appends the number that digits, at most maxDigits, write in decimal: its bytes, the highest first,
// without zeros before them. It works through all that it has for each group, which is fastest at this size.
func appendNumber(dst, digits []byte) []byte {
	var room [maxWords]uint64 // the lowest first
	n := 0
	for len(digits) > 0 {
		size := len(digits) % groupSize
		if size == 0 {
			size = groupSize
		}
		carry := uint64(0)
		for _, c := range digits[:size] {
			carry = 10*carry + uint64(c-'0')
		}
		digits = digits[size:]
		words := room[:n]
		for i, w := range words { // of the first group, which alone may be short, there are none
			high, low := bits.Mul64(w, groupUnit)
			low, over := bits.Add64(low, carry, 0)
			words[i], carry = low, high+over
		}
		if carry > 0 {
			room[n] = carry
			n++
		}
	}
	start := len(dst)
	for n--; n >= 0; n-- {
		dst = binary.BigEndian.AppendUint64(dst, room[n])
	}
	zeros := start
	for zeros < len(dst) && dst[zeros] == 0 {
		zeros++
	}
	return append(dst[:start], dst[zeros:]...)
}
