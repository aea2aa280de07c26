// Package mandates keeps powers of attorney (МЧД): the files as they came in, their proofs, and what the registry
// last said of them, so that a scan finds everything in memory.
//
// A mandate is proven when it is brought in and kept only then. Its proof is made again, in the background, when
// authorities or revocation lists change, and at a start; what a scan asks is judged at that moment by package
// mandate. Nothing here waits for a network while somebody scans: registries are asked in the background, and their
// silence is an answer with an age.
//
// It knows no accounts: who may bring in, see or take away a mandate is for its caller to say. Files and names of
// people stay in the database and in memory; they reach no log.
package mandates

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"vratar/cache/store"
	"vratar/verifier"
	"vratar/verifier/mandate"
)

// MaxCurrent is how many mandates that have not ended one representative may have.
const MaxCurrent = 100

// Why a mandate is not taken in although it is proven.
var (
	ErrConflict = errors.New("another mandate with this number is kept already")
	ErrTooMany  = errors.New("a representative of it has too many mandates that have not ended")
)

// Registry tells what is known of a mandate's status.
type Registry interface {
	// Status is the last answer about the mandate with this number, as of at, out of memory.
	Status(number string, at time.Time) mandate.RegistryStatus
	// Refresh asks anew about these mandates. What it cannot learn shows in Status; its error is for the log.
	Refresh(ctx context.Context, numbers []string) error
}

// Options is what a Book is made of.
type Options struct {
	Store    *store.Store
	Sources  Sources
	Policy   mandate.Policy
	Registry Registry
	Log      *slog.Logger
	Now      func() time.Time // the gateway's clock; nil: time.Now

	Refresh time.Duration // between two looks at the files of Sources. Default 30 s
	Ask     time.Duration // between two questions about every mandate to the registry. Default 5 min
	Reprove time.Duration // after which proofs are made again although nothing changed, as lists run out. Default 1 h
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		of       *time.Duration
		fallback time.Duration
	}{{&o.Refresh, 30 * time.Second}, {&o.Ask, 5 * time.Minute}, {&o.Reprove, time.Hour}} {
		if *d.of == 0 {
			*d.of = d.fallback
		}
	}
	return o
}

// Book is the mandates of this gateway. Its methods may be used from many goroutines.
type Book struct {
	o       Options
	changes sync.Mutex // one change at a time; readers take no lock
	shelf   atomic.Pointer[shelf]
}

// shelf is the mandates at one moment. It is immutable.
type shelf struct {
	trust    *loaded
	provenAt time.Time // when this set of proofs was begun
	byNumber map[string]*Entry
	byPerson map[string][]*Entry // by what a representative is known by; see keysOf
}

// Entry is one mandate that is kept. It is immutable.
type Entry struct {
	Number   string
	Claimed  *mandate.Mandate // what the file says; it was proven when it came in
	Importer string           // account that brought it in
	First    time.Time        // when it was first proven here with its signatures

	digest [32]byte // of the file
	proof  func() proof
}

// proof is what the last attempt to prove a mandate yielded.
type proof struct {
	proven *mandate.Proven // nil: the report says why
	report mandate.Report
}

// Proven is the mandate's proof, nil with the report of why there is none any more. The first call after a start or
// a change of authorities makes it, which takes about a millisecond.
func (e *Entry) Proven() (*mandate.Proven, mandate.Report) {
	p := e.proof()
	return p.proven, p.report
}

// Open reads the sources and the mandates that are kept. Its error names every file that cannot be read. Proofs are
// made by Run, or by the first who asks.
func Open(o Options) (*Book, error) {
	o = o.withDefaults()
	trust, err := o.Sources.load()
	if err != nil {
		return nil, err
	}
	b := &Book{o: o}
	kept, err := b.readAll()
	if err != nil {
		return nil, err
	}
	b.publish(trust, kept)
	return b, nil
}

// publish makes these mandates the ones that are known, with proofs still to be made under trust.
func (b *Book) publish(trust *loaded, entries map[string]*Entry) {
	s := &shelf{trust: trust, provenAt: b.o.Now(), byNumber: make(map[string]*Entry, len(entries))}
	for number, old := range entries {
		e := *old
		e.proof = sync.OnceValue(func() proof { return b.prove(&e, s) })
		s.byNumber[number] = &e
	}
	s.index()
	b.shelf.Store(s)
}

// index fills byPerson.
func (s *shelf) index() {
	s.byPerson = make(map[string][]*Entry, len(s.byNumber))
	for _, e := range s.byNumber {
		for i := range e.Claimed.Representatives {
			for _, key := range keysOf(e.Claimed.Representatives[i].Person) {
				s.byPerson[key] = append(s.byPerson[key], e)
			}
		}
	}
}

// keysOf is what a person is known by.
func keysOf(p mandate.Person) []string {
	var keys []string
	if p.INN != "" {
		keys = append(keys, "inn:"+p.INN)
	}
	if p.SNILS != "" {
		keys = append(keys, "snils:"+p.SNILS)
	}
	return keys
}

// with is the shelf with e put on it or, where e is nil, the one of that number taken off.
func (s *shelf) with(number string, e *Entry) *shelf {
	next := &shelf{trust: s.trust, provenAt: s.provenAt, byNumber: maps.Clone(s.byNumber)}
	if e == nil {
		delete(next.byNumber, number)
	} else {
		next.byNumber[number] = e
	}
	next.index()
	return next
}

// prove proves a kept mandate from its files.
func (b *Book) prove(e *Entry, s *shelf) proof {
	r, ok, err := b.read(e.Number)
	if err != nil || !ok {
		b.o.Log.Error("a kept mandate cannot be read", slog.String("mandate", e.Number), slog.Any("error", err))
		return proof{report: mandate.Judge(nil, &mandate.Question{})}
	}
	p, report := mandate.Prove(r.file(), mandate.Options{
		Trust: s.trust.trust, At: s.provenAt, ExistedAt: e.First, Policy: b.o.Policy,
	})
	return proof{p, report}
}

// Find returns the mandate with this number (GUID in lower case), nil when none is kept.
func (b *Book) Find(number string) *Entry { return b.shelf.Load().byNumber[number] }

// Of lists the mandates that name this person as a representative, by ИНН or СНИЛС, in the order of their numbers.
func (b *Book) Of(p mandate.Person) []*Entry {
	found := map[string]*Entry{}
	for _, key := range keysOf(p) {
		for _, e := range b.shelf.Load().byPerson[key] {
			found[e.Number] = e
		}
	}
	return sorted(found)
}

// All lists every mandate in the order of their numbers.
func (b *Book) All() []*Entry { return sorted(b.shelf.Load().byNumber) }

// Status is what the registry last said of a mandate.
func (b *Book) Status(number string, at time.Time) mandate.RegistryStatus {
	return b.o.Registry.Status(number, at)
}

// Judge answers whether the mandate lets q.Checker act, at q.At. Registry and Chain of the question are filled here.
// A number that is not kept is mandate_missing; a mandate whose proof no longer holds is refused for that.
func (b *Book) Judge(number string, q mandate.Question) mandate.Report {
	e := b.Find(number)
	if e == nil {
		return mandate.Judge(nil, &q)
	}
	proven, report := e.Proven()
	if proven == nil {
		return report
	}
	q.Registry = b.Status(number, q.At)
	q.Chain = b.Above(q.At)
	return mandate.Judge(proven, &q)
}

// Above finds the mandates above others, with the registry's answers as of at.
func (b *Book) Above(at time.Time) mandate.Chain { return above{b, at} }

type above struct {
	book *Book
	at   time.Time
}

// Parent implements mandate.Chain.
func (a above) Parent(number string) (*mandate.Proven, mandate.RegistryStatus) {
	e := a.book.Find(number)
	if e == nil {
		return nil, mandate.RegistryStatus{}
	}
	proven, _ := e.Proven()
	return proven, a.book.Status(number, a.at)
}

// Original is the mandate at the top of e's chain; nil while it is not known, or not proven.
func (b *Book) Original(e *Entry) *mandate.Mandate {
	for range mandate.MaxChain + 1 {
		if e == nil {
			return nil
		}
		proven, _ := e.Proven()
		if proven == nil {
			return nil
		}
		if e.Claimed.Kind == mandate.Original {
			return proven.Mandate()
		}
		e = b.Find(e.Claimed.Parent.Number)
	}
	return nil
}

// refused is a report that says this instead of what it said.
func refused(r mandate.Report, reason verifier.Reason, c mandate.Check, code mandate.Code) mandate.Report {
	r.Outcome, r.Reason = verifier.Invalid, reason
	r.Checks[c] = mandate.Answer{Result: verifier.Fail, Code: code}
	return r
}
