package mdoc

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
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
	space, name []byte // views of the message
	id          int64  // of its digest
	value       cbor.Item
}

// readElements opens the shown elements into room and holds each against its digest, which is taken over the item as
// it was received (§9.1.2.5). No element at all is legal: then only the type of document is shown.
func readElements(room []element, spaces cbor.Item, m *securityObject) (elementSet, error) {
	set := elementSet{all: room, covered: true}
	if spaces.Kind() != cbor.Map && spaces.Kind() != cbor.Absent {
		return set, errNameSpaces
	}
	for all := spaces.Walk(); all.More(); {
		key, items := all.Next(), all.Next()
		space, ok := key.TextBytes()
		if !ok || items.Kind() != cbor.Array {
			return set, errNameSpaces
		}
		first := len(set.all)
		digests := m.digests.GetText(string(space))
		for rest := items.Walk(); rest.More(); {
			item := rest.Next()
			e, err := readElement(item)
			if err != nil {
				return set, err
			}
			e.space = space
			set.all = append(set.all, e)
			set.covered = set.covered && matches(digests.Get(e.id), m.hash, item.Raw())
		}
		if hasRepeated(set.all[first:]) {
			return set, errRepeated
		}
	}
	return set, nil
}

// few is how many elements are compared each with each, because that costs less than remembering them.
const few = 48 // a driving licence has 35

// hasRepeated reports whether two elements share their name or the number of their digest.
func hasRepeated(elements []element) bool {
	if len(elements) > few {
		names, ids := make(map[string]bool, len(elements)), make(map[int64]bool, len(elements))
		for i := range elements {
			names[string(elements[i].name)], ids[elements[i].id] = true, true
		}
		return len(names) < len(elements) || len(ids) < len(elements)
	}
	for i := range elements {
		for j := range i {
			if elements[i].id == elements[j].id || bytes.Equal(elements[i].name, elements[j].name) {
				return true
			}
		}
	}
	return false
}

// readElement opens an IssuerSignedItem, whose members may be in any order.
func readElement(item cbor.Item) (e element, err error) {
	content, err := encoded(item)
	if err != nil {
		return element{}, err
	}
	var hasID, hasName bool
	e.id, hasID = content.GetText("digestID").Int()
	random, _ := content.GetText("random").Bytes()
	e.name, hasName = content.GetText("elementIdentifier").TextBytes()
	e.value = content.GetText("elementValue")
	if !hasID || e.id < 0 || !hasName || len(random) < minRandom || e.value.Kind() == cbor.Absent {
		return element{}, errElement
	}
	return e, nil
}

func matches(digest cbor.Item, hash crypto.Hash, raw []byte) bool {
	want, ok := digest.Bytes()
	if !ok {
		return false
	}
	switch hash {
	case crypto.SHA384:
		sum := sha512.Sum384(raw)
		return bytes.Equal(want, sum[:])
	case crypto.SHA512:
		sum := sha512.Sum512(raw)
		return bytes.Equal(want, sum[:])
	}
	sum := sha256.Sum256(raw)
	return bytes.Equal(want, sum[:])
}

// appendJSON appends the elements as one object for each name space.
func (s elementSet) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i, e := range s.all {
		switch {
		case i == 0:
			dst = append(jsontext.AppendString(dst, e.space), ":{"...)
		case !bytes.Equal(e.space, s.all[i-1].space):
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
func describe(a *verifier.Arena, c *verifier.Credential, m *securityObject, elements elementSet) {
	known := types[string(m.docType)]
	if c.Type = known.document; c.Type == "" {
		c.Type = "other"
	}
	c.OwnType = a.Text(m.docType)
	text := func(name string) []byte { return elements.text(known.space, name) }
	var room [128]byte
	name := append(append(append(room[:0], text("given_name")...), ' '), text("family_name")...)
	c.Holder.Name = a.Text(bytes.TrimSpace(name))
	c.Holder.BirthDate = date(a.Text(text("birth_date")))
	c.Holder.DocumentNumber = a.Text(text("document_number"))
	if country := a.Text(text("issuing_country")); len(country) == 2 && country == strings.ToUpper(country) {
		c.Country = country
	}
}

// text is an element's text without surrounding blanks; empty when it is not shown or is no text.
func (s elementSet) text(space, name string) []byte {
	for i := range s.all {
		if e := &s.all[i]; string(e.name) == name && string(e.space) == space {
			text, _ := e.value.Untagged().TextBytes()
			return bytes.TrimSpace(text)
		}
	}
	return nil
}

// date keeps the day of a full-date or of a moment; empty when it is neither.
func date(s string) string {
	day := s[:min(len(s), len(time.DateOnly))]
	if day == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ""
	}
	return day
}
