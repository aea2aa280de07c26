package shc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

const (
	scheme = "shc:"
	prefix = "shc:/"
	// maxParts bounds how many codes one card may be split over. The specification needs three or four.
	maxParts = 99
	// numericBase is the character that the digit pair 00 stands for; 77 is z.
	numericBase = '-'
	maxPair     = 'z' - numericBase
)

var (
	errPrefix    = errors.New("shc: does not begin with shc:/")
	errOddDigits = errors.New("shc: odd number of digits")
	errEmpty     = errors.New("shc: no digits")
	errIndex     = errors.New("shc: part number out of range")
	errMixed     = errors.New("shc: the parts are not of one card")
)

// PartError tells that a code is one part of a card that is split over several, which have to be shown
// together. Chunking has been deprecated since December 2022.
type PartError struct{ Part, Of int }

func (e *PartError) Error() string { return fmt.Sprintf("shc: part %d of %d alone", e.Part, e.Of) }

// part is the text of one code: its digits, and which part of how many it is.
type part struct {
	index, total int
	digits       []byte
}

// parsePart reads shc:/DIGITS, which is part 1 of 1, or shc:/C/N/DIGITS.
func parsePart(text []byte) (part, error) {
	rest, ok := bytes.CutPrefix(text, []byte(prefix))
	if !ok {
		return part{}, errPrefix
	}
	p := part{index: 1, total: 1, digits: rest}
	if first, behind, split := bytes.Cut(rest, []byte("/")); split {
		second, digits, ok := bytes.Cut(behind, []byte("/"))
		if !ok {
			return part{}, errIndex
		}
		p = part{index: parseIndex(first), total: parseIndex(second), digits: digits}
		if p.index < 1 || p.total < p.index {
			return part{}, errIndex
		}
	}
	switch {
	case len(p.digits) == 0:
		return part{}, errEmpty
	case len(p.digits)%2 != 0:
		return part{}, errOddDigits
	}
	return p, nil
}

// parseIndex reads 1 to maxParts without leading zero; 0 for anything else.
func parseIndex(text []byte) int {
	if len(text) == 0 || len(text) > 2 || text[0] == '0' {
		return 0
	}
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// Join makes one code of the texts of all parts of a card, in whatever order they were scanned. The same
// part scanned twice counts once; two different texts for one part are an error, as is a part that is
// missing.
func Join(texts ...string) (string, error) {
	parts := make([]part, len(texts))
	for i, text := range texts {
		var err error
		if parts[i], err = parsePart([]byte(text)); err != nil {
			return "", err
		}
		if _, err = appendNumeric(nil, parts[i].digits); err != nil {
			return "", err
		}
	}
	digits, err := join(parts)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, d := range append([][]byte{[]byte(prefix)}, digits...) {
		b.Write(d)
	}
	return b.String(), nil
}

// join is the digits of all parts in order.
func join(parts []part) ([][]byte, error) {
	if len(parts) == 0 {
		return nil, errEmpty
	}
	digits := make([][]byte, parts[0].total)
	missing := len(digits)
	for _, p := range parts {
		if p.total != len(digits) {
			return nil, errMixed
		}
		switch have := digits[p.index-1]; {
		case have == nil:
			digits[p.index-1] = p.digits
			missing--
		case !bytes.Equal(have, p.digits):
			return nil, errMixed
		}
	}
	if missing > 0 {
		return nil, &PartError{parts[0].index, parts[0].total}
	}
	return digits, nil
}

// appendNumeric appends the JWS text behind digit pairs to dst (specification, "Encoding QRs").
func appendNumeric(dst, digits []byte) ([]byte, error) {
	if len(digits)%2 != 0 {
		return dst, errOddDigits
	}
	out := dst
	for i := 0; i < len(digits); i += 2 {
		high, low := digits[i]-'0', digits[i+1]-'0'
		if high > 9 || low > 9 || 10*high+low > maxPair {
			return dst, fmt.Errorf("shc: bad digit pair at offset %d", i)
		}
		out = append(out, 10*high+low+numericBase)
	}
	return out, nil
}
