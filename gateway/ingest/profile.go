package ingest

import (
	"slices"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
	"vratar/verifier/jsontext"
)

// Profile is what of a document whoever asks at a checkpoint is shown: the attributes that were registered for a
// purpose. It is immutable. The zero value shows the status only: format, type, issuer, and whether it is in force.
type Profile struct {
	holder struct{ name, birthDate, number bool }
	dates  struct{ issued, expires bool }
	claims tree
}

// tree is the members of a claims object that are shown, each with those inside of it; an empty one is shown whole.
type tree map[string]tree

// Attributes with names of their own; every other attribute is a claim.
const (
	AttributeName      = "holder.name"
	AttributeBirthDate = "holder.birth_date"
	AttributeNumber    = "holder.document_number"
	AttributeIssuedAt  = "issued_at"
	AttributeExpiresAt = "expires_at"
)

// NewProfile makes a profile that shows these attributes. A claim is named as it stands in "document.claims"; where
// members stand inside of members, the names are joined by "/", as in "org.iso.18013.5.1/age_over_18". Inside of
// lists the name counts for every element.
func NewProfile(attributes []string) *Profile {
	p := &Profile{claims: tree{}}
	for _, name := range attributes {
		switch name {
		case AttributeName:
			p.holder.name = true
		case AttributeBirthDate:
			p.holder.birthDate = true
		case AttributeNumber:
			p.holder.number = true
		case AttributeIssuedAt:
			p.dates.issued = true
		case AttributeExpiresAt:
			p.dates.expires = true
		default:
			p.claims.add(strings.Split(name, "/"))
		}
	}
	return p
}

func (t tree) add(path []string) {
	for i, name := range path {
		below, known := t[name]
		if known && len(below) == 0 {
			return // shown whole already
		}
		if !known || i == len(path)-1 {
			below = tree{}
			t[name] = below
		}
		t = below
	}
}

// Reduce leaves in v what the profile shows. The credential itself, which the memo may share, stays as it is. A
// notice claims nothing about a holder and is left alone.
func (p *Profile) Reduce(v *verifier.Verdict) {
	if v.Credential == nil || v.Credential.Kind == verifier.KindNotice {
		return
	}
	c := *v.Credential
	c.Holder = verifier.Holder{}
	if p.holder.name {
		c.Holder.Name = v.Credential.Holder.Name
	}
	if p.holder.birthDate {
		c.Holder.BirthDate = v.Credential.Holder.BirthDate
	}
	if p.holder.number {
		c.Holder.DocumentNumber = v.Credential.Holder.DocumentNumber
	}
	if !p.dates.issued {
		c.IssuedAt = time.Time{}
	}
	if !p.dates.expires {
		c.ExpiresAt = time.Time{}
	}
	c.Claims = p.claims.pick(v.Credential.Claims)
	v.Credential = &c
}

// pick is the object of the shown members; nil when none is shown. A text that cannot be taken apart is not shown.
func (t tree) pick(claims []byte) []byte {
	if len(t) == 0 || len(claims) == 0 {
		return nil
	}
	o, err := jose.ParseObject(claims)
	if err != nil {
		return nil
	}
	out := []byte{'{'}
	for _, m := range o {
		below, shown := t[m.Name]
		if !shown {
			continue
		}
		value := below.inside(m.Value)
		if value == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(jsontext.AppendString(out, m.Name), ':')
		out = append(out, value...)
	}
	if len(out) == 1 {
		return nil
	}
	return append(out, '}')
}

// inside is what is shown of a member's value; nil when nothing is.
func (t tree) inside(value []byte) []byte {
	if len(t) == 0 {
		return value
	}
	items, err := jose.ParseArray(value)
	if err != nil {
		return t.pick(value)
	}
	picked := make([][]byte, 0, len(items))
	for _, item := range items {
		if part := t.pick(item); part != nil {
			picked = append(picked, part)
		}
	}
	if len(picked) == 0 {
		return nil
	}
	return slices.Concat([]byte{'['}, join(picked), []byte{']'})
}

func join(items [][]byte) []byte {
	var out []byte
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return out
}
