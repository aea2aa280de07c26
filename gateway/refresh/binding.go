package refresh

import (
	"errors"
	"slices"
	"time"

	"vratar/verifier/trust"
)

// Binding says for whom and for what the keys of a source vouch, where the source does not say it itself. The
// zero value adds nothing.
type Binding struct {
	Issuer       string // id of the issuer, as credentials name it; empty: what the source says
	Name         string // for people
	Country      string // ISO 3166-1 alpha-2
	Formats      []string
	Documents    []string
	StatusMaxAge time.Duration // how old the issuer's status lists may be; zero: as old as they say themselves
}

// apply returns src with the binding. It narrows what the source says and never widens it.
func (b Binding) apply(src trust.Source) (trust.Source, error) {
	src.Entries = slices.Clone(src.Entries)
	src.Wildcard = false
	for i := range src.Entries {
		e := &src.Entries[i]
		if b.Issuer != "" {
			if e.Issuer.ID != trust.AnyIssuer && e.Issuer.ID != b.Issuer {
				return trust.Source{}, errors.New("the keys are of " + e.Issuer.ID + ", not of " + b.Issuer)
			}
			e.Issuer.ID = b.Issuer
		}
		override(&e.Issuer.Name, b.Name)
		override(&e.Issuer.Country, b.Country)
		if b.StatusMaxAge > 0 {
			e.Issuer.StatusMaxAge = b.StatusMaxAge
		}
		var errFormats, errDocuments error
		e.Formats, errFormats = narrow(e.Formats, b.Formats)
		e.Documents, errDocuments = narrow(e.Documents, b.Documents)
		if err := errors.Join(errFormats, errDocuments); err != nil {
			return trust.Source{}, err
		}
		src.Wildcard = src.Wildcard || e.Issuer.ID == trust.AnyIssuer
	}
	return src, nil
}

// override puts the operator's word before the source's.
func override(s *string, own string) {
	if own != "" {
		*s = own
	}
}

// narrow is what both lists allow; an empty list allows everything, so nothing in common is an error.
func narrow(have, own []string) ([]string, error) {
	if len(have) == 0 || len(own) == 0 {
		return append(slices.Clone(have), own...), nil
	}
	both := slices.DeleteFunc(slices.Clone(have), func(s string) bool { return !slices.Contains(own, s) })
	if len(both) == 0 {
		return nil, errors.New("the source is for none of the formats or documents of its settings")
	}
	return both, nil
}
