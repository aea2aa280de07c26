package mandate

import (
	"vratar/verifier"
	"vratar/verifier/pki"
)

// signer records whether those who signed are those who grant the mandate: every principal needs the signature of
// somebody who acts for him. Names never count.
func (r *Report) signer(m *Mandate, signers []Signer, p Policy) bool {
	for i := range m.Principals {
		warnings, f := m.Principals[i].signedBy(signers)
		if f.Code == "" && warnings&WarnOrganisationCertificate != 0 && p.RefuseOrganisationCertificate {
			f = fault{CodeSignerOrganisation, "a person signed with an organisation's certificate"}
		}
		if f.Code != "" {
			r.fail(CheckSigner, verifier.ReasonMandateSignerMismatch, f)
			return false
		}
		r.Warnings |= warnings
	}
	r.pass(CheckSigner)
	return true
}

// signedBy asks whether one of the signers could sign for the party, and says what stood against the last one tried.
func (p *Party) signedBy(signers []Signer) (Warnings, fault) {
	if p.Kind != PartySoleTrader && p.Kind != PartyPerson {
		return 0, p.signedByHeads(signers)
	}
	var warnings Warnings
	var f fault
	for i := range signers {
		if warnings, f = p.Person.signedBy(&signers[i].Identity); f.Code == "" {
			return warnings, f
		}
	}
	for i := range p.Heads { // guardians of a person
		if p.headSignedByAny(&p.Heads[i], signers).Code == "" {
			return 0, fault{}
		}
	}
	return warnings, f
}

// signedByHeads asks for one head who may act alone, or else for all who act jointly.
func (p *Party) signedByHeads(signers []Signer) fault {
	if p.Organisation.INN == "" && p.Organisation.OGRN == "" {
		return fault{CodePrincipalUnnumbered, "the file gives neither ИНН nor ОГРН of the principal"}
	}
	if len(p.Heads) == 0 {
		return fault{CodePrincipalUnnumbered, "the file names nobody who acts for the principal"}
	}
	joint, signed := 0, 0
	last := fault{CodeSignerPerson, "the signer is nobody who acts for the principal"}
	for i := range p.Heads {
		h := &p.Heads[i]
		if h.Jointly {
			joint++
		}
		f := p.headSignedByAny(h, signers)
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

func (p *Party) headSignedByAny(h *Head, signers []Signer) fault {
	var f fault
	for i := range signers {
		if _, f = p.headSigned(h, &signers[i].Identity); f.Code == "" {
			return f
		}
	}
	return f
}

// headSigned asks whether a certificate is that of a head: of this person, issued for the principal or for the company
// that manages it. A managing sole trader, and a guardian, may use his own.
func (p *Party) headSigned(h *Head, id *pki.Identity) (Warnings, fault) {
	of := Number{id.OrgINN, id.OGRN}
	switch {
	case of == Number{}:
		if !h.Trader && p.Kind != PartyPerson {
			return 0, fault{CodeSignerNoOrganisation, "the certificate names no organisation"}
		}
	case p.Kind == PartyPerson:
	case !of.matches(p.Organisation.number()) && !of.matches(h.Company.number()):
		return 0, fault{CodeSignerOrganisation, "the certificate names another organisation than the principal"}
	}
	warnings, f := h.Person.signedBy(id)
	return warnings &^ WarnOrganisationCertificate, f
}

// signedBy asks whether a certificate is this person's, by ИНН, СНИЛС and, of a sole trader, ОГРНИП.
func (p *Person) signedBy(id *pki.Identity) (Warnings, fault) {
	if p.INN == "" && p.SNILS == "" {
		return 0, fault{CodePrincipalUnnumbered, "the file gives neither ИНН nor СНИЛС of who had to sign"}
	}
	if !p.is(&Person{INN: id.INN, SNILS: id.SNILS}) || differ(p.OGRNIP, id.OGRNIP) {
		return 0, fault{CodeSignerPerson, "the signer is another person than who acts for the principal"}
	}
	if id.OrgINN != "" || id.OGRN != "" {
		return WarnOrganisationCertificate, fault{}
	}
	return 0, fault{}
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
