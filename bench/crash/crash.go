// Package crash kills a real gateway again and again while people pass, and looks afterwards whether the
// ledger keeps what the gateway promised: every passage that was answered is in it as it was answered, no
// credential was admitted twice, the sequence has no gap, the hash chain holds, and a question repeated with
// its nonce gets its first answer, before and after the kill.
//
// kill -9 proves that nothing acknowledged was still in the process's memory. It does not prove that the
// disk keeps its own promises when the power goes: the kernel survives a kill.
package crash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"vratar/bench/corpus"
	"vratar/bench/process"
)

const (
	workers   = 8                      // scanners that ask at the same time
	patience  = 30 * time.Second       // for a start
	shortest  = 10 * time.Millisecond  // of load before a kill
	spread    = 300 * time.Millisecond // of the random time on top
	recheck   = 10                     // questions of each sort repeated after a restart
	earlyKill = 5                      // one start in so many is killed before it is ready
)

// Options of a run.
type Options struct {
	Binary string // the gateway
	Dir    string // an empty folder for its data and the corpus's lists
	Rounds int
	Seed   uint64 // of the credentials
	Log    io.Writer
}

// Summary of a run. A good one has no Faults.
type Summary struct {
	Rounds, EarlyKills int
	Asked              int // questions
	Lost               int // of those, answers that a kill swallowed
	Admitted           int // answers that said admit
	Passages           uint64
	Faults             []string
}

// String is the summary in one line.
func (s Summary) String() string {
	return fmt.Sprintf("kill -9: %d rounds and %d kills during start, %d scans, %d answers swallowed, %d admitted, %d passages in the ledger, %d faults",
		s.Rounds, s.EarlyKills, s.Asked, s.Lost, s.Admitted, s.Passages, len(s.Faults))
}

// trial is the state of a run across its rounds.
type trial struct {
	options Options
	gateway process.Options
	maker   *corpus.Maker
	audit   *audit
	early   int

	mu   sync.Mutex
	used int // credentials that were shown, numbered from 0; guarded by mu
}

// Run kills the gateway Rounds times. An error means that the trial itself failed; what the gateway did wrong
// is in the summary.
func Run(ctx context.Context, o Options) (Summary, error) {
	t, err := newTrial(o)
	if err != nil {
		return Summary{}, err
	}
	for round := range o.Rounds {
		if err := t.round(ctx); err != nil {
			return t.summary(round), fmt.Errorf("round %d: %w", round+1, err)
		}
		if found := t.audit.found(); len(found) > 0 {
			return t.summary(round + 1), nil // what follows would only repeat it
		}
	}
	err = t.finish(ctx)
	return t.summary(o.Rounds), err
}

func newTrial(o Options) (*trial, error) {
	maker, err := corpus.NewMaker(o.Seed, time.Now())
	if err != nil {
		return nil, err
	}
	listen, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	trust, status, err := maker.WriteLists(filepath.Join(o.Dir, "corpus"))
	if err != nil {
		return nil, err
	}
	return &trial{
		options: o, maker: maker, audit: newAudit(),
		gateway: process.Options{
			Binary: o.Binary, Listen: listen, Data: filepath.Join(o.Dir, "data"),
			Trust: []string{trust}, Status: status, Output: o.Log,
		},
	}, nil
}

func (t *trial) summary(rounds int) Summary {
	a := t.audit
	return Summary{
		Rounds: rounds, EarlyKills: t.early, Asked: len(a.asked), Lost: a.lost, Admitted: a.admits,
		Passages: a.last, Faults: a.found(),
	}
}

// round starts the gateway, holds the ledger against the rounds before, puts load on it and kills it.
func (t *trial) round(ctx context.Context) error {
	if rand.IntN(earlyKill) == 0 {
		if err := t.killDuringStart(ctx); err != nil {
			return err
		}
	}
	g, err := process.Launch(ctx, t.gateway, patience)
	if err != nil {
		return err
	}
	if err := t.inspect(ctx, g); err != nil {
		return errors.Join(err, g.Kill())
	}
	drive := make(chan error, 1)
	loaded, stop := context.WithCancel(ctx)
	defer stop()
	go func() { drive <- t.drive(loaded, g) }()
	select {
	case <-time.After(shortest + rand.N(spread)):
	case <-g.Done():
		stop()
		return errors.Join(errors.New("the gateway ended by itself"), <-drive)
	}
	if err := g.Kill(); err != nil {
		return err
	}
	stop()
	if err := <-drive; err != nil {
		return err
	}
	if rand.IntN(2) == 0 {
		return nil // the command repairs the log as a start does; half of the time a start must do it itself
	}
	return t.verifyLedger(ctx)
}

func (t *trial) killDuringStart(ctx context.Context) error {
	t.early++
	g, err := process.Start(ctx, t.gateway)
	if err != nil {
		return err
	}
	time.Sleep(rand.N(100 * time.Millisecond))
	return g.Kill()
}

// inspect reads what the ledger has gained, compares it with the answers, and repeats some questions.
func (t *trial) inspect(ctx context.Context, g *process.Gateway) error {
	c := newClient(g.Demo)
	defer c.close()
	if err := c.passages(ctx, t.audit.last, t.audit.record); err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	t.audit.settle()
	for _, q := range t.audit.sample(recheck) {
		if err := t.ask(ctx, c, q); err != nil {
			return fmt.Errorf("repeating a question: %w", err)
		}
	}
	return nil
}

// verifyLedger lets the gateway's own command walk the hash chain of the ledger at rest.
func (t *trial) verifyLedger(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, t.gateway.Binary, "ledger", "verify", "--data", t.gateway.Data).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.audit.mu.Lock()
		t.audit.fault("vratar ledger verify: %s", out)
		t.audit.mu.Unlock()
		return nil
	}
	return err
}

// finish reads the whole ledger once more, from its first record, against all the answers, and walks its chain.
func (t *trial) finish(ctx context.Context) error {
	g, err := process.Launch(ctx, t.gateway, patience)
	if err != nil {
		return err
	}
	t.audit.restart()
	return errors.Join(t.inspect(ctx, g), g.Stop(), t.verifyLedger(ctx))
}

// ask shows a credential and notes question and answer.
func (t *trial) ask(ctx context.Context, c *client, q question) error {
	item, err := t.maker.Item(corpus.Genuine, corpus.Document, q.credential)
	if err != nil {
		return err
	}
	t.audit.ask(q.key, q.credential)
	p, err := c.scan(ctx, q, item.Payload)
	if err == nil {
		t.audit.answer(q.key, p)
	}
	return err
}
