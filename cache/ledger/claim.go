package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// change is what one passage does to the ledger's state in memory, once its batch is applied.
type change struct {
	hash    Hash
	inside  int64
	counter *Counter
	periods []int64
}

// apply decides p and writes it to the log, without waiting for the disk. A nil batch means that p was
// recorded before; p is then that record.
func (l *Ledger) apply(ctx context.Context, p *Passage, move Move) (*pebble.Batch, Hash, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := errors.Join(l.tail.failed(), ctx.Err()); err != nil {
		return nil, Hash{}, err
	}
	if p.Nonce != "" {
		was, known, err := l.recorded(p.Checkpoint, p.Nonce)
		if err == nil && known && !was.answers(p) {
			err = ErrNonceReused
		}
		if err != nil || known {
			*p = was
			return nil, Hash{}, err
		}
	}
	return l.commit(p, func(b *pebble.Batch) (change, error) { return l.collect(b, p, move) })
}

// commit writes to the log what collect gathers for p, without waiting for the disk. The caller holds mu.
func (l *Ledger) commit(p *Passage, collect func(*pebble.Batch) (change, error)) (*pebble.Batch, Hash, error) {
	if l.store.Degraded() {
		return nil, Hash{}, ErrDegraded
	}
	b := l.db.NewBatch()
	c, err := collect(b)
	if err != nil {
		_ = b.Close() // nothing was applied; the first error is the one to tell
		return nil, Hash{}, err
	}
	if err := l.db.ApplyNoSyncWait(b, pebble.Sync); err != nil {
		return nil, Hash{}, l.fail(err)
	}
	l.seq, l.hash = p.Seq, c.hash
	l.inside[p.Group] += c.inside
	l.counters[counterKey{p.Checkpoint, p.Group}] = c.counter
	l.periods = c.periods
	l.recent.add(p)
	return b, c.hash, nil
}

// collect decides p and gathers in b all that follows. It changes nothing in memory, so that a failure
// leaves the ledger as it was.
func (l *Ledger) collect(b *pebble.Batch, p *Passage, move Move) (change, error) {
	p.Seq = l.seq + 1
	e, err := l.decide(p, move)
	if err != nil {
		return change{}, err
	}
	c, err := l.gather(b, p, e)
	if err != nil {
		return c, err
	}
	c.periods, err = l.indexNonce(b, p)
	return c, err
}

// effect is what a decision changes beside the record: by how much the group's count changes, and the passage from
// which the subject's standing follows, nil when it stays.
type effect struct {
	inside   int64
	standing *Passage
}

// gather puts the record of a decided passage into b, and the state that follows from it.
func (l *Ledger) gather(b *pebble.Batch, p *Passage, e effect) (c change, err error) {
	c.inside = e.inside
	record, err := appendRecord(make([]byte, 0, 1024), p)
	if err != nil {
		return c, err
	}
	c.hash = link(l.hash, p.Seq, record)
	c.counter = l.counted(p)
	put := func(key, value []byte) { err = errors.Join(err, b.Set(key, value, nil)) }
	put(passageKey(p.Seq), append(c.hash[:], record...))
	put(headKey(), appendHead(nil, p.Seq, c.hash))
	put(counterKey{p.Checkpoint, p.Group}.bytes(), appendCounter(nil, c.counter))
	if e.standing != nil {
		count := uint64(l.inside[p.Group] + c.inside)
		put(subjectKey(p.Group, p.Subject), appendStanding(nil, e.standing))
		put(groupKey(p.Group), binary.BigEndian.AppendUint64(nil, count))
	}
	if err != nil {
		return c, fmt.Errorf("ledger: building a batch: %w", err)
	}
	return c, nil
}

// counted is the checkpoint's counter after p.
func (l *Ledger) counted(p *Passage) *Counter {
	c := Counter{Checkpoint: p.Checkpoint, Group: p.Group}
	if was := l.counters[counterKey{p.Checkpoint, p.Group}]; was != nil {
		c = *was
	}
	c.count(p.Decision)
	return &c
}

// fail ends the process: a batch is visible in memory and perhaps not on disk. Where the process does not end,
// as in a test, nothing is acknowledged any more.
func (l *Ledger) fail(cause error) error {
	err := fmt.Errorf("ledger: the disk refused a record: %w", cause)
	l.tail.fail(err)
	l.store.Fatal(err)
	return err
}
