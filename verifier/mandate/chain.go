package mandate

import (
	"time"

	"vratar/verifier"
)

// link is one mandate above a sub-delegated one.
type link struct {
	proven *Proven
	status RegistryStatus
}

// ancestry is what is known above a mandate, from the one right above it upwards.
type ancestry struct {
	links [MaxChain]link
	count int
	fault fault // why it ends before an original
}

// climb walks up to the original.
func (a *ancestry) climb(p *Proven, chain Chain) {
	for at := p; at.mandate.Kind == SubDelegation; at = a.links[a.count-1].proven {
		number := at.mandate.Parent.Number
		if a.fault = a.stop(p, number); a.fault.Code != "" {
			return
		}
		var parent *Proven
		var status RegistryStatus
		if chain != nil {
			parent, status = chain.Parent(number)
		}
		if parent == nil || parent.mandate.Number != number {
			a.fault = fault{CodeParentMissing, "a mandate on which it rests is not known, or not proven"}
			return
		}
		a.links[a.count] = link{parent, status}
		a.count++
	}
}

// stop says why the walk cannot go on to the mandate with this number.
func (a *ancestry) stop(p *Proven, number string) fault {
	if number == "" {
		return fault{CodeParentUnnamed, "it does not say on which mandate it rests"}
	}
	for i := range a.count {
		if a.links[i].proven.mandate.Number == number {
			return fault{CodeChainLoop, "it rests on itself"}
		}
	}
	if p.mandate.Number == number {
		return fault{CodeChainLoop, "it rests on itself"}
	}
	if a.count == MaxChain {
		return fault{CodeChainTooDeep, "it was passed on too often"}
	}
	return fault{}
}

// root is the original; nil when the walk did not reach it.
func (a *ancestry) root(p *Proven) *Proven {
	switch {
	case a.fault.Code != "":
		return nil
	case a.count == 0:
		return p
	}
	return a.links[a.count-1].proven
}

// chain holds each mandate against the one above it.
func (r *Report) chain(p *Proven, above *ancestry, q *Question) {
	const c = CheckChain
	if above.fault.Code != "" {
		r.fail(c, verifier.ReasonMandateChainInvalid, above.fault)
		return
	}
	root := above.root(p)
	child := p.mandate
	for i := range above.count {
		parent := &above.links[i]
		f := rests(child, parent.proven, i+1)
		if f.Code == "" {
			f = consistent(child, root.mandate)
		}
		if f.Code == "" {
			f = inForce(parent, q.At)
		}
		if f.Code != "" {
			r.fail(c, verifier.ReasonMandateChainInvalid, f)
			return
		}
		child = parent.proven.mandate
	}
	r.pass(c)
	for i := 0; i < above.count && r.Checks[c].Result != verifier.Fail; i++ {
		r.parentRegistry(&above.links[i].status, q)
	}
}

// rests asks whether the parent lets the child be: height is how many steps the parent stands above the mandate that
// is judged, all of which it must permit.
func rests(child *Mandate, above *Proven, height int) fault {
	parent := above.mandate
	switch {
	case parent.Permission == PassOnNever, parent.Permission == PassOnOnce && height > 1:
		return fault{CodeNotAllowed, "a mandate above does not let its powers be passed on, or not again"}
	case child.Issued < parent.Issued, child.Until > parent.Until:
		return fault{CodeOutlivesParent, "its term is not within that of a mandate above"}
	case !parent.Powers.Machine, !within(child, above):
		return fault{CodeExceedsParent, "it passes on powers that a mandate above does not hold"}
	}
	for i := range child.Principals {
		if !parent.hasRepresentative(&child.Principals[i]) {
			return fault{CodeNotRepresentative, "who passed on is no representative of the mandate above"}
		}
	}
	if parent.Powers.Joint && !allPassed(child, parent) {
		return fault{CodeParentJoint, "the representatives of a mandate above act jointly, and not all have passed on"}
	}
	return fault{}
}

// within reports whether the parent holds every code that the child passes on.
func within(child *Mandate, parent *Proven) bool {
	for i := range child.Powers.Codes {
		if parent.powers[child.Powers.Codes[i].Code] == nil {
			return false
		}
	}
	return true
}

func (m *Mandate) hasRepresentative(p *Party) bool {
	for i := range m.Representatives {
		if m.Representatives[i].isSameAs(p) {
			return true
		}
	}
	return false
}

// allPassed reports whether every representative of the parent is among those who passed on.
func allPassed(child, parent *Mandate) bool {
	for i := range parent.Representatives {
		found := false
		for j := range child.Principals {
			found = found || parent.Representatives[i].isSameAs(&child.Principals[j])
		}
		if !found {
			return false
		}
	}
	return true
}

// isSameAs reports whether two parties are the same person, or the same organisation with the same branch.
func (p *Party) isSameAs(other *Party) bool {
	person := p.Kind == PartyPerson || p.Kind == PartySoleTrader
	if person != (other.Kind == PartyPerson || other.Kind == PartySoleTrader) {
		return false
	}
	if person {
		return p.Person.is(&other.Person) && !differ(p.Person.OGRNIP, other.Person.OGRNIP)
	}
	branch := p.Kind == PartyBranch
	if branch != (other.Kind == PartyBranch) || branch && p.Organisation.KPP != other.Organisation.KPP {
		return false
	}
	return p.Organisation.number().matches(other.Organisation.number())
}

// consistent asks whether the original is the one the child says it is, and its principal as well.
func consistent(child, root *Mandate) fault {
	f := fault{CodeOtherOriginal, "the chain ends at another original than the mandate names"}
	if child.First.Number != "" && child.First.Number != root.Number {
		return f
	}
	for i := range child.First.Principals {
		n := child.First.Principals[i].number()
		if n != (Number{}) && !root.isOf(n) {
			return f
		}
	}
	return fault{}
}

// inForce asks whether a mandate above is in its term and not revoked.
func inForce(l *link, at time.Time) fault {
	m, today := l.proven.mandate, DateAt(at)
	switch {
	case today < m.Issued, today > m.Until:
		return fault{CodeParentEnded, "a mandate above has ended, or has not begun"}
	case l.status.State == RegistryRevoked:
		return fault{CodeParentRevoked, "a mandate above was revoked"}
	}
	return fault{}
}
