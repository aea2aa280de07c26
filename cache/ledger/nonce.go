package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
)

// Nonces are indexed in periods of NonceTTL. A period is forgotten as a whole, by one range deletion, when
// its last nonce is older than NonceTTL: a nonce is thus remembered for NonceTTL at least and twice that at
// most, and nothing ever sweeps. A look-up asks each live period, two as a rule.

// periodOf is the start of the period that at falls into, in Unix seconds.
func (l *Ledger) periodOf(at time.Time) int64 {
	unix, length := at.Unix(), l.period
	return unix - unix%length
}

func periodKey(period int64) []byte {
	return binary.BigEndian.AppendUint64(store.PrefixNonce.Key(), uint64(period))
}

func nonceKey(period int64, checkpoint, nonce string) []byte {
	return store.AppendPart(store.AppendPart(periodKey(period), checkpoint), nonce)
}

// loadPeriods finds the live periods by jumping from one to the next.
func (l *Ledger) loadPeriods() error {
	low, high := store.PrefixNonce.Bounds()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: high})
	if err != nil {
		return err
	}
	for ok := it.First(); ok; {
		key := it.Key()
		if len(key) < 9 {
			return errors.Join(errors.New("ledger: unreadable nonce"), it.Close())
		}
		period := int64(binary.BigEndian.Uint64(key[1:]))
		l.periods = append(l.periods, period)
		ok = it.SeekGE(periodKey(period + 1))
	}
	return errors.Join(it.Error(), it.Close())
}

// indexNonce adds p's nonce to the batch and drops the periods that have run out. It returns the periods that
// are live once b is applied. The caller holds mu.
func (l *Ledger) indexNonce(b *pebble.Batch, p *Passage) ([]int64, error) {
	if p.Nonce == "" {
		return l.periods, nil
	}
	now := l.periodOf(p.At)
	if err := b.Set(nonceKey(now, p.Checkpoint, p.Nonce), binary.BigEndian.AppendUint64(nil, p.Seq), nil); err != nil {
		return nil, err
	}
	if len(l.periods) > 0 && l.periods[len(l.periods)-1] == now {
		return l.periods, nil // the common case: nothing has begun or run out since the last nonce
	}
	live := []int64{now}
	for _, period := range l.periods {
		if period == now {
			continue
		}
		if period+2*l.period > p.At.Unix() {
			live = append(live, period)
		} else if err := b.DeleteRange(periodKey(period), periodKey(period+1), nil); err != nil {
			return nil, err
		}
	}
	slices.Sort(live)
	return live, nil
}

// recorded finds the passage that was recorded for a nonce. The caller holds mu.
func (l *Ledger) recorded(checkpoint, nonce string) (Passage, bool, error) {
	for _, period := range slices.Backward(l.periods) {
		value, closer, err := l.db.Get(nonceKey(period, checkpoint, nonce))
		if errors.Is(err, pebble.ErrNotFound) {
			continue
		}
		if err != nil {
			return Passage{}, false, fmt.Errorf("ledger: reading a nonce: %w", err)
		}
		if len(value) != 8 {
			return Passage{}, false, errors.Join(errors.New("ledger: unreadable nonce"), closer.Close())
		}
		seq := binary.BigEndian.Uint64(value)
		if err := closer.Close(); err != nil {
			return Passage{}, false, err
		}
		p, _, err := l.load(seq)
		return p, err == nil, err
	}
	return Passage{}, false, nil
}

// answers reports whether p, with the same nonce at the same checkpoint, asks again what was asked then. Two
// readers of one checkpoint may count their scans from 1 each, so another reader's answer is nobody else's:
// a code handed back over the fence would be admitted by it a second time. Nor does what was told for one
// organisation answer who asks for another.
func (was *Passage) answers(p *Passage) bool {
	return was.Payload == p.Payload && was.Direction == p.Direction && was.Checker == p.Checker && was.Mandate == p.Mandate
}
