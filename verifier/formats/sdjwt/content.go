package sdjwt

import (
	"errors"
	"fmt"
	"strings"

	"vratar/verifier"
	"vratar/verifier/jose"
)

var (
	errNoVCT    = errors.New("sdjwt: schema: a verifiable credential has a type (vct)")
	errAudience = errors.New("sdjwt: schema: made for one audience (aud), which this verifier is not")
)

// describe fills in what the statement says. An error means that a claim which decides about validity cannot
// be read; what only breaks a rule is the credential's SchemaFault.
func (s *statement) describe(c *verifier.Credential) error {
	var errs [7]error
	var vct, id string
	c.Issuer, errs[0] = s.plain.Text("iss")
	c.NotBefore, errs[1] = s.plain.Time("nbf")
	c.ExpiresAt, errs[2] = s.plain.Time("exp")
	vct, errs[3] = s.plain.Text("vct")
	id, errs[4] = s.plain.Text("jti")
	c.Status, errs[5] = status(s.plain)
	claims, err := jose.ParseObject(s.claims)
	if err != nil {
		return err
	}
	c.IssuedAt, errs[6] = claims.Time("iat") // may be disclosed selectively
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	if id != "" {
		c.ID = []byte(id)
	}
	c.Bound = s.plain.Get("cnf") != nil // whether its key is of a kind that is known or not
	c.Type, c.OwnType = documentType(vct), vct
	if s.vc && c.Status != nil {
		c.Status.Form = verifier.JWTForm // SD-JWT VC §2.2.2.2 knows no other
	}
	c.Holder = holder(claims)
	c.Country = country(claims)
	switch {
	case s.fault != nil:
		c.SchemaFault = s.fault
	case s.vc && vct == "":
		c.SchemaFault = errNoVCT
	case s.plain.Get("aud") != nil:
		// RFC 7519 §4.1.3: whoever is not named must refuse it. A verifier has no name here.
		c.SchemaFault = errAudience
	}
	return nil
}

// status is the entry that the credential points at. A status of a kind that is not known here points at
// nothing that could be held, so that it never counts as no status at all.
func status(plain jose.Object) (*verifier.StatusRef, error) {
	if plain.Get("status") == nil {
		return nil, nil
	}
	o, err := plain.Object("status")
	if err != nil {
		return nil, err
	}
	list, err := o.Object("status_list")
	if err != nil || list == nil {
		return new(verifier.StatusRef), err
	}
	uri, errURI := list.Text("uri")
	index, errIndex := list.Uint("idx")
	if err := errors.Join(errURI, errIndex); err != nil {
		return nil, err
	}
	if uri == "" || list.Get("idx") == nil {
		return nil, fmt.Errorf("sdjwt: status_list without uri or idx")
	}
	return &verifier.StatusRef{URI: uri, Index: index}, nil
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

// holder reads the names of OpenID Connect Core §5.1 and of the EU's person identification data. A member of
// another kind says nothing about the holder.
func holder(claims jose.Object) verifier.Holder {
	text := func(names ...string) string {
		for _, name := range names {
			if s, err := claims.Text(name); err == nil && s != "" {
				return s
			}
		}
		return ""
	}
	name := strings.TrimSpace(text("family_name") + " " + text("given_name"))
	if name == "" {
		name = text("name")
	}
	return verifier.Holder{
		Name:           name,
		BirthDate:      text("birthdate", "birth_date"),
		DocumentNumber: text("document_number", "personal_administrative_number"),
	}
}

func country(claims jose.Object) string {
	c, err := claims.Text("issuing_country")
	if err != nil || len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
		return ""
	}
	return c
}
