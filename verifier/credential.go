package verifier

import (
	"crypto"
	"crypto/x509"
	"time"
)

// Kind tells a credential from a code that only looks like one to a camera.
type Kind uint8

const (
	KindCredential Kind = iota // signed statement about a holder
	KindNotice                 // recognised, but nothing to verify: payment, goods, link, sign-in
)

func (k Kind) String() string {
	if k == KindNotice {
		return "notice"
	}
	return "credential"
}

// Credential is what a payload says, after decoding and before anybody believes it.
type Credential struct {
	Format  string // name of the format that decoded it
	Kind    Kind
	Type    string // document type in our spelling: vaccination, test, recovery, age, student, ticket, …; for notices: payment, goods, link, …
	OwnType string // document type in the format's own spelling, where it has one (mdoc docType, SD-JWT vct): several may share a Type
	Issuer  string // who claims to have issued it, in the format's own identifier (CWT iss, JWT iss, country); may be empty
	Country string // ISO 3166-1 alpha-2, where stated

	// ID is the issuer's own identifier of this credential (CWT cti, UVCI, ticket secret), nil where the
	// format has none. Admission counts presentations by it, never by the text of the code.
	ID []byte

	Holder Holder
	Claims []byte // what it says, as the text of one JSON object with the format's own member names; nil when there is nothing

	IssuedAt  time.Time // zero: not stated
	NotBefore time.Time // zero: not stated
	// PlannedStart tells that NotBefore was chosen for the holder, as with a ticket, and read off no clock: it
	// is kept to the second, whatever clocks may differ.
	PlannedStart bool
	ExpiresAt    time.Time // zero: not stated. The last instant at which it is in force
	// SignedAt is when it was signed, where the format states that without meaning that it is in force from
	// then on. The key's period is held against it. Zero: IssuedAt.
	SignedAt time.Time

	Status *StatusRef // token status list entry it points to, nil when it names none
	// RevocationHashes are the values under which a revoked-hash list may name it (EU DCC: UCI, country+UCI,
	// signature; each the first 16 bytes of SHA-256).
	RevocationHashes [][]byte

	// RevocationID is the name by which the issuer's own revocation list may hold it, and RevocationMethod how
	// that name came about (SMART Health Cards: rid, hash-fhir). Unlike ID it may stand for several credentials.
	RevocationID     string
	RevocationMethod string

	KeyUse KeyUse // what the signer's certificate must be allowed to do
	Proof  Proof
	// Bound tells that the issuer named a holder's key and meant the credential to be shown with a proof of it.
	Bound bool
	// HolderProof shows possession of the holder's key; nil when the presentation carries none.
	HolderProof *HolderProof
	// SchemaFault is nil when the content obeys the format's schema. It is kept apart from decoding so that
	// a verdict can say which of the two failed.
	SchemaFault error
}

// Holder is the normalised part of the claims that a person at a gate compares with a face or a passport.
type Holder struct {
	Name           string
	BirthDate      string // YYYY-MM-DD, YYYY-MM or YYYY, as far as the document states it
	DocumentNumber string
}

// FormatStatusList is the Format of a status list token. It is a signed statement like a credential and is
// proven in the same way, but no payload is ever taken for one.
const FormatStatusList = "statuslist"

// FormatTrustList is the Format of a signed trust list. Like a status list it is proven as a credential is, but
// only by a key that the operator named for it.
const FormatTrustList = "trustlist"

// StatusRef points at one entry of a token status list (draft-ietf-oauth-status-list §6).
type StatusRef struct {
	URI   string
	Index uint64
	Form  StatusForm // in which the list counts for this credential
}

// StatusForm is how a token status list is written.
type StatusForm uint8

const (
	AnyForm StatusForm = iota
	JWTForm            // application/statuslist+jwt
	CWTForm            // application/statuslist+cwt
)

// KeyUse is a demand on the extended key usage of the signer's certificate, as dotted object identifiers.
// A certificate that names none of Group is unrestricted unless Required is set; one that names some of
// Group must name one of Need. A key without certificate passes unless Required is set.
type KeyUse struct {
	Group    []string
	Need     []string
	Required bool
	// Timeless tells that the issuer lets its documents outlive the certificate, and be made over with an old
	// date: the certificate's own period is not held against them. A period that the trust list sets is.
	Timeless bool
	// SubjectURI is a URI that the certificate, where the key has one, must name as a subject alternative
	// name; empty: any.
	SubjectURI string
}

// Proof is everything a signature check needs. Signed is the exact byte string under the signature.
type Proof struct {
	Algorithm Algorithm
	KeyID     []byte // as it stands in the payload; empty when it names none
	Signed    []byte
	Signature []byte
	Chain     [][]byte // DER certificates carried in the payload, leaf first; a hint, never trusted by itself
}

// Algorithm is a signature algorithm from the closed list that is supported.
type Algorithm uint8

const (
	AlgorithmNone Algorithm = iota // no proof; never verifies
	ES256                          // ECDSA P-256 SHA-256, signature r‖s of 64 bytes; ES256 to ES512 also on brainpool curves
	ES384                          // ECDSA P-384 SHA-384, r‖s of 96 bytes
	ES512                          // ECDSA P-521 SHA-512, r‖s of 132 bytes
	PS256                          // RSASSA-PSS SHA-256, salt 32
	RS256                          // RSASSA-PKCS1-v1_5 SHA-256
	EdDSA                          // Ed25519
	ES224                          // ECDSA brainpoolP224r1 SHA-224, r‖s of 56 bytes; no JOSE name is registered
)

var algorithmNames = [...]string{"none", "ES256", "ES384", "ES512", "PS256", "RS256", "EdDSA", "ES224"}

// String is the algorithm's JOSE name (RFC 7518).
func (a Algorithm) String() string {
	if int(a) < len(algorithmNames) {
		return algorithmNames[a]
	}
	return "none"
}

// AlgorithmByName is the inverse of String; AlgorithmNone for an unknown name.
func AlgorithmByName(name string) Algorithm {
	for i, n := range algorithmNames {
		if n == name {
			return Algorithm(i)
		}
	}
	return AlgorithmNone
}

// AnyIssuer is the identifier of a trust entry that vouches for whoever the credential names: what a bare key
// set gets, for trials and closed systems.
const AnyIssuer = "*"

// Issuer is an entry of a trust list. It is immutable.
type Issuer struct {
	ID      string
	Name    string
	Country string
	// StatusMaxAge is how old a status list may be before verdicts that need it become indeterminate.
	// Zero leaves the list's own expiry as the only bound.
	StatusMaxAge time.Duration
}

// Key is a trusted public key. It is immutable and lives as long as its snapshot, unless it is Fleeting.
type Key struct {
	Issuer      *Issuer
	ID          string // for display: JWK kid, or base64 of a certificate's identifier
	Public      crypto.PublicKey
	Certificate *x509.Certificate // nil for a bare key
	// CertificateID is the first eight bytes of the certificate's SHA-256, by which lists name it (EU DCC specification
	// A.1). Nil where nobody has worked it out yet.
	CertificateID []byte
	ExtKeyUsage   []string  // the certificate's extended key usages, dotted
	NotBefore     time.Time // zero: unbounded
	NotAfter      time.Time // zero: unbounded
	// AllowedFrom and AllowedUntil are what the trust list itself says of that period, where the key has a certificate:
	// they stand when the certificate's own period plays no part (KeyUse.Timeless). Zero: unbounded.
	AllowedFrom, AllowedUntil time.Time

	CRLVersion  uint64    // version of the revocation list its publisher keeps for it; 0: not stated
	ListedUntil time.Time // when the signed list that names it expires, after which it vouches for nothing; zero: never
	// Preparation is where the prepared form of a key is kept that is listed, or certified by an authority that is;
	// nil for others.
	Preparation *Preparation
	// Fleeting tells that the key was made for one credential, of a certificate that came with it and that no list
	// remembers: whoever keeps the key keeps the certificate alive.
	Fleeting bool
}

// StatusState is what revocation lists say of one credential.
type StatusState uint8

const (
	StatusNotChecked StatusState = iota // the credential names no status and no list covers it
	StatusValid
	StatusRevoked
	StatusSuspended
	StatusUnknown // it names a list that is missing, unreadable, too old, or has no such entry
)

// StatusAnswer is the outcome of one look-up.
type StatusAnswer struct {
	State StatusState
	// ListTime is when the list was issued or fetched, whichever is later; zero when there is none.
	ListTime time.Time
	// ListExpires is after which the list says nothing any more; zero: never.
	ListExpires time.Time
	Detail      string // fixed text for people; never holder data
}
