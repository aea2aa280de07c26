package hcert

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"vratar/verifier/cbor"
)

// The rules below are the DCC schema 1.3.0 as the official test certificates apply it. It is wider than its
// text in places, because issuers of accepted certificates were: a country or a result may be empty, a dose
// may be number 0, a date may carry a time.

// maxText is the longest text in characters.
const maxText = 80

// A rule says what one member must look like. check returns what is wrong with a member, nil when nothing.
type rule struct {
	name     string
	optional bool
	check    func(cbor.Item) error
	number   uint64 // the name, by which members are told apart
}

// ruleSet is the rules for one map, and how a member's name begins in errors.
type ruleSet struct {
	path  string
	rules []rule
}

// newRuleSet is the set with this path and these rules.
func newRuleSet(path string, rules []rule) ruleSet {
	for n := range rules {
		rules[n].number = number([]byte(rules[n].name))
	}
	return ruleSet{path, rules}
}

// number is a short name as a number, which no other name has; 0 for a name that is longer than those in rules.
func number(name []byte) uint64 {
	if len(name) > 4 {
		return 0
	}
	n := uint64(len(name))
	for _, c := range name {
		n = n<<8 | uint64(c)
	}
	return n
}

// maxRules is how many rules the longest set has.
const maxRules = 11

// members are those of a map that have rules, in the order of the rules; Absent where there is none.
type members [maxRules]cbor.Item

var topRules = newRuleSet("", []rule{
	{name: "ver", check: version},
	{name: "dob", check: birth},
})

var nameRules = newRuleSet("nam.", []rule{
	{name: "fn", optional: true, check: personName},
	{name: "fnt", check: transliterated},
	{name: "gn", optional: true, check: personName},
	{name: "gnt", optional: true, check: transliterated},
})

var vaccinationRules = []rule{
	{name: "tg", check: text},
	{name: "vp", check: text},
	{name: "mp", check: text},
	{name: "ma", check: organisation},
	{name: "dn", check: count},
	{name: "sd", check: count},
	{name: "dt", check: date},
	{name: "co", check: country},
	{name: "is", check: text},
	{name: "ci", check: text},
}

var testRules = []rule{
	{name: "tg", check: text},
	{name: "tt", check: text},
	{name: "nm", optional: true, check: text},
	{name: "ma", optional: true, check: device},
	{name: "sc", check: moment},
	{name: "dr", optional: true, check: moment}, // schema 1.0 only
	{name: "tr", check: text},
	{name: "tc", check: text},
	{name: "co", check: country},
	{name: "is", check: text},
	{name: "ci", check: text},
}

var recoveryRules = []rule{
	{name: "tg", check: text},
	{name: "fr", check: date},
	{name: "df", check: date},
	{name: "du", check: date},
	{name: "co", check: country},
	{name: "is", check: text},
	{name: "ci", check: text},
}

var (
	errNotText   = errors.New("is not a text")
	errTooLong   = fmt.Errorf("has more than %d characters", maxText)
	errPattern   = errors.New("is not of the required form")
	errSymbol    = errors.New("holds what is no part of a name")
	errNotCount  = errors.New("is not a count")
	errNotDate   = errors.New("is not a date")
	errCountry   = errors.New("is no country")
	errValueSet  = errors.New("is not in the value set")
	errMissing   = errors.New("is missing")
	errOneOf     = errors.New("hcert: schema: not exactly one of v, t, r")
	errEntries   = errors.New("hcert: schema: not exactly one entry")
	errBornLater = errors.New("hcert: schema: born after the certificate was issued")
)

// checkSchema reports the first breach of the schema; nil when there is none. Its errors name members, never
// values: they may be logged.
func checkSchema(content *parts, issued time.Time) error {
	if err := topRules.judge(&members{content.ver, content.dob}); err != nil {
		return err
	}
	if err := nameRules.judge(&content.names); err != nil {
		return err
	}
	if !issued.IsZero() && isAfter(birthDate(content), issued) {
		return errBornLater
	}
	if content.kind == len(kinds) {
		return errOneOf
	}
	for _, other := range content.groups[content.kind+1:] {
		if !isEmpty(other) {
			return errOneOf
		}
	}
	return checkEntries(content)
}

// isAfter reports whether a date, of which the end may be missing, is after the day of t.
func isAfter(date []byte, t time.Time) bool {
	var room [len(time.RFC3339)]byte // which is written several times as fast as its beginning alone, time.DateOnly
	return bytes.Compare(date, t.AppendFormat(room[:0], time.RFC3339)[:len(date)]) > 0
}

// checkEntries is checkSchema for the group that is filled.
func checkEntries(content *parts) error {
	rules, rest := &kinds[content.kind].rules, content.rest
	if content.groups[content.kind].Kind() != cbor.Array || rest.More() && !mayRepeat(content) {
		return errEntries
	}
	if err := rules.judge(&content.first); err != nil {
		return err
	}
	for rest.More() {
		entry := rules.pick(rest.Next())
		if err := rules.judge(&entry); err != nil {
			return err
		}
	}
	return nil
}

// isEmpty reports whether a group holds nothing: issuers left it out, or wrote null or an empty array.
func isEmpty(group cbor.Item) bool {
	if group.Kind() == cbor.Array {
		rest := group.Walk()
		return !rest.More()
	}
	return group.Kind() == cbor.Absent || group.Kind() == cbor.Null
}

// mayRepeat: before schema 1.3.0 a group could hold several entries.
func mayRepeat(content *parts) bool {
	ver, _ := content.ver.TextBytes()
	return string(ver) < "1.3"
}

// judge holds members against the rules.
func (s *ruleSet) judge(of *members) error {
	for n := range s.rules {
		r := &s.rules[n]
		member := of[n]
		err := errMissing
		switch {
		case member.Kind() != cbor.Absent:
			err = r.check(member)
		case r.optional:
			err = nil
		}
		if err != nil {
			return fmt.Errorf("hcert: schema: %s%s %w", s.path, r.name, err)
		}
	}
	return nil
}

// member is the one with this name.
func (s *ruleSet) member(of *members, name string) cbor.Item {
	for n := range s.rules {
		if s.rules[n].name == name {
			return of[n]
		}
	}
	return cbor.Item{}
}

// pick finds the members that have rules.
func (s *ruleSet) pick(object cbor.Item) (found members) {
	if object.Kind() != cbor.Map {
		return found
	}
	for rest := object.Walk(); rest.More(); {
		key, value := rest.Next(), rest.Next()
		name, ok := key.TextBytes()
		if !ok {
			continue
		}
		number := number(name)
		for n := range s.rules {
			if number == s.rules[n].number {
				found[n] = value
				break
			}
		}
	}
	return found
}

func text(i cbor.Item) error {
	s, ok := i.TextBytes()
	switch {
	case !ok:
		return errNotText
	case len(s) > maxText && utf8.RuneCount(s) > maxText:
		return errTooLong
	}
	return nil
}

// version is major.minor.patch.
func version(i cbor.Item) error {
	s, _ := i.TextBytes()
	parts := 0
	for p := range bytes.SplitSeq(s, []byte(".")) {
		if parts++; len(p) == 0 || len(p) > 4 || !digits(p) {
			return errPattern
		}
	}
	if parts != 3 {
		return errPattern
	}
	return nil
}

func digits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// personName refuses what no name holds, such as pictures and control characters.
func personName(i cbor.Item) error {
	if err := text(i); err != nil {
		return err
	}
	s, _ := i.TextBytes()
	for _, r := range string(s) {
		if r < unicode.MaxASCII && r >= ' ' {
			continue // nearly all of them
		}
		if unicode.Is(unicode.So, r) || unicode.IsControl(r) {
			return errSymbol
		}
	}
	return nil
}

// transliterated is a name as in the machine-readable zone of a passport (ICAO Doc 9303-3).
func transliterated(i cbor.Item) error {
	if err := text(i); err != nil {
		return err
	}
	s, _ := i.TextBytes()
	for _, c := range s {
		if (c < 'A' || c > 'Z') && c != '<' {
			return errPattern
		}
	}
	return nil
}

func count(i cbor.Item) error {
	if _, ok := i.Uint(); !ok {
		return errNotCount
	}
	return nil
}

// birth is empty, or a year of 1900 to 2099 with or without month and day, of which the unknown are 00.
func birth(i cbor.Item) error {
	s, ok := i.Untagged().TextBytes()
	if !ok {
		return errNotText
	}
	s, _ = cutTime(s)
	switch len(s) {
	case 0:
		return nil
	case len("2006-01-02"), len("2006-01"), len("2006"):
	default:
		return errPattern
	}
	if string(s[:2]) != "19" && string(s[:2]) != "20" || !digits(s[:4]) {
		return errPattern
	}
	for s = s[4:]; len(s) > 0; s = s[3:] {
		if s[0] != '-' || !digits(s[1:3]) {
			return errPattern
		}
	}
	return nil
}

// cutTime splits a time of day from a full date.
func cutTime(s []byte) (date, clock []byte) {
	const n = len("2006-01-02")
	if len(s) > n && s[n] == 'T' {
		return s[:n], s[n+1:]
	}
	return s, nil
}

// date is a calendar day; behind it a time of day is tolerated and ignored.
func date(i cbor.Item) error {
	s, ok := i.Untagged().TextBytes()
	if !ok {
		return errNotDate
	}
	day, clock := cutTime(s)
	if !isDay(day) {
		return errNotDate
	}
	if clock == nil {
		return nil
	}
	if _, err := time.Parse("15:04:05", string(clock)); err == nil {
		return nil
	}
	return moment(i)
}

// isDay reports whether s is a day of the calendar, as time.DateOnly has it.
func isDay(s []byte) bool {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' || !digits(s[:4]) || !digits(s[5:7]) || !digits(s[8:]) {
		return false
	}
	number := func(s []byte) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
	year, month, day := 100*number(s)+number(s[2:]), time.Month(number(s[5:])), number(s[8:])
	if month < time.January || month > time.December || day < 1 {
		return false
	}
	return day <= 28 || time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Month() == month && day <= 31
}

// moment is a date with time and zone (RFC 3339).
func moment(i cbor.Item) error {
	s, ok := i.Untagged().TextBytes()
	if !ok {
		return errNotDate
	}
	if _, err := time.Parse(time.RFC3339, string(s)); err != nil {
		return errNotDate
	}
	return nil
}

// organisation is the marketing authorisation holder of a vaccine: free text, but a number of the European
// Medicines Agency's register has nine digits (some San Marino certificates say ten).
func organisation(i cbor.Item) error {
	s, _ := i.TextBytes()
	if n, ok := bytes.CutPrefix(s, []byte("ORG-")); ok && (!digits(n) || len(n) < 9 || len(n) > 10) {
		return errValueSet
	}
	return text(i)
}

// device is the rapid test of a test entry: free text, but a number must be one that the Joint Research
// Centre's list could have given out. The list closed below 4000.
func device(i cbor.Item) error {
	const lastDevice = 3999
	s, _ := i.TextBytes()
	if n, err := strconv.Atoi(string(s)); err == nil && n > lastDevice {
		return errValueSet
	}
	return text(i)
}
