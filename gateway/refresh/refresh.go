// Package refresh keeps the trust and status lists current. It is the only part of the core that makes
// outbound requests: it reads the files and asks the addresses of the configuration, and what the documents there
// name on the same server; nothing that a scanned code names.
//
// Every kind of source is an Origin: how it is read, and what its content means. A list is parsed and proven aside
// and then swapped in whole, behind one atomic pointer, so a scan never waits for it and never sees half of it. A
// source that is away, too large, garbled, older than before or signed by nobody who is trusted changes nothing:
// the last good list stays, also over restarts, and its age and the error are shown. What a status list says that
// was never loaded is unknown, and the snapshot says so. Revoked names that are too many for memory go into a list in
// the database (RevokedIDs, RevocationBatches), which changes in whole steps too and counts once it is durable. It
// judges no credential and decides nothing about stale lists; verdicts do.
package refresh

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vratar/cache/revocation"
	"vratar/cache/snapshot"
	"vratar/verifier"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// Lists says where the lists of one kind come from: files and addresses whose content says what it is, and
// sources of which more must be known.
type Lists struct {
	Files   []string
	URLs    []string
	Sources []Origin
	// Every is the time between two looks at an address. Files are looked at every 2 s, or as often as that
	// when it is shorter.
	Every   time.Duration
	Timeout time.Duration // of one request; one look takes lookTimeouts of them at most
	MaxSize int64         // of one list as sent, bytes
}

// Config is what a Refresher works with. Checker is required.
type Config struct {
	Trust, Status Lists
	Checker       verifier.Checker
	Store         Store               // keeps the last good lists; nil keeps none
	Revocations   *revocation.Lists   // keeps revoked names that are too many for memory; nil: they are held in memory
	ServerTime    func(now time.Time) // is told every list server's Date header; nil tells nobody
	Log           *slog.Logger        // nil logs nothing

	transport http.RoundTripper // of tests; nil: the usual one
}

// Store keeps the last good lists over a restart.
type Store interface {
	// Save replaces the list of the same kind and name. It returns once a crash cannot undo that.
	Save(snapshot.Entry) error
	// All returns the saved lists of a kind.
	All(kind string) ([]snapshot.Entry, error)
}

// Refresher follows all sources. It implements verifier.Snapshots.
type Refresher struct {
	cfg     Config
	current atomic.Pointer[lists] // what it points at is never modified

	mu      sync.Mutex // guards the sources' fields below their own comment, and building
	sources []*source  // never modified after New
}

var _ verifier.Snapshots = (*Refresher)(nil)

// lists is what scans are judged by.
type lists struct {
	trust  *trust.Snapshot
	status *status.Snapshot
}

// Trust is the current snapshot of the keys that are believed.
func (r *Refresher) Trust() verifier.Trust { return r.current.Load().trust }

// Status is the current snapshot of the revocation lists.
func (r *Refresher) Status() verifier.Status { return r.current.Load().status }

// New reads the last good lists and then the files, once. Faults of single sources are no error; Sources
// tells them. Addresses are first asked by Run.
func New(cfg Config) (*Refresher, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	r := &Refresher{cfg: cfg}
	r.add(kindTrust, cfg.Trust, readTrust)
	r.add(kindStatus, cfg.Status, readStatus)
	if err := r.forgetLists(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.build()
	r.mu.Unlock()
	// Trust first, because it proves the rest.
	if err := errors.Join(r.recall(kindTrust), r.recall(kindStatus)); err != nil {
		return nil, err
	}
	for _, s := range r.sources {
		if _, large := s.Origin.(storing); s.local && !large { // sorting many millions is no part of a start
			r.look(context.Background(), s)
		}
	}
	return r, nil
}

func (r *Refresher) add(purpose string, l Lists, as reader) {
	client := newClient()
	client.Transport = r.cfg.transport
	w := web{client, r.cfg.ServerTime, l.Timeout, l.MaxSize}
	var all []Origin
	for _, path := range l.Files {
		all = append(all, file{path, as})
	}
	for _, url := range l.URLs {
		all = append(all, address{url, as})
	}
	for _, o := range append(all, l.Sources...) {
		s := &source{Origin: o, purpose: purpose, local: isLocal(o), every: l.Every, web: w}
		if large, ok := o.(storing); ok && r.cfg.Revocations != nil {
			s.Origin = large.in(r.cfg.Revocations.List(s.key()))
		}
		if s.local {
			s.every = min(l.Every, fileEvery)
		}
		r.sources = append(r.sources, s)
	}
}

// recall takes the last good lists of a kind, of the sources that are still configured, out of the store.
func (r *Refresher) recall(kind string) error {
	if r.cfg.Store == nil {
		return nil
	}
	saved, err := r.cfg.Store.All(kind)
	if err != nil {
		return err
	}
	for _, s := range r.sources {
		i := slices.IndexFunc(saved, func(e snapshot.Entry) bool { return e.Kind == s.purpose && e.Name == s.key() })
		if i < 0 {
			continue
		}
		c := content{data: saved[i].Body, mark: mark{ETag: saved[i].ETag}, at: notAfterNow(saved[i].Fetched), saved: true}
		if err := r.guard(s, func() error { return r.accept(s, c) }); err != nil {
			r.fail(s, err)
		} else {
			s.mark = c.mark
		}
	}
	return nil
}

// LookOnce asks every source once, all at the same time, and returns when the last has answered: for tools that
// show how the sources stand and end.
func (r *Refresher) LookOnce(ctx context.Context) {
	var all sync.WaitGroup
	for _, s := range r.sources {
		all.Go(func() { r.look(ctx, s) })
	}
	all.Wait()
}

// Run follows every source until ctx ends, and returns when nothing of it is running any more.
func (r *Refresher) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, s := range r.sources {
		all.Go(func() { r.follow(ctx, s) })
	}
	all.Wait()
}

const (
	fileEvery  = 2 * time.Second
	firstRetry = time.Second
	// lookTimeouts bounds a look that takes many requests, in timeouts of one.
	lookTimeouts = 20
)

func (r *Refresher) follow(ctx context.Context, s *source) {
	failures := 0
	pause := time.Duration(0)
	for {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if r.look(ctx, s) {
			failures = 0
			pause = s.every - jitter(s.every/10)
		} else {
			pause = max(backOff(failures, s.every), s.putOff)
			failures++
		}
	}
}

// backOff is the pause after the failure that follows n others: twice as long each time up to the usual
// pause, and spread out so that many gateways do not come back to a recovering server at once.
func backOff(n int, most time.Duration) time.Duration {
	d := min(firstRetry<<min(n, 20), most)
	return d - jitter(d/2)
}

func jitter(most time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(most) + 1))
}

// look asks one source once and reports whether it answered as it should.
func (r *Refresher) look(ctx context.Context, s *source) bool {
	asked := ctx
	if s.web.timeout > 0 {
		var cancel context.CancelFunc
		asked, cancel = context.WithTimeout(ctx, lookTimeouts*s.web.timeout)
		defer cancel()
	}
	var c content
	err := r.guard(s, func() (err error) {
		if c, err = s.fetch(asked, s.web, r.held(s)); err != nil {
			return err
		}
		return r.accept(s, c)
	})
	if errors.Is(err, errUnchanged) {
		r.confirm(s)
		s.told = ""
		return true
	}
	if ctx.Err() != nil {
		return false // stopping: not the source's fault
	}
	s.putOff = 0
	if err != nil {
		if answer := (*refusal)(nil); errors.As(err, &answer) {
			s.putOff = answer.after
		}
		r.fail(s, err)
		return false
	}
	s.mark, s.told = c.mark, ""
	return true
}

// guard makes the error of f of its panic: a list that brings out a fault of ours is not taken, and does not end the
// gateway now and at every start.
func (r *Refresher) guard(s *source, f func() error) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		r.cfg.Log.Error("list panicked", slog.String("source", s.shown()), slog.String("stack", string(debug.Stack())))
		r.mu.Lock()
		defer r.mu.Unlock()
		s.fresh = nil // it may be what panicked
		err = fmt.Errorf("panic: %v", v)
	}()
	return f()
}

// held is what need not be sent again: nothing when no list is in force, e.g. because its key was withdrawn and
// may have come back.
func (r *Refresher) held(s *source) content {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.good == nil {
		return content{}
	}
	c := s.good.content
	c.mark = s.mark
	return c
}

// confirm notes that the source still stands by what it sent last.
func (r *Refresher) confirm(s *source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.good == nil {
		return // an answer to a question that was not asked
	}
	now := time.Now()
	s.checkedAt, s.fresh, s.err = now, nil, nil
	if s.local {
		return // a file that nobody touched says nothing about how current its content is
	}
	s.good = s.good.fetchedAt(now)
	r.keep(s) // where it could not be saved when it came
	if s.purpose == kindStatus {
		r.build()
	}
}

// fail notes why the last look brought nothing. The same error again is not logged again.
func (r *Refresher) fail(s *source, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(err, errUnproven) && s.err == nil {
		return // its key has become trusted meanwhile
	}
	s.err = err
	if told := err.Error(); s.told != told {
		s.told = told
		r.cfg.Log.Warn("list not refreshed", slog.String("kind", s.purpose), slog.String("source", s.shown()),
			slog.Bool("last_good", s.good != nil), slog.String("error", strings.ReplaceAll(told, "\n", "; ")))
	}
}
