package shc

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	errIssuer  = errors.New("shc: schema: iss is not an https URL without trailing slash")
	errNoStart = errors.New("shc: schema: nbf is missing")
	errNoVC    = errors.New("shc: schema: vc is missing")
	errType    = errors.New("shc: schema: vc.type lacks the health card")
	errSubject = errors.New("shc: schema: credentialSubject has no fhirVersion or no fhirBundle")
	errRID     = errors.New("shc: schema: rid is not 1 to 24 characters of base64url")
)

// describe fills in what the claims say and returns the first thing that is wrong with them. What follows a
// fault is read all the same, as far as it can be.
func describe(c *verifier.Credential, claims jose.Object) error {
	var faults faults
	c.Issuer = get(&faults, claims, "iss", jose.Object.Text)
	if !isIssuer(c.Issuer) {
		faults.add(errIssuer)
	}
	c.KeyUse.SubjectURI = c.Issuer // specification, "Certificates"
	c.NotBefore = get(&faults, claims, "nbf", jose.Object.Time)
	c.ExpiresAt = get(&faults, claims, "exp", jose.Object.Time)
	c.IssuedAt = c.NotBefore // nbf is the issuanceDate of the credential
	if claims.Get("nbf") == nil {
		faults.add(errNoStart)
	}
	c.Type = "health_card"
	vc := get(&faults, claims, "vc", jose.Object.Object)
	if vc == nil {
		faults.add(errNoVC)
		return faults.first
	}
	c.Claims = jose.Compact(claims.Get("vc"))
	types := get(&faults, vc, "type", jose.Object.Texts)
	if !slices.Contains(types, healthCard) {
		faults.add(errType)
	}
	c.RevocationID, c.RevocationMethod = get(&faults, vc, "rid", jose.Object.Text), methodRID
	if vc.Get("rid") != nil && !isRevocationID(c.RevocationID) {
		faults.add(errRID)
	}
	subject := get(&faults, vc, "credentialSubject", jose.Object.Object)
	version := get(&faults, subject, "fhirVersion", jose.Object.Text)
	bundle := get(&faults, subject, "fhirBundle", jose.Object.Object)
	if version == "" || bundle == nil {
		faults.add(errSubject)
	}
	if vc.Get("rid") == nil {
		c.RevocationID, c.RevocationMethod = hashFHIR(subject.Get("fhirBundle")), methodHashFHIR
	}
	describeBundle(c, bundle)
	return faults.first
}

// hashFHIR names a card that has no identifier of its own by its content (health cards RFC 002, "FHIR Bundle
// digest"); empty when there is none.
func hashFHIR(bundle []byte) string {
	canonical, err := jose.AppendCanonical(nil, bundle)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(base64.RawURLEncoding.AppendEncode(nil, canonical))
	return base64.RawURLEncoding.EncodeToString(sum[:8])
}

// faults keeps the first of several.
type faults struct{ first error }

func (f *faults) add(err error) {
	if f.first == nil {
		f.first = err
	}
}

// get reads an optional member; one of the wrong type is a fault.
func get[T any](f *faults, o jose.Object, name string, read func(jose.Object, string) (T, error)) T {
	v, err := read(o, name)
	if err != nil {
		f.add(fmt.Errorf("shc: schema: %w", err))
	}
	return v
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

// kinds are the document types by the FHIR resource that makes them.
var kinds = map[string]string{"Immunization": "vaccination", "Observation": "test", "DiagnosticReport": "test"}

// describeBundle looks for the patient and for what the card is about. It is lenient: FHIR is another
// specification, and what cannot be read here still stands in the claims.
func describeBundle(c *verifier.Credential, bundle jose.Object) {
	entries, _ := bundle.Array("entry")
	found := ""
	for _, entry := range entries {
		o, _ := jose.ParseObject(entry)
		resource, _ := o.Object("resource")
		kind, _ := resource.Text("resourceType")
		if kind == "Patient" && c.Holder == (verifier.Holder{}) {
			c.Holder = patient(resource)
		}
		switch document := kinds[kind]; {
		case document == "":
		case found == "" || found == document:
			found, c.Type = document, document
		default:
			c.Type = "health_card" // of both kinds
		}
	}
}

// patient takes the first name that says anything: family name, then given names.
func patient(resource jose.Object) verifier.Holder {
	var h verifier.Holder
	h.BirthDate, _ = resource.Text("birthDate")
	names, _ := resource.Array("name")
	for _, text := range names {
		name, _ := jose.ParseObject(text)
		family, _ := name.Text("family")
		given, _ := name.Texts("given")
		h.Name = strings.TrimSpace(family + " " + strings.Join(given, " "))
		if h.Name == "" {
			h.Name, _ = name.Text("text")
		}
		if h.Name != "" {
			break
		}
	}
	return h
}
