package store

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// lookEvery bounds how often the file system is asked for its free space.
const lookEvery = time.Second

// space remembers the last look at the disk. There is no goroutine: whoever asks first after lookEvery looks.
type space struct {
	next     atomic.Int64 // when to look again, Unix nanoseconds
	free     atomic.Int64 // bytes at the last look; -1: the file system does not tell
	degraded atomic.Bool
}

// ErrDegraded means that something was not written because the disk is nearly full: what is left of it is for closing
// files and for what must not fail.
var ErrDegraded = errors.New("the disk is nearly full")

// Degraded reports whether the disk is so full that nothing more may be recorded. It is cheap enough to be
// asked before every record.
func (s *Store) Degraded() bool {
	now := time.Now()
	next := s.space.next.Load()
	if now.UnixNano() >= next && s.space.next.CompareAndSwap(next, now.Add(lookEvery).UnixNano()) {
		s.space.look(s, now)
	}
	return s.space.degraded.Load()
}

// look asks the file system. One that does not tell, as in memory, counts as roomy; one that fails to answer
// leaves the last answer standing.
func (sp *space) look(s *Store, now time.Time) {
	sp.next.Store(now.Add(lookEvery).UnixNano())
	usage, err := s.opt.FS.GetDiskUsage(s.dir)
	if errors.Is(err, vfs.ErrUnsupported) {
		sp.free.Store(-1)
		return
	}
	if err != nil {
		s.opt.Log.Warn("free space unknown", slog.Any("error", err))
		return
	}
	free := int64(min(usage.AvailBytes, 1<<62))
	sp.free.Store(free)
	degraded := free < s.opt.Reserve
	if sp.degraded.Swap(degraded) != degraded {
		s.opt.Log.Warn("disk nearly full", slog.Bool("degraded", degraded),
			slog.Int64("free_bytes", free), slog.Int64("reserve_bytes", s.opt.Reserve))
	}
}
