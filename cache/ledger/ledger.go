// Package ledger is the durable, ordered record of every decision made at a gate.
//
// A passage gets the next sequence number, is written together with all that follows from it (the subject's
// standing, the group's count, the nonce, the counters, the chain of hashes) in one batch, and is
// acknowledged only when that batch is on disk. Claims made at the same time share one sync: the batch is
// built and applied under the ledger's lock, the wait for the disk happens outside of it.
//
// Every record carries a hash of itself and its predecessor, so that a change anywhere shows in Verify, and
// the head record makes a cut-off end show. Who can write the database can also recompute the whole chain:
// against that, keep Head somewhere else now and then.
//
// The package knows no rules of admission: it is handed a Move. It stores no payload and no name of a holder. A
// person may set a decision aside: that is a passage of its own, which points at the other; his words lie beside the
// chain, where they can be forgotten.
// When the disk refuses a sync the process ends (store.Options.Exit): nobody knows what is on disk then, and
// the next start reads what really is.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
)

var (
	// ErrNonceReused means that a nonce was used before, at the same checkpoint, for another payload or direction
	// or by another reader.
	ErrNonceReused = errors.New("nonce was used for another code")
	// ErrDegraded means that the disk is nearly full: nothing was recorded, so nobody may be admitted.
	ErrDegraded = errors.New("disk nearly full, nothing is recorded")
	// ErrClosed means that Close was called.
	ErrClosed = errors.New("ledger closed")
	// ErrDamaged means that the newest passage and the head record contradict each other, which no crash can
	// cause. Check tells what is wrong; a backup helps.
	ErrDamaged = errors.New("the ledger's end was tampered with or damaged; run `vratar ledger verify`")
)

// Options tune a Ledger. The zero value is what a gateway wants.
type Options struct {
	// NonceTTL is how long, at least, a repeated nonce gets the recorded answer. Default 48h, which lets a
	// scanner that was offline over a weekend night send again what it is unsure about. At least a minute.
	NonceTTL time.Duration
}

// Ledger is the open record. Its methods may be used from many goroutines.
type Ledger struct {
	store  *store.Store
	db     *pebble.DB
	period int64     // NonceTTL in seconds
	secret [32]byte  // of the keyed digests
	keyed  sync.Pool // of *keyed

	life   sync.RWMutex // held for reading by every call, for writing by Close; taken before mu
	closed bool         // guarded by life

	mu       sync.Mutex // guards what follows; held while a batch is built and applied, never while waiting for the disk
	seq      uint64     // newest passage, synced or not
	hash     Hash
	inside   map[string]int64
	counters map[counterKey]*Counter
	periods  []int64 // live periods of nonces, ascending

	recent recent // has its own lock
	tail   tail   // has its own lock, taken last
}

// Open reads the ledger's end from s, which the caller closes after the ledger.
func Open(s *store.Store, o Options) (*Ledger, error) {
	if o.NonceTTL == 0 {
		o.NonceTTL = 48 * time.Hour
	}
	if o.NonceTTL < time.Minute {
		return nil, fmt.Errorf("ledger: nonce TTL %v: at least a minute", o.NonceTTL)
	}
	l := &Ledger{
		store: s, db: s.DB(), period: int64(o.NonceTTL / time.Second),
		inside: map[string]int64{}, counters: map[counterKey]*Counter{},
	}
	if err := errors.Join(l.loadHead(), l.loadCounts(), l.loadPeriods(), l.loadSecret()); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Ledger) loadHead() error {
	value, ok, err := l.store.Get(headKey())
	if err != nil {
		return err
	}
	if !ok {
		return l.endsAt(0)
	}
	if l.seq, l.hash, err = decodeHead(value); err != nil {
		return err
	}
	if _, h, err := l.load(l.seq); err != nil || h != l.hash {
		return errors.Join(ErrDamaged, err)
	}
	l.tail.publish(l.seq, l.hash)
	return l.endsAt(l.seq)
}

// endsAt makes sure that there is no passage beyond seq, which the next one would overwrite.
func (l *Ledger) endsAt(seq uint64) error {
	_, high := store.PrefixPassage.Bounds()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: passageKey(seq + 1), UpperBound: high})
	if err != nil {
		return fmt.Errorf("ledger: reading passages: %w", err)
	}
	if it.First() {
		return errors.Join(fmt.Errorf("%w: there are passages beyond the head record", ErrDamaged), it.Close())
	}
	return errors.Join(it.Error(), it.Close())
}

func (l *Ledger) loadCounts() error {
	err := l.store.Scan(store.PrefixGroup.Key(), func(key, value []byte) error {
		group, n, err := decodeGroup(key, value)
		l.inside[group] = n
		return err
	})
	return errors.Join(err, l.store.Scan(store.PrefixCounter.Key(), func(key, value []byte) error {
		c, err := decodeCounter(key, value)
		l.counters[counterKey{c.Checkpoint, c.Group}] = &c
		return err
	}))
}

// Close waits for the claims under way and refuses new ones. It leaves the store open.
func (l *Ledger) Close() error {
	l.life.Lock()
	defer l.life.Unlock()
	l.closed = true
	l.tail.fail(ErrClosed)
	return nil
}

// enter keeps the store open until leave.
func (l *Ledger) enter() error {
	l.life.RLock()
	if l.closed {
		l.life.RUnlock()
		return ErrClosed
	}
	return nil
}

func (l *Ledger) leave() { l.life.RUnlock() }

// Counters tells how the checkpoints have decided, in no order. It may be ahead of Last by the passages that
// are on their way to the disk.
func (l *Ledger) Counters() []Counter {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]Counter, 0, len(l.counters))
	for _, c := range l.counters {
		list = append(list, *c)
	}
	return list
}

// Inside is how many subjects are inside the group. Like Counters it may be ahead of Last.
func (l *Ledger) Inside(group string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.inside[group]
}

// Claim records p and returns it as it was recorded, once a crash cannot undo that.
//
// With a move, the subject's standing decides: the move's answer becomes p's decision and reason. The stage
// becomes "admission" when the move does not admit for a reason of its own, and stays when it repeats p's
// reason. Without a move p is recorded as it is, which must be a refusal. Decision, standing, count, nonce and
// record become durable together or not at all.
//
// A nonce that is known at the checkpoint changes nothing: with the same payload, direction and reader the
// recorded passage comes back and replayed is true, else it is ErrNonceReused. ErrDegraded: nothing was recorded. ctx is
// looked at before the record is made; after that only the disk decides.
func (l *Ledger) Claim(ctx context.Context, p Passage, move Move) (recorded Passage, replayed bool, err error) {
	if err := p.check(move); err != nil {
		return Passage{}, false, err
	}
	if p.Overrides != nil {
		return Passage{}, false, errors.New("ledger: a person's decision is no scan")
	}
	if err := l.enter(); err != nil {
		return Passage{}, false, err
	}
	defer l.leave()
	p.At, p.ScannedAt = p.At.UTC().Round(0), p.ScannedAt.UTC().Round(0) // as they will be read back
	b, hash, err := l.apply(ctx, &p, move)
	if err != nil {
		return Passage{}, false, err
	}
	replayed, err = l.settle(ctx, &p, b, hash)
	return p, replayed, err
}

// settle returns once p is on disk: by its batch, or without one by whoever recorded it before.
func (l *Ledger) settle(ctx context.Context, p *Passage, b *pebble.Batch, hash Hash) (replayed bool, err error) {
	if b == nil {
		return true, l.tail.wait(ctx, p.Seq)
	}
	if err := b.SyncWait(); err != nil {
		*p = Passage{}
		return false, l.fail(err)
	}
	l.tail.publish(p.Seq, hash)
	return false, b.Close()
}
