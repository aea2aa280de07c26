package mandate

import (
	"time"

	"vratar/verifier"
)

// registry weighs the registry's answer about the mandate itself.
func (r *Report) registry(q *Question) {
	const c = CheckRegistry
	s := &q.Registry
	if s.State == RegistryRevoked {
		r.fail(c, verifier.ReasonMandateRevoked, fault{CodeRevoked, "the registry says that it was revoked"})
		return
	}
	if f := q.Policy.silent(s, q.At); f.Code != "" {
		r.silence(c, f, q)
		return
	}
	if s.State == RegistryNotFound {
		r.fail(c, verifier.ReasonMandateMissing, fault{CodeNotRegistered, "the registry does not know its number"})
		return
	}
	r.pass(c)
}

// parentRegistry weighs its answer about a mandate above, which is known not to be revoked.
func (r *Report) parentRegistry(s *RegistryStatus, q *Question) {
	const c = CheckChain
	if f := q.Policy.silent(s, q.At); f.Code != "" {
		r.silence(c, fault{CodeParentUnavailable, f.Detail}, q)
		return
	}
	if s.State == RegistryNotFound {
		r.fail(c, verifier.ReasonMandateChainInvalid,
			fault{CodeParentNotRegistered, "the registry does not know the number of a mandate above"})
	}
}

// silence records that the registry did not tell, which the checkpoint may accept.
func (r *Report) silence(c Check, f fault, q *Question) {
	if q.Policy.AcceptUnavailableUnsafe {
		r.Checks[c] = Answer{Result: verifier.Unknown, Code: f.Code, Detail: f.Detail}
		r.Warnings |= WarnRegistryUnknown
		return
	}
	r.unknown(c, verifier.ReasonMandateRegistryUnavailable, f)
}

// silent says why an answer tells nothing about now. That a mandate is not there counts no longer than that it is good:
// it may have been registered since. A revocation always tells.
func (p *RegistryPolicy) silent(s *RegistryStatus, at time.Time) fault {
	maxAge := p.MaxAge
	if maxAge == 0 {
		maxAge = DefaultRegistryMaxAge
	}
	switch {
	case s.State == RegistryRevoked:
		return fault{}
	case s.State == RegistryNotAsked:
		return fault{CodeNotAsked, "the registry was not asked"}
	case s.State != RegistryGood && s.State != RegistryNotFound:
		return fault{CodeUnavailable, "the registry gave no clear answer"}
	case at.Sub(s.At) > maxAge:
		return fault{CodeStale, "the registry's last answer is too old"}
	}
	return fault{}
}
