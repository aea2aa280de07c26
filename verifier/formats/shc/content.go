package shc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

const (
	healthCard = "https://smarthealth.cards#health-card"
	// maxRevocationID is the longest rid, in characters (specification, "Revocation").
	maxRevocationID = 24
	methodRID       = "rid"
	methodHashFHIR  = "hash-fhir"
)

var (
	errObject  = errors.New("an object is expected")
	errTexts   = errors.New("a list of texts is expected")
	errIssuer  = errors.New("shc: schema: iss is not an https URL without trailing slash")
	errNoStart = errors.New("shc: schema: nbf is missing")
	errNoVC    = errors.New("shc: schema: vc is missing")
	errType    = errors.New("shc: schema: vc.type lacks the health card")
	errSubject = errors.New("shc: schema: credentialSubject has no fhirVersion or no fhirBundle")
	errRID     = errors.New("shc: schema: rid is not 1 to 24 characters of base64url")
)

// describer reads the claims of one card. Of what is wrong with them it keeps the first.
type describer struct {
	a      *verifier.Arena
	c      *verifier.Credential
	digest *digester
	fault  error
}

// Members that are looked at.
const (
	claimIssuer = iota
	claimNotBefore
	claimExpires
	claimVC
)

var claimNames = []string{"iss", "nbf", "exp", "vc"}

const (
	vcType = iota
	vcRID
	vcSubject
)

var vcNames = []string{"type", "rid", "credentialSubject"}

// describe fills in what the claims say and returns the first thing that is wrong with them. What follows a
// fault is read all the same, as far as it can be.
func (d *describer) describe(claims jose.Value) error {
	c := d.c
	var found [4]jose.Value
	claims.Collect(claimNames, found[:])
	c.Issuer = d.text("iss", found[claimIssuer])
	if !isIssuer(c.Issuer) {
		d.add(errIssuer)
	}
	c.KeyUse.SubjectURI = c.Issuer // specification, "Certificates"
	c.NotBefore = d.time("nbf", found[claimNotBefore])
	c.ExpiresAt = d.time("exp", found[claimExpires])
	c.IssuedAt = c.NotBefore // nbf is the issuanceDate of the credential
	if found[claimNotBefore].Kind() == jose.Absent {
		d.add(errNoStart)
	}
	c.Type = "health_card"
	vc := d.object("vc", found[claimVC])
	if vc.Kind() == jose.Absent {
		d.add(errNoVC)
		return d.fault
	}
	c.Claims = d.a.Keep(vc.AppendCompact(d.a.Tail(len(vc.Raw()))))
	d.describeVC(vc)
	return d.fault
}

func (d *describer) describeVC(vc jose.Value) {
	var found [3]jose.Value
	vc.Collect(vcNames, found[:])
	if !d.contains("type", found[vcType], healthCard) {
		d.add(errType)
	}
	rid := found[vcRID]
	d.c.RevocationID, d.c.RevocationMethod = d.text("rid", rid), methodRID
	if rid.Kind() != jose.Absent && !isRevocationID(d.c.RevocationID) {
		d.add(errRID)
	}
	subject := d.object("credentialSubject", found[vcSubject])
	version, content := subject.Get("fhirVersion"), subject.Get("fhirBundle")
	if version.Kind() != jose.Absent && version.Kind() != jose.Text {
		d.add(errSubject)
	}
	bundle := d.object("fhirBundle", content)
	if version.Kind() == jose.Absent || version.Is("") || bundle.Kind() == jose.Absent {
		d.add(errSubject)
	}
	if rid.Kind() == jose.Absent {
		d.c.RevocationID, d.c.RevocationMethod = d.a.Text(d.digest.of(content)), methodHashFHIR
	}
	d.describeBundle(bundle)
}

func (d *describer) add(err error) {
	if d.fault == nil {
		d.fault = err
	}
}

func (d *describer) wrong(name string, err error) {
	if err != nil {
		d.add(fmt.Errorf("shc: schema: member %q: %w", name, err))
	}
}

// text, time and object read an optional member; one of the wrong type is a fault.
func (d *describer) text(name string, v jose.Value) string {
	text, err := v.Text(d.a)
	d.wrong(name, err)
	return text
}

func (d *describer) time(name string, v jose.Value) time.Time {
	at, err := v.Time()
	d.wrong(name, err)
	return at
}

// object is Absent also when nothing is in it.
func (d *describer) object(name string, v jose.Value) jose.Value {
	switch {
	case v.Kind() == jose.Absent || v.IsEmpty():
		return jose.Value{}
	case v.Kind() != jose.Map:
		d.wrong(name, errObject)
		return jose.Value{}
	}
	return v
}

// contains reports whether a member is a list of texts with that one in it.
func (d *describer) contains(name string, v jose.Value, text string) (found bool) {
	if v.Kind() != jose.Array && v.Kind() != jose.Absent {
		d.wrong(name, errTexts)
	}
	for w := v.Walk(); w.More(); {
		item := w.Next()
		if item.Kind() != jose.Text {
			d.wrong(name, errTexts)
			return false
		}
		found = found || item.Is(text)
	}
	return found && v.Kind() == jose.Array
}

func isIssuer(iss string) bool {
	host, ok := strings.CutPrefix(iss, "https://")
	return ok && host != "" && !strings.HasSuffix(iss, "/")
}

// isRevocationID: base64url is the alphabet only, not the coding.
func isRevocationID(rid string) bool {
	return rid != "" && len(rid) <= maxRevocationID && !strings.ContainsFunc(rid, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// documentOf is the document type by the FHIR resource that makes it; empty: it makes none.
func documentOf(resourceType jose.Value) string {
	switch {
	case resourceType.Is("Immunization"):
		return "vaccination"
	case resourceType.Is("Observation"), resourceType.Is("DiagnosticReport"):
		return "test"
	}
	return ""
}

// describeBundle looks for the patient and for what the card is about. It is lenient: FHIR is another
// specification, and what cannot be read here still stands in the claims.
func (d *describer) describeBundle(bundle jose.Value) {
	entries := bundle.Get("entry")
	if entries.Kind() != jose.Array {
		return
	}
	found := ""
	for w := entries.Walk(); w.More(); {
		resource := w.Next().Get("resource")
		kind := resource.Get("resourceType")
		if kind.Is("Patient") && d.c.Holder == (verifier.Holder{}) {
			d.c.Holder = patient(d.a, resource)
		}
		switch document := documentOf(kind); {
		case document == "":
		case found == "" || found == document:
			found, d.c.Type = document, document
		default:
			found, d.c.Type = "health_card", "health_card" // of both kinds, whatever follows
		}
	}
}

// patient takes the first name that says anything: family name, then given names.
func patient(a *verifier.Arena, resource jose.Value) verifier.Holder {
	var h verifier.Holder
	h.BirthDate, _ = resource.Get("birthDate").Text(a)
	names := resource.Get("name")
	if names.Kind() != jose.Array {
		return h
	}
	for w := names.Walk(); w.More() && h.Name == ""; {
		var room [128]byte
		h.Name = a.Text(appendName(room[:0], w.Next()))
	}
	return h
}

// appendName appends what a HumanName says.
func appendName(dst []byte, name jose.Value) []byte {
	full, _ := name.Get("family").AppendText(dst)
	full = append(full, ' ')
	given := name.Get("given")
	if given.Kind() == jose.Array && allTexts(given) {
		for w := given.Walk(); w.More(); {
			full, _ = w.Next().AppendText(full)
			full = append(full, ' ')
		}
	}
	if full = bytes.TrimSpace(full); len(full) == 0 {
		full, _ = name.Get("text").AppendText(full)
	}
	return full
}

func allTexts(list jose.Value) bool {
	for w := list.Walk(); w.More(); {
		if w.Next().Kind() != jose.Text {
			return false
		}
	}
	return true
}
