package verifier

// search looks for the trusted key that signed a credential. Whoever conducts it checks the signature with next and
// says the answer to told, until next is nil.
type search struct {
	keys   []*Key // that may have signed it, in the order in which they are tried
	failed int    // how many of them did not
	signer *Key
	reason Reason // ReasonOK with a signer; else why there is none
}

// searchFor begins the search among the keys of trust. room is memory for them.
func searchFor(c *Credential, trust Trust, room []*Key) search {
	if len(c.Proof.Signature) == 0 {
		return search{reason: ReasonSignatureInvalid} // unsigned: no key could change that
	}
	keys, reason := trust.Find(room, c)
	switch {
	case len(keys) > 0:
		reason = ReasonSignatureInvalid // unless one of them turns out to have signed it
	case reason == ReasonNone || reason == ReasonOK:
		reason = ReasonKeyUnknown
	}
	return search{keys: keys, reason: reason}
}

// next is the key to be tried, nil when the search is over.
func (s *search) next() *Key {
	if s.signer != nil || s.failed == len(s.keys) {
		return nil
	}
	return s.keys[s.failed]
}

// told takes the checker's answer about next.
func (s *search) told(signed bool) {
	if !signed {
		s.failed++
		return
	}
	s.signer, s.reason = s.keys[s.failed], ReasonOK
}

// Prove finds the trusted key that signed c and may be used for that. The reason is ReasonOK with a key, and tells why
// without one. Status list tokens are proven by it as well: they are signed statements like any other.
func Prove(trust Trust, checker Checker, c *Credential) (*Key, Reason) {
	var room [4]*Key
	s := searchFor(c, trust, room[:0])
	for k := s.next(); k != nil; k = s.next() {
		s.told(checker.Check(k, &c.Proof))
	}
	if s.signer != nil && !c.KeyUse.allows(s.signer) {
		return nil, ReasonKeyNotAllowed
	}
	return s.signer, s.reason
}

// record notes which trusted key signed the credential, or that none did.
func (out *Verdict) record(s *search) {
	switch {
	case s.signer != nil:
		out.provenBy(s.signer)
	case len(s.keys) > 0:
		out.Checks[CheckIssuer].Result = Pass
		out.Checks[CheckSignature].Result = Fail
		out.refuse(Invalid, StageTrust, s.reason)
		out.checkKeyUsage(s.keys[0]) // the key is known though it did not sign this; what it is for is worth telling
	case s.reason == ReasonSignatureInvalid:
		out.Checks[CheckSignature] = CheckResult{Result: Fail, Detail: "nobody signed it"}
		out.refuse(Invalid, StageTrust, s.reason)
	default:
		out.Checks[CheckIssuer] = CheckResult{Result: Fail, Detail: s.reason.String()}
		out.refuse(Invalid, StageTrust, s.reason)
	}
}
