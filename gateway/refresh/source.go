package refresh

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"vratar/cache/snapshot"
	"vratar/verifier"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// Kinds of lists, as they stand in the store and in Source.Kind.
const (
	kindTrust  = snapshot.KindTrust
	kindStatus = snapshot.KindStatus
)

// source is an Origin that is followed.
type source struct {
	Origin
	purpose string // kindTrust or kindStatus
	local   bool   // it is read from disk
	every   time.Duration
	web     web

	// Owned by the goroutine that follows the source.
	mark   mark          // of what was last accepted
	putOff time.Duration // how long the server asked to be left alone, after a failure
	told   string        // the error that was logged last; empty: none since a look that went well

	// Guarded by Refresher.mu.
	good      *list     // what scans are judged by; nil: nothing yet
	fresh     *list     // newer than good, but no trusted key has signed it so far; nil: nothing
	content   string    // kind of its last list; empty: it has never sent one
	checkedAt time.Time // last look at which the source sent a list or stood by its last one
	err       error     // of the last look; nil when it went well
}

// key is what its last good list is kept under. Files and addresses have their bare names, as they always had.
func (s *source) key() string {
	switch s.Origin.(type) {
	case file, address:
		return s.name()
	}
	return s.kind() + " " + s.name()
}

func (s *source) shown() string { return displayName(s.name()) }

// awaited is what stays unknown while the list is not held; false when nothing does.
func (s *source) awaited() (status.Awaited, bool) {
	held := s.good != nil && len(s.good.missing) == 0
	if s.purpose != kindStatus || held || s.content == status.KindTokenList {
		return status.Awaited{}, false
	}
	if o, ok := s.Origin.(speaker); ok {
		return o.awaited()
	}
	return status.Awaited{}, true
}

// list is one parsed list. It is never modified.
type list struct {
	content
	trust   trust.Source    // of a source of trust
	status  []status.Source // of a source of status: the parts of its list
	missing []string        // parts that could not be had, and why
	format  string          // where the content may have no part that tells

	provenUnder uint64 // trust epoch under which its signatures were proven; meaningful when proven
	proven      bool
}

// kind is how its content was told apart.
func (l *list) kind() string {
	if l.format != "" {
		return l.format
	}
	if len(l.status) > 0 {
		return l.status[0].Kind
	}
	return l.trust.Kind
}

// entries is the number of revocations, or of entries of a token status list.
func (l *list) entries() int {
	n := 0
	for i := range l.status {
		n += l.status[i].Len()
	}
	return n
}

// fetchedAt is the list as it was known to be current at that time.
func (l *list) fetchedAt(t time.Time) *list {
	next := *l
	next.at = t
	next.status = slices.Clone(l.status)
	for i := range next.status {
		next.status[i].FetchedAt = t
	}
	return &next
}

// keptAs is the list, told whether it lies in the store.
func (l *list) keptAs(saved bool) *list {
	next := *l
	next.saved = saved
	return &next
}

// olderThan tells a list that was published before another one: a server that was set back, or somebody who
// replays an old list to bring revoked documents, or withdrawn signers, back to life.
func (l *list) olderThan(other *list) bool {
	if a, b := l.trust.Statement, other.trust.Statement; a != nil && b != nil && a.IssuedAt.Before(b.IssuedAt) {
		return true
	}
	for i := range l.status {
		for j := range other.status {
			a, b := &l.status[i], &other.status[j]
			if a.Statement != nil && b.Statement != nil && a.URI == b.URI && a.Statement.IssuedAt.Before(b.Statement.IssuedAt) {
				return true
			}
		}
	}
	return false
}

var errOlder = errors.New("published before the list that is in force")

// mayReplace tells why l may not take the place of the list in force; nil when it may.
//
// A file of revoked ids is whatever is nothing else, so an empty answer or a server's page in one word reads as
// a list that revokes nobody. It would bring back to life whom the list in force revokes. And whoever holds the
// server could leave the signature away. Who means it gives the source another name.
func (l *list) mayReplace(inForce *list) error {
	switch {
	case inForce == nil:
		return nil
	case l.olderThan(inForce):
		return errOlder
	case inForce.isSigned() && !l.isSigned():
		return errors.New("carries no signature, while the list in force does")
	case l.kind() != status.KindRevokedIDs:
		return nil
	case len(bytes.TrimSpace(l.data)) == 0 && inForce.entries() > 0:
		return errors.New("empty, while the list in force is not; a list that revokes nobody holds a remark (#)")
	case inForce.kind() != l.kind():
		return fmt.Errorf("reads as %s, while the list in force is %s", l.kind(), inForce.kind())
	}
	return nil
}

// accept parses what a source sent and puts it in force, as far as it is signed by somebody trusted.
func (r *Refresher) accept(s *source, c content) error {
	l, err := s.read(c)
	if err != nil {
		return err
	}
	l = l.fetchedAt(c.at)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := l.mayReplace(s.good); err != nil {
		return err
	}
	s.checkedAt, s.err = c.at, nil
	if s.local && !c.saved {
		s.checkedAt = time.Now()
	}
	s.fresh, s.content = l, l.kind()
	r.build()
	return s.err
}

// build makes the snapshots anew from all sources and puts them in force. The caller holds r.mu.
func (r *Refresher) build() {
	next := &lists{trust: r.buildTrust()}
	if last := r.current.Load(); last != nil {
		next.trust = next.trust.After(last.trust)
	}
	var known []status.Source
	var awaited []status.Awaited
	for _, s := range r.sources {
		if s.purpose != kindStatus {
			continue
		}
		r.settle(s, next.trust)
		if s.good != nil {
			known = append(known, s.good.status...)
		}
		if a, ok := s.awaited(); ok {
			awaited = append(awaited, a)
		}
	}
	next.status = status.New(known...).Awaiting(awaited...)
	r.current.Store(next)
}

// buildTrust joins the operator's own word with the signed lists that it vouches for.
func (r *Refresher) buildTrust() *trust.Snapshot {
	var own, signed []trust.Source
	for _, s := range r.sources {
		if s.purpose != kindTrust {
			continue
		}
		if s.fresh != nil && !s.fresh.isSigned() {
			r.promote(s)
		}
		if s.good != nil && !s.good.isSigned() {
			own = append(own, s.good.trust)
		}
	}
	all := trust.New(own...)
	for _, s := range r.sources {
		if s.purpose != kindTrust {
			continue
		}
		r.settle(s, all)
		if s.good != nil && s.good.isSigned() {
			signed = append(signed, s.good.trust)
		}
	}
	if len(signed) == 0 {
		return all
	}
	return trust.New(append(own, signed...)...)
}

var errUnproven = errors.New("the list is signed by nobody who is trusted")

// settle puts a list in force if trusted keys signed it, and out of force if none does any more.
func (r *Refresher) settle(s *source, by *trust.Snapshot) {
	for _, l := range []**list{&s.good, &s.fresh} {
		if *l == nil {
			continue
		}
		proven, reason := (*l).provenBy(by, r.cfg.Checker)
		if proven == nil {
			s.err = fmt.Errorf("%w: %s", errUnproven, reason)
			if l == &s.good {
				s.good = nil
			}
			continue
		}
		*l = proven
		if l == &s.fresh {
			r.promote(s)
			s.err = nil
		}
	}
}

// isSigned reports whether the list counts only with a signature.
func (l *list) isSigned() bool {
	for i := range l.status {
		if l.status[i].Statement != nil {
			return true
		}
	}
	return l.trust.Statement != nil
}

// provenBy returns the list with the keys that vouch for its parts, nil when one of them has none. Lists that
// carry no signature count as the operator's own word.
func (l *list) provenBy(by *trust.Snapshot, checker verifier.Checker) (*list, verifier.Reason) {
	if !l.isSigned() || (l.proven && l.provenUnder == by.Epoch()) {
		return l, verifier.ReasonOK
	}
	next := *l
	next.status = slices.Clone(l.status)
	next.proven, next.provenUnder = true, by.Epoch()
	var reason verifier.Reason
	if next.trust, reason = l.trust.Prove(by, checker); reason != verifier.ReasonOK {
		return nil, reason
	}
	for i := range next.status {
		part := &next.status[i]
		if part.Statement == nil {
			continue
		}
		key, reason := verifier.Prove(by, checker, part.Statement)
		if key == nil {
			return nil, reason
		}
		if !key.NotAfter.IsZero() && part.Statement.IssuedAt.After(key.NotAfter) {
			return nil, verifier.ReasonKeyExpired // a key that was retired withdraws nothing, and forgives nothing, afterwards
		}
		if *part = part.ProvenBy(key); !part.Counts() {
			return nil, verifier.ReasonKeyNotAllowed // trusted, but not to sign this
		}
	}
	return &next, verifier.ReasonOK
}

// promote makes the fresh list the good one and saves it.
func (r *Refresher) promote(s *source) {
	before := s.good
	s.good, s.fresh = s.fresh, nil
	if before != nil && bytes.Equal(before.data, s.good.data) {
		s.good = s.good.keptAs(s.good.saved || before.saved)
	} else {
		r.cfg.Log.Info("list in force", slog.String("kind", s.purpose), slog.String("source", s.shown()),
			slog.Int("bytes", len(s.good.data)))
	}
	r.keep(s)
}

// keep saves the list in force, unless it lies in the store.
func (r *Refresher) keep(s *source) {
	if r.cfg.Store == nil || s.good.saved {
		return
	}
	e := snapshot.Entry{Kind: s.purpose, Name: s.key(), Fetched: s.good.at, ETag: s.good.mark.ETag, Body: s.good.data}
	if err := r.cfg.Store.Save(e); err != nil {
		// The list is good all the same; only a start before the next look would begin with an older one.
		r.cfg.Log.Error("list not saved", slog.String("source", s.shown()), slog.Any("error", err))
		return
	}
	s.good = s.good.keptAs(true)
}
