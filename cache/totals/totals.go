// Package totals counts what the ledger has recorded, by checkpoint and hour, for whoever answers for a place.
//
// It follows the ledger by sequence number and keeps its sums, with how far it has come, in one batch: a crash costs
// it nothing, and over a ledger that is older than itself it starts from the first passage. It is a view: losing it
// costs time, never a number. It counts decisions and names nobody, and no gate waits for it.
package totals

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/ledger"
	"vratar/cache/store"
	"vratar/verifier"
)

// Ledger is what is counted.
type Ledger interface {
	// Last is the highest sequence number that a crash cannot undo.
	Last() uint64
	// Read returns at most limit passages after a sequence number, in order and without gaps.
	Read(after uint64, limit int) ([]ledger.Passage, error)
}

// Counts is how a checkpoint has decided. Each passage is in one of them.
type Counts struct {
	Admitted   uint64                     `json:"admitted"`              // by the gateway
	Refused    map[verifier.Reason]uint64 `json:"refused,omitempty"`     // likewise, by reason
	Held       map[verifier.Reason]uint64 `json:"held,omitempty"`        // likewise
	LetIn      map[ledger.Class]uint64    `json:"let_in,omitempty"`      // by a person, against the gateway
	TurnedAway map[ledger.Class]uint64    `json:"turned_away,omitempty"` // likewise
}

// Hour is what one checkpoint did in one hour.
type Hour struct {
	Start time.Time `json:"hour"` // in UTC
	Counts
}

func (c *Counts) count(p *ledger.Passage) {
	switch {
	case p.Overrides != nil && p.Decision == ledger.Admit:
		add(&c.LetIn, p.Overrides.Class)
	case p.Overrides != nil:
		add(&c.TurnedAway, p.Overrides.Class)
	case p.Decision == ledger.Admit:
		c.Admitted++
	case p.Decision == ledger.Hold:
		add(&c.Held, p.Reason)
	default:
		add(&c.Refused, p.Reason)
	}
}

func add[K comparable](m *map[K]uint64, key K) {
	if *m == nil {
		*m = map[K]uint64{}
	}
	(*m)[key]++
}

const (
	page       = 1000            // passages read at once
	maxPages   = 20              // read for one question
	flushEvery = 5 * time.Second // how much is counted again after a crash
)

// Book is the open count. Its methods may be used from many goroutines.
type Book struct {
	store  *store.Store
	ledger Ledger

	mu    sync.Mutex // guards what follows; no gate waits for it, and the feed does not either: see Note
	until uint64     // newest passage counted
	dirty map[row]*Counts
}

// row is one sum.
type row struct {
	checkpoint string
	hour       int64 // Unix time of its start
}

func rowOf(p *ledger.Passage) row {
	const hour = int64(time.Hour / time.Second)
	unix := p.At.Unix()
	return row{p.Checkpoint, unix - unix%hour}
}

func (r row) key() []byte {
	return binary.BigEndian.AppendUint64(store.AppendPart(store.PrefixHour.Key(), r.checkpoint), uint64(r.hour))
}

func untilKey() []byte { return store.PrefixMeta.Name(store.MetaTotals) }

// Open goes on where the last one ended. Sums that do not fit the ledger are thrown away, and all is counted again.
// The caller closes s after the last call.
func Open(s *store.Store, l Ledger) (*Book, error) {
	b := &Book{store: s, ledger: l, dirty: map[row]*Counts{}}
	value, ok, err := s.Get(untilKey())
	if err != nil || !ok {
		return b, err
	}
	if len(value) == 8 {
		b.until = binary.BigEndian.Uint64(value)
	}
	if len(value) != 8 || b.until > l.Last() {
		b.until = 0
		return b, b.forget()
	}
	return b, nil
}

func (b *Book) forget() error {
	low, high := store.PrefixHour.Bounds()
	batch := b.store.DB().NewBatch()
	err := errors.Join(batch.DeleteRange(low, high, nil), batch.Delete(untilKey(), nil))
	if err == nil {
		err = batch.Commit(pebble.Sync)
	}
	return errors.Join(err, batch.Close())
}

// Note counts passages that somebody else has read, which saves reading them again. What was counted already is passed
// over; what does not follow on it is left to Run, as is everything while the book is in use: Note never waits.
func (b *Book) Note(list []ledger.Passage) {
	if len(list) == 0 || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	if first, last := list[0].Seq, list[len(list)-1].Seq; first <= b.until+1 && last > b.until {
		_ = b.count(list[b.until+1-first:]) // Run meets the same fault and tells it
	}
}

// count adds passages to the sums. The caller holds mu.
func (b *Book) count(list []ledger.Passage) error {
	for i := range list {
		r := rowOf(&list[i])
		c := b.dirty[r]
		if c == nil {
			var err error
			if c, err = b.load(r); err != nil {
				return err
			}
			b.dirty[r] = c
		}
		c.count(&list[i])
		b.until = list[i].Seq
	}
	return nil
}

func (b *Book) load(r row) (*Counts, error) {
	value, ok, err := b.store.Get(r.key())
	if err != nil || !ok {
		return &Counts{}, err
	}
	return decodeCounts(value)
}

func decodeCounts(value []byte) (*Counts, error) {
	c := new(Counts)
	if err := json.Unmarshal(value, c); err != nil {
		return nil, fmt.Errorf("totals: unreadable hour: %w", err)
	}
	return c, nil
}

// Run counts what is recorded until ctx ends, and keeps the sums. failed is told what cannot be read or written; it
// is tried again.
func (b *Book) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		for behind := true; behind && ctx.Err() == nil; {
			var err error
			if behind, err = b.follow(1); err != nil {
				failed(err)
				break
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if err := b.flush(); err != nil {
				failed(err)
			}
			return
		}
	}
}

// follow counts at most so many pages and keeps the sums; behind tells that there is more.
func (b *Book) follow(pages int) (behind bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range pages {
		list, err := b.ledger.Read(b.until, page)
		if err == nil {
			err = b.count(list)
		}
		if err != nil {
			return false, err
		}
		if len(list) < page {
			break
		}
	}
	return b.until < b.ledger.Last(), b.write()
}

func (b *Book) flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.write()
}

// write keeps the sums. Nothing waits for the disk: what a power cut takes is counted again. The caller holds mu.
func (b *Book) write() error {
	if len(b.dirty) == 0 || b.store.Degraded() {
		return nil
	}
	batch := b.store.DB().NewBatch()
	err := b.put(batch)
	if err == nil {
		err = batch.Commit(pebble.NoSync)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("totals: keeping the sums: %w", err), batch.Close())
	}
	clear(b.dirty)
	return batch.Close()
}

// put gathers in batch what is not kept yet. The caller holds mu.
func (b *Book) put(batch *pebble.Batch) error {
	err := batch.Set(untilKey(), binary.BigEndian.AppendUint64(nil, b.until), nil)
	for r, c := range b.dirty {
		text, failed := json.Marshal(c)
		if failed == nil {
			failed = batch.Set(r.key(), text, nil)
		}
		err = errors.Join(err, failed)
	}
	return err
}

// Since returns the hours of a checkpoint from the one that holds a moment on, at most limit of them, oldest first.
// Hours in which nothing happened are left out.
func (b *Book) Since(checkpoint string, since time.Time, limit int) (hours []Hour, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.write(); err != nil {
		return nil, err
	}
	all := b.store.DB().NewIndexedBatch() // the sums as they would be kept, were the disk not nearly full
	defer all.Close()
	if err := b.put(all); err != nil {
		return nil, err
	}
	from := rowOf(&ledger.Passage{Checkpoint: checkpoint, At: since})
	low := from.key()
	high := row{checkpoint, 1<<63 - 1}.key()
	it, err := all.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: high})
	if err != nil {
		return nil, fmt.Errorf("totals: reading: %w", err)
	}
	for it.First(); it.Valid() && len(hours) < limit; it.Next() {
		value, err := it.ValueAndErr()
		var c *Counts
		if err == nil {
			c, err = decodeCounts(value)
		}
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		key := it.Key()
		start := int64(binary.BigEndian.Uint64(key[len(key)-8:]))
		hours = append(hours, Hour{time.Unix(start, 0).UTC(), *c})
	}
	return hours, errors.Join(it.Error(), it.Close())
}

// Progress counts what was recorded last, if it is not too much to wait for, and tells up to which passage everything
// is counted, and whether that is all.
func (b *Book) Progress() (until uint64, complete bool, err error) {
	behind, err := b.follow(maxPages)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.until, !behind, err
}
