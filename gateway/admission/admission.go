// Package admission turns a verdict into a decision: may this holder pass here, now, once?
//
// It never admits what is not recorded: the ledger's Claim decides and writes in one step, under its lock,
// and only its success opens a gate. Every error closes it. Refusals are recorded too. It reads no clock and
// knows neither payload formats nor transports, and it hands the ledger keyed digests, never a holder's data.
package admission

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"vratar/cache/ledger"
	"vratar/verifier"
)

// Ledger is what admission needs of the durable store.
type Ledger interface {
	// Claim atomically asks move about the subject's standing and records the passage with its answer, at
	// stage "admission" when it refuses for another reason than p's; with move nil it records p as it is. It
	// returns once a crash cannot undo that. A nonce that was claimed before yields the passage recorded
	// then, and true. ledger.ErrDegraded: nothing was recorded, because the disk is nearly full.
	Claim(ctx context.Context, p ledger.Passage, move ledger.Move) (recorded ledger.Passage, replayed bool, err error)
	// Digest is a hash keyed with a secret of this gateway.
	Digest(domain string, parts ...[]byte) [32]byte
}

// Checkpoint is the place of a decision. The zero value of OnUnknown denies.
type Checkpoint struct {
	ID    string
	Group string // checkpoints of one group share what is known of a subject
	Rule  Rule   // of the group: the same at all its checkpoints
	// OnUnknown is the decision on a genuine credential of which nobody can say whether it was withdrawn:
	// ledger.Hold, ledger.Deny, or ledger.Admit, which is unsafe.
	OnUnknown ledger.Decision
}

// Request is one scan, judged.
type Request struct {
	Verdict    *verifier.Verdict
	Payload    []byte // as scanned; only its keyed digest is kept
	Checkpoint Checkpoint
	Direction  ledger.Direction
	Nonce      string    // the reader's name for this presentation; "" makes every request a new one
	ScannedAt  time.Time // the reader's claim, for codes read offline; zero: now
	At         time.Time // this gateway's clock
	Asker      Asker
}

// Asker is who scanned, and whether he might.
type Asker struct {
	Checker      string // account or device
	Capacity     ledger.Capacity
	Organisation string // for which he asked
	Mandate      string // that he named
	// Refusal is why he may not ask; ReasonNone: he may. The attempt is recorded, and the credential stays unused.
	Refusal verifier.Reason
	Hold    bool // whether the person at the gate decides about the refusal
}

// Decider decides and records.
type Decider struct {
	Ledger Ledger
}

// errUnproven would be a fault of the verifier: a valid verdict that no key stands behind.
var errUnproven = errors.New("admission: BUG: a verdict without a key asks for a decision")

// Decide returns the recorded passage, and whether it was recorded by an earlier request with the same
// nonce. A full disk is an answer, not an error: a denial without a sequence number, with ReasonDegraded where
// the code itself was good. An error means that the gateway failed or that the request contradicts an earlier
// one (ledger.ErrNonceReused); the passage that comes with it denies. Once it has returned nothing holds memory of the
// verdict or the payload, not even when the context has ended first.
func (d *Decider) Decide(ctx context.Context, r Request) (passage ledger.Passage, replayed bool, err error) {
	p := d.draft(r)
	move, err := d.move(r)
	if err != nil {
		return p, false, err
	}
	recorded, replayed, err := d.Ledger.Claim(ctx, p, move)
	if errors.Is(err, ledger.ErrDegraded) {
		if move != nil { // a code that is refused anyway keeps its own reason
			p.Reason, p.Stage = verifier.ReasonDegraded, verifier.StageAdmission.String()
		}
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	return recorded, replayed, nil
}

// move chooses what the ledger asks about the subject's standing; nil records the verdict's refusal.
func (d *Decider) move(r Request) (ledger.Move, error) {
	v := r.Verdict
	if v.Outcome == verifier.Invalid || r.Asker.Refusal != verifier.ReasonNone {
		return nil, nil
	}
	if !v.Proven() {
		return nil, errUnproven
	}
	next := func(s ledger.Standing) (ledger.Decision, verifier.Reason, bool) {
		return Next(r.Checkpoint.Rule, r.Direction, s)
	}
	if v.Outcome == verifier.Valid {
		return next, nil
	}
	// A used ticket is refused whether or not its status is known: "no" is more than "not known".
	return func(s ledger.Standing) (ledger.Decision, verifier.Reason, bool) {
		decision, reason, inside := next(s)
		switch {
		case decision != ledger.Admit:
			return decision, reason, inside
		case r.Checkpoint.OnUnknown == ledger.Admit && v.Reason == verifier.ReasonStatusUnknown:
			return ledger.Admit, v.Reason, inside
		case r.Checkpoint.OnUnknown == ledger.Deny:
			return ledger.Deny, v.Reason, s.Inside
		}
		return ledger.Hold, v.Reason, s.Inside
	}, nil
}

// draft is the passage before a decision: a denial for the verdict's reason.
func (d *Decider) draft(r Request) ledger.Passage {
	v := r.Verdict
	payload := d.Ledger.Digest("payload", r.Payload)
	p := ledger.Passage{
		ID: rand.Text(), At: r.At, ScannedAt: r.ScannedAt,
		Checkpoint: r.Checkpoint.ID, Group: r.Checkpoint.Group, Direction: r.Direction,
		Nonce: r.Nonce, Checker: r.Asker.Checker,
		Capacity: r.Asker.Capacity, Organisation: r.Asker.Organisation, Mandate: r.Asker.Mandate,
		Decision: ledger.Deny, Outcome: v.Outcome.String(), Reason: v.Reason, Stage: v.Stage.String(),
		Payload: hex.EncodeToString(payload[:]),
	}
	if c := v.Credential; c != nil {
		p.Format = c.Format
		// What an unproven code calls itself is its forger's choice of words. A name that the ledger does not
		// take is left out: it must not keep a genuine document from being recorded.
		if (v.Proven() || c.Kind == verifier.KindNotice) && len(c.Type) <= ledger.MaxText && utf8.ValidString(c.Type) {
			p.Document = strings.Clone(c.Type) // the ledger keeps it, and the verdict's memory is used again
		}
	}
	if v.Proven() {
		p.Issuer = v.Key.Issuer.ID
		p.Subject = d.subject(v)
	}
	r.Asker.refuse(&p)
	return p
}

// refuse makes p the record of an attempt by somebody who may not ask: whom it was about is kept, as a keyed digest,
// and nothing that he would learn from it. A code that is none at all keeps its own reason.
func (a *Asker) refuse(p *ledger.Passage) {
	if a.Refusal == verifier.ReasonNone || p.Stage == verifier.StageDecode.String() {
		return
	}
	p.Outcome, p.Reason, p.Stage = verifier.Indeterminate.String(), a.Refusal, verifier.StageAuthority.String()
	p.Format, p.Document, p.Issuer = "", "", ""
	if a.Hold {
		p.Decision = ledger.Hold
	}
}

// subject names the credential, not its text: one credential can be compressed, encoded and (ECDSA: r, n−s)
// signed into many texts, and each would pass once if texts were counted. Formats do not enter either, so
// that the same document in two formats, with the issuer's same identifier, is one.
//
// The issuer is the one that the credential names under its signature. The entry of the trust list counts only
// where it names none: one key may stand in several entries, and which of them is found can hang on a key
// identifier that is not signed, or on the list of the day.
func (d *Decider) subject(v *verifier.Verdict) string {
	c := v.Credential
	issuer := c.Issuer
	if issuer == "" {
		issuer = v.Key.Issuer.ID
	}
	kind, identity := "id", c.ID
	if len(identity) == 0 {
		digest := sha256.Sum256(c.Proof.Signed)
		kind, identity = "signed", digest[:]
	}
	sum := d.Ledger.Digest("subject", []byte(issuer), []byte(kind), identity)
	return hex.EncodeToString(sum[:])
}
