package hcert

import (
	"bytes"
	"strings"

	"vratar/verifier"
	"vratar/verifier/cbor"
)

// kinds are the three groups of a certificate, of which exactly one is filled, with their document type.
var kinds = []struct {
	member, document string
	keyUse           verifier.KeyUse
	rules            []rule
}{
	{"v", "vaccination", keyUse("2"), vaccinationRules},
	{"t", "test", keyUse("1"), testRules},
	{"r", "recovery", keyUse("3"), recoveryRules},
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

// describe fills in what the content says of the document and its holder, as far as it can be read: a
// certificate that breaks the schema is described too.
func describe(c *verifier.Credential, content cbor.Item) {
	c.KeyUse = verifier.KeyUse{Group: anyKeyUse} // a certificate of no kind needs an unrestricted key
	c.Holder = verifier.Holder{Name: fullName(content.GetText("nam")), BirthDate: birthDate(content)}
	var ids [][]byte
	for _, k := range kinds {
		group := content.GetText(k.member)
		if isEmpty(group) {
			continue
		}
		c.Type, c.KeyUse = k.document, k.keyUse
		for entry := range group.Elements() {
			if id, ok := entry.GetText("ci").TextBytes(); ok && len(id) > 0 {
				ids = append(ids, bytes.Clone(id))
			}
		}
		break
	}
	if len(ids) > 0 {
		c.ID = ids[0]
	}
	c.RevocationHashes = revocationHashes(c, ids)
}

// fullName is surname and forename as written, each in its transliteration where the original is missing.
func fullName(nam cbor.Item) string {
	parts := make([]string, 0, 2)
	for _, m := range [2][2]string{{"fn", "fnt"}, {"gn", "gnt"}} {
		s, _ := nam.GetText(m[0]).Text()
		if s = strings.TrimSpace(s); s == "" {
			s, _ = nam.GetText(m[1]).Text()
			s = strings.TrimSpace(strings.ReplaceAll(s, "<", " "))
		}
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// birthDate drops the time of day some issuers wrote behind the date.
func birthDate(content cbor.Item) string {
	s, _ := content.GetText("dob").Untagged().Text()
	return s[:min(len(s), len("2006-01-02"))]
}
