package notice

import "strings"

const groupSeparator = "\x1d" // stands for FNC1 inside a code

// symbologies are the marks of GS1 codes by ISO/IEC 15424, which readers put in front: DataMatrix, Code 128,
// DataBar, QR and DotCode.
var symbologies = [...]string{"]d2", "]C1", "]e0", "]Q3", "]J1"}

// isGoods recognises GS1 element strings by their symbology mark or a leading FNC1, by brackets around the first
// identifier, and a marked item by GTIN and serial number at the start.
func isGoods(text []byte) bool {
	for _, mark := range symbologies {
		if len(text) >= len(mark) && string(text[:len(mark)]) == mark {
			return true
		}
	}
	switch {
	case len(text) > 2 && text[0] == groupSeparator[0]:
		return isDigits(text[1:3]) && isElementText(text)
	case len(text) >= 18 && string(text[:4]) == "(01)":
		return isDigits(text[4:18]) && (len(text) == 18 || text[18] == '(')
	}
	return len(text) > 18 && string(text[:2]) == "01" && isDigits(text[2:16]) && string(text[16:18]) == "21"
}

// isElementText tells element strings, which are of printable ASCII and separators (GS1 General Specifications
// §7.11), from binary credentials that begin with the same byte.
func isElementText(text []byte) bool {
	for _, c := range text {
		if (c < ' ' || c > '~') && c != groupSeparator[0] {
			return false
		}
	}
	return true
}

// applicationIdentifier is known by its first two digits: how many digits the identifier has, and how long its value
// is; 0 where a separator ends it (GS1 General Specifications §3.2 and figure 7.8.5-2).
func applicationIdentifier(s string) (digits, length int) {
	if len(s) < 2 || !isDigits(s[:2]) {
		return 0, 0
	}
	switch s[:2] {
	case "00":
		return 2, 18
	case "01", "02", "03":
		return 2, 14
	case "04":
		return 2, 16
	case "11", "12", "13", "14", "15", "16", "17", "18", "19":
		return 2, 6
	case "20":
		return 2, 2
	case "10", "21", "22", "30", "37", "90", "91", "92", "93", "94", "95", "96", "97", "98", "99":
		return 2, 0
	case "23", "24", "25", "40", "42", "71":
		return 3, 0
	case "41":
		return 3, 13
	case "31", "32", "33", "34", "35", "36":
		return 4, 6
	case "39", "43", "70", "72", "81", "82":
		return 4, 0
	case "80":
		if strings.HasPrefix(s, "8005") { // the price on tobacco, of six digits
			return 4, 6
		}
		return 4, 0
	}
	return 0, 0
}

// readGoods tells item, serial number and crypto tail of a marked item. Whether the tail is genuine only the
// operator of the marking system can say.
func readGoods(text []byte, o *object) {
	o.text("standard", "gs1")
	s := string(text)
	for _, mark := range symbologies {
		s = strings.TrimPrefix(s, mark)
	}
	read := readGS1
	if strings.HasPrefix(s, "(") {
		read = readBracketed
	}
	f, fault := read(strings.TrimPrefix(s, groupSeparator))
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
	digits, length := applicationIdentifier(s)
	if digits == 0 || len(s) < digits || !isDigits(s[:digits]) {
		return "", 0, false
	}
	return s[:digits], length, true
}

// readBracketed reads element strings as they are printed for people: each identifier in brackets.
func readBracketed(s string) (f fields, fault string) {
	for s != "" {
		id := bracketed(s)
		if id == "" {
			return f, "an unknown application identifier"
		}
		s = s[len(id)+2:]
		end := 0
		for end < len(s) && bracketed(s[end:]) == "" { // values may hold brackets
			end++
		}
		if !f.add(id, s[:end]) {
			return f, "an application identifier occurs twice, or there are too many"
		}
		s = s[end:]
	}
	return f, ""
}

// bracketed is the identifier in brackets that s begins with; empty when it does not.
func bracketed(s string) string {
	if s[0] != '(' {
		return ""
	}
	digits, _ := applicationIdentifier(s[1:])
	if digits == 0 || len(s) < digits+2 || !isDigits(s[1:1+digits]) || s[1+digits] != ')' {
		return ""
	}
	return s[1 : 1+digits]
}

// checkDigitOK verifies the last digit of a GTIN: weights 1 and 3 in turn from the right, sum a multiple of ten.
func checkDigitOK[T string | []byte](gtin T) bool {
	if !isDigits(gtin) {
		return false
	}
	sum := 0
	for i := range len(gtin) {
		sum += int(gtin[len(gtin)-1-i]-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}
