package mandate

import (
	"bytes"
	"errors"
	"strings"

	"vratar/verifier"
	"vratar/verifier/mandate/emchd"
	"vratar/verifier/mandate/xmltree"
)

// MaxSize bounds a file. Ordinary ones have two to ten thousand bytes.
const MaxSize = xmltree.MaxSize

// Parse reads a file in format 003. name is the file's name or empty (see File.Name). What it says is a claim: nothing
// of it is proven.
//
// The error is a *verifier.Refusal: malformed, too_large (a bound is passed), or unsupported_version for a format that is known and not
// accepted. It quotes nothing of the file.
func Parse(data []byte, name string) (*Mandate, error) {
	m, reason, f := parse(data, name)
	if m == nil {
		return nil, verifier.Refuse(reason, f)
	}
	return m, nil
}

// parse is Parse with the code of what failed.
func parse(data []byte, name string) (*Mandate, verifier.Reason, fault) {
	root, err := xmltree.Parse(data)
	if err != nil {
		return unread(data, err)
	}
	if reason, f := otherFormat(root); reason != verifier.ReasonNone {
		return nil, reason, f
	}
	if err := emchd.Check(root); err != nil {
		code := CodeSchema
		var of *emchd.Fault
		if errors.As(err, &of) && of.CheckDigit {
			code = CodeCheckDigit
		}
		return nil, verifier.ReasonMalformed, fault{code, err.Error()}
	}
	m, err := build(root)
	if errors.Is(err, errTooMany) {
		return nil, verifier.ReasonTooLarge, fault{CodeTooLarge, err.Error()}
	}
	if err != nil {
		return nil, verifier.ReasonMalformed, fault{CodeSchema, err.Error()}
	}
	if f := checkNumber(m, name); f.Code != "" {
		return nil, verifier.ReasonMalformed, f
	}
	return m, verifier.ReasonOK, fault{}
}

// unread sorts the faults of XML. A file in windows-1251 is read once more to tell the formats that were written so.
func unread(data []byte, err error) (*Mandate, verifier.Reason, fault) {
	switch {
	case len(data) > MaxSize:
		return nil, verifier.ReasonTooLarge, fault{CodeTooLarge, "the file is larger than 1 MiB"}
	case errors.Is(err, xmltree.ErrEncoding):
		if root, err := xmltree.Parse(fromWindows1251(data)); err == nil {
			if reason, f := otherFormat(root); reason == verifier.ReasonUnsupportedVersion {
				return nil, reason, f
			}
		}
		return nil, verifier.ReasonMalformed, fault{CodeEncoding, err.Error()}
	case errors.Is(err, xmltree.ErrDoctype):
		return nil, verifier.ReasonMalformed, fault{CodeDoctype, err.Error()}
	}
	return nil, verifier.ReasonMalformed, fault{CodeXML, err.Error()}
}

// otherFormat recognises what is no mandate in format 003; ReasonNone when it may be one.
func otherFormat(root *xmltree.Node) (verifier.Reason, fault) {
	version, _ := root.Attr("ВерсФорм")
	id, _ := root.Attr("ИдФайл")
	switch {
	case root.Name == xmltree.Name{Space: emchd.Namespace, Local: "Доверенность"}:
		return verifier.ReasonNone, fault{}
	case root.Name.Local == "Файл" && strings.HasPrefix(id, "ON_DOVEL_"):
		return verifier.ReasonUnsupportedVersion,
			fault{CodeFormatTax, "a power of attorney in the tax office's own format; only 003 is accepted"}
	case root.Name.Local == "Доверенность" && (version == "002" || strings.HasPrefix(id, "ON_DOVBB_")):
		return verifier.ReasonUnsupportedVersion, fault{CodeFormat002, "a power of attorney in format 002; only 003 is accepted"}
	case root.Name.Local == "Доверенность":
		return verifier.ReasonMalformed, fault{CodeSchema, "the root element is not in the namespace of format 003"}
	}
	return verifier.ReasonMalformed, fault{CodeNotMandate, "XML, but no power of attorney"}
}

// fromWindows1251 makes a file in the old encoding readable enough to recognise its format: letters, and nothing for
// the signs that names of elements and formats do not use.
func fromWindows1251(data []byte) []byte {
	var out bytes.Buffer
	if start, rest, found := bytes.Cut(data, []byte("?>")); found && bytes.HasPrefix(start, []byte("<?xml")) {
		data = rest
	}
	for _, b := range data {
		switch {
		case b < 0x80:
			out.WriteByte(b)
		case b >= 0xC0:
			out.WriteRune(rune(b) - 0xC0 + 'А')
		}
	}
	return out.Bytes()
}

// checkNumber demands that the file goes by the mandate's own number: ИдФайл is ON_EMCHD_<YYYYMMDD>_<number>, and a
// number in the file's name is the same.
func checkNumber(m *Mandate, name string) fault {
	rest, found := strings.CutPrefix(m.FileID, "ON_EMCHD_")
	date, number, _ := strings.Cut(rest, "_")
	if !found || len(date) != 8 || strings.Trim(date, "0123456789") != "" {
		return fault{CodeFileName, "ИдФайл is not ON_EMCHD_<date>_<number>"}
	}
	if strings.ToLower(number) != m.Number {
		return fault{CodeFileName, "the number in ИдФайл is not the mandate's"}
	}
	if number := guidIn(name); number != "" && number != m.Number {
		return fault{CodeFileName, "the number in the file's name is not the mandate's"}
	}
	return fault{}
}

// guidIn is the last GUID in a file's name, in lower case; empty when there is none.
func guidIn(name string) string {
	const form = "00000000-0000-0000-0000-000000000000"
	name = strings.ToLower(name)
	for i := len(name) - len(form); i >= 0; i-- {
		if isGUID(name[i:i+len(form)], form) {
			return name[i : i+len(form)]
		}
	}
	return ""
}

func isGUID(s, form string) bool {
	for i := range len(form) {
		hex := s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'f'
		if hex != (form[i] == '0') || !hex && s[i] != '-' {
			return false
		}
	}
	return true
}
