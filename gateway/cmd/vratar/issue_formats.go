package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"vratar/verifier/issuing"
)

// issuable is a format in which vratar issue makes credentials. Those that need more than a few words to fill in
// (seals, cards with photos) are not among them.
type issuable struct {
	name  string
	wants string // for the help
	typed bool   // --type says what it is
	issue func(k *issuing.Key, s statement) (string, error)
}

func issuables() []issuable {
	return []issuable{
		{"document", "--type; VR1, our own format", true, issueDocument},
		{"hcert", "--type vaccination, test or recovery; a COUNTRY as issuer, a key with certificate, --name", true, issueHCERT},
		{"shc", "an https URL as issuer, an ES256 key, --name, --field vaccine=CVX-CODE", false, issueSHC},
		{"nzcp", "a did:web as issuer, an ES256 key, --name, --birth-date", false, issueNZCP},
		{"claim169", "--name, --birth-date, --number; other entries by their label: --field 9=2", false, issueIdentity},
		{"sdjwt", "--type as vct; name, birth date and fields may be kept back by the holder", true, issueSDJWT},
		{"mdoc", "--type as document type, a key with certificate, --holder; fields are elements", true, issueMdoc},
		{"pretix", "an EdDSA key, --field item=NUMBER; no issuer", false, issuePretix},
	}
}

func formatHelp() string {
	var b strings.Builder
	for _, f := range issuables() {
		fmt.Fprintf(&b, "  %-9s %s\n", f.name, f.wants)
	}
	return b.String()
}

func formatNamed(name string) (issuable, error) {
	var names []string
	for _, f := range issuables() {
		if f.name == name {
			return f, nil
		}
		names = append(names, f.name)
	}
	return issuable{}, fmt.Errorf("--format %q: want one of %s", name, strings.Join(names, ", "))
}

// only refuses what a format has no place for: a limit that is silently left out would not hold.
func (s statement) only(allowed ...string) error {
	given := map[string]bool{
		"--number": s.number != "", "--name": s.name != "", "--birth-date": s.birth != "", "--status": s.status != nil,
		"--not-before": !s.notBefore.IsZero(), "--holder": s.holder != nil,
	}
	for name := range s.fields {
		given["--field "+name] = true
	}
	var faults []error
	for _, flag := range slices.Sorted(maps.Keys(given)) {
		field := strings.HasPrefix(flag, "--field ") && slices.Contains(allowed, "--field")
		if given[flag] && !field && !slices.Contains(allowed, flag) {
			faults = append(faults, fmt.Errorf("%s has no place in this format", flag))
		}
	}
	return errors.Join(faults...)
}

// names splits a name before its last word.
func (s statement) names() (given, family string) {
	if at := strings.LastIndexByte(s.name, ' '); at >= 0 {
		return strings.TrimSpace(s.name[:at]), s.name[at+1:]
	}
	return s.name, ""
}

// textField is a field as text, or fallback.
func (s statement) textField(name, fallback string) string {
	if v, ok := s.fields[name]; ok {
		return fmt.Sprint(v)
	}
	return fallback
}

func issueDocument(k *issuing.Key, s statement) (string, error) {
	d := issuing.Document{
		Issuer: s.issuer, Type: s.document, Number: s.number, Name: s.name, BirthDate: s.birth, Fields: s.fields,
		IssuedAt: s.issued, NotBefore: s.notBefore, ExpiresAt: s.expires, Status: s.status,
	}
	if s.holder != nil {
		d.Holder = s.holder.Public()
	}
	return issuing.VR1(k, d)
}

func issueHCERT(k *issuing.Key, s statement) (string, error) {
	if err := s.only("--number", "--name", "--birth-date"); err != nil {
		return "", err
	}
	if len(s.issuer) != 2 || strings.ToUpper(s.issuer) != s.issuer {
		return "", errors.New("--issuer: want a country such as AT")
	}
	if s.number == "" {
		s.number = "URN:UVCI:01:" + s.issuer + ":" + rand.Text()
	}
	given, family := s.names()
	return issuing.HCERT(k, issuing.HealthCertificate{
		Type: s.document, ID: s.number, Country: s.issuer, Surname: family, Forename: given, BirthDate: s.birth,
		Date: s.issued, IssuedAt: s.issued, ExpiresAt: s.expires,
	})
}

func issueSHC(k *issuing.Key, s statement) (string, error) {
	if err := s.only("--number", "--name", "--birth-date", "--field vaccine"); err != nil {
		return "", err
	}
	k, err := k.Thumbprinted()
	if err != nil {
		return "", err
	}
	given, family := s.names()
	return issuing.SHC(k, issuing.HealthCard{
		Issuer: s.issuer, RevocationID: s.number, Family: family, Given: strings.Fields(given), BirthDate: s.birth,
		Vaccine: s.textField("vaccine", "207"), Date: s.issued.UTC().Format(time.DateOnly), IssuedAt: s.issued, ExpiresAt: s.expires,
	})
}

func issueNZCP(k *issuing.Key, s statement) (string, error) {
	if err := s.only("--name", "--birth-date", "--not-before"); err != nil {
		return "", err
	}
	if s.notBefore.IsZero() {
		s.notBefore = s.issued
	}
	p := issuing.Pass{Issuer: s.issuer, BirthDate: s.birth, NotBefore: s.notBefore, ExpiresAt: s.expires}
	p.Given, p.Family = s.names()
	rand.Read(p.ID[:]) // never fails (crypto/rand)
	return issuing.NZCP(k, p)
}

// Labels of the Claim 169 table that have flags of their own.
const (
	identityNumber = 1
	identityName   = 4
	identityBirth  = 8
)

func issueIdentity(k *issuing.Key, s statement) (string, error) {
	if err := s.only("--number", "--name", "--birth-date", "--field", "--not-before", "--status"); err != nil {
		return "", err
	}
	entries := make(map[int64]any)
	for name, value := range s.fields {
		label, err := strconv.ParseInt(name, 10, 8)
		if err != nil || label < 1 || label > 99 {
			return "", fmt.Errorf("--field %s: want a label of the Claim 169 table, 1 to 99", name)
		}
		if n, ok := value.(int64); ok {
			value = int(n)
		}
		entries[label] = value
	}
	for label, value := range map[int64]string{
		identityNumber: s.number, identityName: s.name, identityBirth: strings.ReplaceAll(s.birth, "-", ""),
	} {
		if value != "" {
			entries[label] = value
		}
	}
	return issuing.Identity169(k, issuing.Identity{
		Issuer: s.issuer, Entries: entries, IssuedAt: s.issued, NotBefore: s.notBefore, ExpiresAt: s.expires, Status: s.status,
	})
}

func issueSDJWT(k *issuing.Key, s statement) (string, error) {
	claims := make(map[string]any)
	for name, value := range s.fields {
		claims[name] = issuing.Hidden{Value: value}
	}
	for name, value := range map[string]string{"name": s.name, "birthdate": s.birth, "document_number": s.number} {
		if value != "" {
			claims[name] = issuing.Hidden{Value: value}
		}
	}
	issued, err := issuing.SDJWT(k, issuing.Selective{
		Issuer: s.issuer, Type: s.document, ID: rand.Text(), IssuedAt: s.issued, NotBefore: s.notBefore, ExpiresAt: s.expires,
		Status: s.status, Holder: s.holder, Claims: claims,
	}, rand.Reader)
	return issued.Present(issued.Disclosures...), err
}

// issueMdoc takes the document type for the name space of its elements, but for licences, which have a shorter one.
func issueMdoc(k *issuing.Key, s statement) (string, error) {
	if err := s.only("--field", "--not-before", "--status", "--holder"); err != nil {
		return "", err
	}
	if s.notBefore.IsZero() {
		s.notBefore = s.issued
	}
	elements := make(map[string]any)
	for name, value := range s.fields {
		elements[name] = value
		if n, ok := value.(int64); ok {
			elements[name] = int(n)
		} else if day, err := time.Parse(time.DateOnly, fmt.Sprint(value)); err == nil {
			elements[name] = day
		}
	}
	part, err := issuing.IssuerSigned(k, issuing.MobileDocument{
		Type: s.document, Elements: map[string]map[string]any{strings.TrimSuffix(s.document, ".mDL"): elements}, Device: s.holder,
		SignedAt: s.issued, ValidFrom: s.notBefore, ValidUntil: s.expires, Status: s.status,
	})
	return base64.RawURLEncoding.EncodeToString(part), err
}

func issuePretix(k *issuing.Key, s statement) (string, error) {
	if err := s.only("--field item", "--field variation", "--field subevent", "--not-before"); err != nil {
		return "", err
	}
	t := issuing.PretixTicket{Seed: rand.Text(), ValidFrom: s.notBefore, ValidUntil: s.expires}
	for name, to := range map[string]*int64{"item": &t.Item, "variation": &t.Variation, "subevent": &t.Subevent} {
		if v, given := s.fields[name]; given {
			n, ok := v.(int64)
			if !ok {
				return "", fmt.Errorf("--field %s: want a number", name)
			}
			*to = n
		}
	}
	return issuing.Pretix(k, t)
}
