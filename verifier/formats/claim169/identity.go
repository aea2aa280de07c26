package claim169

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/jsontext"
)

// An entry is one row of the specification's table: the name it gets in the claims and what it must look
// like. Numbers of enumerations are not held against a range, for the table grows.
type entry struct {
	name string
	fits func(cbor.Item) bool
}

// Labels that are read for the verdict's own members.
const (
	labelID        = 1
	labelFullName  = 4
	labelFirst     = 5
	labelMiddle    = 6
	labelLast      = 7
	labelBirthDate = 8
	labelCountry   = 23
)

// entries are the table. What it does not assign (24–49, 66–99) keeps its number as a name.
var entries = map[int64]entry{
	labelID:        {"id", isText},
	2:              {"version", isTextOrNumber},
	3:              {"language", isText},
	labelFullName:  {"fullName", isText},
	labelFirst:     {"firstName", isText},
	labelMiddle:    {"middleName", isText},
	labelLast:      {"lastName", isText},
	labelBirthDate: {"dateOfBirth", isDate},
	9:              {"gender", isNumber},
	10:             {"address", isText},
	11:             {"email", isText},
	12:             {"phone", isText},
	13:             {"nationality", isText},
	14:             {"maritalStatus", isNumber},
	15:             {"guardian", isText},
	16:             {"photo", isBytesOrText}, // the specification's text says text, its examples bytes
	17:             {"photoFormat", isNumber},
	18:             {"bestQualityFingers", isFingers},
	19:             {"secondaryFullName", isText},
	20:             {"secondaryLanguage", isText},
	21:             {"locationCode", isText},
	22:             {"legalStatus", isText},
	labelCountry:   {"countryOfIssuance", isText},
	50:             {"rightThumb", isBiometrics},
	51:             {"rightPointerFinger", isBiometrics},
	52:             {"rightMiddleFinger", isBiometrics},
	53:             {"rightRingFinger", isBiometrics},
	54:             {"rightLittleFinger", isBiometrics},
	55:             {"leftThumb", isBiometrics},
	56:             {"leftPointerFinger", isBiometrics},
	57:             {"leftMiddleFinger", isBiometrics},
	58:             {"leftRingFinger", isBiometrics},
	59:             {"leftLittleFinger", isBiometrics},
	60:             {"rightIris", isBiometrics},
	61:             {"leftIris", isBiometrics},
	62:             {"face", isBiometrics},
	63:             {"rightPalm", isBiometrics},
	64:             {"leftPalm", isBiometrics},
	65:             {"voice", isBiometrics},
}

// sampleMembers are the names of a biometric sample's members.
var sampleMembers = [...]string{"data", "format", "subFormat", "issuer"}

var errLabel = errors.New("claim169: schema: an entry's label is not a number")

// checkIdentity returns what in the identity is not of the kind the table says, nil when nothing.
func checkIdentity(identity cbor.Item) error {
	for label, value := range identity.Pairs() {
		n, ok := label.Int()
		if !ok {
			return errLabel
		}
		if e, known := entries[n]; known && !e.fits(value) {
			return fmt.Errorf("claim169: schema: entry %d (%s) is not as the table says", n, e.name)
		}
	}
	return nil
}

func isText(i cbor.Item) bool         { return i.Kind() == cbor.Text }
func isNumber(i cbor.Item) bool       { return i.Kind() == cbor.Int }
func isTextOrNumber(i cbor.Item) bool { return isText(i) || isNumber(i) }
func isBytesOrText(i cbor.Item) bool  { return i.Kind() == cbor.Bytes || isText(i) }

func isDate(i cbor.Item) bool {
	_, ok := birthDate(i)
	return ok
}

// isFingers wants fingers 0 to 10 in order of quality.
func isFingers(i cbor.Item) bool {
	for e := range i.Elements() {
		if n, ok := e.Int(); !ok || n < 0 || n > 10 {
			return false
		}
	}
	return i.Kind() == cbor.Array
}

// isBiometrics wants an array of samples; issuers write a single one bare.
func isBiometrics(i cbor.Item) bool {
	if i.Kind() == cbor.Map {
		return isSample(i)
	}
	for e := range i.Elements() {
		if !isSample(e) {
			return false
		}
	}
	return i.Kind() == cbor.Array
}

func isSample(i cbor.Item) bool {
	optional := func(label int64, fits func(cbor.Item) bool) bool {
		v := i.Get(label)
		return v.Kind() == cbor.Absent || fits(v)
	}
	return i.Get(0).Kind() == cbor.Bytes && optional(1, isNumber) && optional(2, isNumber) && optional(3, isText)
}

// describe fills in the holder. A code that breaks the table is described as far as it can be read.
func describe(a *verifier.Arena, c *verifier.Credential, identity cbor.Item) {
	text := func(label int64) []byte {
		s, _ := identity.Get(label).TextBytes()
		return bytes.TrimSpace(s)
	}
	c.Holder.Name = a.Text(text(labelFullName))
	if c.Holder.Name == "" {
		first, middle, last := text(labelFirst), text(labelMiddle), text(labelLast)
		name := a.Tail(len(first) + len(middle) + len(last) + 3)
		for _, part := range [...][]byte{first, middle, last} {
			name = appendWords(name, part)
		}
		c.Holder.Name = a.KeepText(name)
	}
	if day, ok := birthDate(identity.Get(labelBirthDate)); ok {
		c.Holder.BirthDate = a.KeepText(day.AppendFormat(a.Tail(len(time.DateOnly)), time.DateOnly))
	}
	c.Holder.DocumentNumber = a.Text(text(labelID))
	if country := text(labelCountry); len(country) == 2 && isUpper(country) {
		c.Country = a.Text(country) // alpha-3 is written too, which is not ours to translate
	}
}

// appendWords appends the words of text with one blank before each but the first.
func appendWords(dst, text []byte) []byte {
	for word := range bytes.FieldsSeq(text) {
		if len(dst) > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, word...)
	}
	return dst
}

func isUpper(two []byte) bool {
	return two[0] >= 'A' && two[0] <= 'Z' && two[1] >= 'A' && two[1] <= 'Z'
}

// birthDate accepts YYYYMMDD and the YYYY-MM-DD that issuers write as well.
func birthDate(i cbor.Item) (day time.Time, ok bool) {
	s, _ := i.TextBytes()
	for _, layout := range [...]string{"20060102", time.DateOnly} {
		if len(s) != len(layout) {
			continue
		}
		if day, err := time.Parse(layout, string(s)); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}

// appendIdentity appends the identity as JSON under the names of the table.
func appendIdentity(dst []byte, identity cbor.Item) []byte {
	dst = append(dst, '{')
	first := true
	for label, value := range identity.Pairs() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		n, isInt := label.Int()
		e, known := entries[n]
		if !isInt || !known {
			dst = value.AppendJSON(append(appendLabel(dst, label), ':'))
			continue
		}
		dst = append(jsontext.AppendString(dst, e.name), ':')
		if n >= 50 {
			dst = appendBiometrics(dst, value)
			continue
		}
		dst = value.AppendJSON(dst)
	}
	return append(dst, '}')
}

// appendLabel writes what the table does not assign: a number, or a text, marked so that it cannot pass for
// a name of the table.
func appendLabel(dst []byte, label cbor.Item) []byte {
	if s, ok := label.Text(); ok { // seldom: no issuer should
		return jsontext.AppendString(dst, "?"+s)
	}
	return append(label.AppendJSON(append(dst, '"')), '"')
}

func appendBiometrics(dst []byte, value cbor.Item) []byte {
	if value.Kind() != cbor.Array {
		return appendSample(dst, value)
	}
	dst = append(dst, '[')
	n := 0
	for sample := range value.Elements() {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		dst = appendSample(dst, sample)
	}
	return append(dst, ']')
}

// appendSample names the members of a biometric sample; what is none is written as it stands.
func appendSample(dst []byte, sample cbor.Item) []byte {
	if sample.Kind() != cbor.Map {
		return sample.AppendJSON(dst)
	}
	dst = append(dst, '{')
	n := 0
	for label, value := range sample.Pairs() {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		if k, ok := label.Int(); ok && k >= 0 && k < int64(len(sampleMembers)) {
			dst = jsontext.AppendString(dst, sampleMembers[k])
		} else {
			dst = appendLabel(dst, label)
		}
		dst = value.AppendJSON(append(dst, ':'))
	}
	return append(dst, '}')
}
