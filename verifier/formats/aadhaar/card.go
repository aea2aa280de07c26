package aadhaar

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"time"
	"unicode/utf8"

	"vratar/verifier"
	"vratar/verifier/jsontext"
)

// names are the fields in their order, beginning with those that have no version mark before them.
var names = [...]string{
	"email_mobile_present", "reference_id", "name", "dob", "gender", "care_of", "district", "landmark", "house",
	"location", "pin_code", "post_office", "state", "street", "sub_district", "vtc",
	"mobile_last4", // with version mark only
}

// Places in names.
const (
	placePresent   = 0
	placeReference = 1
	placeName      = 2
	placeBirth     = 3
	unmarked       = 16 // how many fields there are without version mark
)

// Values of email_mobile_present, of which 3 is both.
const (
	hasEmail  = 1
	hasMobile = 2
)

// delimiter ends a field. The photo behind the last field holds it too.
const delimiter = 0xff

var separator = []byte{delimiter}

// card is the signed part, taken apart. All of it is views of the message.
type card struct {
	version       []byte // empty: none
	room          [len(names)][]byte
	fields        [][]byte // in ISO 8859-1
	photo         []byte
	email, mobile []byte // SHA-256, nil: none
}

// parse takes the signed part apart. Marks V2 to V5 are known to stand before the same fields.
func (c *card) parse(signed []byte) error {
	*c = card{}
	n := unmarked
	if first, rest, ok := bytes.Cut(signed, separator); ok && len(first) == 2 && first[0] == 'V' {
		if first[1] < '2' || first[1] > '5' {
			return errVersion
		}
		c.version, signed, n = first, rest, len(names)
	}
	c.fields = c.room[:0]
	for range n {
		value, rest, ok := bytes.Cut(signed, separator)
		if !ok {
			return errFields
		}
		c.fields, signed = append(c.fields, value), rest
	}
	present := c.fields[placePresent]
	if len(present) != 1 || present[0] < '0' || present[0] > '3' {
		return errPresence
	}
	// The hashes stand at the end, e-mail first.
	ok := true
	if present[0]&hasMobile != 0 {
		signed, c.mobile, ok = cutHash(signed)
	}
	if ok && present[0]&hasEmail != 0 {
		signed, c.email, ok = cutHash(signed)
	}
	if !ok {
		return errHashes
	}
	c.photo = signed
	return nil
}

func cutHash(b []byte) (rest, hash []byte, ok bool) {
	split := len(b) - sha256.Size
	if split < 0 {
		return nil, nil, false
	}
	return b[:split], b[split:], true
}

// appendLatin1 appends b, in ISO 8859-1, where each byte is the code point of its character, as UTF-8.
func appendLatin1(dst, b []byte) []byte {
	for _, c := range b {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}

// describe is everything but the proof.
func (c *card) describe(a *verifier.Arena, out *verifier.Credential) {
	var errRef, errDOB error
	out.Format, out.Type, out.Issuer, out.Country = Format{}.Name(), "identity", Issuer, "IN"
	// UIDAI changes its certificate every three years and lets what was signed with the old one live on.
	out.KeyUse = verifier.KeyUse{Timeless: true}
	name := c.fields[placeName]
	out.Holder.Name = a.KeepText(appendLatin1(a.Tail(2*len(name)), name))
	out.Holder.DocumentNumber, out.IssuedAt, errRef = c.reference(a)
	out.Holder.BirthDate, errDOB = birthDate(a, c.fields[placeBirth])
	out.Claims = a.Keep(c.appendJSON(a.Tail(2 * (len(c.photo) + 1<<10))))
	switch {
	case errRef != nil:
		out.SchemaFault = errRef
		return
	case errDOB != nil:
		out.SchemaFault = errDOB
	case out.Holder.Name == "":
		out.SchemaFault = errName
	}
	out.ID = a.Bytes(c.fields[placeReference])
}

// indianTime is UTC+5:30, all year.
var indianTime = time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))

// reference is the Aadhaar number, of which only the last four digits are told, and when the code was made, in
// Indian time.
func (c *card) reference(a *verifier.Arena) (number string, made time.Time, err error) {
	const digits, layout = 4, "20060102150405"
	text := c.fields[placeReference]
	if len(text) != digits+len(layout)+3 || !allDigits(text) {
		return "", time.Time{}, errReference
	}
	clock := append(a.Tail(len(layout)+4), text[digits:digits+len(layout)]...)
	clock = append(append(clock, '.'), text[digits+len(layout):]...)
	made, err = time.ParseInLocation(layout+".000", a.KeepText(clock), indianTime)
	if err != nil {
		return "", time.Time{}, errReference
	}
	const hidden = "XXXXXXXX"
	return a.KeepText(append(append(a.Tail(len(hidden)+digits), hidden...), text[:digits]...)), made.UTC(), nil
}

func allDigits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// birthDate is the date in our order. Of some people only the year is known.
func birthDate(a *verifier.Arena, text []byte) (string, error) {
	written, layout := "2006", "2006"
	switch {
	case len(text) == len(time.DateOnly) && text[2] == '-':
		written, layout = "02-01-2006", time.DateOnly
	case len(text) == len(time.DateOnly) && text[2] == '/':
		written, layout = "02/01/2006", time.DateOnly
	}
	t, err := time.Parse(written, a.Text(text))
	if err != nil {
		return "", errBirth
	}
	return a.KeepText(t.AppendFormat(a.Tail(len(layout)), layout)), nil
}

func (c *card) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if len(c.version) > 0 {
		dst = append(jsontext.AppendString(append(dst, `"version":`...), c.version), ',')
	}
	var room [256]byte
	for i, value := range c.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, names[i]), ':')
		dst = jsontext.AppendString(dst, appendLatin1(room[:0], value))
	}
	dst = appendBytes(dst, `,"photo":`, c.photo)
	dst = appendBytes(dst, `,"email_hash":`, c.email)
	dst = appendBytes(dst, `,"mobile_hash":`, c.mobile)
	return append(dst, '}')
}

// appendBytes writes bytes as every format does; none are left out.
func appendBytes(dst []byte, name string, b []byte) []byte {
	if len(b) == 0 {
		return dst
	}
	dst = append(append(dst, name...), `{"$b64":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, `"}`...)
}
