package ledger

import (
	"fmt"
	"time"

	"vratar/verifier"
)

// Decision is what the gate was told. The zero value admits nobody.
type Decision uint8

const (
	Deny Decision = iota
	Admit
	Hold // not enough is known: a person decides
	numDecisions
)

var decisionNames = [numDecisions]string{"deny", "admit", "hold"}

// String is the public spelling; a value that is not on the list reads as a refusal.
func (d Decision) String() string {
	if d < numDecisions {
		return decisionNames[d]
	}
	return decisionNames[Deny]
}

// MarshalText writes the public spelling.
func (d Decision) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the public spelling; an unknown word is an error.
func (d *Decision) UnmarshalText(b []byte) error {
	for i, name := range decisionNames {
		if name == string(b) {
			*d = Decision(i)
			return nil
		}
	}
	return fmt.Errorf("ledger: decision %q: want deny, admit or hold", b)
}

// Direction is the way through the gate.
type Direction uint8

const (
	Entry Direction = iota
	Exit
	numDirections
)

var directionNames = [numDirections]string{"entry", "exit"}

// String is the public spelling.
func (d Direction) String() string { return directionNames[d%numDirections] }

// MarshalText writes the public spelling.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the public spelling; an unknown word is an error.
func (d *Direction) UnmarshalText(b []byte) error {
	for i, name := range directionNames {
		if name == string(b) {
			*d = Direction(i)
			return nil
		}
	}
	return fmt.Errorf("ledger: direction %q: want entry or exit", b)
}

// Capacity is as whom a checker asked. The zero value is that of a gateway that does not ask.
type Capacity string

// The capacities.
const (
	Unasked        Capacity = ""
	AsSelf         Capacity = "self"         // a private person: the record is his alone
	AsOrganisation Capacity = "organisation" // for the organisation that the passage names
)

// Ref points at an earlier passage and says what a doorman asks: when and where.
type Ref struct {
	Seq        uint64    `json:"seq"`
	At         time.Time `json:"at"`
	Checkpoint string    `json:"checkpoint"`
}

// Passage is one recorded decision. It is stored and published as JSON with these names and holds nothing of
// the holder's: whom it was about is a keyed hash.
type Passage struct {
	Seq        uint64    `json:"seq"`                 // given by the ledger: 1, 2, 3 … without a gap
	ID         string    `json:"id"`                  // given by the caller, unique
	At         time.Time `json:"at"`                  // the gateway's clock; kept in UTC
	ScannedAt  time.Time `json:"scanned_at,omitzero"` // the reader's claim, for codes read while offline
	Checkpoint string    `json:"checkpoint"`
	Group      string    `json:"group"` // checkpoints of one group share who has been admitted
	Direction  Direction `json:"direction"`
	Nonce      string    `json:"nonce,omitempty"`   // the reader's number of this scan, at most MaxText bytes
	Checker    string    `json:"checker,omitempty"` // account or device

	// In which capacity the checker asked, where the gateway asks for one; all empty otherwise.
	Capacity     Capacity `json:"capacity,omitempty"`
	Organisation string   `json:"organisation,omitempty"` // for which he asked: its id here; may be set without a mandate
	Mandate      string   `json:"mandate,omitempty"`      // number of the mandate that he named

	Decision Decision        `json:"decision"`
	Outcome  string          `json:"outcome"` // the verdict's, also when admission refused
	Reason   verifier.Reason `json:"reason"`
	Stage    string          `json:"stage"`

	Format   string `json:"format,omitempty"`
	Document string `json:"document,omitempty"`
	Issuer   string `json:"issuer,omitempty"`  // identifier from the trust list, only when proven
	Payload  string `json:"payload"`           // keyed digest of the payload: tells a repeated nonce with another code
	Subject  string `json:"subject,omitempty"` // keyed digest of issuer and credential; empty when nothing was proven

	// Inside is set by the ledger on an admission: whether the subject counts as inside from now on.
	Inside bool `json:"inside,omitempty"`
	// Previous is set by the ledger when an earlier admission is why this one was refused, or was set aside.
	Previous *Ref `json:"previous,omitempty"`
	// Overrides is set by the ledger where a person decided, against the gateway: what he set aside, and why.
	Overrides *Override `json:"overrides,omitempty"`
}

// Standing is what the ledger knows of a subject in a group at the moment of deciding.
type Standing struct {
	Known       bool  // has been admitted to the group before
	Inside      bool  // and has not left since
	Last        Ref   // the latest admission, in either direction; zero when not Known
	GroupInside int64 // how many subjects are inside
}

// Move decides a passage from the subject's standing. It is pure, must not wait and must not call the ledger:
// it runs while all other claims stand still. inside counts only with Admit.
type Move func(Standing) (d Decision, reason verifier.Reason, inside bool)
