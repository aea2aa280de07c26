package demo

import (
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
)

// terms are days of Moscow around today.
type terms mandate.Date

func (t terms) day(n int) string { return (mandate.Date(t) + mandate.Date(n)).String() }

// papers lists the sample mandates: those that count first, then those that are refused at a scan, then those that are
// refused as soon as somebody brings them in. The one that is passed on stands behind the one that it rests on.
func (c *cast) papers(now time.Time) []paper {
	t := terms(mandate.DateAt(now))
	return slices.Concat(c.usable(t), c.passedOn(t, now), c.refusedAtScan(t), c.refusedAtOnce(t))
}

// usual is an ordinary mandate of the arena for the checker.
func (c *cast) usual(t terms, change func(*draft.Mandate)) draft.Mandate {
	m := draft.Mandate{
		Issued: t.day(-30), Until: t.day(300), Principal: []string{draft.Organisation(c.arena, draft.Head(c.head))},
		Representatives: []mandate.Person{c.checker}, Powers: []mandate.Power{{Code: scanPower, Name: "Проверка документов на входе"}},
	}
	if change != nil {
		change(&m)
	}
	return m
}

func (c *cast) usable(t terms) []paper {
	return []paper{
		{name: "valid", expect: verifier.ReasonOK, by: c.byHead, draft: c.usual(t, nil)},
		{name: "ends_soon", expect: verifier.ReasonOK, by: c.byHead, draft: c.usual(t, func(m *draft.Mandate) { m.Until = t.day(5) })},
		{name: "ends_today", expect: verifier.ReasonOK, by: c.byHead, draft: c.usual(t, func(m *draft.Mandate) { m.Until = t.day(0) })},
	}
}

// passedOn are mandates of a colleague, who passes them on to the checker: one may be passed on, the other not.
func (c *cast) passedOn(t terms, now time.Time) []paper {
	above := func(permission int) draft.Mandate {
		return c.usual(t, func(m *draft.Mandate) {
			m.PassOn, m.Representatives = permission, []mandate.Person{c.colleague}
		})
	}
	below := func(original int) draft.Mandate {
		return c.usual(t, func(m *draft.Mandate) {
			m.First, m.Above = number(now, original), [2]string{t.day(-30), t.day(300)}
			m.Issued, m.Principal = t.day(-10), []string{draft.Passing(c.colleague)}
		})
	}
	at := len(c.usable(t))
	return []paper{
		{name: "original", expect: verifier.ReasonMandateRepresentativeMismatch, by: c.byHead, draft: above(2)},
		{name: "passed_on", expect: verifier.ReasonOK, by: c.byColleague, draft: below(at)},
		{name: "original_for_one", expect: verifier.ReasonMandateRepresentativeMismatch, by: c.byHead, draft: above(1)},
		{name: "passed_on_in_vain", expect: verifier.ReasonMandateChainInvalid, by: c.byColleague, draft: below(at + 2)},
	}
}

func (c *cast) refusedAtScan(t terms) []paper {
	f := func(name string, expect verifier.Reason, change func(*draft.Mandate)) paper {
		return paper{name: name, expect: expect, by: c.byHead, draft: c.usual(t, change)}
	}
	museum := f("museum", verifier.ReasonMandateMissing, func(m *draft.Mandate) {
		m.Principal = []string{draft.Organisation(c.museum, draft.Head(c.head))}
	})
	museum.by = c.byMuseum
	return []paper{
		f("expired", verifier.ReasonMandateExpired, func(m *draft.Mandate) { m.Issued, m.Until = t.day(-400), t.day(-1) }),
		f("not_yet", verifier.ReasonMandateNotYetValid, func(m *draft.Mandate) { m.Issued = t.day(7) }),
		f("revoked", verifier.ReasonMandateRevoked, nil),
		f("power_missing", verifier.ReasonMandatePowerMissing, func(m *draft.Mandate) {
			m.Powers = []mandate.Power{{Code: otherPower, Name: "Подписание чеков"}}
		}),
		f("restricted", verifier.ReasonMandateRestricted, func(m *draft.Mandate) {
			m.Powers[0].Restrictions = []mandate.Restriction{{Code: gateLimit, Value: "south"}}
		}),
		f("joint", verifier.ReasonMandateJoint, func(m *draft.Mandate) {
			m.Joint, m.Representatives = true, []mandate.Person{c.checker, c.colleague}
		}),
		f("in_words", verifier.ReasonMandateUnjudgeable, func(m *draft.Mandate) {
			m.InText, m.Powers, m.Words = true, nil, "Проверять документы посетителей на входе."
		}),
		museum,
	}
}

// refusedAtOnce are files to try to bring in.
func (c *cast) refusedAtOnce(t terms) []paper {
	somebody := c.usual(t, func(m *draft.Mandate) { m.Representatives = []mandate.Person{c.colleague} })
	return []paper{
		{name: "altered", expect: verifier.ReasonMandateSignatureInvalid, away: true, by: c.byHead, draft: c.usual(t, nil)},
		{name: "unknown_authority", expect: verifier.ReasonMandateSignatureInvalid, away: true, by: c.uncertifiable, draft: c.usual(t, nil)},
		{name: "other_signer", expect: verifier.ReasonMandateSignerMismatch, away: true, by: c.byOther, draft: c.usual(t, nil)},
		{name: "for_a_colleague", expect: verifier.ReasonMandateRepresentativeMismatch, away: true, by: c.byHead, draft: somebody},
		{name: "old_format", expect: verifier.ReasonUnsupportedVersion, away: true, by: c.byHead, draft: c.usual(t, nil)},
	}
}

// number is that of the n-th mandate of a start: other starts make others, which may be kept beside them.
func number(now time.Time, n int) int { return int(now.Unix())<<8 + n }
