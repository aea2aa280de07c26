package mandate

import (
	"slices"

	"vratar/verifier"
	"vratar/verifier/pki"
)

// signer records whether those who signed are those who grant the mandate: every principal needs the signature of
// somebody who acts for him. Names never count.
func (r *Report) signer(m *Mandate, signers []Signer, p Policy) bool {
	for i := range m.Principals {
		s := signing{party: &m.Principals[i], signers: signers, policy: p}
		if f := s.check(); f.Code != "" {
			r.fail(CheckSigner, verifier.ReasonMandateSignerMismatch, f)
			return false
		}
		r.Warnings |= s.warnings
		s.keepProven()
	}
	r.pass(CheckSigner)
	return true
}

// signing asks whether signatures are those of one principal.
type signing struct {
	party    *Party
	signers  []Signer
	policy   Policy
	warnings Warnings // of the signature that was accepted
	accepted []*pki.Identity
}

// keepProven takes those numbers off the principal that no certificate accepted for him bears out. One number that fits
// is enough to sign; beside it the file could give another's, and be taken for his. Where the file's own word for who
// acts is accepted, it is so for the numbers.
func (s *signing) keepProven() {
	if s.warnings&WarnClaimedHead != 0 {
		return
	}
	keep := func(number *string, in func(*pki.Identity) string) {
		if !slices.ContainsFunc(s.accepted, func(id *pki.Identity) bool { return in(id) == *number }) {
			*number = ""
		}
	}
	o, p := &s.party.Organisation, &s.party.Person
	keep(&o.INN, func(id *pki.Identity) string { return id.OrgINN })
	keep(&o.OGRN, func(id *pki.Identity) string { return id.OGRN })
	keep(&p.INN, func(id *pki.Identity) string { return id.INN })
	keep(&p.SNILS, func(id *pki.Identity) string { return id.SNILS })
	keep(&p.OGRNIP, func(id *pki.Identity) string { return id.OGRNIP })
}

func (s *signing) check() fault {
	if s.party.Kind == PartySoleTrader || s.party.Kind == PartyPerson {
		return s.person()
	}
	return s.organisation()
}

// person asks for a signature of his own or, of a person, of a guardian.
func (s *signing) person() fault {
	f := s.any(func(id *pki.Identity) fault { return s.own(id) })
	for i := range s.party.Heads {
		if f.Code == "" {
			break
		}
		guardian := &s.party.Heads[i]
		if wrong := s.any(func(id *pki.Identity) fault { return s.guardian(guardian, id) }); wrong.Code != CodeSignerPerson {
			f = wrong
		}
	}
	return f
}

// organisation asks for one head who may act alone, or else for all who act jointly.
func (s *signing) organisation() fault {
	if s.party.Organisation.INN == "" && s.party.Organisation.OGRN == "" {
		return fault{CodePrincipalUnnumbered, "the file gives neither ИНН nor ОГРН of the principal"}
	}
	if len(s.party.Heads) == 0 {
		return fault{CodePrincipalUnnumbered, "the file names nobody who acts for the principal"}
	}
	joint, signed := 0, 0
	var last fault
	for i := range s.party.Heads {
		h := &s.party.Heads[i]
		if h.Jointly {
			joint++
		}
		f := s.any(func(id *pki.Identity) fault { return s.head(h, id) })
		switch {
		case f.Code == "" && !h.Jointly:
			return f
		case f.Code == "":
			signed++
		default:
			last = f
		}
	}
	if joint > 0 && signed == joint {
		return fault{}
	}
	if signed > 0 {
		return fault{CodeSignersIncomplete, "the heads of the principal act jointly, and not all have signed"}
	}
	return last
}

// any tries the signers, and says what stood against the last one.
func (s *signing) any(accepts func(*pki.Identity) fault) fault {
	var f fault
	for i := range s.signers {
		if f = accepts(&s.signers[i].Identity); f.Code == "" {
			return f
		}
	}
	return f
}

// own asks whether a certificate is the principal's, a person.
func (s *signing) own(id *pki.Identity) fault {
	if f := s.party.Person.holds(id); f.Code != "" {
		return f
	}
	if id.OrgINN != "" || id.OGRN != "" {
		if s.policy.RefuseOrganisationCertificate {
			return fault{CodeSignerOrganisation, "a person signed with an organisation's certificate"}
		}
		s.warnings |= WarnOrganisationCertificate
	}
	s.accepted = append(s.accepted, id)
	return fault{}
}

// guardian asks whether a certificate is that of somebody who acts for the principal, a person.
func (s *signing) guardian(h *Head, id *pki.Identity) fault {
	if f := h.Person.holds(id); f.Code != "" {
		return f
	}
	return s.claimed()
}

// head asks whether a certificate is that of a head: of this person, issued for the principal. One issued for the
// company that manages it, or for a managing sole trader, shows who he is and not that he manages.
func (s *signing) head(h *Head, id *pki.Identity) fault {
	of := Number{id.OrgINN, id.OGRN}
	managing := of.matches(h.Company.number()) || of == Number{} && h.Trader
	switch {
	case of.matches(s.party.Organisation.number()), managing:
	case of == Number{}:
		return fault{CodeSignerNoOrganisation, "the certificate names no organisation"}
	default:
		return fault{CodeSignerOrganisation, "the certificate names another organisation than the principal"}
	}
	if f := h.Person.holds(id); f.Code != "" {
		return f
	}
	if managing && !of.matches(s.party.Organisation.number()) {
		return s.claimed()
	}
	s.accepted = append(s.accepted, id)
	return fault{}
}

// claimed weighs a signer of whom only the file itself says that he acts for the principal.
func (s *signing) claimed() fault {
	if !s.policy.AcceptClaimedHeadsUnsafe {
		return fault{CodeSignerClaimed, "only the file itself says that the signer acts for the principal, not his certificate"}
	}
	s.warnings |= WarnClaimedHead
	return fault{}
}

// holds asks whether a certificate is this person's, by ИНН, СНИЛС and, of a sole trader, ОГРНИП.
func (p *Person) holds(id *pki.Identity) fault {
	if p.INN == "" && p.SNILS == "" {
		return fault{CodePrincipalUnnumbered, "the file gives neither ИНН nor СНИЛС of who had to sign"}
	}
	if !p.is(&Person{INN: id.INN, SNILS: id.SNILS}) || differ(p.OGRNIP, id.OGRNIP) {
		return fault{CodeSignerPerson, "the signer is another person than who acts for the principal"}
	}
	return fault{}
}

// is reports whether two people are the same: at least one of ИНН and СНИЛС known of both, and none different.
func (p *Person) is(q *Person) bool {
	return !differ(p.INN, q.INN) && !differ(p.SNILS, q.SNILS) && (same(p.INN, q.INN) || same(p.SNILS, q.SNILS))
}

// matches reports whether two numbers are of one principal: at least one known of both, and none different.
func (n Number) matches(other Number) bool {
	return !differ(n.INN, other.INN) && !differ(n.OGRN, other.OGRN) && (same(n.INN, other.INN) || same(n.OGRN, other.OGRN))
}

func (o *Organisation) number() Number { return Number{o.INN, o.OGRN} }

func same(a, b string) bool { return a != "" && a == b }

func differ(a, b string) bool { return a != "" && b != "" && a != b }
