// Package store opens the one Pebble database that holds everything Vratar must not forget.
//
// It owns the folder: its lock, the format version, the list of key prefixes (keys.go), the free-space guard,
// backup and Pebble's settings. It knows nothing of what is stored: package ledger and its siblings write
// through DB or the small synced calls here, each below its own prefix.
//
// A write that was acknowledged survives kill -9 and power loss. When the disk refuses a sync nobody knows
// what it holds, so the process ends (Options.Exit) and the next start reads what is really there.
package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrInUse means that another process, or another Store of this one, holds the folder.
var ErrInUse = errors.New("another vratar is using this folder")

// Options tune a Store. The zero value is what a gateway wants.
type Options struct {
	// Log receives what the database has to say: trouble at warning and error level, the rest at debug.
	// Default: slog.DiscardHandler.
	Log *slog.Logger

	// Reserve is the free space, in bytes, below which the store is degraded: records are refused while
	// there is still room to close files and compact. Default 64 MiB. Less risks that the disk fills
	// between two looks at it, which ends the process.
	Reserve int64

	// CacheBytes is the memory for blocks read from disk. Default 64 MiB. Every claim looks its nonce and its
	// subject up, as a rule in vain: with millions of subjects more memory means fewer reads under the
	// ledger's lock.
	CacheBytes int64

	// Exit ends the process after a write error that makes the state of the disk unknown; code is not 0.
	// Default os.Exit. It must not return: a test that lets it return gets errors from the ledger, and
	// nothing it can rely on from the store.
	Exit func(code int)

	// FS is where the files live. Default: the operating system's. Tests crash and break it.
	FS vfs.FS
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reserve <= 0 {
		o.Reserve = 64 << 20
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = 64 << 20
	}
	if o.Exit == nil {
		o.Exit = os.Exit
	}
	if o.FS == nil {
		o.FS = vfs.Default
	}
	return o
}

// Store is the open database. Its methods may be used from many goroutines.
type Store struct {
	dir   string
	opt   Options
	db    *pebble.DB
	lock  *pebble.Lock
	space space
	stall atomic.Uint64 // writes were held up so often, see Metrics
}

// Open opens the database in dir, creating folder and database when there is none. Errors say in words what
// to do: ErrInUse, *VersionError, a folder that cannot be written.
func Open(dir string, o Options) (*Store, error) {
	o = o.withDefaults()
	o.FS = privateFS{o.FS}
	s := &Store{dir: dir, opt: o}
	if err := o.FS.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	var err error
	if s.lock, err = lockFolder(dir, o.FS); err != nil {
		return nil, err
	}
	if s.db, err = pebble.Open(dir, s.pebbleOptions()); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database in %s: %w", dir, err), s.lock.Close())
	}
	if err := checkVersion(s.db, dir); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.space.look(s, time.Now())
	return s, nil
}

// lockFolder tells a folder that is in use from one that cannot be written: the former is refused by the lock
// itself, the latter by opening its file.
func lockFolder(dir string, where vfs.FS) (*pebble.Lock, error) {
	lock, err := pebble.LockDirectory(dir, where)
	var path *fs.PathError
	switch {
	case err == nil:
		return lock, nil
	case errors.As(err, &path):
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	return nil, fmt.Errorf("data folder %s: %w; stop it, or choose another folder", dir, ErrInUse)
}

func (s *Store) pebbleOptions() *pebble.Options {
	o := &pebble.Options{
		FS:        s.opt.FS,
		Lock:      s.lock,
		CacheSize: s.opt.CacheBytes,
		// Fixed, so that a newer Pebble does not silently make the database unreadable for the previous Vratar.
		FormatMajorVersion:          pebble.FormatTableFormatV6,
		MemTableSize:                16 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       2,
		Logger:                      logger{s.opt.Log, s.opt.Exit},
		EventListener:               s.events(),
	}
	for i := range o.Levels {
		// Most look-ups are for subjects and nonces that were never seen.
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	return o
}

// DB is the database itself, for packages below cache that need batches, iterators and their own way of
// waiting for the disk.
func (s *Store) DB() *pebble.DB { return s.db }

// Close closes the database and frees the folder. Nothing else may be running on the Store, or start.
func (s *Store) Close() error {
	return errors.Join(s.db.Close(), s.lock.Close())
}

// Fatal ends the process because a write failed in a way that leaves the disk's content unknown.
func (s *Store) Fatal(err error) {
	s.opt.Log.Error("the disk refused a write; ending so that nothing unrecorded is acknowledged", slog.Any("error", err))
	s.opt.Exit(1)
}

// Get returns a copy of the value of key.
func (s *Store) Get(key []byte) (value []byte, ok bool, err error) {
	v, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading the database: %w", err)
	}
	value = append([]byte{}, v...)
	return value, true, closer.Close()
}

// Set writes value under key and returns once a crash cannot undo that.
func (s *Store) Set(key, value []byte) error { return s.db.Set(key, value, pebble.Sync) }

// Delete removes key, if it exists, and returns once a crash cannot undo that.
func (s *Store) Delete(key []byte) error { return s.db.Delete(key, pebble.Sync) }

// Scan calls f with every pair whose key starts with prefix, in the order of keys, until f fails. Key and
// value are valid during the call only.
func (s *Store) Scan(prefix []byte, f func(key, value []byte) error) error {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return fmt.Errorf("reading the database: %w", err)
	}
	for it.First(); it.Valid(); it.Next() {
		value, err := it.ValueAndErr()
		if err == nil {
			err = f(it.Key(), value)
		}
		if err != nil {
			return errors.Join(err, it.Close())
		}
	}
	return it.Close()
}

// after is the first key behind all that start with prefix; nil when there is none.
func after(prefix []byte) []byte {
	end := append([]byte{}, prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// Backup writes a consistent copy of the database to dir, which must not exist, while work goes on. The copy
// is a data folder like any other, secret included: keep it as private. On the same disk its tables are hard
// links and cost next to nothing.
func (s *Store) Backup(dir string) error {
	if err := s.db.Checkpoint(dir, pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("backup to %s: %w", dir, err)
	}
	return nil
}

// privateFS creates folders for the owner alone, also those Pebble makes for itself.
type privateFS struct{ vfs.FS }

func (f privateFS) MkdirAll(dir string, _ os.FileMode) error { return f.FS.MkdirAll(dir, 0o700) }
func (f privateFS) Unwrap() vfs.FS                           { return f.FS }
