package verifier

// Outcome is what a credential is worth, after the three results of ETSI EN 319 102-1. The zero value
// admits nobody.
type Outcome uint8

const (
	Indeterminate Outcome = iota // not enough is known, e.g. the status list is stale
	Valid
	Invalid
)

var outcomeNames = [...]string{"indeterminate", "valid", "invalid"}

// String is the public spelling.
func (o Outcome) String() string { return outcomeNames[o%3] }

// Stage is the step of the pipeline at which a scan ended.
type Stage uint8

const (
	StageDecode Stage = iota
	StageTrust
	StageTime
	StageStatus
	StageHolder
	StagePolicy // also the stage of a credential that passed everything
	StageAdmission
	StageAuthority // may this checker ask? Told apart from the credential: it is no step of its judgement
)

// String is the public spelling.
func (s Stage) String() string {
	return [...]string{"decode", "trust", "time", "status", "holder", "policy", "admission", "authority"}[s%8]
}

// Check is one question that was asked of the credential.
type Check uint8

const (
	CheckDecode Check = iota
	CheckSchema
	CheckIssuer
	CheckSignature
	CheckKeyUsage
	CheckTime
	CheckStatus
	CheckHolder
	CheckPolicy
	NumChecks
)

var checkNames = [NumChecks]string{
	"decode", "schema", "issuer", "signature", "key_usage", "time", "status", "holder", "policy",
}

// String is the public spelling.
func (c Check) String() string { return checkNames[c%NumChecks] }

// Result answers a Check.
type Result uint8

const (
	NotChecked Result = iota
	Pass
	Fail
	Unknown
)

var resultNames = [...]string{"not_checked", "pass", "fail", "unknown"}

// String is the public spelling.
func (r Result) String() string { return resultNames[r%4] }

// CheckResult is the answer to one Check with an optional fixed sentence of detail, never holder data.
type CheckResult struct {
	Result Result
	Detail string
}

// NotEstablished is the set of things a valid verdict does not say, which a screen must not let people assume.
type NotEstablished uint8

const (
	HolderBinding NotEstablished = 1 << iota // nothing ties the code to the person who shows it
	Revocation                               // no list says whether it was withdrawn
)

// Names lists the members' public spellings.
func (n NotEstablished) Names() []string { return n.appendNames(nil) }

func (n NotEstablished) appendNames(names []string) []string {
	if n&HolderBinding != 0 {
		names = append(names, "holder_binding")
	}
	if n&Revocation != 0 {
		names = append(names, "revocation")
	}
	return names
}

// Verdict is the pipeline's answer to one scan.
type Verdict struct {
	Outcome        Outcome
	Stage          Stage
	Reason         Reason
	Credential     *Credential // nil when decode refused
	Key            *Key        // the trusted key that proved it; nil when none did
	Checks         [NumChecks]CheckResult
	NotEstablished NotEstablished // meaningful for Valid and Indeterminate
	Cause          error          // for log and tests; never shown at the gate
}

// Proven reports whether a trusted key vouches for the credential's content. Only then may a screen show
// its claims as facts.
func (v *Verdict) Proven() bool { return v.Key != nil }
