package hcert

import (
	"bytes"
	"unicode"

	"vratar/verifier"
	"vratar/verifier/cbor"
)

// kinds are the three groups of a certificate, v, t and r, of which exactly one is filled, with their document type.
var kinds = []struct {
	document string
	keyUse   verifier.KeyUse
	rules    ruleSet
}{
	{"vaccination", keyUse("2"), newRuleSet("v.", vaccinationRules)},
	{"test", keyUse("1"), newRuleSet("t.", testRules)},
	{"recovery", keyUse("3"), newRuleSet("r.", recoveryRules)},
}

// Extended key usages of signing certificates (HCERT A.4), in the arc that was registered and the one that
// older certificates carry. A certificate that names none of them may sign everything.
const (
	arc    = "1.3.6.1.4.1.1847.2021.1."
	oldArc = "1.3.6.1.4.1.0.1847.2021.1."
)

var anyKeyUse = []string{arc + "1", arc + "2", arc + "3", oldArc + "1", oldArc + "2", oldArc + "3"}

func keyUse(n string) verifier.KeyUse {
	return verifier.KeyUse{Group: anyKeyUse, Need: []string{arc + n, oldArc + n}}
}

// parts are the members of the content that are looked at, found in one go over each map.
type parts struct {
	ver, dob, nam cbor.Item
	groups        [3]cbor.Item // in the order of kinds

	names members     // of nam, as nameRules has them
	kind  int         // of the first group that is filled; none when it is len(kinds)
	first members     // of its first entry, as its rules have them
	rest  cbor.Cursor // the other entries
}

func open(content cbor.Item) (c parts) {
	for rest := content.Walk(); rest.More(); {
		key, value := rest.Next(), rest.Next()
		name, ok := key.TextBytes()
		if !ok {
			continue
		}
		switch string(name) {
		case "ver":
			c.ver = value
		case "dob":
			c.dob = value
		case "nam":
			c.nam = value
		case "v":
			c.groups[0] = value
		case "t":
			c.groups[1] = value
		case "r":
			c.groups[2] = value
		}
	}
	c.names = nameRules.pick(c.nam)
	for c.kind < len(kinds) && isEmpty(c.groups[c.kind]) {
		c.kind++
	}
	if c.kind < len(kinds) && c.groups[c.kind].Kind() == cbor.Array {
		c.rest = c.groups[c.kind].Walk()
		c.first = kinds[c.kind].rules.pick(c.rest.Next())
	}
	return c
}

// describe fills in what the content says of the document and its holder, as far as it can be read: a
// certificate that breaks the schema is described too.
func describe(a *verifier.Arena, c *verifier.Credential, content *parts) {
	c.KeyUse = verifier.KeyUse{Group: anyKeyUse} // a certificate of no kind needs an unrestricted key
	c.Holder = verifier.Holder{Name: fullName(a, content), BirthDate: a.Text(birthDate(content))}
	ids := make([][]byte, 0, 4)
	if content.kind < len(kinds) {
		k := &kinds[content.kind]
		c.Type, c.KeyUse = k.document, k.keyUse
		ids = appendID(ids, k.rules.member(&content.first, "ci"))
		for rest := content.rest; rest.More(); {
			ids = appendID(ids, rest.Next().GetText("ci"))
		}
	}
	if len(ids) > 0 {
		c.ID = a.Bytes(ids[0])
	}
	c.RevocationHashes = revocationHashes(a, c, ids)
}

func appendID(ids [][]byte, member cbor.Item) [][]byte {
	if id, ok := member.TextBytes(); ok && len(id) > 0 {
		return append(ids, id)
	}
	return ids
}

// fullName is surname and forename as written, each in its transliteration where the original is missing.
func fullName(a *verifier.Arena, content *parts) string {
	name := a.Tail(len(content.nam.Raw()) + 1)
	for _, m := range [2][2]string{{"fn", "fnt"}, {"gn", "gnt"}} {
		part, _ := nameRules.member(&content.names, m[0]).TextBytes()
		if part = bytes.TrimSpace(part); len(part) == 0 {
			part, _ = nameRules.member(&content.names, m[1]).TextBytes()
			part = bytes.TrimFunc(part, func(r rune) bool { return r == '<' || unicode.IsSpace(r) })
			name = appendName(name, part, '<')
		} else {
			name = appendName(name, part, ' ')
		}
	}
	return a.KeepText(name)
}

// appendName appends part behind a blank, with blanks for what separates its words.
func appendName(name, part []byte, separator byte) []byte {
	if len(name) > 0 && len(part) > 0 {
		name = append(name, ' ')
	}
	for _, c := range part {
		if c == separator {
			c = ' '
		}
		name = append(name, c)
	}
	return name
}

// birthDate drops the time of day some issuers wrote behind the date.
func birthDate(content *parts) []byte {
	s, _ := content.dob.Untagged().TextBytes()
	return s[:min(len(s), len("2006-01-02"))]
}
