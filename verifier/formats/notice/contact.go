package notice

import "strings"

// readWiFi tells which network a code gives access to, not how.
func readWiFi(text []byte, o *object) {
	f := readColonPairs(string(text[len("WIFI:"):]))
	o.some("ssid", f.get("S"))
	o.some("security", f.get("T"))
	if f.get("S") == "" {
		o.wrong("the network has no name")
	}
}

// readMeCard tells the usual fields of a MECARD contact.
func readMeCard(text []byte, o *object) {
	f := readColonPairs(string(text[len("MECARD:"):]))
	o.some("name", f.get("N"))
	o.some("phone", f.get("TEL"))
	o.some("email", f.get("EMAIL"))
	o.some("organisation", f.get("ORG"))
}

// readColonPairs splits NAME:value; pairs, in which a backslash makes the next character an ordinary one.
// Of a repeated name the first value stays.
func readColonPairs(s string) fields {
	var f fields
	var part strings.Builder
	name, escaped := "", false
	for _, r := range s {
		switch {
		case escaped:
			part.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ':' && name == "":
			name = strings.ToUpper(part.String())
			part.Reset()
		case r == ';':
			f.add(name, part.String())
			part.Reset()
			name = ""
		default:
			part.WriteRune(r)
		}
	}
	if name != "" {
		f.add(name, part.String())
	}
	return f
}

// readVCard tells the usual fields of a vCard (RFC 6350), whose long lines go on behind a line end and a blank.
func readVCard(text []byte, o *object) {
	s := strings.ReplaceAll(string(text), "\r\n", "\n")
	s = strings.NewReplacer("\n ", "", "\n\t", "").Replace(s)
	escapes := strings.NewReplacer(`\n`, " ", `\,`, ",", `\;`, ";", `\\`, `\`)
	var f fields
	for line := range strings.SplitSeq(s, "\n") {
		name, value, _ := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";") // parameters say nothing to us
		if name = strings.ToUpper(name); !f.has(name) {
			f.add(name, escapes.Replace(value))
		}
	}
	o.some("name", f.get("FN"))
	o.some("phone", f.get("TEL"))
	o.some("email", f.get("EMAIL"))
	o.some("organisation", f.get("ORG"))
	if f.get("END") == "" {
		o.wrong("the card is cut off")
	}
}
