package revocation

import (
	"errors"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"vratar/verifier/status/revoked"
	"vratar/verifier/status/ribbon"
)

// lateLimit is how many names of a shard may lie beside its filter: a 512th of its share, so that they take no more
// than a 64th of a byte for every name of the list.
func lateLimit(entries int) int { return max(64, entries/revoked.Shards/512) }

// goneLimit is how many names may go before a filter is made without them: an eighth.
func goneLimit(entries int) int { return max(64, entries/revoked.Shards/8) }

// wakeBuilder says that there may be work. It never blocks.
func (l *Lists) wakeBuilder() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// build makes filters, one shard after the other, until Close. It rests as long as it works: gates come first.
func (l *Lists) build() {
	var w workshop
	for {
		select {
		case <-l.stop:
			return
		case <-l.wake:
		}
		for _, list := range l.all() {
			if !l.buildList(list, &w) {
				return
			}
		}
	}
}

// buildList makes the filters that a list lacks. It reports false when it was told to stop.
func (l *Lists) buildList(list *List, w *workshop) bool {
	began, made := time.Now(), 0
	for i := range revoked.Shards {
		if !list.needsFilter(i) {
			continue
		}
		start := time.Now()
		if err := list.makeFilter(i, w); err != nil {
			// The shard goes on without, or with its old one: slower, and right.
			l.log.Error("filter not made", slog.String("list", list.name), slog.Any("error", err))
			return l.rest(0)
		}
		made++
		if !l.rest(time.Since(start)) {
			return false
		}
	}
	if made > 0 {
		l.log.Info("filters made", slog.String("list", list.name), slog.Int("filters", made),
			slog.Int("entries", list.live.Load().Len()), slog.Duration("took", time.Since(began)))
	}
	return l.rest(0)
}

// rest pauses. It reports false when the builder was told to stop.
func (l *Lists) rest(d time.Duration) bool {
	select {
	case <-l.stop:
		return false
	case <-time.After(d):
		return true
	}
}

// giveWay waits while a list is being changed: that is short, and somebody waits for it.
func (l *Lists) giveWay() {
	for l.changing.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
}

func (l *List) needsFilter(i int) bool {
	set := l.live.Load()
	if set == nil {
		return false
	}
	late, has := set.Late(i)
	if !has || len(late) > lateLimit(set.Len()) {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone[i] > goneLimit(set.Len())
}

// workshop is the memory in which filters are made, one at a time.
type workshop struct {
	builder ribbon.Builder
	hashes  []uint64
}

// makeFilter makes the filter of one shard from what the database holds.
//
// What counts is the order: first the late names are noted, then the database is read. A name that becomes durable
// while it is read is late after that, and stays beside the new filter.
func (l *List) makeFilter(i int, w *workshop) error {
	l.build.Lock()
	defer l.build.Unlock()
	l.mu.Lock()
	seen, _ := l.live.Load().Late(i)
	l.gone[i] = 0
	l.mu.Unlock()
	w.hashes = w.hashes[:0]
	err := l.eachKey(i, func(key []byte) { w.hashes = append(w.hashes, revoked.Hash(key)) })
	if err != nil {
		return err
	}
	filter := w.builder.Build(w.hashes)
	l.mu.Lock()
	defer l.mu.Unlock()
	set := l.live.Load()
	draft := set.Draft()
	draft.Cover(i, filter, seen)
	l.live.Store(draft.Set(set.Len()))
	return nil
}

// eachKey calls f with every name of a shard, in the order in which they are stored; each is valid during the call.
func (l *List) eachKey(i int, f func(key []byte)) error {
	low, high := l.shardBounds(i)
	it, err := l.lists.store.DB().NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: high})
	if err != nil {
		return err
	}
	n := 0
	for it.First(); it.Valid(); it.Next() {
		f(it.Key()[keyHead:])
		if n++; n%1024 == 0 {
			l.lists.giveWay()
		}
	}
	return errors.Join(it.Error(), it.Close())
}
