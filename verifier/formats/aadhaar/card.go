package aadhaar

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"time"

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

// card is the signed part, taken apart.
type card struct {
	version       string // empty: none
	fields        []string
	photo         []byte
	email, mobile []byte // SHA-256, nil: none
}

// parseCard takes the signed part apart. Marks V2 to V5 are known to stand before the same fields.
func parseCard(signed []byte) (card, error) {
	var c card
	n := unmarked
	if first, rest, ok := bytes.Cut(signed, []byte{delimiter}); ok && len(first) == 2 && first[0] == 'V' {
		if first[1] < '2' || first[1] > '5' {
			return card{}, errVersion
		}
		c.version, signed, n = string(first), rest, len(names)
	}
	for range n {
		value, rest, ok := bytes.Cut(signed, []byte{delimiter})
		if !ok {
			return card{}, errFields
		}
		c.fields, signed = append(c.fields, fromLatin1(value)), rest
	}
	present := c.fields[placePresent]
	if len(present) != 1 || present[0] < '0' || present[0] > '3' {
		return card{}, errPresence
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
		return card{}, errHashes
	}
	c.photo = signed
	return c, nil
}

func cutHash(b []byte) (rest, hash []byte, ok bool) {
	split := len(b) - sha256.Size
	if split < 0 {
		return nil, nil, false
	}
	return b[:split], b[split:], true
}

// fromLatin1 reads ISO 8859-1, in which each byte is the code point of its character.
func fromLatin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// credential is everything but the proof.
func (c *card) credential() *verifier.Credential {
	reference, made, errRef := c.reference()
	birth, errDOB := birthDate(c.fields[placeBirth])
	out := &verifier.Credential{
		Format: Format{}.Name(), Type: "identity", Issuer: Issuer, Country: "IN",
		ID:       []byte(c.fields[placeReference]),
		Holder:   verifier.Holder{Name: c.fields[placeName], BirthDate: birth, DocumentNumber: reference},
		Claims:   c.appendJSON(nil),
		IssuedAt: made,
		// UIDAI changes its certificate every three years and lets what was signed with the old one live on.
		KeyUse: verifier.KeyUse{Timeless: true},
	}
	switch {
	case errRef != nil:
		out.SchemaFault, out.ID = errRef, nil
	case errDOB != nil:
		out.SchemaFault = errDOB
	case out.Holder.Name == "":
		out.SchemaFault = errName
	}
	return out
}

// reference is the Aadhaar number, of which only the last four digits are told, and when the code was made, in
// Indian time.
func (c *card) reference() (number string, made time.Time, err error) {
	const digits, layout = 4, "20060102150405"
	text := c.fields[placeReference]
	if len(text) != digits+len(layout)+3 || !allDigits(text) {
		return "", time.Time{}, errReference
	}
	zone := time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))
	clock := text[digits : digits+len(layout)]
	made, err = time.ParseInLocation(layout+".000", clock+"."+text[digits+len(layout):], zone)
	if err != nil {
		return "", time.Time{}, errReference
	}
	return "XXXXXXXX" + text[:digits], made.UTC(), nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// birthDate is the date in our order. Of some people only the year is known.
func birthDate(text string) (string, error) {
	for _, layout := range [][2]string{{"02-01-2006", time.DateOnly}, {"02/01/2006", time.DateOnly}, {"2006", "2006"}} {
		if t, err := time.Parse(layout[0], text); err == nil {
			return t.Format(layout[1]), nil
		}
	}
	return "", errBirth
}

func (c *card) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if c.version != "" {
		dst = append(jsontext.AppendString(append(dst, `"version":`...), c.version), ',')
	}
	for i, value := range c.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, names[i]), ':')
		dst = jsontext.AppendString(dst, value)
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
