package notice

import (
	"bytes"
	"fmt"
	"strings"
)

const sbpHead = "https://qr.nspk.ru/"

var isSBP = hasPrefix(sbpHead)

// readSBP tells what a link of the Russian Faster Payments System says. It opens nothing.
func readSBP(text []byte, o *object) {
	o.text("standard", "sbp")
	id, query, _ := strings.Cut(string(text[len(sbpHead):]), "?")
	o.text("id", id)
	if id == "" || strings.Trim(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		o.wrong("the id is not of capitals and digits")
	}
	var f fields
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if pair != "" && !f.add(name, value) {
			o.wrong("a parameter occurs twice, or there are too many")
		}
	}
	o.some("type", f.get("type"))
	o.some("bank", f.get("bank"))
	o.number("sum_kopecks", f.get("sum"))
	o.some("currency", f.get("cur"))
	if f.has("crc") {
		ok := crcOfSBP(text) == strings.ToUpper(f.get("crc"))
		o.flag("crc_valid", ok)
		if !ok {
			o.wrong("the check sum does not match: the link was changed")
		}
	}
}

// crcOfSBP is computed over everything before the parameter crc, which comes last.
func crcOfSBP(text []byte) string {
	i := bytes.LastIndex(text, []byte("crc="))
	return fmt.Sprintf("%04X", crc16(text[:max(i-1, 0)]))
}

// crc16 is the CRC with polynomial 1021, start FFFF, nothing reflected, that both payment standards use.
func crc16(b []byte) uint16 {
	crc := uint16(0xffff)
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}
