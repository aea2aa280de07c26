package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
)

// tail is the end of the ledger as others may see it: synced passages only.
//
// Batches enter the write-ahead log in the order of their sequence numbers, and a sync of the log covers
// everything written before it. So when one passage is synced, all before it are, although the goroutines
// that wait for them may learn it later and in another order.
type tail struct {
	mu      sync.Mutex
	seq     uint64
	hash    Hash
	changed chan struct{} // closed at the next change; nil when nobody has asked for it
	err     error         // why seq will never grow again; nil while all is well
}

func (t *tail) publish(seq uint64, hash Hash) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if seq <= t.seq || t.err != nil {
		return
	}
	t.seq, t.hash = seq, hash
	t.wake()
}

func (t *tail) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = err
		t.wake()
	}
}

func (t *tail) wake() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// look returns the state and the channel that is closed when it changes.
func (t *tail) look() (seq uint64, changed <-chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return t.seq, t.changed, t.err
}

// failed tells why the ledger has stopped growing, nil while it has not.
func (t *tail) failed() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// wait returns once seq is synced.
func (t *tail) wait(ctx context.Context, seq uint64) error {
	for {
		last, changed, err := t.look()
		if last >= seq || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Last is the highest synced sequence number; 0 when there is none.
func (l *Ledger) Last() uint64 {
	seq, _ := l.Head()
	return seq
}

// Head is the newest synced passage's sequence number and link of the chain. Kept elsewhere, it proves later
// that nothing up to it was rewritten: compare it with HashAt after Verify.
func (l *Ledger) Head() (seq uint64, hash Hash) {
	l.tail.mu.Lock()
	defer l.tail.mu.Unlock()
	return l.tail.seq, l.tail.hash
}

// Changed returns a channel that is closed when Last grows, or when the ledger is closed. Get the channel
// first, then read Last.
func (l *Ledger) Changed() <-chan struct{} {
	_, changed, _ := l.tail.look()
	return changed
}

// Read returns at most limit passages after the given sequence number, in order and without gaps; synced ones
// only.
func (l *Ledger) Read(after uint64, limit int) ([]Passage, error) {
	if err := l.enter(); err != nil {
		return nil, err
	}
	defer l.leave()
	last := l.Last()
	if after >= last || limit <= 0 {
		return nil, nil
	}
	until := last
	if uint64(limit) < last-after {
		until = after + uint64(limit)
	}
	if list := l.recent.between(after, until); list != nil {
		return list, nil
	}
	return l.readBetween(after, until)
}

// readBetween reads the passages behind after up to until from the disk.
func (l *Ledger) readBetween(after, until uint64) ([]Passage, error) {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: passageKey(after + 1), UpperBound: passageKey(until + 1)})
	if err != nil {
		return nil, fmt.Errorf("ledger: reading passages: %w", err)
	}
	list := make([]Passage, 0, until-after)
	for it.First(); it.Valid(); it.Next() {
		p, _, err := decodeEntry(it)
		if err == nil && p.Seq != after+uint64(len(list))+1 {
			err = fmt.Errorf("ledger: passage %d is missing", after+uint64(len(list))+1)
		}
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		list = append(list, p)
	}
	return list, errors.Join(it.Error(), it.Close())
}

func decodeEntry(it *pebble.Iterator) (Passage, Hash, error) {
	value, err := it.ValueAndErr()
	if err != nil {
		return Passage{}, Hash{}, fmt.Errorf("ledger: reading passages: %w", err)
	}
	h, record, err := splitValue(value)
	if err != nil {
		return Passage{}, h, err
	}
	p, err := decodeRecord(record)
	return p, h, err
}

// HashAt is the link of the chain at seq; ok is false when there is no such synced passage.
func (l *Ledger) HashAt(seq uint64) (hash Hash, ok bool, err error) {
	if err := l.enter(); err != nil {
		return Hash{}, false, err
	}
	defer l.leave()
	if seq == 0 || seq > l.Last() {
		return Hash{}, false, nil
	}
	_, hash, err = l.load(seq)
	return hash, err == nil, err
}

// Find returns the synced passage that was recorded for a nonce at a checkpoint.
func (l *Ledger) Find(checkpoint, nonce string) (Passage, bool, error) {
	if nonce == "" {
		return Passage{}, false, nil
	}
	if err := l.enter(); err != nil {
		return Passage{}, false, err
	}
	defer l.leave()
	l.mu.Lock()
	p, ok, err := l.recorded(checkpoint, nonce)
	l.mu.Unlock()
	if !ok || p.Seq > l.Last() {
		return Passage{}, false, err
	}
	return p, true, nil
}

// Passage returns the synced passage of this number; ok is false when there is none.
func (l *Ledger) Passage(seq uint64) (p Passage, ok bool, err error) {
	if err := l.enter(); err != nil {
		return p, false, err
	}
	defer l.leave()
	if seq == 0 || seq > l.Last() {
		return p, false, nil
	}
	p, _, err = l.load(seq)
	return p, err == nil, err
}

// load reads one passage with its link of the chain.
func (l *Ledger) load(seq uint64) (Passage, Hash, error) {
	value, closer, err := l.db.Get(passageKey(seq))
	if err != nil {
		return Passage{}, Hash{}, fmt.Errorf("ledger: reading passage %d: %w", seq, err)
	}
	h, record, err := splitValue(value)
	var p Passage
	if err == nil {
		p, err = decodeRecord(record)
	}
	return p, h, errors.Join(err, closer.Close())
}

// head is the record under MetaHead: sequence number, link of the chain.
func appendHead(dst []byte, seq uint64, hash Hash) []byte {
	return append(binary.BigEndian.AppendUint64(dst, seq), hash[:]...)
}

func decodeHead(b []byte) (seq uint64, hash Hash, err error) {
	if len(b) != 8+len(hash) {
		return 0, hash, errors.New("ledger: unreadable head record")
	}
	return binary.BigEndian.Uint64(b), Hash(b[8:]), nil
}

func headKey() []byte { return store.PrefixMeta.Name(store.MetaHead) }
