package document

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/jsontext"
)

// Claims that VR1 adds to a CWT, and labels within them.
const (
	claimIdentity = 169    // IANA
	claimDocument = -70001 // private use

	documentType   = 0
	documentNumber = 1
	documentFields = 2

	identityName      = 4
	identityBirthDate = 8
)

// Bounds of the texts that are shown or compared, in bytes.
const (
	maxType = 64
	maxID   = 64
)

// numberMember is the name under which the number stands among the fields in the JSON text.
const numberMember = "number"

// identityMembers are the JSON names of identity claims (MOSIP 169 QR Code Specification 1.2); others keep
// their label.
var identityMembers = map[int64]string{
	1: "id", 2: "version", 3: "language", 4: "full_name", 5: "first_name", 6: "middle_name", 7: "last_name",
	8: "birth_date", 9: "gender", 10: "address", 11: "email", 12: "phone", 13: "nationality",
	14: "marital_status", 15: "guardian", 16: "photo", 17: "photo_format",
}

var (
	errRequired = errors.New("document: issuer, time of issue or identifier is missing")
	errDocument = errors.New("document: no document in the claims")
	errType     = errors.New("document: the type is not a word of lower case letters, digits and _")
	errNumber   = errors.New("document: the number is not a text")
	errFields   = errors.New("document: the fields are not a map with text keys")
	errIdentity = errors.New("document: the identity claims are not a map with integer keys")
	errName     = errors.New("document: the holder's name is not a text")
	errBirth    = errors.New("document: the birth date is not a date")
)

// describe fills in the document, its holder and the JSON text of both.
func describe(a *verifier.Arena, c *verifier.Credential, all cbor.Item) error {
	if c.Issuer == "" || c.IssuedAt.IsZero() || len(c.ID) == 0 || len(c.ID) > maxID {
		return errRequired
	}
	content, identity := all.Get(claimDocument), all.Get(claimIdentity)
	if err := checkDocument(content); err != nil {
		return err
	}
	if err := checkIdentity(identity); err != nil {
		return err
	}
	c.Type, c.Holder.DocumentNumber = textOf(a, content.Get(documentType)), textOf(a, content.Get(documentNumber))
	if err := describeHolder(a, &c.Holder, members{content.Get(documentFields), identity}); err != nil {
		return err
	}
	c.Claims = a.Keep(appendClaims(a.Tail(2*len(content.Raw())+2*len(identity.Raw())+64), content, identity))
	return nil
}

func checkDocument(content cbor.Item) error {
	if content.Kind() != cbor.Map {
		return errDocument
	}
	for label := range content.Pairs() {
		if n, ok := label.Int(); !ok || n < documentType || n > documentFields {
			return fmt.Errorf("document: member %s is not understood", label.AppendJSON(nil))
		}
	}
	word, _ := content.Get(documentType).TextBytes()
	if len(word) == 0 || len(word) > maxType || len(bytes.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_")) > 0 {
		return errType
	}
	number := content.Get(documentNumber)
	if number.Kind() != cbor.Absent && number.Kind() != cbor.Text {
		return errNumber
	}
	fields := content.Get(documentFields)
	if fields.Kind() != cbor.Absent && fields.Kind() != cbor.Map {
		return errFields
	}
	for name := range fields.Pairs() {
		text, ok := name.TextBytes()
		if !ok || (string(text) == numberMember && number.Kind() != cbor.Absent) {
			return errFields
		}
	}
	return nil
}

func checkIdentity(identity cbor.Item) error {
	if identity.Kind() != cbor.Absent && identity.Kind() != cbor.Map {
		return errIdentity
	}
	for label := range identity.Pairs() {
		if _, ok := label.Int(); !ok {
			return errIdentity
		}
	}
	return nil
}

// textOf is a text, empty when the item is none.
func textOf(a *verifier.Arena, i cbor.Item) string {
	s, _ := i.TextBytes()
	return a.Text(s)
}

// members are the two places where name and birth date may stand.
type members struct{ fields, identity cbor.Item }

// describeHolder takes name and birth date from the identity claims, else from fields of those names.
func describeHolder(a *verifier.Arena, h *verifier.Holder, m members) error {
	name := either(m.identity.Get(identityName), m.fields.GetText("name"))
	if name.Kind() != cbor.Absent && name.Kind() != cbor.Text {
		return errName
	}
	h.Name = textOf(a, name)
	birth := either(m.identity.Get(identityBirthDate), m.fields.GetText("birth_date")).Untagged()
	if birth.Kind() == cbor.Absent {
		return nil
	}
	text, _ := birth.TextBytes()
	// The specification says YYYYMMDD, issuers write YYYY-MM-DD as well.
	for _, layout := range [...]string{"20060102", time.DateOnly} {
		if len(text) != len(layout) {
			continue
		}
		if day, err := time.Parse(layout, string(text)); err == nil {
			h.BirthDate = a.KeepText(day.AppendFormat(a.Tail(len(time.DateOnly)), time.DateOnly))
			return nil
		}
	}
	return errBirth
}

func either(a, b cbor.Item) cbor.Item {
	if a.Kind() != cbor.Absent {
		return a
	}
	return b
}

// appendClaims writes {"document":{"number":…, fields…},"identity":{…}}.
func appendClaims(dst []byte, content, identity cbor.Item) []byte {
	dst = append(dst, `{"document":{`...)
	separator := ""
	if number := content.Get(documentNumber); number.Kind() != cbor.Absent {
		dst = append(dst, `"`+numberMember+`":`...)
		dst = number.AppendJSON(dst)
		separator = ","
	}
	for name, value := range content.Get(documentFields).Pairs() {
		dst = append(dst, separator...)
		dst = append(name.AppendJSON(dst), ':')
		dst = value.AppendJSON(dst)
		separator = ","
	}
	dst = append(dst, '}')
	if identity.Kind() != cbor.Absent {
		dst = append(dst, `,"identity":`...)
		dst = appendIdentity(dst, identity)
	}
	return append(dst, '}')
}

func appendIdentity(dst []byte, identity cbor.Item) []byte {
	dst = append(dst, '{')
	separator := ""
	for label, value := range identity.Pairs() {
		n, _ := label.Int()
		name, known := identityMembers[n]
		if !known {
			name = strconv.FormatInt(n, 10)
		}
		dst = append(dst, separator...)
		dst = append(jsontext.AppendString(dst, name), ':')
		dst = value.AppendJSON(dst)
		separator = ","
	}
	return append(dst, '}')
}
