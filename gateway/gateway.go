// Package gateway joins the parts into a server: store, ledger, memo, lists, verifier, admission, doors, feed.
//
// It is the only place that wires. New reads top to bottom in the order in which things are built; Run serves
// until its context ends and takes them down in reverse. What the parts do is their own business; what is
// here beside the wiring is HTTP: routes, who may call them, headers, limits.
package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"vratar/cache"
	"vratar/cache/ledger"
	"vratar/cache/revocation"
	"vratar/cache/snapshot"
	"vratar/cache/store"
	"vratar/cache/totals"
	"vratar/gateway/access"
	"vratar/gateway/admission"
	"vratar/gateway/deadline"
	"vratar/gateway/feed"
	"vratar/gateway/ingest"
	"vratar/gateway/mandates"
	"vratar/gateway/openid"
	"vratar/gateway/refresh"
	"vratar/gateway/telemetry"
	"vratar/gateway/websocket"
	"vratar/verifier"
	"vratar/verifier/proof"
)

// Deps is what a gateway is handed from outside. The zero value will do.
type Deps struct {
	Log *slog.Logger // nil logs nothing
	// Now is the clock by which mandates are judged; nil: the machine's.
	Now func() time.Time
}

// scanTimeout is how long one scan may wait for its record. Nobody stands at a gate longer.
const scanTimeout = 5 * time.Second

// Gateway is one running server.
type Gateway struct {
	cfg         Config
	log         *slog.Logger
	throttle    *telemetry.Throttle
	registry    *prometheus.Registry
	metrics     *metrics
	clock       *telemetry.Clock
	health      *telemetry.Health
	store       *store.Store
	ledger      *ledger.Ledger
	totals      *totals.Book
	revoked     *revocation.Lists // those too long for memory
	lists       *refresh.Refresher
	preparer    *proof.Preparer // nil when switched off
	desk        *access.Desk
	couriers    *couriers              // of sign-in codes
	parties     *openid.Parties        // by which people sign in
	openIDCount *prometheus.CounterVec // of their sign-ins, by provider and outcome
	sockets     *websocket.Register
	doors       *ingest.Doors
	hub         *feed.Hub
	table       table
	server      *fasthttp.Server
	mandates    *mandates.Book             // nil where none are configured
	places      map[string]*authorityPlace // by checkpoint
	uploads     chan struct{}              // one is in it for each mandate that is being brought in
	now         func() time.Time           // see Deps
	secureOnly  bool                       // browsers come over TLS, ours or a proxy's

	sessionCookie, ticketCookie, partyCookie string // their names here, see cookieName

	listeners []net.Listener
	scans     context.Context // ends when scans under way are to be given up
	giveUp    context.CancelFunc
	closers   []func() error // what Close undoes, last first
}

// New builds a gateway and opens its listeners and its database. Run starts it; who does not call Run calls
// Close.
func New(cfg Config, deps Deps) (g *Gateway, err error) {
	cfg.complete("")
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	g = &Gateway{cfg: cfg, log: deps.Log, registry: telemetry.NewRegistry(), clock: telemetry.NewClock(cfg.Skew.Duration), now: deps.Now}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	g.throttle = telemetry.NewThrottle(g.log, 10*time.Second)
	g.secureOnly = cfg.TLS.Cert != "" || isTLS(cfg.PublicURL)
	g.scans, g.giveUp = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Close())
			g = nil
		}
	}()
	for _, step := range []func() error{g.openState, g.joinParts, g.listen} {
		if err := step(); err != nil {
			return g, err
		}
	}
	return g, nil
}

// openState opens what is remembered: store, ledger, the last good lists.
func (g *Gateway) openState() (err error) {
	if g.store, err = store.Open(StoreDir(g.cfg.DataDir), store.Options{Log: g.log}); err != nil {
		return err
	}
	g.closers = append(g.closers, g.store.Close)
	if g.ledger, err = ledger.Open(g.store, ledger.Options{}); err != nil {
		return err
	}
	g.closers = append(g.closers, g.ledger.Close)
	if g.totals, err = totals.Open(g.store, g.ledger); err != nil {
		return err
	}
	if g.revoked, err = revocation.Open(g.store, revocation.Options{Log: g.log}); err != nil {
		return err
	}
	g.closers = append(g.closers, g.revoked.Close)
	g.lists, err = refresh.New(g.listSettings())
	return err
}

// joinParts builds the one path of a scan, the doors before it and the feed behind it, and the server.
func (g *Gateway) joinParts() error {
	memo, err := g.openMemo()
	if err != nil {
		return err
	}
	keys, err := LoadIdentityKeys(g.cfg.Holder.IdentityKeys)
	if err != nil {
		return fmt.Errorf("holder.identity_keys: %w", err)
	}
	if err := g.openMandates(); err != nil {
		return err
	}
	g.preparer = g.newPreparer()
	judge := &verifier.Verifier{
		Formats: Formats(keys), Lists: g.lists, Checker: proof.Checker{Preparer: g.preparer}, Memo: memo, Skew: g.cfg.Skew.Duration,
		ProofAge: g.cfg.Holder.ProofAge.Duration,
	}
	replay, err := g.openReplay()
	if err != nil {
		return err
	}
	scanner := ingest.NewScanner(ingest.Parts{
		Verifier: judge, Admission: g.admission(), Metrics: ingest.NewMetrics(g.registry), Log: g.log,
		Timeout: scanTimeout, InFlight: g.cfg.Limits.InFlight, Audience: g.cfg.Holder.Audience, Replay: replay,
	})
	if err := g.openDesk(); err != nil {
		return err
	}
	if err := g.openParties(); err != nil {
		return err
	}
	g.sockets = websocket.NewRegister(websocket.Options{Max: max(g.cfg.Limits.Connections/2, 1), Panicked: g.panicked})
	g.doors = ingest.NewDoors(ingest.Options{
		Scanner: scanner, Checkpoints: g.doorCheckpoints(), Sockets: g.sockets, Context: g.scans, Greeting: g.greeting,
		MaxBody: int(g.cfg.Limits.Body), MaxBatch: int(g.cfg.Limits.Batch), AllowAt: g.cfg.Access.AllowAt, Bare: g.bareProfile(),
	})
	g.hub, err = feed.New(feed.Options{
		Ledger: g.ledger, Checkpoints: g.feedCheckpoints(), Sockets: g.sockets, Registerer: g.registry, Log: g.log,
		Seen: g.totals.Note,
	})
	if err != nil {
		return err
	}
	g.table = newTable(g.routes())
	g.health = g.newHealth()
	g.metrics = g.newMetrics(g.registry)
	g.metrics.requests = newRequests(g.registry, g.table)
	g.server = g.newServer()
	return nil
}

// openMemo makes the memo of proven credentials; nil when it is switched off.
func (g *Gateway) openMemo() (verifier.Memo, error) {
	if g.cfg.Memo == 0 {
		return nil, nil
	}
	memo, err := cache.NewMemo(int64(g.cfg.Memo))
	if err != nil {
		return nil, err
	}
	g.closers = append(g.closers, func() error { memo.Close(); return nil })
	count := func(name, help string, read func(cache.Stats) float64) {
		g.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help},
			func() float64 { return read(memo.Stats()) }))
	}
	count("vratar_memo_hits_total", "Judgements that found the signature proven.", func(s cache.Stats) float64 { return float64(s.Hits) })
	count("vratar_memo_misses_total", "Judgements that had to prove it.", func(s cache.Stats) float64 { return float64(s.Misses) })
	return memo, nil
}

// newPreparer makes what prepares trusted keys; nil when it is switched off.
func (g *Gateway) newPreparer() *proof.Preparer {
	if g.cfg.Trust.PreparedKeysMaxBytes == 0 {
		return nil
	}
	return proof.NewPreparer(int64(g.cfg.Trust.PreparedKeysMaxBytes))
}

func (g *Gateway) listSettings() refresh.Config {
	settings := g.cfg.ListSettings()
	settings.Store, settings.ServerTime, settings.Log = snapshot.New(g.store), g.clock.Told, g.log
	settings.Revocations = g.revoked
	return settings
}

// admission joins the decider to the doors.
func (g *Gateway) admission() ingest.Admission {
	return decisions{&admission.Decider{Ledger: g.ledger}, g.admissionCheckpoints()}
}

// decisions hands what ingest knows of a scan to admission.
type decisions struct {
	decider     *admission.Decider
	checkpoints map[string]admission.Checkpoint
}

// Decide implements ingest.Admission.
func (d decisions) Decide(ctx context.Context, p ingest.Presentation) (ledger.Passage, bool, error) {
	return d.decider.Decide(ctx, admission.Request{
		Verdict: p.Verdict, Payload: p.Payload, Checkpoint: d.checkpoints[p.Checkpoint.ID], Direction: p.Direction,
		Nonce: p.Nonce, ScannedAt: p.ScannedAt, At: p.At,
		Asker: admission.Asker{
			Checker: p.Checker, Capacity: p.Ruling.Capacity, Organisation: p.Ruling.Organisation, Mandate: p.Mandate,
			Refusal: p.Ruling.Refusal, Hold: p.Ruling.Hold,
		},
	})
}

// listen opens the addresses, so that a port in use shows before anything runs.
func (g *Gateway) listen() error {
	ln, err := net.Listen("tcp", g.cfg.Listen)
	if err != nil {
		return err
	}
	ln = deadline.Listener(ln)
	if g.cfg.TLS.Cert != "" {
		pair, err := tls.LoadX509KeyPair(g.cfg.TLS.Cert, g.cfg.TLS.Key)
		if err != nil {
			return errors.Join(fmt.Errorf("tls: %w", err), ln.Close())
		}
		ln = tls.NewListener(ln, &tls.Config{
			Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		})
	}
	g.addListener(ln)
	if g.cfg.ListenUnix == "" {
		return nil
	}
	// A socket left behind by a crash is in the way of the new one. Two gateways cannot share it: the
	// database is locked by now.
	if info, err := os.Lstat(g.cfg.ListenUnix); err == nil && info.Mode()&os.ModeSocket != 0 {
		if err := os.Remove(g.cfg.ListenUnix); err != nil {
			return err
		}
	}
	if ln, err = net.Listen("unix", g.cfg.ListenUnix); err != nil {
		return err
	}
	g.addListener(deadline.Listener(ln))
	return os.Chmod(g.cfg.ListenUnix, 0o660)
}

func (g *Gateway) addListener(ln net.Listener) {
	g.listeners = append(g.listeners, ln)
	g.closers = append(g.closers, func() error { return closeListener(ln) })
}

// Run serves until ctx ends, then stops: no new requests, running ones finish within Limits.Stop, websockets
// are told to go, and what New built is closed in reverse. It returns nil after an orderly stop.
func (g *Gateway) Run(ctx context.Context) error {
	g.announce()
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var workers sync.WaitGroup
	workers.Go(func() { g.lists.Run(background) })
	workers.Go(func() { g.hub.Run(background) })
	workers.Go(func() { g.desk.Run(background, g.deskFailed) })
	workers.Go(func() { g.runCodes(background) })
	workers.Go(func() { g.totals.Run(background, g.totalsFailed) })
	workers.Go(func() { g.forgetNotes(background) })
	if g.mandates != nil {
		workers.Go(func() { g.mandates.Run(background) })
	}
	if g.preparer != nil {
		workers.Go(func() { g.preparer.Run(background) })
	}

	failed := make(chan error, len(g.listeners))
	var servers sync.WaitGroup
	for _, ln := range g.listeners {
		servers.Go(func() { failed <- g.server.Serve(ln) })
	}
	var err error
	select {
	case <-ctx.Done():
		g.log.Info("stopping")
	case err = <-failed:
	}
	err = errors.Join(err, g.stopServing(context.WithoutCancel(ctx)))
	servers.Wait()
	stop()
	workers.Wait()
	return errors.Join(err, g.Close())
}

// stopServing lets requests and connections end. Both are told at once: a scanner must not go on scanning
// through its socket while the server waits for a slow client.
func (g *Gateway) stopServing(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, g.cfg.Limits.Stop.Duration)
	defer cancel()
	var sockets, requests error
	var all sync.WaitGroup
	all.Go(func() { sockets = g.sockets.Shutdown(ctx) })
	all.Go(func() { requests = g.server.ShutdownWithContext(ctx) })
	all.Wait()
	g.giveUp()
	if err := errors.Join(sockets, requests); err != nil {
		g.log.Warn("some connections were cut off", slog.Any("error", err))
	}
	// A server that is told to stop before it has begun to serve goes on all the same.
	var errs []error
	for _, ln := range g.listeners {
		errs = append(errs, closeListener(ln))
	}
	return errors.Join(errs...)
}

// closeListener closes ln, which the server may have done already.
func closeListener(ln net.Listener) error {
	if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Close undoes New. After Run it has nothing left to do.
func (g *Gateway) Close() error {
	g.giveUp()
	var errs []error
	for i := len(g.closers) - 1; i >= 0; i-- {
		errs = append(errs, g.closers[i]())
	}
	g.closers = nil
	return errors.Join(errs...)
}
