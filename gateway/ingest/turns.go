package ingest

import (
	"context"
	"time"
)

// turns lets a few do at a time what takes much memory, and more wait for it, a while. Who waits holds next to nothing,
// and a queue this short is over before a client that came back would be served.
type turns struct {
	taken, waiting chan struct{}
	patience       time.Duration
}

func newTurns(most, waiting int, patience time.Duration) turns {
	return turns{make(chan struct{}, most), make(chan struct{}, waiting), patience}
}

// take waits for a turn; false when too many wait, or none came in time. Who got one calls done.
func (t *turns) take(ctx context.Context) bool {
	select {
	case t.taken <- struct{}{}:
		return true
	default:
	}
	select {
	case t.waiting <- struct{}{}:
	default:
		return false
	}
	defer func() { <-t.waiting }()
	late := time.NewTimer(t.patience)
	defer late.Stop()
	select {
	case t.taken <- struct{}{}:
		return true
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}

func (t *turns) done() { <-t.taken }
