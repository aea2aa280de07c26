package proof

import (
	"context"
	"crypto/ecdsa"
	stded25519 "crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"
	"sync"
	"time"

	"vratar/verifier"
	"vratar/verifier/proof/ed25519"
	"vratar/verifier/proof/p256"
	"vratar/verifier/proof/rsakey"
)

// Sizes of the tables: how many bits of a number each look-up settles. The larger ones are a fifth faster, as long
// as they are in the processor's cache, and take three times the memory.
const (
	usualWindow = 6
	hotWindow   = 8
)

const (
	// warm is how many signatures of a key must have been right before tables are made for it.
	warm = 2
	// hot is how many it must have made within about two rounds for larger tables.
	hot = 20_000
	// round is the time after which the counts of uses are halved.
	round = 10 * time.Second
	// sampled says that one use of so many is counted, once a key is prepared.
	sampled = 16
	// idle is after how many rounds without any use the tables of a key are given up.
	idle = 60
)

// Preparer works out tables for the trusted keys that are in use, beside the requests and within a bound of memory.
// When that is reached, the key that was used least lately gives way, unless the newcomer was used even less.
//
// Only what a Checker has found right asks for preparation, and only for keys of a trust list or certified by an
// authority on one, so a stranger's codes cost no memory.
type Preparer struct {
	max   int64
	asked chan *verifier.Key

	mu    sync.Mutex // guards what follows
	held  []*held
	stats PreparerStats
}

// held is one prepared key.
type held struct {
	place  *verifier.Preparation
	key    *verifier.Key
	window int
	size   int64
	uses   uint32 // of late, at the last round
	quiet  int    // rounds without any use
}

// PreparerStats is how a Preparer stands.
type PreparerStats struct {
	Keys            int   // prepared now
	Bytes, MaxBytes int64 // their tables
	Built, Evicted  uint64
	Refused         uint64 // not prepared, because all others were used more
}

// NewPreparer makes one for at most maxBytes of tables. Run must be running for anything to be prepared.
func NewPreparer(maxBytes int64) *Preparer {
	return &Preparer{max: maxBytes, asked: make(chan *verifier.Key, 64)}
}

// Stats is for scrapes, not for scans.
func (p *Preparer) Stats() PreparerStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Keys, s.MaxBytes = len(p.held), p.max
	return s
}

// Run prepares keys until ctx ends.
func (p *Preparer) Run(ctx context.Context) {
	tick := time.NewTicker(round)
	defer tick.Stop()
	for {
		select {
		case k := <-p.asked:
			p.Prepare(k)
		case <-tick.C:
			for _, k := range p.look() {
				p.prepare(k, hotWindow)
			}
		case <-ctx.Done():
			return
		}
	}
}

// used is told of each signature of an unprepared key that was right. It returns at once. The key asks when it is
// warm and then each time its uses have doubled, because there may have been no room for it, or it may have had to
// give way.
func (p *Preparer) used(k *verifier.Key) {
	if k.Preparation == nil {
		return
	}
	if uses := k.Preparation.Used(1); uses < warm || uses&(uses-1) != 0 {
		return
	}
	select {
	case p.asked <- k:
	default: // too many at once
	}
}

// Prepare makes the usual tables for a trusted key that has none, at once and if there is room.
func (p *Preparer) Prepare(k *verifier.Key) {
	if k.Preparation != nil && k.Preparation.Key() == nil {
		p.prepare(k, usualWindow)
	}
}

// prepare makes tables for k and puts them in place, if there is room.
func (p *Preparer) prepare(k *verifier.Key, window int) {
	made := prepared(k, window)
	if made == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	h := &held{place: k.Preparation, key: k, window: window, size: int64(made.Size()), uses: k.Preparation.Used(0)}
	var before *held // its smaller tables, which it keeps should the larger ones find no room
	if i := slices.IndexFunc(p.held, func(o *held) bool { return o.place == h.place }); i >= 0 {
		before = p.held[i]
		p.remove(i)
	}
	if !p.makeRoom(h) {
		p.stats.Refused++
		if before != nil {
			p.add(before)
		}
		return
	}
	p.add(h)
	p.stats.Built++
	h.place.Keep(made)
}

func (p *Preparer) add(h *held) {
	p.held = append(p.held, h)
	p.stats.Bytes += h.size
}

// makeRoom gives up keys that were used less than h.
func (p *Preparer) makeRoom(h *held) bool {
	for p.stats.Bytes+h.size > p.max {
		if len(p.held) == 0 {
			return false
		}
		least := 0
		for i, o := range p.held {
			if o.uses < p.held[least].uses {
				least = i
			}
		}
		if p.held[least].uses > h.uses {
			return false
		}
		p.held[least].place.Keep(nil)
		p.remove(least)
		p.stats.Evicted++
	}
	return true
}

func (p *Preparer) remove(i int) {
	p.stats.Bytes -= p.held[i].size
	p.held = slices.Delete(p.held, i, i+1)
}

// look ends a round: it notes how much each key was used, gives up those that nobody uses any more (their list may
// have been replaced), and returns those that deserve larger tables.
func (p *Preparer) look() []*verifier.Key {
	p.mu.Lock()
	defer p.mu.Unlock()
	var busy []*verifier.Key
	for i := len(p.held) - 1; i >= 0; i-- {
		h := p.held[i]
		if h.uses = h.place.Decay(); h.uses > 0 {
			h.quiet = 0
		} else {
			h.quiet++
		}
		switch {
		case h.quiet >= idle:
			h.place.Keep(nil)
			p.remove(i)
			p.stats.Evicted++
		case h.uses >= hot && h.window < hotWindow:
			busy = append(busy, h.key)
		}
	}
	return busy
}

// Alarms is how often tables and library differed since the start of the process. It must stay 0; the tables are
// not used any more after the first.
func Alarms() uint64 { return p256.Alarms() + ed25519.Alarms() + rsakey.Alarms() }

// prepared is k with tables, or nil where there are none for its kind of key.
func prepared(k *verifier.Key, window int) verifier.PreparedKey {
	switch pub := k.Public.(type) {
	case *ecdsa.PublicKey:
		if pub.Curve != elliptic.P256() || p256.Path() == p256.PathOff {
			return nil
		}
		if made, err := p256.Prepare(pub, window); err == nil {
			return &preparedP256{made, k.Preparation}
		}
	case stded25519.PublicKey:
		if ed25519.Path() == ed25519.PathOff {
			return nil
		}
		if made, err := ed25519.Prepare(pub, window); err == nil {
			return &preparedEd25519{made, k.Preparation}
		}
	case *rsa.PublicKey:
		if rsakey.Path() == rsakey.PathOff {
			return nil
		}
		if made, err := rsakey.Prepare(pub); err == nil { // one size for all windows
			return &preparedRSA{made, k.Preparation}
		}
	}
	return nil
}
