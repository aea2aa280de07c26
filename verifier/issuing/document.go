package issuing

import (
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// Labels of the claims that VR1 adds to a CWT, and of members within them.
const (
	claimIdentity = 169    // IANA: identity claims of MOSIP
	claimDocument = -70001 // private use

	documentType   = 0
	documentNumber = 1
	documentFields = 2

	identityName      = 4
	identityBirthDate = 8

	confirmKey = 1 // RFC 8747
)

// Document is the content of a VR1 credential.
type Document struct {
	ID     []byte // the credential's own identifier (cti); nil: 16 bytes of the system's randomness
	Issuer string
	Type   string // student, age, ticket, …
	Number string // empty: none
	// Fields are what it says; values are string, bool, int, int64 or []byte. Minimal disclosure is a matter
	// of what is left out: an age document says age_over_18 and no birth date.
	Fields    map[string]any
	Name      string // of the holder; empty: not stated
	BirthDate string // YYYY-MM-DD; empty: not stated

	IssuedAt  time.Time
	NotBefore time.Time // zero: not stated
	ExpiresAt time.Time // zero: not stated
	Status    *verifier.StatusRef
	// Holder is the public key of the device that will present it, of a kind that cose.AppendKey writes; nil:
	// the credential is anybody's who shows it. A proof names no credential, so no two may have the same key.
	Holder crypto.PublicKey
}

// VR1 issues a document and returns the text of its code.
func VR1(k *Key, d Document) (string, error) {
	claims, err := d.Claims()
	if err != nil {
		return "", err
	}
	message, err := k.Sign1(Message{KeyID: k.keyID(), Payload: claims})
	if err != nil {
		return "", err
	}
	return ArmourVR1(message), nil
}

// Claims is the CWT claims set of a VR1 credential, the payload under its signature.
func (d Document) Claims() ([]byte, error) {
	if d.Issuer == "" || d.Type == "" || d.IssuedAt.IsZero() {
		return nil, errors.New("issuing: a document has an issuer, a type and a time of issue")
	}
	if d.ID == nil {
		d.ID = make([]byte, 16)
		rand.Read(d.ID) // never fails (crypto/rand)
	}
	var m mapBuilder
	m.text(cose.ClaimIssuer, d.Issuer)
	m.time(cose.ClaimExpires, d.ExpiresAt)
	m.time(cose.ClaimNotBefore, d.NotBefore)
	m.time(cose.ClaimIssuedAt, d.IssuedAt)
	m.label(cose.ClaimID)
	m.body = cbor.AppendBytes(m.body, d.ID)
	if err := m.confirm(d.Holder); err != nil {
		return nil, err
	}
	if d.Status != nil {
		m.label(cose.ClaimStatus)
		m.body = appendStatus(m.body, d.Status)
	}
	var identity mapBuilder
	identity.text(identityName, d.Name)
	identity.text(identityBirthDate, d.BirthDate)
	if identity.n > 0 {
		m.label(claimIdentity)
		m.body = append(m.body, identity.bytes()...)
	}
	content, err := d.document()
	if err != nil {
		return nil, err
	}
	m.label(claimDocument)
	m.body = append(m.body, content...)
	return m.bytes(), nil
}

func (d Document) document() ([]byte, error) {
	var m mapBuilder
	m.text(documentType, d.Type)
	m.text(documentNumber, d.Number)
	if len(d.Fields) == 0 {
		return m.bytes(), nil
	}
	m.label(documentFields)
	m.body = cbor.AppendMapHead(m.body, len(d.Fields))
	for _, name := range slices.Sorted(maps.Keys(d.Fields)) {
		m.body = cbor.AppendText(m.body, name)
		switch v := d.Fields[name].(type) {
		case string:
			m.body = cbor.AppendText(m.body, v)
		case bool:
			m.body = cbor.AppendBool(m.body, v)
		case int:
			m.body = cbor.AppendInt(m.body, int64(v))
		case int64:
			m.body = cbor.AppendInt(m.body, v)
		case []byte:
			m.body = cbor.AppendBytes(m.body, v)
		default:
			return nil, fmt.Errorf("issuing: field %q of type %T cannot be written", name, v)
		}
	}
	return m.bytes(), nil
}

// appendStatus is the reference of draft-ietf-oauth-status-list §6.3.
func appendStatus(dst []byte, ref *verifier.StatusRef) []byte {
	dst = cbor.AppendText(cbor.AppendMapHead(dst, 1), "status_list")
	dst = cbor.AppendText(cbor.AppendMapHead(dst, 2), "idx")
	dst = cbor.AppendText(cbor.AppendUint(dst, ref.Index), "uri")
	return cbor.AppendText(dst, ref.URI)
}

// mapBuilder gathers a CBOR map with integer keys whose size is known only at the end. Empty texts and zero
// times are left out.
type mapBuilder struct {
	n    int
	body []byte
}

// label begins a member; its value must be appended to body.
func (m *mapBuilder) label(label int64) {
	m.n++
	m.body = cbor.AppendInt(m.body, label)
}

func (m *mapBuilder) text(label int64, v string) {
	if v != "" {
		m.label(label)
		m.body = cbor.AppendText(m.body, v)
	}
}

func (m *mapBuilder) time(label int64, t time.Time) {
	if !t.IsZero() {
		m.label(label)
		m.body = cbor.AppendInt(m.body, t.Unix())
	}
}

// confirm is the holder's key (RFC 8747 §3.2).
func (m *mapBuilder) confirm(holder crypto.PublicKey) (err error) {
	if holder == nil {
		return nil
	}
	m.label(cose.ClaimConfirm)
	m.body = cbor.AppendInt(cbor.AppendMapHead(m.body, 1), confirmKey)
	m.body, err = cose.AppendKey(m.body, holder)
	return err
}

func (m *mapBuilder) bytes() []byte { return append(cbor.AppendMapHead(nil, m.n), m.body...) }
