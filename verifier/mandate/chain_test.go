package mandate_test

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
)

// twoLevels shelves an original (1) for a friend, who passes on (2) to a third, who passes on (3) to the checker.
func (b *bench) twoLevels(change func(original, second, last *draft.Mandate)) *mandate.Proven {
	b.Helper()
	one, two, three := usual(1), passedOn(2, 1, 0, friend, third), passedOn(3, 1, 2, third, checker)
	one.PassOn, two.PassOn = 3, 3
	one.Representatives = []mandate.Person{friend}
	two.Claimed = draft.Claim(flower)
	if change != nil {
		change(&one, &two, &three)
	}
	b.prove(one, b.office.Signer(flower, head))
	b.prove(two, b.office.Signer(mandate.Organisation{}, friend))
	return b.prove(three, b.office.Signer(mandate.Organisation{}, third))
}

func TestChain(t *testing.T) {
	f := func(want verifier.Reason, code mandate.Code, change func(one, two, three *draft.Mandate)) {
		t.Helper()
		b := newBench(t)
		b.answers(b.twoLevels(change), b.question(), want, code)
	}
	const broken = verifier.ReasonMandateChainInvalid
	f(verifier.ReasonOK, "", nil)
	f(broken, mandate.CodeNotAllowed, func(one, _, _ *draft.Mandate) { one.PassOn = 1 })
	f(broken, mandate.CodeNotAllowed, func(one, _, _ *draft.Mandate) { one.PassOn = 2 }) // once, not twice
	f(broken, mandate.CodeNotAllowed, func(_, two, _ *draft.Mandate) { two.PassOn = 1 })
	f(verifier.ReasonOK, "", func(_, two, _ *draft.Mandate) { two.PassOn = 2 })
	f(broken, mandate.CodeOutlivesParent, func(_, _, three *draft.Mandate) { three.Until = "2040-01-01" })
	f(broken, mandate.CodeOutlivesParent, func(_, two, _ *draft.Mandate) { two.Until = "2030-01-01" })
	f(broken, mandate.CodeOutlivesParent, func(_, _, three *draft.Mandate) { three.Issued = "2026-01-14" })
	f(verifier.ReasonOK, "", func(_, two, three *draft.Mandate) { two.Until, three.Until = "2030-01-01", "2030-01-01" })
	f(broken, mandate.CodeExceedsParent, func(one, _, _ *draft.Mandate) { one.Powers = []mandate.Power{{Code: "TEST_OTHER"}} })
	f(broken, mandate.CodeExceedsParent, func(_, two, _ *draft.Mandate) { two.Powers = []mandate.Power{{Code: "TEST_OTHER"}} })
	f(broken, mandate.CodeExceedsParent, func(_, _, three *draft.Mandate) {
		three.Powers = []mandate.Power{{Code: "TEST_SCAN"}, {Code: "TEST_OTHER"}} // though the other is not asked for
	})
	f(broken, mandate.CodeExceedsParent, func(one, _, _ *draft.Mandate) { one.InText, one.Words = true, "Всё" })
	f(broken, mandate.CodeNotRepresentative, func(one, _, _ *draft.Mandate) { one.Representatives = []mandate.Person{third} })
	f(broken, mandate.CodeNotRepresentative, func(_, two, _ *draft.Mandate) { two.Representatives = []mandate.Person{checker} })
	f(broken, mandate.CodeParentJoint, func(one, _, _ *draft.Mandate) {
		one.Joint, one.Representatives = true, []mandate.Person{friend, third}
	})
	f(verifier.ReasonOK, "", func(one, _, _ *draft.Mandate) { one.Representatives = []mandate.Person{third, friend} })
	f(broken, mandate.CodeOtherOriginal, func(_, _, three *draft.Mandate) { three.First = 9 })
	f(broken, mandate.CodeOtherOriginal, func(_, two, _ *draft.Mandate) { two.Claimed = draft.Claim(draft.Company(2)) })
}

func TestChainEnds(t *testing.T) {
	f := func(want verifier.Reason, code mandate.Code, change func(*bench, *mandate.Question)) {
		t.Helper()
		b := newBench(t)
		p, q := b.twoLevels(nil), b.question()
		change(b, q)
		b.answers(p, q, want, code)
	}
	status := func(n int, s mandate.RegistryState) func(*bench, *mandate.Question) {
		return func(b *bench, _ *mandate.Question) {
			l := b.shelf[draft.Number(n)]
			l.status.State = s
			b.shelf[draft.Number(n)] = l
		}
	}
	const broken = verifier.ReasonMandateChainInvalid
	f(broken, mandate.CodeParentMissing, func(_ *bench, q *mandate.Question) { q.Chain = nil })
	f(broken, mandate.CodeParentMissing, func(b *bench, _ *mandate.Question) { delete(b.shelf, draft.Number(2)) })
	f(broken, mandate.CodeParentMissing, func(b *bench, _ *mandate.Question) { delete(b.shelf, draft.Number(1)) })
	f(broken, mandate.CodeParentMissing, func(b *bench, _ *mandate.Question) { b.shelf[draft.Number(2)] = b.shelf[draft.Number(1)] })
	for _, n := range []int{1, 2} {
		f(broken, mandate.CodeParentRevoked, status(n, mandate.RegistryRevoked))
		f(broken, mandate.CodeParentNotRegistered, status(n, mandate.RegistryNotFound))
		f(verifier.ReasonMandateRegistryUnavailable, mandate.CodeParentUnavailable, status(n, mandate.RegistryUnavailable))
		f(verifier.ReasonOK, "", func(b *bench, q *mandate.Question) {
			status(n, mandate.RegistryUnavailable)(b, q)
			q.Policy.AcceptUnavailableUnsafe = true
		})
	}
	f(broken, mandate.CodeParentRevoked, func(b *bench, q *mandate.Question) {
		status(2, mandate.RegistryUnavailable)(b, q)
		status(1, mandate.RegistryRevoked)(b, q)
		q.Policy.AcceptUnavailableUnsafe = true
	})
	f(broken, mandate.CodeParentNotRegistered, func(b *bench, q *mandate.Question) {
		status(2, mandate.RegistryNotFound)(b, q)
		status(1, mandate.RegistryUnavailable)(b, q)
		q.Policy.AcceptUnavailableUnsafe = true
	})
	f(verifier.ReasonMandateMissing, mandate.CodeOtherOrganisation, func(_ *bench, q *mandate.Question) {
		q.Principal = mandate.Number{INN: draft.Company(2).INN}
	})
	f(verifier.ReasonMandateMissing, mandate.CodeOtherOrganisation, func(_ *bench, q *mandate.Question) {
		q.Principal = mandate.Number{INN: third.INN} // who passed on is not whom one acts for
	})
}

// A restriction that somebody above is under holds below, whether it was passed on or not.
func TestRestrictionsOfParents(t *testing.T) {
	shop := func(v string) []mandate.Power {
		return []mandate.Power{{Code: "TEST_SCAN", Restrictions: []mandate.Restriction{{Code: "SHOP", Value: v}}}}
	}
	f := func(above, below []mandate.Power, at string, want verifier.Reason, code mandate.Code) {
		t.Helper()
		b := newBench(t)
		p := b.twoLevels(func(one, _, three *draft.Mandate) { one.Powers, three.Powers = above, below })
		q := b.question()
		q.Limits = []mandate.Limit{{Code: "SHOP", Value: at}}
		b.answers(p, q, want, code)
	}
	f(shop("1"), scan, "1", verifier.ReasonOK, "")
	f(shop("1"), scan, "2", verifier.ReasonMandateRestricted, mandate.CodeRestrictionOfParent)
	f(shop("1"), shop("2"), "2", verifier.ReasonMandateRestricted, mandate.CodeRestrictionOfParent)
	f(scan, shop("2"), "1", verifier.ReasonMandateRestricted, mandate.CodeRestricted)
	f(shop("1"), shop("1"), "1", verifier.ReasonOK, "")
}

// Of several codes that a checkpoint accepts, one must hold all the way up: not one here and another there.
func TestOneCodeAllTheWay(t *testing.T) {
	b := newBench(t)
	p := b.twoLevels(func(one, _, three *draft.Mandate) {
		one.Powers = []mandate.Power{{Code: "TEST_SCAN", Restrictions: []mandate.Restriction{{Code: "SHOP", Value: "9"}}}, {Code: "TEST_MORE"}}
		three.Powers = scan
	})
	q := b.question()
	q.Powers = []mandate.AnyOf{{"TEST_SCAN", "TEST_MORE"}}
	b.answers(p, q, verifier.ReasonMandateRestricted, mandate.CodeRestrictionOfParent)
}

func TestChainLoopsAndDepth(t *testing.T) {
	b := newBench(t)
	signer := b.office.Signer(mandate.Organisation{}, friend)
	chained := func(n, parent int) *mandate.Proven {
		m := passedOn(n, 1, parent, friend, friend)
		m.PassOn = 3
		m.Representatives = []mandate.Person{friend, checker}
		return b.prove(m, signer)
	}
	const broken = verifier.ReasonMandateChainInvalid
	b.answers(chained(20, 20), b.question(), broken, mandate.CodeChainLoop)
	chained(31, 32)
	chained(32, 33)
	b.answers(chained(33, 31), b.question(), broken, mandate.CodeChainLoop)
	b.answers(chained(34, 33), b.question(), broken, mandate.CodeChainLoop) // above, not through itself

	b.original(1, func(m *draft.Mandate) { m.PassOn, m.Representatives = 3, []mandate.Person{friend} })
	p := chained(40, 0)
	for n := 41; n < 40+mandate.MaxChain; n++ {
		p = chained(n, n-1)
	}
	b.answers(p, b.question(), verifier.ReasonOK, "")
	b.answers(chained(90, 40+mandate.MaxChain-1), b.question(), broken, mandate.CodeChainTooDeep)
}

// Organisations and branches pass on through their heads.
func TestPassedOnByOrganisations(t *testing.T) {
	agency, branch := draft.Company(5), draft.Company(6)
	branch.KPP = "990043001"
	boss := draft.Person(51)
	f := func(to, from string, of mandate.Organisation, want verifier.Reason) {
		t.Helper()
		b := newBench(t)
		b.original(1, func(m *draft.Mandate) { m.PassOn, m.Representatives, m.Representative = 3, nil, to })
		m := passedOn(2, 1, 0, friend, checker)
		m.Principal = []string{from}
		b.answers(b.prove(m, b.office.Signer(of, boss)), b.question(), want, mandate.CodeNotRepresentative)
	}
	const broken = verifier.ReasonMandateChainInvalid
	f(draft.AsOrganisation(agency), draft.PassingOrganisation(agency, draft.Head(boss)), agency, verifier.ReasonOK)
	f(draft.AsOrganisation(flower), draft.PassingOrganisation(agency, draft.Head(boss)), agency, broken)
	f(draft.AsBranch(branch), draft.PassingBranch(branch, boss), branch, verifier.ReasonOK)
	f(draft.AsOrganisation(branch), draft.PassingBranch(branch, boss), branch, broken)
	f(draft.AsTrader(draft.Trader(51)), draft.PassingTrader(draft.Trader(51)), mandate.Organisation{}, verifier.ReasonOK)
	f(draft.AsTrader(draft.Trader(52)), draft.PassingTrader(draft.Trader(51)), mandate.Organisation{}, broken)
	sameTax := branch
	sameTax.KPP = "990045001"
	f(draft.AsBranch(sameTax), draft.PassingBranch(branch, boss), branch, broken)
}
