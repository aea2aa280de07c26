// Package feed shows the ledger to dashboards: what has been recorded, live, with counters for each
// checkpoint.
//
// It follows the ledger by sequence number, outside of any scan, so nothing that happens here can slow a gate
// down: a client has a bounded queue, and one that does not keep up is dropped and resumes later with the
// last number it saw. It only reads; it decides nothing and keeps nothing that the ledger does not have.
package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/cache/ledger"
	"vratar/gateway/websocket"
)

// Ledger is what the feed needs of the durable record.
type Ledger interface {
	// Last is the highest sequence number that a crash cannot undo.
	Last() uint64
	// Changed returns a channel that is closed when Last grows.
	Changed() <-chan struct{}
	// Read returns at most limit passages after a sequence number, in order and without gaps.
	Read(after uint64, limit int) ([]ledger.Passage, error)
	// Counters and Inside may be ahead of Last by the passages that are on their way to the disk.
	Counters() []ledger.Counter
	Inside(group string) int64
}

// Checkpoint is a place whose counters are shown.
type Checkpoint struct {
	ID       string
	Group    string
	Capacity int // of the group; 0: no bound
}

// Options is what a Hub is made of. The durations and bounds have the defaults named here.
type Options struct {
	Ledger      Ledger
	Checkpoints []Checkpoint
	Sockets     *websocket.Register
	Registerer  prometheus.Registerer
	Log         *slog.Logger
	// Seen is handed every passage, in order, once those who watch were told of it, to be counted without reading it
	// again. It must not wait, and not change the list; nil: nobody is.
	Seen func([]ledger.Passage)

	Tick   time.Duration // between two signs of life. Default 1 s, so that a dead line shows within two
	Pause  time.Duration // passages of so long a time share one message. Default 20 ms
	Queue  int           // messages a client may be behind before it is dropped. Default 64
	Page   int           // passages read at once. Default 256
	Resume uint64        // passages a client may be behind and still resume without a gap. Default 10,000
}

func (o Options) withDefaults() Options {
	if o.Tick == 0 {
		o.Tick = time.Second
	}
	if o.Pause == 0 {
		o.Pause = 20 * time.Millisecond
	}
	if o.Queue == 0 {
		o.Queue = 64
	}
	if o.Page == 0 {
		o.Page = 256
	}
	if o.Resume == 0 {
		o.Resume = 10_000
	}
	return o
}

// Hub hands the tail of the ledger to the clients. Run must be running.
type Hub struct {
	o       Options
	clients prometheus.Gauge
	dropped prometheus.Counter

	mu    sync.Mutex // guards what follows; held while sending, which is safe because sends never block
	subs  map[*subscriber]struct{}
	seen  uint64               // the last passage handed out
	views map[string]*activity // by checkpoint
}

// message is one frame for everybody. Passages first to last are in it; both are 0 for a tick.
type message struct {
	first, last uint64
	text        []byte
	list        []ledger.Passage // those of text, for clients who may not see all; never modified
}

// subscriber is a client's place in the hub. queue is closed when the client has fallen behind.
type subscriber struct{ queue chan message }

// New makes a hub that starts at the ledger's end, with the last minute's rates read back.
func New(o Options) (*Hub, error) {
	h := &Hub{
		o: o.withDefaults(),
		clients: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "vratar_live_clients", Help: "Dashboards that follow the feed.",
		}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vratar_live_dropped_total",
			Help: "Dashboards dropped because they did not keep up: a full queue, or a message that could not leave in time.",
		}),
		subs: map[*subscriber]struct{}{}, views: map[string]*activity{},
	}
	for _, c := range o.Checkpoints {
		h.views[c.ID] = &activity{}
	}
	o.Registerer.MustRegister(h.clients, h.dropped)
	return h, h.warmUp()
}

// warmUp reads back enough to show a rate and the last refusal; the counters are the ledger's own.
func (h *Hub) warmUp() error {
	const back = 2048
	last := h.o.Ledger.Last()
	recent, err := h.o.Ledger.Read(last-min(last, back), back)
	h.note(recent)
	return err
}

// note takes passages into account that are about to be, or need not be, handed out.
func (h *Hub) note(passages []ledger.Passage) {
	for i := range passages {
		p := &passages[i]
		h.seen = p.Seq
		if v := h.views[p.Checkpoint]; v != nil {
			v.note(p)
		}
	}
}

// Run follows the ledger until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	tick := time.NewTicker(h.o.Tick)
	defer tick.Stop()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		changed := h.o.Ledger.Changed()
		h.handOut()
		select {
		case <-changed:
			// The first passage goes out at once, those right behind it together.
			pause.Reset(h.o.Pause)
			select {
			case <-pause.C:
			case <-ctx.Done():
				return
			}
		case <-tick.C:
			h.send(message{text: h.tick()})
		case <-ctx.Done():
			return
		}
	}
}

// handOut sends what the ledger has beyond seen. A ledger that cannot be read is tried again at the next tick.
func (h *Hub) handOut() {
	for {
		passages, err := h.o.Ledger.Read(h.position(), h.o.Page)
		if err != nil {
			h.o.Log.Error("the feed cannot read the ledger", slog.Any("error", err))
			return
		}
		if len(passages) == 0 {
			return
		}
		if h.take(passages) {
			h.send(message{passages[0].Seq, passages[len(passages)-1].Seq, h.passages(passages), passages})
		}
		if h.o.Seen != nil {
			h.o.Seen(passages)
		}
	}
}

// take notes passages and tells whether anybody is there to be told of them. Who joins afterwards reads them from
// the ledger.
func (h *Hub) take(passages []ledger.Passage) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note(passages)
	return len(h.subs) > 0
}

func (h *Hub) position() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen
}

// send queues m for every client. Whose queue is full is dropped: nobody waits here.
func (h *Hub) send(m message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		select {
		case s.queue <- m:
		default:
			delete(h.subs, s)
			close(s.queue)
			h.dropped.Inc()
		}
	}
}

// drop counts a client whose line stands still, unless its queue has filled up before; s is nil for one that
// has not joined yet.
func (h *Hub) drop(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, joined := h.subs[s]; joined || s == nil {
		delete(h.subs, s)
		h.dropped.Inc()
	}
}

func (h *Hub) join() *subscriber {
	s := &subscriber{queue: make(chan message, h.o.Queue)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs[s] = struct{}{}
	return s
}

func (h *Hub) leave(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.subs, s)
}
