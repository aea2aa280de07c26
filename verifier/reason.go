package verifier

// Reason says why a scan ended as it did. The list is closed; String is the one spelling for JSON, metric
// label, log and screen.
type Reason uint8

const (
	ReasonNone Reason = iota // not judged yet; the zero value admits nobody

	// decode
	ReasonNotRecognised
	ReasonMalformed
	ReasonTooLarge
	ReasonUnsupportedVersion
	ReasonUnsupportedAlgorithm
	ReasonNotACredential

	// trust
	ReasonIssuerUnknown
	ReasonKeyUnknown
	ReasonKeyExpired
	ReasonKeyNotAllowed
	ReasonSignatureInvalid

	// time and status
	ReasonExpired
	ReasonNotYetValid
	ReasonRevoked
	ReasonSuspended
	ReasonStatusUnknown

	// holder
	ReasonHolderProofMissing
	ReasonHolderProofInvalid
	ReasonHolderProofStale
	ReasonCodeReplayed

	// share
	ReasonShareUnknown
	ReasonShareExpired
	ReasonShareUsed
	ReasonShareWithdrawn

	// registry
	ReasonRecordNotFound
	ReasonRecordStatusUnset
	ReasonRecordEnded
	ReasonRecordStale
	ReasonRegistryUnavailable

	// policy
	ReasonDocumentNotAccepted
	ReasonIssuerNotAccepted
	ReasonAgeBelow
	ReasonAgeNotProvable

	// authority
	ReasonCheckerSessionEnded
	ReasonCheckerNotConfirmed
	ReasonMandateMissing
	ReasonMandateNotYetValid
	ReasonMandateExpired
	ReasonMandateRevoked
	ReasonMandateSignatureInvalid
	ReasonMandateSignerMismatch
	ReasonMandateRepresentativeMismatch
	ReasonMandatePowerMissing
	ReasonMandateRestricted
	ReasonMandateJoint
	ReasonMandateUnjudgeable
	ReasonMandateChainInvalid
	ReasonMandateRegistryUnavailable

	// admission
	ReasonAlreadyAdmitted
	ReasonAlreadyInside
	ReasonNotInside
	ReasonZoneFull
	ReasonZoneClosed
	ReasonWrongCheckpoint
	ReasonBlocked

	// system
	ReasonOverloaded
	ReasonDegraded
	ReasonEngineUnreachable
	ReasonOK

	numReasons
)

var reasonNames = [numReasons]string{
	"none",
	"not_recognised", "malformed", "too_large", "unsupported_version", "unsupported_algorithm", "not_a_credential",
	"issuer_unknown", "key_unknown", "key_expired", "key_not_allowed", "signature_invalid",
	"expired", "not_yet_valid", "revoked", "suspended", "status_unknown",
	"holder_proof_missing", "holder_proof_invalid", "holder_proof_stale", "code_replayed",
	"share_unknown", "share_expired", "share_used", "share_withdrawn",
	"record_not_found", "record_status_unset", "record_ended", "record_stale", "registry_unavailable",
	"document_not_accepted", "issuer_not_accepted", "age_below", "age_not_provable",
	"checker_session_ended", "checker_not_confirmed",
	"mandate_missing", "mandate_not_yet_valid", "mandate_expired", "mandate_revoked", "mandate_signature_invalid",
	"mandate_signer_mismatch", "mandate_representative_mismatch", "mandate_power_missing", "mandate_restricted",
	"mandate_joint", "mandate_unjudgeable", "mandate_chain_invalid", "mandate_registry_unavailable",
	"already_admitted", "already_inside", "not_inside", "zone_full", "zone_closed", "wrong_checkpoint", "blocked",
	"overloaded", "degraded", "engine_unreachable", "ok",
}

// String is the reason's public spelling.
func (r Reason) String() string {
	if r < numReasons {
		return reasonNames[r]
	}
	return reasonNames[ReasonNone]
}

// ParseReason is the inverse of String; ReasonNone for a word that is not on the list.
func ParseReason(s string) Reason {
	for i, n := range reasonNames {
		if n == s {
			return Reason(i)
		}
	}
	return ReasonNone
}

// MarshalText writes the public spelling.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the public spelling; an unknown word becomes ReasonNone, which admits nobody.
func (r *Reason) UnmarshalText(b []byte) error { *r = ParseReason(string(b)); return nil }

// Reasons lists every reason, for metrics that must exist before they first count and for screens that
// must have a text for each.
func Reasons() []Reason {
	all := make([]Reason, 0, numReasons-1)
	for r := ReasonNone + 1; r < numReasons; r++ {
		all = append(all, r)
	}
	return all
}

// Refusal is how a format says no. It is an answer about the payload, not a failure of the gateway.
type Refusal struct {
	Reason Reason
	Cause  error // for log and tests; never shown at the gate
}

func (r *Refusal) Error() string {
	if r.Cause == nil {
		return r.Reason.String()
	}
	return r.Reason.String() + ": " + r.Cause.Error()
}

func (r *Refusal) Unwrap() error { return r.Cause }

// Refuse builds a *Refusal.
func Refuse(reason Reason, cause error) error { return &Refusal{Reason: reason, Cause: cause} }
