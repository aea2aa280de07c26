package verifier

import (
	"crypto/x509"
	"errors"
	"time"
)

// Verify judges one scan. It never fails: whatever the payload, there is a verdict with a reason.
//
// The first refusal decides the verdict. Later checks that cost nothing (schema, key usage, time) are still
// answered, so that an operator sees everything that is wrong with a code at once.
func (v *Verifier) Verify(s Scan) Verdict {
	j := judgement{trust: v.Lists.Trust()}
	v.open(&j, &s)
	for k := j.next(); k != nil; k = j.next() {
		j.told(v.check(k, &j.out.Credential.Proof))
	}
	v.close(&j, &s)
	return j.out
}

// check asks about one signature, together with those of other scans that are judged now where that is cheaper.
func (v *Verifier) check(k *Key, p *Proof) bool {
	if group, ok := v.Checker.(GroupChecker); ok && group.Joins(k, p) {
		return v.meeting.check(group, k, p)
	}
	return v.Checker.Check(k, p)
}

// judgement is one scan on its way: open, then the signature, then close.
type judgement struct {
	search // is over at once where no signature needs to be checked
	trust  Trust
	state  progress
	out    Verdict
}

// progress is what open made of a scan.
type progress uint8

const (
	ended      progress = iota // the verdict stands: no credential came out
	decoded                    // a key is looked for
	remembered                 // its key is known
)

// open decodes the payload and finds the keys that may have signed it, unless it is remembered as proven.
func (v *Verifier) open(j *judgement, s *Scan) {
	if len(s.Payload) > MaxPayload {
		j.out = refusedAtDecode(ReasonTooLarge, errors.New("payload exceeds the limit"))
		return
	}
	if v.Memo != nil {
		if p := v.Memo.Get(s.Payload, j.trust.Epoch()); p != nil {
			j.state = remembered
			j.out.opened(p.Credential)
			j.out.provenBy(p.Key)
			return
		}
	}
	arena := s.Arena
	if arena == nil {
		arena = new(Arena)
	}
	c, err := v.decode(arena, s.Payload)
	if err != nil {
		j.out = refusedBy(err)
		return
	}
	j.out.opened(c)
	if c.Kind == KindNotice {
		j.out.refuse(Invalid, StageDecode, ReasonNotACredential)
		return
	}
	j.state = decoded
	j.search = searchFor(c, j.trust, arena.keys[:0])
}

// close takes note of who signed, and judges what depends on the moment.
func (v *Verifier) close(j *judgement, s *Scan) {
	if j.state == ended {
		return
	}
	if j.state == decoded {
		j.out.record(&j.search)
		if j.signer != nil && v.Memo != nil && v.Memo.Wants(s.Payload) {
			v.Memo.Put(proven(&j.out, s, j.trust.Epoch()))
		}
	}
	v.judge(&j.out, s)
}

// opened takes c as what the payload holds.
func (out *Verdict) opened(c *Credential) {
	out.Credential = c
	out.Checks[CheckDecode].Result = Pass
}

// decode asks the formats in order; the first that recognises the payload answers for it.
func (v *Verifier) decode(a *Arena, payload []byte) (c *Credential, err error) {
	for _, f := range v.Formats {
		if f.Sniff(payload) {
			if in, ok := f.(ArenaFormat); ok {
				c, err = in.DecodeIn(a, payload)
			} else {
				c, err = f.Decode(payload)
			}
			if c == nil && err == nil {
				return nil, Refuse(ReasonMalformed, errors.New(f.Name()+": neither credential nor refusal"))
			}
			return c, err
		}
	}
	return nil, Refuse(ReasonNotRecognised, nil)
}

func (out *Verdict) provenBy(k *Key) {
	out.Key = k
	out.Checks[CheckIssuer].Result = Pass
	out.Checks[CheckSignature].Result = Pass
}

// judge runs the stages that depend on the moment: they are repeated for every scan, remembered or not.
func (v *Verifier) judge(out *Verdict, s *Scan) {
	out.checkSchema()
	if out.Key != nil {
		out.checkKeyUsage(out.Key)
	}
	out.checkTime(s.At, v.Skew)
	if out.Key == nil {
		return // nobody vouches for what it says, so lists and rules have nothing to judge
	}
	out.checkKeyValidity(s.At)
	out.checkStatus(v.Lists.Status(), s.At)
	v.checkHolder(out, s)
	out.checkPolicy(s)
	v.checkReplay(out, s)
	if out.Reason == ReasonNone {
		out.Outcome, out.Stage, out.Reason = Valid, StagePolicy, ReasonOK
	}
}

func (out *Verdict) checkSchema() {
	if err := out.Credential.SchemaFault; err != nil {
		out.Checks[CheckSchema].Result = Fail
		if out.Reason == ReasonNone {
			out.Cause = err
		}
		out.refuse(Invalid, StageDecode, ReasonMalformed)
		return
	}
	out.Checks[CheckSchema].Result = Pass
}

func (out *Verdict) checkKeyUsage(k *Key) {
	if out.Credential.KeyUse.allows(k) {
		out.Checks[CheckKeyUsage].Result = Pass
		return
	}
	out.Checks[CheckKeyUsage] = CheckResult{Result: Fail, Detail: "the signer's certificate is for other documents"}
	out.refuse(Invalid, StageTrust, ReasonKeyNotAllowed)
}

// checkKeyValidity holds the key's own period against the moment of signing where it is stated (a document
// outlives its signer's certificate), else against now. A document dated back beyond the key's beginning was
// signed later than it says, so there now is all that is known (an official Bulgarian certificate is such).
//
// So it is for EU certificates, whose signers are taken off the list when they are no longer good, for mobile
// documents (ISO/IEC 18013-5 §9.3.1: signed within the signer's validity) and for seals (Doc 9303-13: their date of
// signature). What a format knows better it says by KeyUse.Timeless or SignedAt.
//
// A list of keys that has expired vouches for none of them any more, whenever they signed.
func (out *Verdict) checkKeyValidity(now time.Time) {
	k, at := out.Key, out.Credential.SignedAt
	if !k.ListedUntil.IsZero() && now.After(k.ListedUntil) {
		out.Checks[CheckIssuer] = CheckResult{Result: Fail, Detail: "the trust list that names the key has expired"}
		out.refuse(Invalid, StageTrust, ReasonKeyExpired)
		return
	}
	if at.IsZero() {
		at = out.Credential.IssuedAt
	}
	notBefore, notAfter := out.Credential.KeyUse.period(k)
	if at.IsZero() || at.Before(notBefore) {
		at = now
	}
	if at.Before(notBefore) || (!notAfter.IsZero() && at.After(notAfter)) {
		out.Checks[CheckIssuer] = CheckResult{Result: Fail, Detail: "signed outside the key's period"}
		out.refuse(Invalid, StageTrust, ReasonKeyExpired)
	}
}

// checkTime: the last instant of the validity period still counts (RFC 8392 §3.1.4 leaves it open; every
// official EU certificate vector whose clock equals exp expects acceptance).
func (out *Verdict) checkTime(now time.Time, skew time.Duration) {
	c := out.Credential
	start := c.NotBefore
	if start.IsZero() {
		start = c.IssuedAt
	}
	if c.PlannedStart {
		skew = 0
	}
	switch {
	case !c.ExpiresAt.IsZero() && now.After(c.ExpiresAt):
		out.Checks[CheckTime].Result = Fail
		out.refuse(Invalid, StageTime, ReasonExpired)
	case !start.IsZero() && now.Add(skew).Before(start):
		out.Checks[CheckTime].Result = Fail
		out.refuse(Invalid, StageTime, ReasonNotYetValid)
	default:
		out.Checks[CheckTime].Result = Pass
	}
}

func (out *Verdict) checkStatus(lists Status, now time.Time) {
	a := lists.Lookup(out.Credential, out.Key)
	if a.State == StatusValid || a.State == StatusNotChecked { // of the latter, those that rest on a list of their signers
		a = expireAnswer(a, out.Key.Issuer.StatusMaxAge, now)
	}
	check := &out.Checks[CheckStatus]
	check.Detail = a.Detail
	switch a.State {
	case StatusNotChecked:
		out.NotEstablished |= Revocation
	case StatusValid:
		check.Result = Pass
	case StatusRevoked:
		check.Result = Fail
		out.refuse(Invalid, StageStatus, ReasonRevoked)
	case StatusSuspended:
		check.Result = Fail
		out.refuse(Invalid, StageStatus, ReasonSuspended)
	default:
		check.Result = Unknown
		out.NotEstablished |= Revocation
		out.refuse(Indeterminate, StageStatus, ReasonStatusUnknown)
	}
}

// expireAnswer turns a good answer from a list that is too old into "unknown". A bad answer stays bad
// however old its list: a revocation is not undone by a late update.
func expireAnswer(a StatusAnswer, maxAge time.Duration, now time.Time) StatusAnswer {
	switch {
	case !a.ListExpires.IsZero() && now.After(a.ListExpires):
		return StatusAnswer{State: StatusUnknown, Detail: "the status list has expired"}
	case maxAge > 0 && !a.ListTime.IsZero() && now.Sub(a.ListTime) > maxAge:
		return StatusAnswer{State: StatusUnknown, Detail: "the status list is too old"}
	}
	return a
}

func (out *Verdict) checkPolicy(s *Scan) {
	if s.Policy == nil {
		out.Checks[CheckPolicy].Result = NotChecked
		return
	}
	reason := s.Policy.Judge(out.Credential, out.Key, s.At)
	if reason == ReasonOK {
		out.Checks[CheckPolicy].Result = Pass
		return
	}
	out.Checks[CheckPolicy] = CheckResult{Result: Fail, Detail: reason.String()}
	out.refuse(Invalid, StagePolicy, reason)
}

// refuse records the first refusal; later ones only show in Checks. An indeterminate verdict gives way to
// a later definite refusal, because "no" is more than "not known".
func (out *Verdict) refuse(o Outcome, stage Stage, reason Reason) {
	undecided := out.Reason == ReasonNone
	settled := out.Outcome == Indeterminate && !undecided && o == Invalid
	if undecided || settled {
		out.Outcome, out.Stage, out.Reason = o, stage, reason
	}
}

// refusedBy is the verdict on a payload that a format refused.
func refusedBy(err error) Verdict {
	var r *Refusal
	if errors.As(err, &r) {
		return refusedAtDecode(r.Reason, r.Cause)
	}
	return refusedAtDecode(ReasonMalformed, err)
}

func refusedAtDecode(reason Reason, cause error) Verdict {
	v := Verdict{Outcome: Invalid, Stage: StageDecode, Reason: reason, Cause: cause}
	v.Checks[CheckDecode].Result = Fail
	return v
}

// period is when k may have signed: for a Timeless use, the trust list's word without the certificate's.
func (u KeyUse) period(k *Key) (notBefore, notAfter time.Time) {
	if u.Timeless && k.Certificate != nil {
		return k.AllowedFrom, k.AllowedUntil
	}
	return k.NotBefore, k.NotAfter
}

func (u KeyUse) allows(k *Key) bool {
	if u.SubjectURI != "" && k.Certificate != nil && !namesURI(k.Certificate, u.SubjectURI) {
		return false
	}
	named := false
	for _, oid := range k.ExtKeyUsage {
		if contains(u.Need, oid) {
			return true
		}
		named = named || contains(u.Group, oid)
	}
	return !named && !u.Required
}

// namesURI compares as text: an issuer has one spelling.
func namesURI(c *x509.Certificate, uri string) bool {
	for _, u := range c.URIs {
		if u.String() == uri {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
