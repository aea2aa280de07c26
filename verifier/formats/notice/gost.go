package notice

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// gostHead is format mark and version; a digit for the character set and the separator follow
// (GOST R 56042-2014 §5.2.1).
const gostHead = "ST0001"

func isGOST(text []byte) bool {
	return len(text) > len(gostHead)+1 && string(text[:len(gostHead)]) == gostHead &&
		text[len(gostHead)] >= '1' && text[len(gostHead)] <= '3'
}

// readGOST tells what a payment order of GOST R 56042-2014 says.
func readGOST(text []byte, o *object) {
	o.text("standard", "gost-r-56042-2014")
	body, charset := decodeGOST(text[len(gostHead)+1:], text[len(gostHead)])
	o.text("charset", charset)
	if !utf8.ValidString(body) {
		o.wrong("text is not in the stated character set")
	}
	separator, size := utf8.DecodeRuneInString(body)
	var f fields
	for pair := range strings.SplitSeq(body[size:], string(separator)) {
		if pair == "" {
			continue // the last separator may close the code
		}
		name, value, ok := strings.Cut(pair, "=") // values may hold further equals signs
		if !ok || name == "" {
			o.wrong("a field without name or value")
		} else if !f.add(name, value) {
			o.wrong("a field occurs twice, or there are too many")
		}
	}
	checkGOST(&f, o)
	o.number("sum_kopecks", f.get("Sum"))
	o.fields("fields", &f)
}

func decodeGOST(body []byte, charset byte) (text, name string) {
	switch charset {
	case '1':
		b, _ := charmap.Windows1251.NewDecoder().Bytes(body)
		return string(b), "windows-1251"
	case '3':
		b, _ := charmap.KOI8R.NewDecoder().Bytes(body)
		return string(b), "koi8-r"
	}
	return string(body), "utf-8"
}

// checkGOST holds the mandatory fields against §5.2.2.
func checkGOST(f *fields, o *object) {
	for _, name := range []string{"Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc"} {
		if f.get(name) == "" {
			o.wrong(name + " is missing")
		}
	}
	acc, bic, corr := f.get("PersonalAcc"), f.get("BIC"), f.get("CorrespAcc")
	switch {
	case utf8.RuneCountInString(f.get("Name")) > 160:
		o.wrong("Name is too long")
	case len(acc) != 20 || !isDigits(acc):
		o.wrong("PersonalAcc is not 20 digits")
	case utf8.RuneCountInString(f.get("BankName")) > 45:
		o.wrong("BankName is too long")
	case len(bic) != 9 || !isDigits(bic):
		o.wrong("BIC is not 9 digits")
	case len(corr) > 20 || !isDigits(corr):
		o.wrong("CorrespAcc is not up to 20 digits")
	}
}
