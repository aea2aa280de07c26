package mandates

import (
	"context"
	"log/slog"
	"sync"

	"vratar/verifier"
	"vratar/verifier/mandate"
)

// Upload is a mandate that somebody brings in.
type Upload struct {
	File     mandate.File
	Importer string // account
	// May says whether the importer may bring in this mandate, once it is proven.
	May func(*mandate.Proven) bool
}

// Imported is the answer to an Upload.
type Imported struct {
	Entry  *Entry // as it is kept; nil: it is not, and Report says why
	New    bool   // it was not kept before
	Report mandate.Report
}

// Import proves a mandate and keeps it. What is not proven, or not the importer's, is not kept and told in the
// report. ErrConflict and ErrTooMany refuse a proven one; any other error is the gateway's own failure.
func (b *Book) Import(ctx context.Context, u Upload) (Imported, error) {
	s := b.shelf.Load()
	now := b.o.Now().UTC()
	proven, report := mandate.Prove(u.File, mandate.Options{Trust: s.trust.trust, At: now, Policy: b.o.Policy})
	if proven == nil {
		return Imported{Report: report}, nil
	}
	if !u.May(proven) {
		return Imported{Report: refused(report, verifier.ReasonMandateRepresentativeMismatch, mandate.CheckRepresentative, mandate.CodeOtherPerson)}, nil
	}
	r := record{Name: u.File.Name, Data: u.File.Data, Signatures: u.File.Signatures, Importer: u.Importer, First: now}
	e := r.entry(proven.Mandate())
	e.proof = func() proof { return proof{proven, report} }
	kept, fresh, err := b.keep(e, &r, s)
	if err != nil || !fresh {
		return Imported{Entry: kept, Report: report}, err
	}
	if err := b.o.Registry.Refresh(ctx, []string{e.Number}); err != nil {
		b.o.Log.Warn("the registry does not tell about a new mandate", slog.String("mandate", e.Number), slog.Any("error", err))
	}
	return Imported{Entry: e, New: true, Report: report}, nil
}

// keep writes a mandate down that was proven by what was on shelf then, unless the same file is kept and still proven.
func (b *Book) keep(e *Entry, r *record, then *shelf) (kept *Entry, fresh bool, err error) {
	b.changes.Lock()
	defer b.changes.Unlock()
	s := b.shelf.Load()
	if was := s.byNumber[e.Number]; was != nil {
		// Who signs a second file under a number that is taken must not push the first one out.
		if was.digest != e.digest {
			return nil, false, ErrConflict
		}
		if proven, _ := was.Proven(); proven != nil {
			return was, false, nil
		}
		// First stays the moment of this proof: that the signatures before were there tells nothing of these.
	} else if s.full(e) {
		return nil, false, ErrTooMany
	}
	value, err := r.encode()
	if err != nil {
		return nil, false, err
	}
	if err := b.o.Store.Set(key(e.Number), value); err != nil {
		return nil, false, err
	}
	if s.trust != then.trust { // authorities have changed meanwhile
		e.proof = sync.OnceValue(func() proof { return b.prove(e, s) })
	}
	b.shelf.Store(s.with(e.Number, e))
	return e, true, nil
}

// full reports whether a representative of e has as many mandates as he may.
func (s *shelf) full(e *Entry) bool {
	today := mandate.DateAt(e.First)
	if e.Claimed.Until < today {
		return false
	}
	for i := range e.Claimed.Representatives {
		for _, key := range keysOf(e.Claimed.Representatives[i].Person) {
			current := 0
			for _, other := range s.byPerson[key] {
				if other.Claimed.Until >= today {
					current++
				}
			}
			if current >= MaxCurrent {
				return true
			}
		}
	}
	return false
}

// Remove forgets a mandate. One that is not kept is no error.
func (b *Book) Remove(number string) error {
	b.changes.Lock()
	defer b.changes.Unlock()
	if err := b.o.Store.Delete(key(number)); err != nil {
		return err
	}
	b.shelf.Store(b.shelf.Load().with(number, nil))
	return nil
}
