package mandate_test

import (
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
)

func TestDates(t *testing.T) {
	b := newBench(t)
	p := b.original(1, func(m *draft.Mandate) { m.Issued, m.Until = "2026-03-01", "2026-03-31" })
	f := func(at string, want verifier.Reason, code mandate.Code) {
		t.Helper()
		q := b.question()
		q.At, _ = time.Parse(time.RFC3339Nano, at)
		q.Registry.At = q.At
		b.answers(p, q, want, code)
	}
	f("2026-02-28T20:59:59.999999999Z", verifier.ReasonMandateNotYetValid, mandate.CodeNotYetValid)
	f("2026-02-28T21:00:00Z", verifier.ReasonOK, "")
	f("2026-03-31T20:59:59.999999999Z", verifier.ReasonOK, "")
	f("2026-03-31T21:00:00Z", verifier.ReasonMandateExpired, mandate.CodeExpired)
	f("2026-04-01T00:00:00+03:00", verifier.ReasonMandateExpired, mandate.CodeExpired)
	f("2026-03-31T23:59:59-05:00", verifier.ReasonMandateExpired, mandate.CodeExpired)
	if s := p.Summary(nil); s.EndsAt.Format(time.RFC3339) != "2026-03-31T21:00:00Z" {
		t.Error(s.EndsAt)
	}
}

func TestRepresentative(t *testing.T) {
	b := newBench(t)
	inn, snils := mandate.Person{INN: checker.INN}, mandate.Person{SNILS: checker.SNILS}
	f := func(file, who mandate.Person, want verifier.Reason, code mandate.Code) {
		t.Helper()
		q := b.question()
		q.Checker = who
		b.answers(b.original(1, func(m *draft.Mandate) { m.Representatives = []mandate.Person{file} }), q, want, code)
	}
	named := func(p mandate.Person) mandate.Person {
		p.Surname, p.GivenName = "Тестов", "Пример"
		return p
	}
	const mismatch = verifier.ReasonMandateRepresentativeMismatch
	f(checker, checker, verifier.ReasonOK, "")
	f(checker, inn, verifier.ReasonOK, "")
	f(checker, snils, verifier.ReasonOK, "")
	f(named(inn), inn, verifier.ReasonOK, "")
	f(named(inn), snils, mismatch, mandate.CodeOtherPerson)                                                              // nothing to compare
	f(named(mandate.Person{}), checker, mismatch, mandate.CodeUnnumbered)                                                // the name alone
	f(checker, mandate.Person{Surname: checker.Surname, GivenName: checker.GivenName}, mismatch, mandate.CodeUnnumbered) // the name alone
	f(checker, friend, mismatch, mandate.CodeOtherPerson)
	f(checker, mandate.Person{INN: checker.INN, SNILS: friend.SNILS}, mismatch, mandate.CodeOtherPerson) // they contradict
}

func TestRepresentativeKinds(t *testing.T) {
	b := newBench(t)
	f := func(kind string, want verifier.Reason, code mandate.Code) {
		t.Helper()
		p := b.original(1, func(m *draft.Mandate) { m.Representatives, m.Representative = nil, kind })
		b.answers(p, b.question(), want, code)
	}
	trader := draft.Trader(21)
	f(draft.AsTrader(trader), verifier.ReasonOK, "")
	f(draft.AsTrader(draft.Trader(22)), verifier.ReasonMandateRepresentativeMismatch, mandate.CodeOtherPerson)
	f(draft.AsOrganisation(draft.Company(2)), verifier.ReasonMandateRepresentativeMismatch, mandate.CodeNotAPerson)
	f(draft.AsBranch(flower), verifier.ReasonMandateRepresentativeMismatch, mandate.CodeNotAPerson)
	f(draft.AsForeign(draft.Company(3)), verifier.ReasonMandateRepresentativeMismatch, mandate.CodeNotAPerson)
}

func TestPrincipalAskedFor(t *testing.T) {
	b := newBench(t)
	p := b.original(1, nil)
	f := func(n mandate.Number, want verifier.Reason) {
		t.Helper()
		q := b.question()
		q.Principal = n
		b.answers(p, q, want, mandate.CodeOtherOrganisation)
	}
	f(mandate.Number{INN: flower.INN}, verifier.ReasonOK)
	f(mandate.Number{OGRN: flower.OGRN}, verifier.ReasonOK)
	f(mandate.Number{}, verifier.ReasonMandateMissing)
	f(mandate.Number{INN: draft.Company(2).INN}, verifier.ReasonMandateMissing)
	f(mandate.Number{INN: flower.INN, OGRN: draft.Company(2).OGRN}, verifier.ReasonMandateMissing)
	f(mandate.Number{INN: head.INN}, verifier.ReasonMandateMissing)
}

func TestPowers(t *testing.T) {
	b := newBench(t)
	f := func(granted []mandate.Power, required []mandate.AnyOf, limits []mandate.Limit, want verifier.Reason, code mandate.Code) {
		t.Helper()
		q := b.question()
		q.Powers, q.Limits = required, limits
		b.answers(b.original(1, func(m *draft.Mandate) { m.Powers = granted }), q, want, code)
	}
	power := func(code string, r ...mandate.Restriction) mandate.Power {
		return mandate.Power{Code: code, Restrictions: r}
	}
	shop := func(v string) mandate.Restriction { return mandate.Restriction{Code: "SHOP", Value: v} }
	hours := mandate.Restriction{Code: "HOURS", Value: "DAY"}
	inWords := mandate.Restriction{Code: "SHOP", Words: "только по будням"}
	at1 := []mandate.Limit{{Code: "SHOP", Value: "1"}}
	scanAny := []mandate.AnyOf{{"POWER_A", "POWER_B"}}
	const missing, restricted = verifier.ReasonMandatePowerMissing, verifier.ReasonMandateRestricted

	f([]mandate.Power{power("POWER_B")}, scanAny, nil, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_C")}, scanAny, nil, missing, mandate.CodeNoPower)
	f([]mandate.Power{power("power_b")}, scanAny, nil, missing, mandate.CodeNoPower)
	f([]mandate.Power{power("POWER_A")}, []mandate.AnyOf{{"POWER_A"}, {"POWER_B"}}, nil, missing, mandate.CodeNoPower)
	f([]mandate.Power{power("POWER_A"), power("POWER_B")}, []mandate.AnyOf{{"POWER_A"}, {"POWER_B"}}, nil, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_A")}, nil, nil, missing, mandate.CodeNoneConfigured)
	f([]mandate.Power{power("POWER_A")}, []mandate.AnyOf{{}}, nil, missing, mandate.CodeNoPower)
	f(nil, scanAny, nil, missing, mandate.CodeNoPower)

	f([]mandate.Power{power("POWER_A", shop("1"))}, scanAny, at1, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_A", shop("2"))}, scanAny, at1, restricted, mandate.CodeRestricted)
	f([]mandate.Power{power("POWER_A", shop("2"), shop("1"))}, scanAny, at1, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_A", shop("1"), hours)}, scanAny, at1, restricted, mandate.CodeRestrictionUnknown)
	f([]mandate.Power{power("POWER_A", shop("1"), hours)}, scanAny,
		[]mandate.Limit{{Code: "HOURS", Value: "NIGHT"}, {Code: "SHOP", Value: "1"}, {Code: "HOURS", Value: "DAY"}}, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_A", shop("2")), power("POWER_A", shop("1"))}, scanAny, at1, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_A", shop("2")), power("POWER_B")}, scanAny, at1, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_A", shop("2")), power("POWER_C")}, scanAny, at1, restricted, mandate.CodeRestricted)
	f([]mandate.Power{power("POWER_A", inWords)}, scanAny, at1, verifier.ReasonMandateUnjudgeable, mandate.CodeRestrictionInWords)
	f([]mandate.Power{power("POWER_A", inWords, shop("1"))}, scanAny, at1, verifier.ReasonOK, "")
	f([]mandate.Power{power("POWER_A", shop("1"))}, scanAny, []mandate.Limit{{Code: "SHOP"}}, restricted, mandate.CodeRestricted)
}

func TestWords(t *testing.T) {
	b := newBench(t)
	p := b.original(1, func(m *draft.Mandate) { m.InText, m.Words, m.Powers = true, "Всё", nil })
	b.answers(p, b.question(), verifier.ReasonMandateUnjudgeable, mandate.CodeWords)
	p = b.original(2, func(m *draft.Mandate) { m.InText, m.Words = true, "Всё" })
	b.answers(p, b.question(), verifier.ReasonMandateUnjudgeable, mandate.CodeWords) // though codes stand beside
	p = b.original(3, func(m *draft.Mandate) { m.Words = "И ещё" })
	b.answers(p, b.question(), verifier.ReasonOK, "")
	if r := mandate.Judge(p, b.question()); r.Warnings != mandate.WarnTextBesideCodes {
		t.Error(r.Warnings.Names())
	}
}

func TestJoint(t *testing.T) {
	b := newBench(t)
	p := b.original(1, func(m *draft.Mandate) { m.Joint, m.Representatives = true, []mandate.Person{checker, friend} })
	f := func(p *mandate.Proven, want verifier.Reason, present ...mandate.Person) {
		t.Helper()
		q := b.question()
		q.Present = present
		b.answers(p, q, want, mandate.CodeJoint)
	}
	f(p, verifier.ReasonMandateJoint)
	f(p, verifier.ReasonMandateJoint, third)
	f(p, verifier.ReasonMandateJoint, mandate.Person{Surname: friend.Surname, Patronymic: friend.Patronymic})
	f(p, verifier.ReasonOK, third, mandate.Person{SNILS: friend.SNILS})
	f(b.original(2, func(m *draft.Mandate) { m.Joint = true }), verifier.ReasonOK)
	f(b.original(3, func(m *draft.Mandate) { m.Joint, m.Representative = true, draft.AsOrganisation(draft.Company(4)) }), verifier.ReasonMandateJoint, friend)
}

func TestRegistry(t *testing.T) {
	b := newBench(t)
	p := b.original(1, nil)
	f := func(s mandate.RegistryStatus, policy mandate.RegistryPolicy, want verifier.Reason, code mandate.Code) mandate.Report {
		t.Helper()
		q := b.question()
		q.Registry, q.Policy = s, policy
		b.answers(p, q, want, code)
		return mandate.Judge(p, q)
	}
	ago := func(s mandate.RegistryState, d time.Duration) mandate.RegistryStatus {
		return mandate.RegistryStatus{State: s, At: noon.Add(-d)}
	}
	strict, lenient := mandate.RegistryPolicy{}, mandate.RegistryPolicy{AcceptUnavailableUnsafe: true}
	hour := mandate.RegistryPolicy{MaxAge: time.Hour}
	const silent = verifier.ReasonMandateRegistryUnavailable
	f(ago(mandate.RegistryGood, 15*time.Minute), strict, verifier.ReasonOK, "")
	f(ago(mandate.RegistryGood, -time.Minute), strict, verifier.ReasonOK, "")
	f(ago(mandate.RegistryGood, 15*time.Minute+1), strict, silent, mandate.CodeStale)
	f(ago(mandate.RegistryGood, time.Hour), hour, verifier.ReasonOK, "")
	f(ago(mandate.RegistryNotFound, 0), strict, verifier.ReasonMandateMissing, mandate.CodeNotRegistered)
	f(ago(mandate.RegistryNotFound, 0), lenient, verifier.ReasonMandateMissing, mandate.CodeNotRegistered)
	f(ago(mandate.RegistryNotFound, time.Hour), strict, silent, mandate.CodeStale)
	f(ago(mandate.RegistryRevoked, 1000*time.Hour), lenient, verifier.ReasonMandateRevoked, mandate.CodeRevoked)
	f(mandate.RegistryStatus{}, strict, silent, mandate.CodeNotAsked)
	if r := f(ago(mandate.RegistryUnavailable, 0), strict, silent, mandate.CodeUnavailable); r.Outcome != verifier.Indeterminate {
		t.Error(r.Outcome)
	}
	for _, s := range []mandate.RegistryStatus{{}, ago(mandate.RegistryUnavailable, 0), ago(mandate.RegistryGood, time.Hour)} {
		r := f(s, lenient, verifier.ReasonOK, "")
		if a := r.Checks[mandate.CheckRegistry]; a.Result != verifier.Unknown || a.Code == "" || r.Warnings != mandate.WarnRegistryUnknown {
			t.Errorf("unknown shows as %s", r.AppendJSON(nil))
		}
	}
	q := b.question()
	q.Registry, q.At = mandate.RegistryStatus{}, noon.AddDate(20, 0, 0)
	if r := mandate.Judge(p, q); r.Outcome != verifier.Invalid || r.Reason != verifier.ReasonMandateExpired ||
		r.Checks[mandate.CheckRegistry].Result != verifier.Unknown {
		t.Errorf("what is known to fail counts more than what is not known: %s", r.AppendJSON(nil))
	}
}

// Nothing that was left out lets anybody through.
func TestZeroValues(t *testing.T) {
	b := newBench(t)
	b.answers(nil, b.question(), verifier.ReasonMandateMissing, mandate.CodeNotProven)
	b.answers(new(mandate.Proven), b.question(), verifier.ReasonMandateMissing, mandate.CodeNotProven)
	p := b.original(1, nil)
	for _, r := range []mandate.Report{{}, p.Report(), mandate.Judge(p, &mandate.Question{})} {
		if r.OK() || r.Outcome == verifier.Valid {
			t.Errorf("%s", r.AppendJSON(nil))
		}
	}
	if p, r := mandate.Prove(mandate.File{}, mandate.Options{}); p != nil || r.OK() {
		t.Error("nothing was proven")
	}
	if p, r := mandate.Prove(draft.Signed(usual(1), signed, b.office.Signer(flower, head)), mandate.Options{}); p != nil || r.OK() {
		t.Error("proven without trust")
	}
}
