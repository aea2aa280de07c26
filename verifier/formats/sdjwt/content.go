package sdjwt

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"vratar/verifier"
	"vratar/verifier/jose"
)

var (
	errNoVCT      = errors.New("sdjwt: schema: a verifiable credential has a type (vct)")
	errStatus     = errors.New("sdjwt: status or status_list is not an object")
	errStatusList = errors.New("sdjwt: status_list without uri or idx")
	errAudience   = errors.New("sdjwt: schema: made for one audience (aud), which this verifier is not")
)

// Members of the payload and of the claims that are looked at.
const (
	memberIssuer = iota
	memberNotBefore
	memberExpires
	memberType
	memberID
	memberStatus
	memberAudience
	memberConfirm
)

var plainNames = []string{"iss", "nbf", "exp", "vct", "jti", "status", "aud", "cnf"}

const (
	claimIssued = iota
	claimCountry
	claimFamily
	claimGiven
	claimName
	claimBirth
	claimBirthOld
	claimNumber
	claimNumberPersonal
)

// claimNames: names of OpenID Connect Core §5.1 and of the EU's person identification data.
var claimNames = []string{"iat", "issuing_country", "family_name", "given_name", "name", "birthdate", "birth_date", "document_number",
	"personal_administrative_number"}

// describe fills in what the statement says. An error means that a claim which decides about validity cannot
// be read; what only breaks a rule is the credential's SchemaFault.
func (s *statement) describe(a *verifier.Arena, c *verifier.Credential) error {
	var plain [8]jose.Value
	var claims [9]jose.Value
	s.plain.Collect(plainNames, plain[:])
	jose.Checked(c.Claims).Collect(claimNames, claims[:])
	var errs [7]error
	var id []byte
	c.Issuer, errs[0] = plain[memberIssuer].Text(a)
	c.NotBefore, errs[1] = plain[memberNotBefore].Time()
	c.ExpiresAt, errs[2] = plain[memberExpires].Time()
	c.OwnType, errs[3] = plain[memberType].Text(a)
	id, errs[4] = plain[memberID].AppendText(a.Tail(len(plain[memberID].Raw())))
	c.ID = a.Keep(id)
	c.Status, errs[5] = status(a, plain[memberStatus])
	c.IssuedAt, errs[6] = claims[claimIssued].Time() // may be disclosed selectively
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("member %q: %w", [...]string{"iss", "nbf", "exp", "vct", "jti", "status", "iat"}[i], err)
		}
	}
	if len(c.ID) == 0 {
		c.ID = nil
	}
	c.Bound = plain[memberConfirm].Kind() != jose.Absent // whether its key is of a kind that is known or not
	c.Type = documentType(c.OwnType)
	if s.vc && c.Status != nil {
		c.Status.Form = verifier.JWTForm // SD-JWT VC §2.2.2.2 knows no other
	}
	c.Holder = holder(a, &claims)
	c.Country = country(a, claims[claimCountry])
	switch {
	case s.fault != nil:
		c.SchemaFault = s.fault
	case s.vc && c.OwnType == "":
		c.SchemaFault = errNoVCT
	case plain[memberAudience].Kind() != jose.Absent:
		// RFC 7519 §4.1.3: whoever is not named must refuse it. A verifier has no name here.
		c.SchemaFault = errAudience
	}
	return nil
}

// status is the entry that the credential points at. A status of a kind that is not known here points at
// nothing that could be held, so that it never counts as no status at all.
func status(a *verifier.Arena, v jose.Value) (*verifier.StatusRef, error) {
	if v.Kind() == jose.Absent {
		return nil, nil
	}
	list := v.Get("status_list")
	switch {
	case v.Kind() != jose.Map:
		return nil, errStatus
	case list.Kind() == jose.Absent || list.IsEmpty():
		return a.Status(verifier.StatusRef{}), nil
	case list.Kind() != jose.Map:
		return nil, errStatus
	}
	index := list.Get("idx")
	uri, errURI := list.Get("uri").Text(a)
	n, errIndex := index.Uint()
	if errURI != nil || errIndex != nil || uri == "" || index.Kind() == jose.Absent {
		return nil, errStatusList
	}
	return a.Status(verifier.StatusRef{URI: uri, Index: n}), nil
}

// documentType is our word for a credential's type where there is one, else the type itself.
func documentType(vct string) string {
	switch {
	case vct == "":
		return "attestation"
	case strings.HasPrefix(vct, "urn:eudi:pid:") || strings.HasPrefix(vct, "urn:eu.europa.ec.eudi:pid:"):
		return "identity"
	}
	return vct
}

// holder is whom the claims describe. A member of another kind says nothing about the holder.
func holder(a *verifier.Arena, claims *[9]jose.Value) verifier.Holder {
	var room [128]byte
	name, _ := claims[claimFamily].AppendText(room[:0])
	name, _ = claims[claimGiven].AppendText(append(name, ' '))
	if name = bytes.TrimSpace(name); len(name) == 0 {
		name, _ = claims[claimName].AppendText(name)
	}
	return verifier.Holder{
		Name:           a.Text(name),
		BirthDate:      firstText(a, claims[claimBirth], claims[claimBirthOld]),
		DocumentNumber: firstText(a, claims[claimNumber], claims[claimNumberPersonal]),
	}
}

// firstText is the first of two values that is a text with content.
func firstText(a *verifier.Arena, first, second jose.Value) string {
	if text, err := first.Text(a); err == nil && text != "" {
		return text
	}
	text, _ := second.Text(a)
	return text
}

func country(a *verifier.Arena, v jose.Value) string {
	c, _ := v.TextBytes()
	if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
		return ""
	}
	return a.Text(c)
}
