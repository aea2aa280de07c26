package refresh

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
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

// source is one file or address.
type source struct {
	kind   string
	name   string // as configured; the key of its last good list
	isFile bool
	every  time.Duration
	fetch  fetcher

	mark mark // of what was last accepted; owned by the goroutine that follows the source

	// Guarded by Refresher.mu.
	good      *list     // what scans are judged by; nil: nothing yet
	fresh     *list     // newer than good, but no trusted key has signed it so far; nil: nothing
	checkedAt time.Time // last look at which the source sent a list or stood by its last one
	err       error     // of the last look; nil when it went well
}

// list is one parsed list. It is never modified.
type list struct {
	content
	trust  trust.Source  // of kind trust
	status status.Source // of kind status

	provenUnder uint64 // trust epoch under which its signature was proven; meaningful when proven
	proven      bool
}

func parse(kind, name string, c content) (*list, error) {
	l := &list{content: c}
	var err error
	if kind == kindTrust {
		l.trust, err = trust.Load(displayName(name), c.data)
	} else {
		l.status, err = status.Load(displayName(name), c.data)
		l.status.FetchedAt = c.at
	}
	return l, err
}

func (l *list) fetchedAt(t time.Time) *list {
	next := *l
	next.at, next.status.FetchedAt = t, t
	return &next
}

// olderThan tells a list that was published before another one: a server that was set back, or somebody who
// replays an old list to bring revoked documents back to life.
func (l *list) olderThan(other *list) bool {
	if other == nil || l.status.Statement == nil || other.status.Statement == nil || l.status.URI != other.status.URI {
		return false
	}
	return l.status.Statement.IssuedAt.Before(other.status.Statement.IssuedAt)
}

// mayReplace tells why l may not take the place of the list in force; nil when it may.
//
// A file of revoked ids is whatever is nothing else, so an empty answer or a server's page in one word reads as
// a list that revokes nobody. It would bring back to life whom the list in force revokes.
func (l *list) mayReplace(inForce *list) error {
	switch {
	case l.olderThan(inForce):
		return errors.New("published before the list that is in force")
	case inForce == nil || l.status.Kind != status.KindRevokedIDs:
		return nil
	case len(bytes.TrimSpace(l.data)) == 0 && inForce.status.Len() > 0:
		return errors.New("empty, while the list in force is not; a list that revokes nobody holds a remark (#)")
	case inForce.status.Kind != l.status.Kind:
		return fmt.Errorf("reads as %s, while the list in force is %s", l.status.Kind, inForce.status.Kind)
	}
	return nil
}

// accept parses what a source sent and puts it in force, as far as it is signed by somebody trusted.
func (r *Refresher) accept(s *source, c content) error {
	l, err := parse(s.kind, s.name, c)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := l.mayReplace(s.good); err != nil {
		return err
	}
	s.checkedAt, s.err = c.at, nil
	if s.isFile && !c.saved {
		s.checkedAt = time.Now()
	}
	s.fresh = l
	r.build()
	return s.err
}

// build makes the snapshots anew from all sources and puts them in force. The caller holds r.mu.
func (r *Refresher) build() {
	var trusted []trust.Source
	for _, s := range r.sources {
		if s.kind != kindTrust {
			continue
		}
		if s.fresh != nil {
			r.promote(s)
		}
		if s.good != nil {
			trusted = append(trusted, s.good.trust)
		}
	}
	next := &lists{trust: trust.New(trusted...)}
	var known []status.Source
	for _, s := range r.sources {
		if s.kind != kindStatus {
			continue
		}
		r.settle(s, next.trust)
		if s.good != nil {
			known = append(known, s.good.status)
		}
	}
	next.status = status.New(known...)
	r.current.Store(next)
}

// settle puts a status list in force if a trusted key signed it, and out of force if none does any more.
func (r *Refresher) settle(s *source, by *trust.Snapshot) {
	for _, l := range []**list{&s.good, &s.fresh} {
		if *l == nil {
			continue
		}
		proven, reason := (*l).provenBy(by, r.cfg.Checker)
		if proven == nil {
			s.err = fmt.Errorf("the list is signed by nobody who is trusted: %s", reason)
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

// provenBy returns the list with the key that vouches for it, nil when there is none. Lists that carry no
// signature count as the operator's own word.
func (l *list) provenBy(by *trust.Snapshot, checker verifier.Checker) (*list, verifier.Reason) {
	if l.status.Statement == nil || (l.proven && l.provenUnder == by.Epoch()) {
		return l, verifier.ReasonOK
	}
	key, reason := verifier.Prove(by, checker, l.status.Statement)
	if key == nil {
		return nil, reason
	}
	if !key.NotAfter.IsZero() && l.status.Statement.IssuedAt.After(key.NotAfter) {
		return nil, verifier.ReasonKeyExpired // a key that was retired withdraws nothing, and forgives nothing, afterwards
	}
	next := *l
	next.status = l.status.ProvenBy(key)
	next.proven, next.provenUnder = true, by.Epoch()
	return &next, verifier.ReasonOK
}

// promote makes the fresh list the good one and saves it.
func (r *Refresher) promote(s *source) {
	before := s.good
	s.good, s.fresh = s.fresh, nil
	if before != nil && bytes.Equal(before.data, s.good.data) {
		return
	}
	r.cfg.Log.Info("list in force", slog.String("kind", s.kind), slog.String("source", displayName(s.name)),
		slog.Int("bytes", len(s.good.data)))
	if r.cfg.Store == nil || s.good.saved {
		return
	}
	e := snapshot.Entry{Kind: s.kind, Name: s.name, Fetched: s.good.at, ETag: s.good.mark.ETag, Body: s.good.data}
	if err := r.cfg.Store.Save(e); err != nil {
		// The list is good all the same; only the next start would begin with an older one.
		r.cfg.Log.Error("list not saved", slog.String("source", displayName(s.name)), slog.Any("error", err))
	}
}

// Source is what an operator sees of one source.
type Source struct {
	Kind      string    `json:"kind"`                // "trust" or "status"
	Name      string    `json:"name"`                // path or address, without credentials and query
	Format    string    `json:"format,omitempty"`    // how its content was told apart; empty: nothing loaded
	Entries   int       `json:"entries"`             // keys, or entries of a status list
	Refused   []string  `json:"refused,omitempty"`   // what was left out of it, and why
	Wildcard  bool      `json:"wildcard,omitempty"`  // its keys vouch for any issuer
	FetchedAt time.Time `json:"fetched_at,omitzero"` // when the content in force was fetched or last confirmed
	CheckedAt time.Time `json:"checked_at,omitzero"` // last look at which the source sent a list or stood by its last one
	Error     string    `json:"error,omitempty"`     // of the last look
}

// Sources tells how every source stands, in the order of the configuration.
func (r *Refresher) Sources() []Source {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Source, 0, len(r.sources))
	for _, s := range r.sources {
		o := Source{Kind: s.kind, Name: displayName(s.name), CheckedAt: s.checkedAt}
		if s.err != nil {
			o.Error = s.err.Error()
		}
		if s.good != nil {
			o.FetchedAt = s.good.at
			s.good.describe(s.kind, &o)
		}
		all = append(all, o)
	}
	return all
}

func (l *list) describe(kind string, o *Source) {
	if kind == kindStatus {
		o.Format, o.Entries = l.status.Kind, l.status.Len()
		return
	}
	o.Format, o.Wildcard = l.trust.Kind, l.trust.Wildcard
	for _, e := range l.trust.Entries {
		o.Entries += len(e.Keys)
	}
	for _, refused := range l.trust.Refused {
		o.Refused = append(o.Refused, refused.Error())
	}
}
