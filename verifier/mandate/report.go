package mandate

import "vratar/verifier"

// Check is one question asked of a mandate, in their fixed order.
type Check uint8

// The closed list of checks. Prove answers the first four, Judge the rest.
const (
	CheckFormat         Check = iota // size, encoding, schema, number of file and mandate, check digits
	CheckSignature                   // over the very bytes, by an allowed algorithm
	CheckCertificate                 // chain to a configured root, and revocation, at the moment of signing
	CheckSigner                      // the signer is the principal
	CheckDates                       // term, in days of Moscow
	CheckRepresentative              // the checker is the representative, for the organisation asked for
	CheckPowers                      // powers, restrictions, joint powers
	CheckChain                       // sub-delegation up to the original
	CheckRegistry                    // what the registry says now
	NumChecks
)

var checkNames = [NumChecks]string{
	"format", "signature", "certificate", "signer", "dates", "representative", "powers", "chain", "registry",
}

// String is the public spelling.
func (c Check) String() string { return checkNames[c%NumChecks] }

// MarshalText writes the public spelling.
func (c Check) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Answer answers one Check. Nothing in it is personal.
type Answer struct {
	Result verifier.Result
	Code   Code   // what failed or is unknown; empty for a plain pass
	Detail string // in plain English, for logs
}

// Report is the answer about a mandate.
type Report struct {
	Outcome  verifier.Outcome
	Reason   verifier.Reason // of the first check that did not pass; ReasonOK when all did
	Checks   [NumChecks]Answer
	Warnings Warnings
}

// OK reports whether the mandate may be acted on.
func (r *Report) OK() bool { return r.Reason == verifier.ReasonOK && r.Outcome == verifier.Valid }

// Failed is the first check that decided against the mandate, and false when none did.
func (r *Report) Failed() (Check, bool) {
	if r.OK() {
		return 0, false
	}
	for c := range r.Checks {
		if r.Checks[c].Result == verifier.Fail {
			return Check(c), true
		}
	}
	for c := range r.Checks {
		if r.Checks[c].Result == verifier.Unknown {
			return Check(c), true
		}
	}
	return 0, false
}

func (r *Report) pass(c Check) { r.Checks[c].Result = verifier.Pass }

// fail records why a check did not pass. The first one decides.
func (r *Report) fail(c Check, reason verifier.Reason, f fault) {
	r.Checks[c] = Answer{Result: verifier.Fail, Code: f.Code, Detail: f.Detail}
	if r.Reason == verifier.ReasonNone || r.Outcome == verifier.Indeterminate {
		r.Reason, r.Outcome = reason, verifier.Invalid
	}
}

// unknown records that a check could not be answered and that this decides against the mandate: a later failure
// decides more, an earlier one has decided.
func (r *Report) unknown(c Check, reason verifier.Reason, f fault) {
	r.Checks[c] = Answer{Result: verifier.Unknown, Code: f.Code, Detail: f.Detail}
	if r.Reason == verifier.ReasonNone {
		r.Reason, r.Outcome = reason, verifier.Indeterminate
	}
}

// done settles a report in which nothing was refused.
func (r *Report) done() {
	if r.Reason == verifier.ReasonNone {
		r.Reason, r.Outcome = verifier.ReasonOK, verifier.Valid
	}
}

// Code says in one word what about a check failed, so that a screen can have a text for it. The constants are all
// there are.
type Code string

// fault is a code with its sentence for logs.
type fault struct {
	Code   Code
	Detail string
}

// Error is the sentence.
func (f fault) Error() string { return f.Detail }

// Warnings are what a good report does not hide.
type Warnings uint16

// The closed list of warnings.
const (
	WarnAttached                Warnings = 1 << iota // the signature brought the file along; both are the same
	WarnNoSignedAttributes                           // the signature tells no time and names no certificate
	WarnOrganisationCertificate                      // a person or sole trader signed with an organisation's certificate
	WarnAuthorityRevocation                          // no list tells whether an authority above the signer was revoked
	WarnSignerRevocation                             // nor for the signer's certificate, which the operator accepts
	WarnTextBesideCodes                              // words stand beside the codes of powers and were not judged
	WarnRegistryUnknown                              // the registry did not tell, which the checkpoint accepts
	WarnCertificateEnded                             // the certificate has ended since; a trusted time shows it signed before
	WarnClaimedHead                                  // that the signer acts for the principal is the file's own word
)

var warningNames = [...]string{
	"attached_signature", "no_signed_attributes", "organisation_certificate", "authority_revocation_unknown",
	"signer_revocation_unknown", "text_beside_codes", "registry_unknown", "certificate_ended", "claimed_head",
}

// Names lists the members' public spellings.
func (w Warnings) Names() []string {
	var names []string
	for i, name := range warningNames {
		if w&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}
