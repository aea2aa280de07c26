package vds

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"vratar/verifier"
	"vratar/verifier/jsontext"
)

// coding is how a message's value is to be read.
type coding uint8

const (
	asBytes coding = iota
	asC40
	asUTF8
	asMRZ72 // machine-readable zone in C40, two lines of 36; blanks at the end may be left out
	asMRZ88 // two lines of 44
)

// feature is one message of a kind of document.
type feature struct {
	name   string
	coding coding
}

// kind is a kind of document, by its feature definition reference and its type category.
type kind struct {
	document string
	features map[byte]feature
}

var (
	mrz      = feature{"MRZ", asMRZ72}
	passport = feature{"PASSPORT_NUMBER", asC40}
	number   = feature{"DOCUMENT_NUMBER", asC40}
	ags      = feature{"AGS", asC40} // German municipality key
)

// kinds are the definitions of Doc 9303-7 and 9303-8 and of BSI TR-03137, part 1. Of others the values are told
// as bytes, by tag.
var kinds = map[[2]byte]kind{
	{0x5d, 0x01}: {"visa", map[byte]feature{
		1: {"MRZ_MRVA", asMRZ88}, 2: {"MRZ_MRVB", asMRZ72}, 3: {"NUMBER_OF_ENTRIES", asBytes}, 4: {"DURATION_OF_STAY", asBytes},
		5: passport, 6: {"VISA_TYPE", asBytes}, 7: {"ADDITIONAL_FEATURES", asBytes},
	}},
	{0x5e, 0x03}: {"emergency_travel_document", map[byte]feature{2: mrz}},
	{0xf6, 0x0d}: {"temporary_passport", map[byte]feature{1: {"FACE_IMAGE", asBytes}, 2: {"MRZ", asMRZ88}}},
	{0xf8, 0x0a}: {"address_sticker", map[byte]feature{1: number, 2: ags, 3: {"POSTAL_CODE", asC40}}},
	{0xf9, 0x08}: {"address_sticker", map[byte]feature{1: number, 2: ags, 3: {"ADDRESS", asC40}}},
	{0xf9, 0x0c}: {"address_sticker", map[byte]feature{1: number, 2: ags, 3: {"ADDRESS", asC40}}},
	{0xfa, 0x06}: {"supplementary_sheet", map[byte]feature{4: mrz, 5: {"SHEET_NUMBER", asC40}}},
	{0xfb, 0x06}: {"residence_permit", map[byte]feature{2: mrz, 3: passport}},
	{0xfc, 0x04}: {"social_insurance_card", map[byte]feature{
		1: {"SOCIAL_INSURANCE_NUMBER", asC40}, 2: {"SURNAME", asUTF8}, 3: {"FIRST_NAME", asUTF8}, 4: {"BIRTH_NAME", asUTF8},
	}},
	{0xfd, 0x02}: {"arrival_attestation", map[byte]feature{2: mrz, 3: {"AZR", asC40}}},
	{0x01, 0xc8}: {"administrative_document", map[byte]feature{0: {"DOC_PROFILE_NUMBER", asBytes}}},
}

// describe reads header and messages. A message that is not coded as its kind of document demands is a fault of
// schema.
func describe(a *verifier.Arena, c *verifier.Credential, h *header, messages []message) {
	k, known := kinds[[2]byte{h.feature, h.kind}]
	c.Format, c.Type, c.Issuer, c.Country, c.SignedAt = Format{}.Name(), k.document, h.signer, h.signer[:2], h.signed
	if !known {
		c.Type = "seal"
	}
	size := 256
	for i := range messages {
		m := &messages[i]
		m.feature = k.features[m.tag]
		if m.text, m.err = m.read(a, m.value); m.err != nil {
			c.SchemaFault = fmt.Errorf("vds: schema: %s: %w", m.name, m.err)
		}
		size += 32 + 2*len(m.value)
	}
	b := appendHeader(a.Tail(size), h)
	for i := range messages {
		b = messages[i].appendJSON(append(b, ','))
	}
	c.Claims = a.Keep(append(b, '}'))
	c.Holder = holder(a, messages, h.signed)
}

// appendJSON writes name and value, of a feature without name its tag.
func (m *message) appendJSON(dst []byte) []byte {
	if m.name == "" {
		dst = append(hex.AppendEncode(append(dst, '"'), []byte{m.tag}), '"')
	} else {
		dst = jsontext.AppendString(dst, m.name)
	}
	dst = append(dst, ':')
	if m.err != nil || m.coding == asBytes {
		return appendBytes(dst, m.value)
	}
	return jsontext.AppendString(dst, m.text)
}

func appendHeader(dst []byte, h *header) []byte {
	dst = jsontext.AppendString(append(dst, `{"country":`...), h.country)
	dst = jsontext.AppendString(append(dst, `,"signer":`...), h.signer)
	dst = jsontext.AppendString(append(dst, `,"certificate_reference":`...), h.reference)
	dst = h.issued.AppendFormat(append(dst, `,"issuing_date":"`...), time.DateOnly)
	dst = h.signed.AppendFormat(append(dst, `","signature_date":"`...), time.DateOnly)
	return append(hex.AppendEncode(append(dst, `","document_reference":"`...), []byte{h.feature, h.kind}), '"')
}

// appendBytes writes bytes as every format does.
func appendBytes(dst, b []byte) []byte {
	dst = append(dst, `{"$b64":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, `"}`...)
}

var (
	errUTF8 = errors.New("not UTF-8")
	errMRZ  = errors.New("longer than a machine-readable zone")
)

// read reads a value that is a text.
func (f feature) read(a *verifier.Arena, value []byte) (string, error) {
	switch f.coding {
	case asUTF8:
		if !utf8.Valid(value) {
			return "", errUTF8
		}
		return a.Text(value), nil
	case asC40:
		return keepC40(a, value)
	case asMRZ72:
		return zone(a, value, 72)
	case asMRZ88:
		return zone(a, value, 88)
	}
	return "", nil
}

// zone is a machine-readable zone, whose filler C40 has no other word for than blank.
func zone(a *verifier.Arena, value []byte, size int) (string, error) {
	text, err := appendC40(a.Tail(max(len(value)/2*3, size)), value)
	if err != nil {
		return "", err
	}
	text = bytes.TrimRight(text, " ")
	if len(text) > size {
		return "", errMRZ
	}
	for i, c := range text {
		if c == ' ' {
			text[i] = '<'
		}
	}
	for len(text) < size {
		text = append(text, '<')
	}
	return a.KeepText(text), nil
}

// textOf is the text of the feature of that name; empty when there is none.
func textOf(messages []message, name string) string {
	for i := range messages {
		if messages[i].name == name {
			return messages[i].text
		}
	}
	return ""
}

// holder is whom the texts describe.
func holder(a *verifier.Arena, messages []message, signed time.Time) verifier.Holder {
	var out verifier.Holder
	for _, name := range [...]string{"MRZ", "MRZ_MRVA", "MRZ_MRVB"} {
		if text := textOf(messages, name); text != "" {
			out = zoneHolder(a, text, signed)
		}
	}
	if surname := textOf(messages, "SURNAME"); surname != "" {
		out.Name = join(a, surname, textOf(messages, "FIRST_NAME"))
	}
	for _, name := range [...]string{"DOCUMENT_NUMBER", "PASSPORT_NUMBER"} {
		if n := textOf(messages, name); n != "" {
			out.DocumentNumber = n
		}
	}
	return out
}

// join is two parts of a name with a blank between them and none around them.
func join(a *verifier.Arena, first, second string) string {
	var room [128]byte
	name := append(append(append(room[:0], first...), ' '), second...)
	return a.Text(bytes.TrimSpace(name))
}

// zoneHolder reads two lines, which are alike in all sizes as far as it goes (Doc 9303-4 §4.2.2, 9303-6, 9303-7).
func zoneHolder(a *verifier.Arena, text string, signed time.Time) verifier.Holder {
	first, second := text[:len(text)/2], text[len(text)/2:]
	surname, given, _ := strings.Cut(first[5:], "<<")
	return verifier.Holder{
		Name:           join(a, words(a, surname), words(a, given)),
		DocumentNumber: strings.TrimRight(second[:9], "<"),
		BirthDate:      birthDate(a, second[13:19], signed),
	}
}

// words is a part of a name with blanks for the fillers in it and none around it.
func words(a *verifier.Arena, s string) string {
	text := append(a.Tail(len(s)), strings.Trim(s, "< ")...)
	for i, c := range text {
		if c == '<' {
			text[i] = ' '
		}
	}
	return a.KeepText(text)
}

// birthDate gives YYMMDD its century: nobody was born after the document was signed. What is not known of the
// day stands as filler.
func birthDate(a *verifier.Arena, text string, signed time.Time) string {
	text = strings.TrimRight(text, "<")
	read, write := "060102", time.DateOnly
	switch len(text) {
	case len("YYMM"):
		read, write = "0601", "2006-01"
	case len("YY"):
		read, write = "06", "2006"
	case 0:
		return "" // an error would cost more
	}
	t, err := time.Parse(read, text)
	if err != nil {
		return ""
	}
	t = t.AddDate(signed.Year()/100*100-t.Year()/100*100, 0, 0)
	if t.After(signed) {
		t = t.AddDate(-100, 0, 0)
	}
	return a.KeepText(t.AppendFormat(a.Tail(len(write)), write))
}
