package mandate

import (
	"time"

	"vratar/verifier/pki"
)

// File is a mandate as it came in.
type File struct {
	Data []byte // the XML, byte for byte as it was signed
	// Name is the file's name, if it has one. A GUID in it must be the mandate's number; a name without one says
	// nothing, as downloads and uploads rename files.
	Name string
	// Signatures are detached CMS messages (DER, base64 or PEM). One is usual; several when several must sign. Every
	// one must hold.
	Signatures [][]byte
}

// Policy decides what the law leaves to whoever relies on a mandate. The zero value is our choice.
type Policy struct {
	// RefuseAttached refuses a signature that brings the file along even if it is the same byte for byte.
	// Otherwise it is accepted with a warning.
	RefuseAttached bool
	// RequireSignedAttributes refuses a signature directly over the file. Otherwise it is accepted with a warning if
	// the certificate holds now and held on the mandate's day of issue: such a signature tells no time of its own.
	RequireSignedAttributes bool
	// RefuseOrganisationCertificate refuses a person or sole trader who signed with the certificate of an
	// organisation he heads. Otherwise it is accepted with a warning, since the person is the same by ИНН or СНИЛС.
	RefuseOrganisationCertificate bool
	// AcceptClaimedHeadsUnsafe accepts, with a warning, a signer whose own certificate does not name the principal: the
	// head of a managing company, a managing sole trader, a guardian. That he acts for the principal is then the word of
	// the file that he signed himself: anybody could write such a file. Choose it only where the state registry is asked
	// about every mandate, because registration checks it. Without it the certificate must name the principal.
	AcceptClaimedHeadsUnsafe bool
	// AcceptUnknownRevocationUnsafe accepts, with a warning, a signer for whose certificate no revocation list
	// can tell. Otherwise such a mandate is not proven (indeterminate).
	AcceptUnknownRevocationUnsafe bool
}

// Options say what is believed, and when the question is asked.
type Options struct {
	Trust pki.Trust
	At    time.Time // now
	// ExistedAt is when the signature is known to have existed and its certificate not to have been revoked, from
	// somebody else than the signer: the registry's date of registration, or when we ourselves first proved it. Without
	// it, and without a trusted timestamp, a mandate whose certificate has ended or was revoked since is refused: the
	// signer may have dated it back.
	ExistedAt time.Time
	Policy    Policy
}

// Signer is who signed a proven mandate.
type Signer struct {
	Identity  pki.Identity
	NotBefore time.Time // of the certificate
	NotAfter  time.Time
	SignedAt  time.Time // at which the certificate was judged
	Evidence  pki.Evidence
	Claimed   time.Time // when the signer says he signed; zero: he does not
	Algorithm pki.Algorithm
}

// Proven is a mandate with everything about it that does not change from scan to scan. It is immutable, and only
// Prove makes one.
type Proven struct {
	mandate *Mandate
	signers []Signer
	report  Report
	powers  map[string][]*Power // entries by code
}

// newProven makes what Judge asks quickly.
func newProven(m *Mandate, signers []Signer, r Report) *Proven {
	p := &Proven{mandate: m, signers: signers, report: r, powers: make(map[string][]*Power)}
	if m.Powers.Machine {
		for i := range m.Powers.Codes {
			power := &m.Powers.Codes[i]
			p.powers[power.Code] = append(p.powers[power.Code], power)
		}
	}
	return p
}

// Mandate is what was proven: of the principals' numbers only those that their certificates bear out. It must not be
// modified.
func (p *Proven) Mandate() *Mandate { return p.mandate }

// Signers are those who signed, in the order of the signatures. They must not be modified.
func (p *Proven) Signers() []Signer { return p.signers }

// Report is what Prove answered: the first four checks.
func (p *Proven) Report() Report { return p.report }
