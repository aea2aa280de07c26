// Package revocation keeps lists of revoked names that are too long for memory: the names lie in the database, and
// in memory a filter of ten bits a name, which answers nearly every question (package verifier/status/revoked).
//
// A list changes in one step or not at all: names and head of the list become durable together, whether a few
// thousand names change (Apply, one synced batch) or all of them (Loader, sorted files taken in at once). Then the
// filters follow, behind one atomic pointer; look-ups never wait. Each name counts from the moment it is durable:
// a look-up that runs beside a change may see one name before it and another behind it.
//
// At a start only the heads of the lists are read: until the filters are made again, in the background and with half a core at
// most, each question goes to the database, which is slower and as right. Lists have numbers of their own in front
// of their keys and never meet. The package fetches nothing and does not know what names mean.
package revocation

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
)

// MaxKey is the longest name, in bytes.
const MaxKey = 1024

// MaxEntries bounds one list: beyond it the names in one shard's workspace would take hundreds of megabytes.
const MaxEntries = 1 << 29

// Errors of changes.
var (
	ErrTooMany = errors.New("the list has more entries than a list may have")
	ErrKey     = errors.New("a name is empty or too long")
)

// Options tune Lists. The zero value is what a gateway wants.
type Options struct {
	// Log is told when filters are made and when they cannot be. Default: slog.DiscardHandler.
	Log *slog.Logger
}

// Lists is all stored lists. Its methods may be used from many goroutines.
type Lists struct {
	store *store.Store
	log   *slog.Logger
	fs    vfs.FS
	dir   string // for files of loads under way

	mu    sync.Mutex // guards the fields below
	byKey map[string]*List
	next  uint32 // number of the next list
	loads int    // for names of files

	changing atomic.Int32 // calls of Apply under way

	wake    chan struct{} // tells the builder that there is work
	stop    chan struct{}
	stopped sync.WaitGroup
}

// Open reads the heads of the lists in s, which must stay open until Close, and begins to make their filters.
func Open(s *store.Store, o Options) (*Lists, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := &Lists{
		store: s, log: o.Log, byKey: make(map[string]*List), next: 1,
		wake: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	var err error
	if l.fs, l.dir, err = s.Workspace("revocation"); err != nil {
		return nil, err
	}
	prefix := store.PrefixRevList.Key()
	err = s.Scan(prefix, func(key, value []byte) error {
		name := string(key[len(prefix):])
		h, err := decodeHead(value)
		if err != nil {
			return fmt.Errorf("revocation list %s: %w", name, err)
		}
		l.byKey[name] = newList(l, name, h)
		l.next = max(l.next, h.number+1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	l.stopped.Go(l.build)
	l.wakeBuilder()
	return l, nil
}

// Close stops making filters. The lists must not be changed any more; they may be asked until the store closes.
func (l *Lists) Close() error {
	close(l.stop)
	l.stopped.Wait()
	return nil
}

// List is the list of that name, which has never been loaded when it is new.
func (l *Lists) List(name string) *List {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byKey[name] == nil {
		l.byKey[name] = newList(l, name, head{number: l.next})
		l.next++
	}
	return l.byKey[name]
}

// Keep forgets all lists but those named, and returns once a crash cannot undo that. Nobody may use the others.
func (l *Lists) Keep(names []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.store.DB().NewBatch()
	for name, list := range l.byKey {
		if slices.Contains(names, name) {
			continue
		}
		n := list.number
		err := errors.Join(
			b.DeleteRange(keysOf(store.PrefixRevoked, n), keysOf(store.PrefixRevoked, n+1), nil),
			b.DeleteRange(keysOf(store.PrefixRevPart, n), keysOf(store.PrefixRevPart, n+1), nil),
			b.Delete(store.PrefixRevList.Name(name), nil),
		)
		if err != nil {
			return errors.Join(err, b.Close())
		}
		l.log.Info("revocation list forgotten", slog.String("list", name), slog.Int("entries", list.live.Load().Len()))
		delete(l.byKey, name)
	}
	if b.Empty() {
		return b.Close()
	}
	return errors.Join(b.Commit(pebble.Sync), b.Close())
}

// all is the lists, in the order of their names.
func (l *Lists) all() []*List {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*List, 0, len(l.byKey))
	for _, name := range slices.Sorted(maps.Keys(l.byKey)) {
		list = append(list, l.byKey[name])
	}
	return list
}
