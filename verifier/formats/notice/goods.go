package notice

import (
	"bytes"
	"strings"
)

const groupSeparator = "\x1d" // stands for FNC1 inside a code

// isGoods recognises a GS1 DataMatrix by its symbology mark or a leading FNC1, and a marked item by GTIN and
// serial number at the start.
func isGoods(text []byte) bool {
	if bytes.HasPrefix(text, []byte("]d2")) || bytes.HasPrefix(text, []byte(groupSeparator)) {
		return true
	}
	return len(text) > 18 && string(text[:2]) == "01" && isDigits(text[2:16]) && string(text[16:18]) == "21"
}

// applicationIdentifiers that marking codes use; length is 0 where a separator ends the value (GS1 General
// Specifications §3.2).
var applicationIdentifiers = []struct {
	id     string
	length int
}{
	{"8005", 6}, {"240", 0}, {"00", 18}, {"01", 14}, {"02", 14}, {"10", 0}, {"11", 6}, {"13", 6}, {"15", 6},
	{"17", 6}, {"20", 2}, {"21", 0}, {"37", 0}, {"90", 0}, {"91", 0}, {"92", 0}, {"93", 0}, {"94", 0}, {"95", 0},
	{"96", 0}, {"97", 0}, {"98", 0}, {"99", 0},
}

// readGoods tells item, serial number and crypto tail of a marked item. Whether the tail is genuine only the
// operator of the marking system can say.
func readGoods(text []byte, o *object) {
	o.text("standard", "gs1")
	s := strings.TrimPrefix(strings.TrimPrefix(string(text), "]d2"), groupSeparator)
	f, fault := readGS1(s)
	if fault != "" {
		o.wrong(fault)
	}
	gtin, serial := f.get("01"), f.get("21")
	o.some("gtin", gtin)
	o.some("serial", serial)
	if gtin != "" && !checkDigitOK(gtin) {
		o.wrong("the check digit of the item number is wrong")
	}
	switch {
	case len(serial) > 20: // GS1 allows 20; a longer one has swallowed what followed
		o.wrong("the separators were lost by the scanner")
	case gtin != "" && serial != "":
		o.text("cis", "01"+gtin+"21"+serial)
	}
	o.fields("fields", &f)
}

func readGS1(s string) (f fields, fault string) {
	for s != "" {
		id, length, ok := nextAI(s)
		if !ok {
			return f, "an unknown application identifier"
		}
		s = s[len(id):]
		value, rest, _ := strings.Cut(s, groupSeparator)
		if length > 0 {
			if len(value) < length {
				return f, "a value is cut off"
			}
			// A separator behind a fixed length is superfluous but usual.
			value, rest = s[:length], strings.TrimPrefix(s[length:], groupSeparator)
		}
		if !f.add(id, value) {
			return f, "an application identifier occurs twice, or there are too many"
		}
		s = rest
	}
	return f, ""
}

func nextAI(s string) (id string, length int, ok bool) {
	for _, ai := range applicationIdentifiers {
		if strings.HasPrefix(s, ai.id) {
			return ai.id, ai.length, true
		}
	}
	return "", 0, false
}

// checkDigitOK verifies the last digit of a GTIN-14: weights 3 and 1 in turn, sum a multiple of ten.
func checkDigitOK(gtin string) bool {
	if !isDigits(gtin) {
		return false
	}
	sum := 0
	for i := range len(gtin) {
		sum += int(gtin[i]-'0') * (3 - 2*(i%2))
	}
	return sum%10 == 0
}
