package mdoc

import (
	"bytes"
	"crypto"
	"errors"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
)

// tagEncoded marks a byte string that holds encoded CBOR (RFC 8949 §3.4.5.1).
const tagEncoded = 24

var (
	errVersion      = errors.New("mdoc: another version than 1.0")
	errStatus       = errors.New("mdoc: the answer has a status of failure")
	errDocuments    = errors.New("mdoc: no document, or more than are looked at")
	errIssuerSigned = errors.New("mdoc: not a part signed by the issuer")
	errEncoded      = errors.New("mdoc: not encoded CBOR in a byte string of tag 24")
	errObject       = errors.New("mdoc: the security object lacks what is mandatory")
	errDigest       = errors.New("mdoc: the digest algorithm is none of SHA-256, SHA-384, SHA-512")
	errValidity     = errors.New("mdoc: the validity is not made of dates")
	errDocType      = errors.New("mdoc: schema: document and security object are of different types")
)

// document is one document of an answer, or an IssuerSigned alone.
type document struct {
	docType      []byte // as the answer says, not signed; empty for an IssuerSigned alone
	issuerSigned cbor.Item
	deviceSigned cbor.Item // absent for an IssuerSigned alone
}

// maxDocuments is how many documents an answer may hold. A code has room for one or two.
const maxDocuments = 8

// openMessage opens a DeviceResponse (ISO/IEC 18013-5 §8.3.2.1.2.2) or an IssuerSigned.
//
// A credential is one document: of an answer with several the first of a type that is known is judged, or the
// first when none is. The others must be documents too, but nothing of them is shown or counts for the one that
// is judged.
func openMessage(message []byte) (document, error) {
	top, err := cbor.Parse(message)
	if err != nil {
		return document{}, malformed(err)
	}
	if top.GetText("issuerAuth").Kind() != cbor.Absent {
		return document{issuerSigned: top}, checkIssuerSigned(top)
	}
	if version, _ := top.GetText("version").TextBytes(); string(version) != "1.0" {
		return document{}, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	if status := top.GetText("status"); status.Kind() != cbor.Absent {
		if n, ok := status.Uint(); !ok || n != 0 {
			return document{}, malformed(errStatus)
		}
	}
	documents := top.GetText("documents")
	if n := documents.Len(); documents.Kind() != cbor.Array || n == 0 || n > maxDocuments {
		return document{}, malformed(errDocuments)
	}
	return chooseDocument(documents)
}

func chooseDocument(documents cbor.Item) (document, error) {
	var chosen document
	for item := range documents.Elements() {
		doc := document{issuerSigned: item.GetText("issuerSigned"), deviceSigned: item.GetText("deviceSigned")}
		doc.docType, _ = item.GetText("docType").TextBytes()
		if doc.issuerSigned.Kind() != cbor.Map || len(doc.docType) == 0 {
			return document{}, malformed(errIssuerSigned)
		}
		if err := checkIssuerSigned(doc.issuerSigned); err != nil {
			return document{}, err
		}
		_, known := types[string(chosen.docType)]
		_, better := types[string(doc.docType)]
		if len(chosen.docType) == 0 || (better && !known) {
			chosen = doc
		}
	}
	return chosen, nil
}

// checkIssuerSigned refuses members that the standard does not have: elements under a misspelt name would else
// pass for not shown.
func checkIssuerSigned(part cbor.Item) error {
	for key := range part.Pairs() {
		if name, _ := key.TextBytes(); string(name) != "nameSpaces" && string(name) != "issuerAuth" {
			return malformed(errIssuerSigned)
		}
	}
	return nil
}

// encoded opens an item of tag 24.
func encoded(i cbor.Item) (cbor.Item, error) {
	n, content, _ := i.Tag()
	inner, ok := content.Bytes()
	if n != tagEncoded || !ok {
		return cbor.Item{}, errEncoded
	}
	return cbor.Parse(inner)
}

// securityObject is the MobileSecurityObject (§9.1.2.4): what the issuer signed.
type securityObject struct {
	hash       crypto.Hash
	digests    cbor.Item // name space → digest id → digest
	deviceKey  cbor.Item
	docType    []byte
	signed     time.Time
	validFrom  time.Time
	validUntil time.Time
	status     *verifier.StatusRef
}

func parseSecurityObject(a *verifier.Arena, payload []byte) (securityObject, error) {
	outer, err := cbor.Parse(payload)
	if err != nil {
		return securityObject{}, malformed(err)
	}
	object, err := encoded(outer)
	if err != nil {
		return securityObject{}, malformed(err)
	}
	version, ok := object.GetText("version").TextBytes()
	if ok && string(version) != "1.0" {
		return securityObject{}, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	m := securityObject{
		digests:   object.GetText("valueDigests"),
		deviceKey: object.GetText("deviceKeyInfo").GetText("deviceKey"),
		status:    readStatus(a, object.GetText("status")),
	}
	m.docType, _ = object.GetText("docType").TextBytes()
	if !ok || len(m.docType) == 0 || m.digests.Kind() != cbor.Map || m.deviceKey.Kind() != cbor.Map {
		return securityObject{}, malformed(errObject)
	}
	if m.hash, ok = hashOf(object.GetText("digestAlgorithm")); !ok {
		return securityObject{}, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, errDigest)
	}
	return m, m.readValidity(a, object.GetText("validityInfo"))
}

func hashOf(name cbor.Item) (crypto.Hash, bool) {
	text, _ := name.TextBytes()
	switch string(text) {
	case "SHA-256":
		return crypto.SHA256, true
	case "SHA-384":
		return crypto.SHA384, true
	case "SHA-512":
		return crypto.SHA512, true
	}
	return 0, false
}

func (m *securityObject) readValidity(a *verifier.Arena, info cbor.Item) error {
	for _, d := range [...]struct {
		name string
		at   *time.Time
	}{{"signed", &m.signed}, {"validFrom", &m.validFrom}, {"validUntil", &m.validUntil}} {
		var ok bool
		if *d.at, ok = moment(a, info.GetText(d.name)); !ok {
			return malformed(errValidity)
		}
	}
	// When the issuer means to sign anew. The document is in force until validUntil all the same (§9.1.2.4).
	if update := info.GetText("expectedUpdate"); update.Kind() != cbor.Absent {
		if _, ok := moment(a, update); !ok {
			return malformed(errValidity)
		}
	}
	return nil
}

// moment reads a tdate: text of tag 0. Fractions of a second occur although the standard has none.
func moment(a *verifier.Arena, i cbor.Item) (time.Time, bool) {
	n, content, ok := i.Tag()
	text, isText := content.TextBytes()
	if !ok || n != 0 || !isText {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, a.Text(text))
	return t.UTC(), err == nil && !t.IsZero()
}

// readStatus is the reference to a token status list. A status of another kind cannot be asked for and must not
// pass for none: it becomes a reference to a list that nobody has.
func readStatus(a *verifier.Arena, status cbor.Item) *verifier.StatusRef {
	if status.Kind() == cbor.Absent {
		return nil
	}
	list := status.GetText("status_list")
	uri, _ := list.GetText("uri").TextBytes()
	index, ok := list.GetText("idx").Uint()
	if !ok {
		return a.Status(verifier.StatusRef{})
	}
	return a.Status(verifier.StatusRef{URI: a.Text(uri), Index: index})
}

// checkType holds the type that the answer states against the signed one (§9.3.1).
func checkType(doc *document, m *securityObject) error {
	if len(doc.docType) > 0 && !bytes.Equal(doc.docType, m.docType) {
		return errDocType
	}
	return nil
}
