package issuing

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// claimHCERT is the claim that holds the certificate, under key 1 of its map (HCERT §3.3.5).
const claimHCERT = -260

// HealthCertificate is the content of an EU Digital COVID Certificate, as far as tests and demonstrations
// need it; the rest is filled in with values of the official value sets.
type HealthCertificate struct {
	Type      string // vaccination, test or recovery
	ID        string // UVCI
	Country   string // ISO 3166-1 alpha-2; issuer of the CWT and country of the entry
	Surname   string // in Latin letters
	Forename  string
	BirthDate string    // YYYY-MM-DD
	Date      time.Time // of vaccination, test or first positive test
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// HCERT issues an EU certificate of schema 1.3.0 and returns the text of its code. The key must have a
// certificate, which names it.
func HCERT(k *Key, c HealthCertificate) (string, error) {
	kid, err := k.certificateID()
	if err != nil {
		return "", err
	}
	claims, err := c.Claims()
	if err != nil {
		return "", err
	}
	message, err := k.Sign1(Message{KeyID: kid, Payload: claims})
	if err != nil {
		return "", err
	}
	return ArmourHCERT(message), nil
}

// Claims is the CWT claims set of an EU certificate, the payload under its signature.
func (c HealthCertificate) Claims() ([]byte, error) {
	if c.ID == "" || c.IssuedAt.IsZero() || c.ExpiresAt.IsZero() || c.Date.IsZero() {
		return nil, errors.New("issuing: an EU certificate has an id, a date, a time of issue and an expiry")
	}
	content, err := c.content()
	if err != nil {
		return nil, err
	}
	var m mapBuilder
	m.text(cose.ClaimIssuer, c.Country)
	m.time(cose.ClaimExpires, c.ExpiresAt)
	m.time(cose.ClaimIssuedAt, c.IssuedAt)
	m.label(claimHCERT)
	m.body = cbor.AppendInt(cbor.AppendMapHead(m.body, 1), 1)
	m.body = append(m.body, content...)
	return m.bytes(), nil
}

// member is one name of a certificate with a text or a number.
type member struct {
	name  string
	value any
}

func (c HealthCertificate) content() ([]byte, error) {
	entry, group, err := c.entry()
	if err != nil {
		return nil, err
	}
	dst := cbor.AppendMapHead(nil, 4)
	dst = cbor.AppendText(cbor.AppendText(dst, "ver"), "1.3.0")
	dst = cbor.AppendText(cbor.AppendText(dst, "dob"), c.BirthDate)
	dst = appendMembers(cbor.AppendText(dst, "nam"), []member{
		{"fn", c.Surname}, {"fnt", transliterate(c.Surname)}, {"gn", c.Forename}, {"gnt", transliterate(c.Forename)},
	})
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, group), 1)
	return appendMembers(dst, entry), nil
}

// entry is the one entry of the certificate and the name of the group it stands in.
func (c HealthCertificate) entry() (entry []member, group string, err error) {
	day := c.Date.UTC().Format(time.DateOnly)
	entry = []member{{"tg", "840539006"}, {"co", c.Country}, {"is", "Ministry of Health"}, {"ci", c.ID}}
	switch c.Type {
	case "vaccination":
		return append(entry, member{"vp", "1119349007"}, member{"mp", "EU/1/20/1528"}, member{"ma", "ORG-100030215"},
			member{"dn", 2}, member{"sd", 2}, member{"dt", day}), "v", nil
	case "test":
		return append(entry, member{"tt", "LP6464-4"}, member{"nm", "PCR"}, member{"sc", c.Date.UTC().Format(time.RFC3339)},
			member{"tr", "260415000"}, member{"tc", "Test centre"}), "t", nil
	case "recovery":
		until := c.Date.UTC().AddDate(0, 0, 180).Format(time.DateOnly)
		from := c.Date.UTC().AddDate(0, 0, 11).Format(time.DateOnly)
		return append(entry, member{"fr", day}, member{"df", from}, member{"du", until}), "r", nil
	}
	return nil, "", fmt.Errorf("issuing: no EU certificate of type %q", c.Type)
}

func appendMembers(dst []byte, members []member) []byte {
	dst = cbor.AppendMapHead(dst, len(members))
	for _, m := range members {
		dst = cbor.AppendText(dst, m.name)
		switch v := m.value.(type) {
		case string:
			dst = cbor.AppendText(dst, v)
		case int:
			dst = cbor.AppendInt(dst, int64(v))
		}
	}
	return dst
}

// transliterate writes a name of Latin letters as in the machine-readable zone of a passport.
func transliterate(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r
		case r == ' ' || r == '-':
			return '<'
		}
		return -1
	}, strings.ToUpper(name))
}
