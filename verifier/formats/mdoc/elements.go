package mdoc

import (
	"bytes"
	"crypto"
	"errors"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/jsontext"
)

// minRandom is how many random bytes protect an element's digest from being guessed (§9.1.2.5).
const minRandom = 16

var (
	errNameSpaces = errors.New("mdoc: the name spaces are not a map of arrays")
	errElement    = errors.New("mdoc: an element lacks what is mandatory")
	errRepeated   = errors.New("mdoc: an element, or the number of one, is there twice")
)

// elementSet is the data elements that are shown, in the order received.
type elementSet struct {
	all     []element
	covered bool // each is one of those whose digests the issuer signed
}

type element struct {
	space, name string
	value       cbor.Item
}

// readElements opens the shown elements and holds each against its digest, which is taken over the item as it
// was received (§9.1.2.5). No element at all is legal: then only the type of document is shown.
func readElements(spaces cbor.Item, m *securityObject) (elementSet, error) {
	set := elementSet{covered: true}
	if spaces.Kind() != cbor.Map && spaces.Kind() != cbor.Absent {
		return set, errNameSpaces
	}
	for key, items := range spaces.Pairs() {
		space, ok := key.Text()
		if !ok || items.Kind() != cbor.Array {
			return set, errNameSpaces
		}
		digests := m.digests.GetText(space)
		seen, ids := make(map[string]bool), make(map[int64]bool)
		for item := range items.Elements() {
			e, id, err := readElement(item)
			if err != nil {
				return set, err
			}
			if seen[e.name] || ids[id] {
				return set, errRepeated
			}
			seen[e.name], ids[id] = true, true
			e.space = space
			set.all = append(set.all, e)
			set.covered = set.covered && matches(digests.Get(id), m.hash, item.Raw())
		}
	}
	return set, nil
}

// readElement opens an IssuerSignedItem, whose members may be in any order.
func readElement(item cbor.Item) (e element, digestID int64, err error) {
	content, err := encoded(item)
	if err != nil {
		return element{}, 0, err
	}
	var hasName bool
	id, hasID := content.GetText("digestID").Int()
	random, _ := content.GetText("random").Bytes()
	e.name, hasName = content.GetText("elementIdentifier").Text()
	e.value = content.GetText("elementValue")
	if !hasID || id < 0 || !hasName || len(random) < minRandom || e.value.Kind() == cbor.Absent {
		return element{}, 0, errElement
	}
	return e, id, nil
}

func matches(digest cbor.Item, hash crypto.Hash, raw []byte) bool {
	want, ok := digest.Bytes()
	h := hash.New()
	h.Write(raw)
	return ok && bytes.Equal(want, h.Sum(nil))
}

// appendJSON appends the elements as one object for each name space.
func (s elementSet) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i, e := range s.all {
		switch {
		case i == 0:
			dst = append(jsontext.AppendString(dst, e.space), ":{"...)
		case e.space != s.all[i-1].space:
			dst = append(jsontext.AppendString(append(dst, "},"...), e.space), ":{"...)
		default:
			dst = append(dst, ',')
		}
		dst = e.value.AppendJSON(append(jsontext.AppendString(dst, e.name), ':'))
	}
	if len(s.all) > 0 {
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// types are the document types that are known, with our spelling and the name space of their usual elements.
var types = map[string]struct{ document, space string }{
	"org.iso.18013.5.1.mDL":      {"driving_licence", "org.iso.18013.5.1"},
	"eu.europa.ec.av.1":          {"age", "eu.europa.ec.av.1"},
	"eu.europa.ec.eudi.pid.1":    {"identity", "eu.europa.ec.eudi.pid.1"},
	"com.google.wallet.idcard.1": {"identity", "org.iso.18013.5.1"},
	"in.gov.uidai.aadhaar.1":     {"identity", "in.gov.uidai.aadhaar.1"},
}

// describe fills in document type and holder from the signed type and the elements of its own name space.
func describe(c *verifier.Credential, m *securityObject, elements elementSet) {
	known := types[m.docType]
	if c.Type = known.document; c.Type == "" {
		c.Type = "other"
	}
	c.OwnType = m.docType
	text := func(name string) string { return elements.text(known.space, name) }
	c.Holder.Name = strings.TrimSpace(text("given_name") + " " + text("family_name"))
	c.Holder.BirthDate = date(text("birth_date"))
	c.Holder.DocumentNumber = text("document_number")
	if country := text("issuing_country"); len(country) == 2 && country == strings.ToUpper(country) {
		c.Country = country
	}
}

// text is an element's text without surrounding blanks; empty when it is not shown or is no text.
func (s elementSet) text(space, name string) string {
	for _, e := range s.all {
		if e.name == name && e.space == space {
			text, _ := e.value.Untagged().Text()
			return strings.TrimSpace(text)
		}
	}
	return ""
}

// date keeps the day of a full-date or of a moment; empty when it is neither.
func date(s string) string {
	day := s[:min(len(s), len(time.DateOnly))]
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ""
	}
	return day
}
