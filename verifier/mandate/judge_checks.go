package mandate

import (
	"vratar/verifier"
)

// Judge asks whether a proven mandate lets this checker act for this principal at this checkpoint, now. It answers all
// nine checks, the first four as they were proven; the first that does not pass is the reason. A nil mandate is
// mandate_missing. It allocates nothing unless the mandate is refused.
func Judge(p *Proven, q *Question) Report {
	var r Report
	if p == nil || p.mandate == nil {
		r.fail(CheckFormat, verifier.ReasonMandateMissing, fault{CodeNotProven, "there is no proven mandate"})
		return r
	}
	r = p.report
	var above ancestry
	above.climb(p, q.Chain)
	r.dates(p.mandate, q)
	r.representative(p, &above, q)
	r.powers(p, &above, q)
	r.chain(p, &above, q)
	r.registry(q)
	r.done()
	return r
}

func (r *Report) dates(m *Mandate, q *Question) {
	switch today := DateAt(q.At); {
	case today < m.Issued:
		r.fail(CheckDates, verifier.ReasonMandateNotYetValid, fault{CodeNotYetValid, "its day of issue is still to come"})
	case today > m.Until:
		r.fail(CheckDates, verifier.ReasonMandateExpired, fault{CodeExpired, "its last day is over in Moscow"})
	default:
		r.pass(CheckDates)
	}
}

// representative asks who acts, and for whom. The principal of a sub-delegated mandate is the original's; where the
// original is not known, that is for the check of the chain to say.
func (r *Report) representative(p *Proven, above *ancestry, q *Question) {
	const c = CheckRepresentative
	if root := above.root(p); root != nil && !root.mandate.isOf(q.Principal) {
		r.fail(c, verifier.ReasonMandateMissing,
			fault{CodeOtherOrganisation, "it is of another principal than the checker acts for"})
		return
	}
	const mismatch = verifier.ReasonMandateRepresentativeMismatch
	if q.Checker.INN == "" && q.Checker.SNILS == "" {
		r.fail(c, mismatch, fault{CodeUnnumbered, "neither ИНН nor СНИЛС of the checker is known"})
		return
	}
	if f := p.mandate.represents(&q.Checker); f.Code != "" {
		r.fail(c, mismatch, f)
		return
	}
	r.pass(c)
}

// isOf reports whether the number is that of one of the mandate's principals.
func (m *Mandate) isOf(n Number) bool {
	for i := range m.Principals {
		if n.matches(m.Principals[i].number()) {
			return true
		}
	}
	return false
}

// number is what a party is known by: an organisation by ИНН and ОГРН, a person by ИНН and ОГРНИП.
func (p *Party) number() Number {
	if p.Kind == PartySoleTrader || p.Kind == PartyPerson {
		return Number{p.Person.INN, p.Person.OGRNIP}
	}
	return p.Organisation.number()
}

// represents asks whether the checker is one of the representatives.
func (m *Mandate) represents(checker *Person) fault {
	people, known := 0, 0
	for i := range m.Representatives {
		p := &m.Representatives[i]
		if p.Kind != PartyPerson && p.Kind != PartySoleTrader {
			continue
		}
		people++
		if p.Person.is(checker) {
			return fault{}
		}
		if p.Person.INN != "" || p.Person.SNILS != "" {
			known++
		}
	}
	switch {
	case people == 0:
		return fault{CodeNotAPerson, "its representatives are organisations, who act through a mandate passed on"}
	case known == 0:
		return fault{CodeUnnumbered, "it gives neither ИНН nor СНИЛС of its representative"}
	}
	return fault{CodeOtherPerson, "its representative is somebody else"}
}

// powers asks for joint powers, for each power that the checkpoint requires, and for the restrictions on it, those
// of the mandates above included: what was not passed on as restricted is restricted all the same.
func (r *Report) powers(p *Proven, above *ancestry, q *Question) {
	const c = CheckPowers
	m := p.mandate
	if m.Powers.Joint && !m.allPresent(q) {
		r.fail(c, verifier.ReasonMandateJoint, fault{CodeJoint, "its representatives act jointly, and not all are there"})
		return
	}
	if !m.Powers.Machine {
		r.fail(c, verifier.ReasonMandateUnjudgeable, fault{CodeWords, "its powers are told in words"})
		return
	}
	if len(q.Powers) == 0 {
		r.fail(c, verifier.ReasonMandatePowerMissing, fault{CodeNoneConfigured, "the checkpoint names no power that it requires"})
		return
	}
	for _, required := range q.Powers {
		if reason, f := grantsAny(p, above, required, q.Limits); f.Code != "" {
			r.fail(c, reason, f)
			return
		}
	}
	r.pass(c)
}

// grantsAny asks whether one of the codes is granted all the way up. Of several refusals it tells the one that says
// more than that the power is missing.
func grantsAny(p *Proven, above *ancestry, required AnyOf, limits []Limit) (verifier.Reason, fault) {
	reason, f := verifier.ReasonMandatePowerMissing, fault{CodeNoPower, "a power that the checkpoint requires is not granted"}
	for _, code := range required {
		got, wrong := grantsThrough(p, above, code, limits)
		if wrong.Code == "" {
			return got, wrong
		}
		if got != verifier.ReasonMandatePowerMissing {
			reason, f = got, wrong
		}
	}
	return reason, f
}

// grantsThrough asks the mandate, and those above it for their restrictions. That they hold the power at all is the
// chain's to say.
func grantsThrough(p *Proven, above *ancestry, code string, limits []Limit) (verifier.Reason, fault) {
	reason, f := grants(p, code, limits)
	for i := 0; i < above.count && f.Code == ""; i++ {
		if got, wrong := grants(above.links[i].proven, code, limits); wrong.Code != CodeNoPower && wrong.Code != "" {
			reason, f = got, fault{CodeRestrictionOfParent, wrong.Detail}
		}
	}
	return reason, f
}

// allPresent reports whether every representative is the checker or present.
func (m *Mandate) allPresent(q *Question) bool {
	for i := range m.Representatives {
		p := &m.Representatives[i].Person
		if p.is(&q.Checker) {
			continue
		}
		found := false
		for j := range q.Present {
			found = found || p.is(&q.Present[j])
		}
		if !found {
			return false
		}
	}
	return true
}

// grants asks whether a power is granted, and free for what the checkpoint is. Of several entries that grant it, one
// that is free is enough.
func grants(p *Proven, code string, limits []Limit) (verifier.Reason, fault) {
	reason, f := verifier.ReasonMandatePowerMissing, fault{CodeNoPower, "a power that the checkpoint requires is not granted"}
	for _, power := range p.powers[code] {
		if reason, f = restricts(power.Restrictions, limits); f.Code == "" {
			return reason, f
		}
	}
	return reason, f
}

// restricts asks whether the restrictions of a power are met. Entries with the same code are alternatives; of every
// code one must be met.
func restricts(all []Restriction, limits []Limit) (verifier.Reason, fault) {
	for i := range all {
		code, words := all[i].Code, false
		met := false
		for j := range all {
			if all[j].Code == code {
				met = met || limited(&all[j], limits)
				words = words || all[j].Value == ""
			}
		}
		switch {
		case met:
		case words:
			return verifier.ReasonMandateUnjudgeable, fault{CodeRestrictionInWords, "a power is restricted in words"}
		case !known(code, limits):
			return verifier.ReasonMandateRestricted,
				fault{CodeRestrictionUnknown, "a power is restricted by something that the checkpoint has no value for"}
		default:
			return verifier.ReasonMandateRestricted, fault{CodeRestricted, "a power is restricted to something else than this checkpoint"}
		}
	}
	return verifier.ReasonOK, fault{}
}

func limited(r *Restriction, limits []Limit) bool {
	for i := range limits {
		if r.Value != "" && limits[i].Code == r.Code && limits[i].Value == r.Value {
			return true
		}
	}
	return false
}

func known(code string, limits []Limit) bool {
	for i := range limits {
		if limits[i].Code == code {
			return true
		}
	}
	return false
}
