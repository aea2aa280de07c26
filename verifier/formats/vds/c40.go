package vds

import "errors"

// Values of C40 (ISO/IEC 16022 §5.2.5) that seals use (Doc 9303-13 §2.3.2): blank, digits and capitals.
const (
	c40Pad    = 0 // shift to set 1, which seals use to fill the last group
	c40Blank  = 3
	c40Digit  = 4
	c40Letter = 14
	c40Base   = 40
	unlatch   = 0xfe // one character follows that stands alone
)

var errC40 = errors.New("vds: not C40")

// appendC40 appends the text of b: three characters in two bytes.
func appendC40(dst, b []byte) ([]byte, error) {
	for ; len(b) > 0; b = b[min(2, len(b)):] {
		last := len(b) <= 2
		switch {
		case len(b) < 2:
			return nil, errC40
		case b[0] == unlatch:
			c := b[1] - 1
			if !last || !isC40(c) {
				return nil, errC40
			}
			return append(dst, c), nil
		}
		group := int(b[0])<<8 | int(b[1])
		group--
		if group < 0 || group >= c40Base*c40Base*c40Base {
			return nil, errC40
		}
		for i, value := range [3]int{group / (c40Base * c40Base), group / c40Base % c40Base, group % c40Base} {
			if value == c40Pad && last && i == 2 {
				break
			}
			c := c40Character(value)
			if c == 0 {
				return nil, errC40
			}
			dst = append(dst, c)
		}
	}
	return dst, nil
}

// c40Character is 0 for shifts, of which seals have none.
func c40Character(value int) byte {
	switch {
	case value == c40Blank:
		return ' '
	case value >= c40Digit && value < c40Letter:
		return byte('0' + value - c40Digit)
	case value >= c40Letter && value < c40Base:
		return byte('A' + value - c40Letter)
	}
	return 0
}

func isC40(c byte) bool { return c == ' ' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' }
