// Package verifier judges one presentation of a credential: bytes in, verdict out.
//
// It holds the words every other package uses (Scan, Credential, Proof, Key, Verdict, Reason) and the one
// pipeline all formats go through: decode → trust → signature → key usage → time → status → holder → policy.
//
// It is pure. Time comes in with the scan, trust and status lists come in as snapshots, and nothing here
// reads a clock, opens a file, talks to a network, logs, or starts a goroutine. It may import the standard
// library only; the stage packages below it (formats, proof, trust, status, policy) import it and are handed
// to it through the small interfaces of this file.
package verifier

import (
	"sync"
	"time"
)

// MaxPayload is the longest payload, in bytes, that is looked at. No QR symbol carries more than 7,089
// characters; the rest is room for multi-part codes joined by the reader.
const MaxPayload = 16 << 10

// Scan is one presentation of a credential.
type Scan struct {
	Payload []byte       // what the reader saw; the server reuses it, so nobody keeps it
	At      time.Time    // stamped at ingest; later stages never read a clock
	Policy  Policy       // rules of the checkpoint; nil accepts every valid credential
	Holder  HolderDemand // what is expected of a proof of possession
	// Arena is memory to judge in: what the verdict says of the credential is good until the arena is used for
	// another scan. Nil: the verdict's memory is its own.
	Arena *Arena
}

// Format recognises and opens one kind of payload. It decodes and nothing else: signatures, time, status
// and rules are the pipeline's business, so no format can forget them.
type Format interface {
	// Name is the format's public spelling in verdicts, trust lists and metrics.
	Name() string
	// Sniff reports whether payload claims to be of this format. It looks at a prefix and does not allocate.
	Sniff(payload []byte) bool
	// Decode opens payload strictly and within bounds. Exactly one of its results is nil. The credential
	// shares no memory with payload. A refusal is a *Refusal; any other error counts as ReasonMalformed.
	Decode(payload []byte) (*Credential, error)
}

// ArenaFormat is a Format that decodes into memory which is used again.
type ArenaFormat interface {
	Format
	// DecodeIn is Decode with a credential that Begin of a returns, and whose memory is a's. A holder's proof is the one
	// that HolderProof of a returns, or has memory of its own.
	DecodeIn(a *Arena, payload []byte) (*Credential, error)
}

// Trust is one immutable snapshot of the keys that are believed.
type Trust interface {
	// Find appends to dst the keys that may have signed c: those of the issuer it claims, allowed for its
	// format and document type, whose identifier matches the proof's. When none is left it says why:
	// ReasonIssuerUnknown, ReasonKeyUnknown or ReasonKeyNotAllowed. Several keys may share an identifier.
	Find(dst []*Key, c *Credential) ([]*Key, Reason)
	// Epoch changes whenever the snapshot's content does. Proven credentials are remembered under it.
	Epoch() uint64
}

// Checker verifies one signature with one key. It is the only place where cryptography happens.
type Checker interface {
	// Check reports whether p.Signature over p.Signed was made by k with p.Algorithm. It refuses an
	// algorithm that does not fit the key.
	Check(k *Key, p *Proof) bool
}

// GroupChecker is a Checker that checks several signatures at once, each at a lower cost.
type GroupChecker interface {
	Checker
	// Joins tells signatures that cost less in a group. None of them is empty.
	Joins(k *Key, p *Proof) bool
	// CheckAll sets OK of every job to what Check answers.
	CheckAll(jobs []SignatureJob)
}

// SignatureJob is one signature of those that are checked together.
type SignatureJob struct {
	Key   *Key
	Proof *Proof
	OK    bool // the answer
}

// Status is one immutable snapshot of the revocation lists.
type Status interface {
	// Lookup tells what the lists say of c, which k signed.
	Lookup(c *Credential, k *Key) StatusAnswer
}

// Memo remembers credentials whose signature was proven. It is keyed by the payload, of which it compares every
// byte or a cryptographic digest, and the trust epoch. It never holds a verdict: time, status and policy are judged
// on every scan.
type Memo interface {
	// Get returns what was proven from payload under epoch, nil when that is not remembered.
	Get(payload []byte, epoch uint64) *Proven
	// Wants tells whether the credential that was just proven from payload is worth remembering: most codes are shown
	// once, and in a crowd to keep a copy of each costs as much as to check its signature.
	Wants(payload []byte) bool
	// Put remembers p, which shares no memory with a scan.
	Put(p *Proven)
}

// Policy is the relying party's rules for one checkpoint, as a pure function.
type Policy interface {
	// Judge returns ReasonOK, or why c is not accepted here although it is genuine and in force.
	Judge(c *Credential, k *Key, at time.Time) Reason
}

// Proven is a decoded credential with the key that proved it. It is immutable and shared between scans.
type Proven struct {
	Payload    string // what it was decoded from
	Epoch      uint64 // of the trust snapshot that holds the key
	Credential *Credential
	Key        *Key

	arena Arena // the memory of payload and credential, where the scan's own is used again
}

// Snapshots hands out the lists that are current. Verify asks each once, so one scan sees one epoch.
type Snapshots interface {
	Trust() Trust
	Status() Status
}

// Verifier is the pipeline with its parts. Formats, Lists and Checker are required.
type Verifier struct {
	Formats []Format // in sniffing order
	Lists   Snapshots
	Checker Checker
	Memo    Memo          // nil remembers nothing
	Skew    time.Duration // how far issuers' and holders' clocks may be ahead or behind; for not_yet_valid and proofs dated ahead only
	// ProofAge is how long a holder's proof counts after it was made, by the holder's clock; zero:
	// DefaultProofAge. A longer time gives a copied code longer to be used. Skew comes on top only for a clock
	// that is ahead: a proof counts for ProofAge + Skew at most, one from a clock that is behind for less.
	ProofAge time.Duration

	rooms   sync.Pool // of *room, where VerifyAll works
	meeting meeting   // where Verify does
}
