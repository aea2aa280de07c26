package mandates

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Run keeps proofs and the registry's answers fresh until ctx ends. The two do not wait for each other: a registry that
// is slow must not keep a new revocation list from being read.
func (b *Book) Run(ctx context.Context) {
	b.proveAll(ctx)
	var both sync.WaitGroup
	both.Go(func() { every(ctx, b.o.Refresh, b.Look) })
	both.Go(func() {
		b.ask(ctx)
		every(ctx, b.o.Ask, b.ask)
	})
	both.Wait()
}

// every does something again and again until ctx ends.
func every(ctx context.Context, pause time.Duration, do func(context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			do(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// Look reads the sources again, and makes every proof anew when they have changed or proofs are old. Files that
// cannot be read leave the last good ones in force.
func (b *Book) Look(ctx context.Context) {
	trust, err := b.o.Sources.load()
	if err != nil {
		b.o.Log.Error("authorities or revocation lists for mandates cannot be read; the last good ones stay", slog.Any("error", err))
		trust = b.shelf.Load().trust
	}
	if err := b.o.Registry.Refresh(ctx, nil); err != nil {
		b.o.Log.Warn("the list of revoked mandates cannot be read; the last good one stays", slog.Any("error", err))
	}
	if b.renew(trust) {
		b.proveAll(ctx)
	}
}

// renew puts every proof off that was made under other sources, or long ago.
func (b *Book) renew(trust *loaded) bool {
	b.changes.Lock()
	defer b.changes.Unlock()
	s := b.shelf.Load()
	if s.trust.digest == trust.digest && b.o.Now().Sub(s.provenAt) < b.o.Reprove {
		return false
	}
	b.publish(trust, s.byNumber)
	return true
}

// proveAll makes the proofs that are still to be made, so that no scan has to.
func (b *Book) proveAll(ctx context.Context) {
	all := b.All()
	bad := 0
	for _, e := range all {
		if ctx.Err() != nil {
			return
		}
		if proven, _ := e.Proven(); proven == nil {
			bad++
		}
	}
	if len(all) > 0 {
		b.o.Log.Info("mandates proven", slog.Int("kept", len(all)), slog.Int("no_longer_proven", bad))
	}
}

// ask asks the registry about every mandate that has not ended.
func (b *Book) ask(ctx context.Context) {
	var numbers []string
	for _, e := range b.All() {
		if (e.Claimed.Until + 1).Start().After(b.o.Now()) {
			numbers = append(numbers, e.Number)
		}
	}
	if err := b.o.Registry.Refresh(ctx, numbers); err != nil && ctx.Err() == nil {
		b.o.Log.Warn("the registry of mandates does not answer as it should", slog.Any("error", err))
	}
}
