package mandate

import "strings"

// Summary tells what a screen shows. chain finds the mandates above, as for Judge; nil: they are shown as unknown.
func (p *Proven) Summary(chain Chain) Summary {
	m := p.mandate
	s := Summary{
		Number:          m.Number,
		InternalNumber:  m.InternalNumber,
		Kind:            m.Kind.String(),
		IssuedOn:        m.Issued,
		ValidUntil:      m.Until,
		EndsAt:          (m.Until + 1).Start(),
		Irrevocable:     m.Irrevocable,
		PassOn:          m.Permission.String(),
		Principals:      parties(m.Principals),
		Representatives: parties(m.Representatives),
		Joint:           m.Powers.Joint,
		Powers:          m.Powers.Codes,
		PowersText:      m.Powers.Text,
		Warnings:        p.report.Warnings.Names(),
	}
	if s.Powers == nil {
		s.Powers = []Power{}
	}
	for i := range p.signers {
		s.Signers = append(s.Signers, p.signers[i].summary())
	}
	if m.Kind == SubDelegation {
		s.ascend(p, chain)
	}
	return s
}

// ascend tells the chain, and whose mandate the original is: as the original says, or while it is not known as this
// one claims.
func (s *Summary) ascend(p *Proven, chain Chain) {
	s.PassedBy = s.Principals
	s.Principals = parties(p.mandate.First.Principals)
	var above ancestry
	above.climb(p, chain)
	for i := range above.count {
		l := &above.links[i]
		m := l.proven.mandate
		shown := LinkSummary{Number: m.Number, Known: true, IssuedOn: m.Issued, ValidUntil: m.Until, Registry: l.status}
		if m.Kind == SubDelegation {
			shown.PassedBy = parties(m.Principals)
		}
		s.Chain = append(s.Chain, shown)
	}
	if root := above.root(p); root != nil {
		s.Principals = parties(root.mandate.Principals)
		return
	}
	missing := p.mandate.Parent
	if above.count > 0 {
		missing = above.links[above.count-1].proven.mandate.Parent
	}
	s.Chain = append(s.Chain, LinkSummary{Number: missing.Number, IssuedOn: missing.Issued, ValidUntil: missing.Until})
}

func parties(all []Party) []PartySummary {
	out := make([]PartySummary, 0, len(all))
	for i := range all {
		out = append(out, all[i].summary())
	}
	return out
}

func (p *Party) summary() PartySummary {
	n := p.number()
	s := PartySummary{Kind: p.Kind.String(), Name: p.Organisation.Name, INN: n.INN, OGRN: n.OGRN}
	if p.Kind == PartySoleTrader || p.Kind == PartyPerson {
		s.SNILS, s.Position = p.Person.SNILS, p.Person.Position
		if s.Name = p.TradeName; s.Name == "" {
			s.Name = p.Person.Name()
		}
	}
	return s
}

// Name is the full name as Russian documents write it: surname first.
func (p *Person) Name() string {
	return strings.TrimSpace(strings.Join([]string{p.Surname, p.GivenName, p.Patronymic}, " "))
}

func (s *Signer) summary() SignerSummary {
	name := strings.TrimSpace(s.Identity.Surname + " " + s.Identity.GivenName)
	if name == "" {
		name = s.Identity.CommonName
	}
	return SignerSummary{
		Name:               name,
		Organisation:       s.Identity.Organization,
		Title:              s.Identity.Title,
		CertificateBeginAt: s.NotBefore,
		CertificateEndsAt:  s.NotAfter,
		SignedAt:           s.SignedAt,
		Evidence:           s.Evidence.String(),
		Algorithm:          string(s.Algorithm),
	}
}
