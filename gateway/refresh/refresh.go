// Package refresh keeps the trust and status lists current. It is the only part of the core that makes
// outbound requests: it reads the files and asks the addresses of the configuration and nothing that a
// scanned code names.
//
// A list is parsed and proven aside and then swapped in whole, behind one atomic pointer, so a scan never
// waits for it and never sees half of it. A source that is away, too large, garbled, older than before or
// signed by nobody who is trusted changes nothing: the last good list stays, also over restarts, and its age
// and the error are shown. It judges no credential and decides nothing about stale lists; verdicts do.
package refresh

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vratar/cache/snapshot"
	"vratar/verifier"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// Lists says where the lists of one kind come from.
type Lists struct {
	Files []string
	URLs  []string
	// Every is the time between two looks at an address. Files are looked at every 2 s, or as often as that
	// when it is shorter.
	Every   time.Duration
	Timeout time.Duration // of one fetch
	MaxSize int64         // of one list as sent, bytes
}

// Config is what a Refresher works with. Checker is required.
type Config struct {
	Trust, Status Lists
	Checker       verifier.Checker
	Store         Store               // keeps the last good lists; nil keeps none
	ServerTime    func(now time.Time) // is told every list server's Date header; nil tells nobody
	Log           *slog.Logger        // nil logs nothing
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
	w := web{newClient(), cfg.ServerTime}
	r.add(kindTrust, cfg.Trust, w)
	r.add(kindStatus, cfg.Status, w)
	r.mu.Lock()
	r.build()
	r.mu.Unlock()
	// Trust first, because it proves the rest.
	if err := errors.Join(r.recall(kindTrust), r.recall(kindStatus)); err != nil {
		return nil, err
	}
	for _, s := range r.sources {
		if s.isFile {
			r.look(context.Background(), s)
		}
	}
	return r, nil
}

func (r *Refresher) add(kind string, l Lists, w web) {
	for _, path := range l.Files {
		s := &source{kind: kind, name: path, isFile: true, every: min(l.Every, fileEvery), fetch: fromFile(path, l.MaxSize)}
		r.sources = append(r.sources, s)
	}
	for _, address := range l.URLs {
		s := &source{kind: kind, name: address, every: l.Every, fetch: w.get(address, l)}
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
		i := slices.IndexFunc(saved, func(e snapshot.Entry) bool { return e.Kind == s.kind && e.Name == s.name })
		if i < 0 {
			continue
		}
		c := content{data: saved[i].Body, mark: mark{ETag: saved[i].ETag}, at: saved[i].Fetched, saved: true}
		if err := r.accept(s, c); err != nil {
			r.fail(s, err)
		} else {
			s.mark = c.mark
		}
	}
	return nil
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
			pause = backOff(failures, s.every)
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
	c, err := s.fetch(ctx, r.held(s))
	if err == nil {
		err = r.accept(s, c)
	} else if errors.Is(err, errUnchanged) {
		r.confirm(s)
		return true
	}
	if ctx.Err() != nil {
		return false // stopping: not the source's fault
	}
	if err != nil {
		r.fail(s, err)
		return false
	}
	s.mark = c.mark
	return true
}

// held is the version that need not be sent again: none when no list is in force, e.g. because its key was
// withdrawn and may have come back.
func (r *Refresher) held(s *source) mark {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.good == nil {
		return mark{}
	}
	return s.mark
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
	if s.isFile {
		return // a file that nobody touched says nothing about how current its content is
	}
	s.good = s.good.fetchedAt(now)
	if s.kind == kindStatus {
		r.build()
	}
}

// fail notes why the last look brought nothing. The same error again is not logged again.
func (r *Refresher) fail(s *source, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.err == nil || s.err.Error() != err.Error() {
		r.cfg.Log.Warn("list not refreshed", slog.String("kind", s.kind), slog.String("source", displayName(s.name)),
			slog.Bool("last_good", s.good != nil), slog.String("error", strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	s.err = err
}
