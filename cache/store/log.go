package store

import (
	"fmt"
	"log/slog"

	"github.com/cockroachdb/pebble/v2"
)

// logger carries Pebble's messages to slog. Its chatter is for debugging only.
type logger struct {
	log  *slog.Logger
	exit func(int)
}

func (l logger) Infof(format string, args ...any) {
	l.log.Debug("database", slog.String("message", fmt.Sprintf(format, args...)))
}

func (l logger) Errorf(format string, args ...any) {
	l.log.Error("database", slog.String("message", fmt.Sprintf(format, args...)))
}

// Fatalf is called by Pebble when it cannot go on: a failed write of its logs, corruption.
func (l logger) Fatalf(format string, args ...any) {
	l.log.Error("database cannot go on", slog.String("message", fmt.Sprintf(format, args...)))
	l.exit(1)
}

// events reports what an operator must know of the disk and nothing else.
func (s *Store) events() *pebble.EventListener {
	return &pebble.EventListener{
		DiskSlow: func(info pebble.DiskSlowInfo) {
			s.opt.Log.Warn("disk slow", slog.String("operation", info.OpType.String()), slog.Duration("duration", info.Duration))
		},
		WriteStallBegin: func(info pebble.WriteStallBeginInfo) {
			s.stall.Add(1)
			s.opt.Log.Warn("writes held up until the disk catches up", slog.String("reason", info.Reason))
		},
	}
}
