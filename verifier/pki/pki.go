// Package pki judges signatures that people put under files: messages of the Cryptographic Message Syntax
// (RFC 5652, CAdES of RFC 5126) beside a file, the certificate of whoever signed, its chain to configured roots and
// its revocation, all at the moment of signing, with the algorithms of GOST and the usual ones.
//
// It takes bytes, certificates, lists and a time, and answers which check failed. It fetches nothing, reads no clock,
// trusts no root that came along with a signature, and does not know what the file says or who ought to have signed
// it. The signatures under credentials are the business of package proof. It may import the standard library,
// verifier/cms and the curves that the standard library lacks.
package pki

import (
	"time"
)

// Bounds of what is read.
const (
	MaxSignature   = 256 << 10 // bytes of a signature, decoded
	MaxCertificate = 64 << 10  // bytes of a certificate
	MaxCRL         = 8 << 20   // bytes of a list of revoked certificates
	MaxChain       = 8         // certificates of a chain, signer's and root's included
)

// Options say what is believed, and when the question is asked.
type Options struct {
	Trust Trust

	// At is now: no signature can be younger. Chain and revocation are judged at this time when the signature
	// tells no other.
	At time.Time

	// ExistedAt is a moment at which the signature is known to have been there, from somebody else than the signer
	// (the registry's date of registration). Zero: nobody knows. A timestamp in the signature outranks it; it outranks
	// what the signer claims.
	ExistedAt time.Time
}

// Trust is what an operator has configured. It is never modified.
type Trust struct {
	Roots         []*Certificate // where chains end
	Intermediates []*Certificate // authorities that signatures often leave out; believed only under a root
	CRLs          []*CRL
	Algorithms    []Algorithm // of signatures on files, certificates, lists and timestamps; none is allowed when empty
}

// Failure is the first check that did not hold, in their fixed order.
type Failure uint8

// Failures. The zero value is that nothing was checked, so that a forgotten answer is none.
const (
	FailureUnchecked   Failure = iota // nothing was judged
	FailureNone                       // every check held
	FailureMalformed                  // no signed message in DER (as bytes, base64 or PEM), too large, or a part of it unreadable
	FailureSigners                    // no signer, or more than one
	FailureCertificate                // the signer's certificate is neither in the message nor configured, or unreadable
	FailureAlgorithm                  // the algorithm is not allowed, or does not fit key or digest
	FailureAttributes                 // a signed attribute is missing, there twice, or names another certificate than the signer's
	FailureContent                    // the content is not the one that was signed
	FailureSignature                  // the signature is not of the signer's key
	FailureTime                       // the moment of signing lies after Options.At
	FailureUntrusted                  // no chain to a configured root
	FailureKeyUsage                   // a certificate of the chain is not for what it was used for (key usage, CA, path length)
	FailureValidity                   // the certificate or an authority was not yet or no longer valid at the moment of signing
	FailureRevoked                    // the certificate or an authority was revoked at the moment of signing
)

// String is a name for logs and tests.
func (f Failure) String() string {
	names := [...]string{"unchecked", "none", "malformed", "signers", "certificate", "algorithm", "attributes", "content",
		"signature", "time", "untrusted", "key_usage", "validity", "revoked"}
	if int(f) < len(names) {
		return names[f]
	}
	return "?"
}

// Evidence is who says when a file was signed.
type Evidence uint8

// Evidences, from weak to strong.
const (
	EvidenceNone      Evidence = iota // nobody: everything is judged at Options.At
	EvidenceClaimed                   // the signer
	EvidenceKnown                     // whoever Options.ExistedAt is from
	EvidenceTimestamp                 // a timestamp authority under a configured root (RFC 3161)
)

// String is a name for logs and tests.
func (e Evidence) String() string {
	names := [...]string{"none", "claimed", "known", "timestamp"}
	if int(e) < len(names) {
		return names[e]
	}
	return "?"
}

// Signed is the answer about one signature. Fields beyond Failure and Cause are filled in as far as the checks came;
// they are to be believed only when Failure is FailureNone.
type Signed struct {
	Failure Failure
	Cause   error // for log and tests: no personal data in it; nil when nothing failed

	Certificate *Certificate // of the signer
	Chain       []*Certificate
	Algorithm   Algorithm
	Attached    bool // the message held the content as well, and it was the same
	Proven      bool // the signature is over exactly this content, by the key of Certificate
	Trusted     bool // Certificate has a chain to a root that held at Time; revocation apart

	Time     time.Time // at which chain and revocation were judged
	Evidence Evidence  // for Time
	Claimed  time.Time // what the signer says; zero: nothing, as without signed attributes

	// Revocation is of Certificate at Time. Revoked is FailureRevoked; unknown is for the caller to weigh.
	Revocation Revocation
	// Authorities is the worst of the authorities between Certificate and root at Time.
	Authorities Revocation
	// Current reports whether chain and revocation lists hold at Options.At as well, so that it does not matter when
	// the file was signed. Where they do not, all hangs on Evidence.
	Current bool
	// TimestampCause is why a timestamp that came along is no evidence; nil without one, and with one that is.
	TimestampCause error
	// UnsignedAttributes reports that no attributes were signed: signature directly over the content (RFC 5652 §5.4).
	UnsignedAttributes bool
}

// RevocationState is what the lists say of a certificate.
type RevocationState uint8

// Revocation states.
const (
	RevocationUnknown RevocationState = iota // no list of its issuer can tell
	RevocationGood
	RevocationRevoked
)

// Revocation is a state and, for a certificate that is on a list (even if it was not yet revoked at the moment asked
// for), when it was revoked.
type Revocation struct {
	State RevocationState
	Since time.Time
}
