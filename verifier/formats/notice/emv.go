package notice

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

func isEMV(text []byte) bool {
	const head = "000201" // object 00, payload format indicator, with its only value
	return len(text) > len(head) && string(text[:len(head)]) == head
}

// readEMV tells what a merchant-presented code of EMVCo (QRCPS-MPM 1.1) says.
func readEMV(text []byte, o *object) {
	o.text("standard", "emvco-mpm")
	f, fault := readTLV(string(text))
	if fault != "" {
		o.wrong(fault)
	}
	o.some("merchant", f.get("59"))
	o.some("city", f.get("60"))
	o.some("country", f.get("58"))
	o.some("amount", f.get("54"))
	o.some("currency", f.get("53"))
	checkEMV(text, &f, o)
	o.fields("fields", &f)
	var templates object
	for i, id := range f.names {
		if inner, fault := readTLV(f.values[i]); isTemplate(id) && fault == "" {
			templates.fields(id, &inner)
		}
	}
	if len(templates.b) > 0 {
		o.name("templates")
		o.b = append(o.b, templates.close()...)
	}
}

// checkEMV verifies the CRC, which is the last object and covers everything before its own value.
func checkEMV(text []byte, f *fields, o *object) {
	if len(f.names) == 0 || f.names[len(f.names)-1] != "63" {
		o.flag("crc_valid", false)
		o.wrong("there is no check sum at the end")
		return
	}
	crc := f.get("63")
	ok := len(crc) == 4 && strings.ToUpper(crc) == fmt.Sprintf("%04X", crc16(text[:len(text)-4]))
	o.flag("crc_valid", ok)
	if !ok {
		o.wrong("the check sum does not match: the code was changed")
	}
}

// isTemplate tells the objects that hold objects (§4.7, §4.8): merchant accounts, additional data, language,
// and the unreserved ones.
func isTemplate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 26 && n <= 51 || n == 62 || n == 64 || n >= 80)
}

// readTLV splits objects of two digits id, two digits length, value. Lengths count characters, not bytes.
func readTLV(s string) (f fields, fault string) {
	for s != "" {
		if len(s) < 4 || !isDigits(s[:4]) {
			return f, "an object without id and length"
		}
		id := s[:2]
		n, _ := strconv.Atoi(s[2:4])
		s = s[4:]
		size := 0
		for ; n > 0 && size < len(s); n-- {
			_, width := utf8.DecodeRuneInString(s[size:])
			size += width
		}
		if n > 0 {
			return f, "an object is cut off"
		}
		if !f.add(id, s[:size]) {
			return f, "an object occurs twice, or there are too many"
		}
		s = s[size:]
	}
	return f, ""
}
