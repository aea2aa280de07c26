package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
	"vratar/verifier"
)

// Why a decision is not set aside.
var (
	// ErrUnknown means that there is no such passage.
	ErrUnknown = errors.New("there is no such passage")
	// ErrOverridden means that a person has set this decision aside before. The first one stands.
	ErrOverridden = errors.New("the decision was set aside before")
	// ErrLate means that the passage is too old to be set aside.
	ErrLate = errors.New("the passage is too old to be set aside")
	// ErrAgrees means that there is nothing to set aside: the decision is what is asked for, or it is a person's.
	ErrAgrees = errors.New("there is nothing to set aside")
	// ErrOvertaken means that the subject has passed since: what was decided then matters no longer.
	ErrOvertaken = errors.New("the subject has passed since")
)

// ObjectionError means that the subject may not pass for a reason that the passage did not tell, so whoever sets it
// aside cannot have known: he must name the reason in Overriding.Despite.
type ObjectionError struct {
	Reason   verifier.Reason
	Previous *Ref // the subject's latest admission, nil when there was none
}

func (e *ObjectionError) Error() string { return "the subject may not pass: " + e.Reason.String() }

// Class is why somebody sets a decision aside: one of a short list, so that it can be counted and names nobody.
type Class string

// The classes.
const (
	DocumentSeen Class = "document_seen"  // the document itself was looked at
	ListOutdated Class = "list_outdated"  // the gateway's lists are behind
	ScannerFault Class = "scanner_fault"  // the code or the reader does not work
	GuestOfHouse Class = "guest_of_house" // the house wants him in
	Emergency    Class = "emergency"
	NotHolder    Class = "not_the_holder" // somebody else's document
	HouseRules   Class = "house_rules"    // he may not come in, whatever he shows
	OtherClass   Class = "other"          // the note says
)

// Classes is the closed list.
func Classes() []Class {
	return []Class{DocumentSeen, ListOutdated, ScannerFault, GuestOfHouse, Emergency, NotHolder, HouseRules, OtherClass}
}

// Override is what a passage tells that a person decided against the gateway. Of his words it holds a commitment
// only: they may speak of somebody, and are kept beside the chain, where they can be forgotten.
type Override struct {
	Seq       uint64            `json:"seq"` // of the passage that was set aside, at the same checkpoint
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Decision  Decision          `json:"decision"`
	Reason    verifier.Reason   `json:"reason"`
	Checker   string            `json:"checker,omitempty"` // who had scanned
	Class     Class             `json:"class"`
	Despite   []verifier.Reason `json:"despite,omitempty"`     // what else stood against it and was named
	Note      string            `json:"note_digest,omitempty"` // commitment to the note; see Ledger.Note
	Delegated bool              `json:"delegated,omitempty"`   // at a screen that was signed in from elsewhere
}

// sets reports whether the override names reason as known and put aside.
func (o *Override) sets(reason verifier.Reason) bool {
	return reason == o.Reason || slices.Contains(o.Despite, reason)
}

// Overriding is a person's decision against the gateway's.
type Overriding struct {
	Of        uint64            // sequence number of the passage
	Within    time.Duration     // how old it may be
	ID        string            // of the new passage, unique
	At        time.Time         // the gateway's clock
	Nonce     string            // asked again with it, the answer is the same
	Checker   string            // who decides
	Delegated bool              // see Override
	Decision  Decision          // Admit or Deny
	Class     Class             // why
	Despite   []verifier.Reason // see ObjectionError
	Note      string            // at most MaxNote characters
}

// Override records that a person set a decision aside, and returns the new passage once a crash cannot undo it.
//
// Letting somebody in counts as an admission: it uses the credential up and counts him inside, and the move, which is
// the rule of the place, is asked as for a scan. What it objects is set aside only when the passage told the same
// reason or Despite names it. Turning somebody away who was admitted puts him back to where he was; what he showed
// stays used.
//
// A decision is set aside once. The same nonce, checker and content again get the recorded passage, and replayed is
// true. Errors: the ones above, ErrNonceReused, ErrDegraded.
func (l *Ledger) Override(ctx context.Context, o Overriding, move Move) (recorded Passage, replayed bool, err error) {
	if err := o.check(); err != nil {
		return Passage{}, false, err
	}
	if o.Decision == Admit && move == nil {
		return Passage{}, false, errors.New("ledger: nobody is admitted without a move")
	}
	if err := l.enter(); err != nil {
		return Passage{}, false, err
	}
	defer l.leave()
	o.At = o.At.UTC()
	p, b, hash, err := l.applyOverride(ctx, &o, move)
	if err != nil {
		return Passage{}, false, err
	}
	replayed, err = l.settle(ctx, &p, b, hash)
	return p, replayed, err
}

// check refuses what may not become a record: it is the caller's fault.
func (o *Overriding) check() error {
	switch {
	case o.Nonce == "" || o.Checker == "":
		return errors.New("ledger: an override without nonce or checker")
	case o.Decision != Admit && o.Decision != Deny:
		return errors.New("ledger: an override admits or denies")
	case !slices.Contains(Classes(), o.Class):
		return fmt.Errorf("ledger: class %q is not on the list", o.Class)
	}
	return checkNote(o.Note)
}

// applyOverride decides o and writes it to the log, as apply does for a scan.
func (l *Ledger) applyOverride(ctx context.Context, o *Overriding, move Move) (p Passage, b *pebble.Batch, hash Hash, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := errors.Join(l.tail.failed(), ctx.Err()); err != nil {
		return p, nil, hash, err
	}
	if o.Of == 0 || o.Of > l.seq {
		return p, nil, hash, ErrUnknown
	}
	if p, known, err := l.overridden(o); err != nil || known {
		return p, nil, hash, err
	}
	was, _, err := l.load(o.Of)
	if err == nil {
		err = o.against(&was)
	}
	if err != nil {
		return p, nil, hash, err
	}
	p = o.draft(&was)
	b, hash, err = l.commit(&p, func(b *pebble.Batch) (change, error) { return l.collectOverride(b, &overruling{o, &was, &p}, move) })
	return p, b, hash, err
}

// overridden finds the passage that has set the decision aside before; an error where it is not the answer to o. The
// caller holds mu.
func (l *Ledger) overridden(o *Overriding) (p Passage, known bool, err error) {
	value, closer, err := l.db.Get(overrideKey(o.Of))
	if errors.Is(err, pebble.ErrNotFound) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("ledger: reading an override: %w", err)
	}
	seq, ok := decodeSeq(value)
	if err := closer.Close(); err != nil || !ok {
		return p, false, errors.Join(errors.New("ledger: unreadable override"), err)
	}
	if p, _, err = l.load(seq); err != nil {
		return p, false, err
	}
	if p.Overrides == nil {
		return p, false, errors.New("ledger: an override that is none")
	}
	if p.Nonce != o.Nonce || p.Checker != o.Checker {
		return p, false, ErrOverridden
	}
	same, err := l.sameNote(&p, o.Note)
	if err == nil && (!same || p.Decision != o.Decision || p.Overrides.Class != o.Class) {
		err = ErrNonceReused
	}
	return p, err == nil, err
}

// against reports whether the passage may be set aside at all.
func (o *Overriding) against(was *Passage) error {
	switch {
	case was.Overrides != nil || was.Decision == o.Decision:
		return ErrAgrees
	case o.At.Sub(was.At) > o.Within:
		return ErrLate
	}
	return nil
}

// draft is the new passage as far as the overridden one tells.
func (o *Overriding) draft(was *Passage) Passage {
	p := *was
	p.Seq, p.ID, p.At, p.ScannedAt, p.Nonce, p.Checker = 0, o.ID, o.At, time.Time{}, o.Nonce, o.Checker
	p.Inside, p.Previous, p.Subject = false, nil, overriddenSubject(was)
	p.Decision = o.Decision
	if o.Decision == Deny {
		p.Reason, p.Stage = verifier.ReasonBlocked, verifier.StageAdmission.String()
	}
	p.Overrides = &Override{
		Seq: was.Seq, ID: was.ID, At: was.At, Decision: was.Decision, Reason: was.Reason, Checker: was.Checker,
		Class: o.Class, Delegated: o.Delegated,
	}
	return p
}

// overriddenSubject is who passes by an override. Where nothing was proven it is whoever shows the same code, so that
// he is counted out as he was counted in, and that one code does not let in a second person unnoticed.
func overriddenSubject(was *Passage) string {
	if was.Subject != "" {
		return was.Subject
	}
	return "payload:" + was.Payload
}

// overruling is an override under way.
type overruling struct {
	o   *Overriding
	was *Passage
	p   *Passage
}

// collectOverride gathers in b all that follows, as collect does for a scan.
func (l *Ledger) collectOverride(b *pebble.Batch, r *overruling, move Move) (change, error) {
	p := r.p
	p.Seq = l.seq + 1
	e, err := l.overrule(r, move)
	if err != nil {
		return change{}, err
	}
	if p.Overrides.Note, err = putNote(b, p, r.o.Note); err != nil {
		return change{}, err
	}
	if err := p.check(move); err != nil {
		return change{}, err
	}
	if err := b.Set(overrideKey(r.was.Seq), binary.BigEndian.AppendUint64(nil, p.Seq), nil); err != nil {
		return change{}, err
	}
	c, err := l.gather(b, p, e)
	c.periods = l.periods
	return c, err
}

// overrule holds a person's decision against the subject's standing. The caller holds mu.
func (l *Ledger) overrule(r *overruling, move Move) (effect, error) {
	s, err := l.standing(r.p)
	switch {
	case err != nil:
		return effect{}, err
	case s.Known && s.Last.Seq > r.was.Seq:
		return effect{}, ErrOvertaken
	case r.o.Decision == Admit:
		return r.admit(s, move)
	case r.was.Decision != Admit:
		return effect{}, nil
	case s.Last.Seq != r.was.Seq:
		return effect{}, errors.New("ledger: an admission without standing")
	}
	back := *r.was
	back.Inside = !r.was.Inside
	return effect{one(back.Inside) - one(s.Inside), &back}, nil
}

// admit asks the move, and once more as if nobody had passed before when what it objects was known.
func (r *overruling) admit(s Standing, move Move) (effect, error) {
	p, inside := r.p, r.p.Direction == Entry
	asked := s
	for range 2 {
		d, reason, in := move(asked)
		if d == Admit {
			inside = in
			break
		}
		told := reason == r.was.Reason
		if !told && !slices.Contains(r.o.Despite, reason) {
			e := &ObjectionError{Reason: reason}
			if s.Known {
				e.Previous = &s.Last
			}
			return effect{}, e
		}
		if !told && !slices.Contains(p.Overrides.Despite, reason) {
			p.Overrides.Despite = append(p.Overrides.Despite, reason)
		}
		asked = Standing{GroupInside: s.GroupInside}
	}
	if s.Known {
		p.Previous = &s.Last
	}
	p.Inside = inside
	return effect{one(inside) - one(s.Inside), p}, nil
}

func overrideKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64(store.PrefixOverride.Key(), seq)
}

func decodeSeq(value []byte) (uint64, bool) {
	if len(value) != 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(value), true
}
