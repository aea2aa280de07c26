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

// making is a filter that is on its way. Names that are added while the database is read may have been passed over:
// they stay beside the filter, also those that lay beside the old one, went and came again.
type making struct {
	shard int
	added []uint64
}

// note keeps the hash of a name that was added, when it is of the shard. No filter notes nothing.
func (m *making) note(hash uint64) {
	if m != nil && revoked.ShardOf(hash) == m.shard {
		m.added = append(m.added, hash)
	}
}

// makeFilter makes the filter of one shard from what the database holds.
func (l *List) makeFilter(i int, w *workshop) error {
	l.build.Lock()
	defer l.build.Unlock()
	gone := l.begin(i)
	w.hashes = w.hashes[:0]
	err := l.eachKey(i, func(key []byte) { w.hashes = append(w.hashes, revoked.Hash(key)) })
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.making = nil
		return err
	}
	l.finish(w.builder.Build(w.hashes), gone)
	return nil
}

// begin notes what is added to a shard from now on, before the database is read: a name becomes durable first and is
// noted then. It gives how many names have gone, which the filter will not hold.
func (l *List) begin(i int) (gone int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.making = &making{shard: i}
	return l.gone[i]
}

// finish puts the filter that was begun in its place.
func (l *List) finish(f ribbon.Filter, gone int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	set, m := l.live.Load(), l.making
	draft := set.Draft()
	draft.Cover(m.shard, f, m.added)
	l.live.Store(draft.Set(set.Len()))
	l.gone[m.shard] -= gone
	l.making = nil
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
