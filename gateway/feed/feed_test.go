package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/valyala/fasthttp"

	"vratar/cache/ledger"
	"vratar/gateway/problem"
	"vratar/gateway/websocket"
	"vratar/verifier"
)

// memory is a ledger that forgets.
type memory struct {
	mu      sync.Mutex
	list    []ledger.Passage
	changed chan struct{}
}

func (m *memory) record(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range n {
		seq := uint64(len(m.list) + 1)
		m.list = append(m.list, ledger.Passage{
			Seq: seq, ID: fmt.Sprint(seq), At: time.Now().UTC(), Checkpoint: "north", Group: "arena",
			Decision: ledger.Deny, Outcome: "invalid", Reason: verifier.ReasonExpired, Stage: "time", Payload: "00",
		})
	}
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}

func (m *memory) Last() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.list))
}

func (m *memory) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changed == nil {
		m.changed = make(chan struct{})
	}
	return m.changed
}

func (m *memory) Read(after uint64, limit int) ([]ledger.Passage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if after >= uint64(len(m.list)) {
		return nil, nil
	}
	return m.list[after:min(int(after)+limit, len(m.list))], nil
}

func (m *memory) Counters() []ledger.Counter {
	return []ledger.Counter{{Checkpoint: "north", Group: "arena", Denied: m.Last()}, {Checkpoint: "gone", Group: "arena"}}
}
func (m *memory) Inside(string) int64 { return 7 }

// stand is a hub on a real server.
type stand struct {
	*Hub
	ledger *memory
	url    string
}

func newStand(t *testing.T, o Options) *stand {
	t.Helper()
	s := &stand{ledger: &memory{}}
	s.ledger.record(10)
	o.Ledger, o.Registerer, o.Log = s.ledger, prometheus.NewRegistry(), slog.New(slog.DiscardHandler)
	if o.Sockets == nil {
		o.Sockets = websocket.NewRegister(websocket.Options{Panicked: func(v any) { t.Error("panic:", v) }})
	}
	o.Checkpoints = []Checkpoint{{ID: "north", Group: "arena", Capacity: 100}, {ID: "south", Group: "arena", Capacity: 100}}
	var err error
	if s.Hub, err = New(o); err != nil {
		t.Fatal(err)
	}
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		var p *problem.Problem
		var view View
		if ctx.QueryArgs().Has("even") {
			view = even
		}
		if string(ctx.Path()) == "/live" {
			p = s.Live(ctx, func() bool { return true }, view)
		} else {
			p = s.Passages(ctx, view)
		}
		if p != nil {
			ctx.SetStatusCode(p.Status)
		}
	}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	running.Go(func() { _ = server.Serve(ln) })
	s.url = ln.Addr().String()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := errors.Join(o.Sockets.Shutdown(context.Background()), server.Shutdown()); err != nil {
			t.Error(err)
		}
		ln.Close() // a server that was told to stop before it began to serve goes on
		stop()
		running.Wait()
	})
	return s
}

// drops is how many dashboards were dropped.
func (s *stand) drops(t *testing.T) float64 {
	t.Helper()
	var m dto.Metric
	if err := s.dropped.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetCounter().GetValue()
}

// frame is everything a dashboard may be told.
type frame struct {
	Type     string
	Last     uint64
	From     uint64
	Gap      bool
	Passages []ledger.Passage
	Counters []counter
}

func (s *stand) dial(t *testing.T, query string) (*gorilla.Conn, frame) {
	t.Helper()
	// A small receive buffer, so that a client that does not read is one soon.
	dialer := gorilla.Dialer{NetDial: func(network, address string) (net.Conn, error) {
		c, err := net.Dial(network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(64 << 10)
		}
		return c, err
	}}
	c, _, err := dialer.Dial("ws://"+s.url+"/live"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, read(t, c)
}

func read(t *testing.T, c *gorilla.Conn) frame {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	var f frame
	if err := c.ReadJSON(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

// follow reads until passage `to` and fails unless they come in order from `from`+1, none missing, none twice.
func follow(t *testing.T, c *gorilla.Conn, from, to uint64) {
	t.Helper()
	for from < to {
		for _, p := range read(t, c).Passages {
			if p.Seq != from+1 {
				t.Fatalf("passage %d follows %d", p.Seq, from)
			}
			from = p.Seq
		}
	}
}

func TestNewPassagesWithCounters(t *testing.T) {
	s := newStand(t, Options{Tick: time.Hour})
	c, hello := s.dial(t, "")
	if hello.Type != "hello" || hello.Last != 10 || hello.From != 10 || hello.Gap || len(hello.Counters) != 2 {
		t.Fatalf("greeting %+v", hello)
	}
	s.ledger.record(1)
	f := read(t, c)
	if f.Type != "passages" || len(f.Passages) != 1 || f.Passages[0].Seq != 11 {
		t.Fatalf("frame %+v", f)
	}
	north, south := f.Counters[0], f.Counters[1]
	if north.Denied != 11 || north.Inside != 7 || north.Capacity != 100 || north.PerMinute != 11 ||
		north.LastRefusal == nil || north.LastRefusal.Reason != verifier.ReasonExpired {
		t.Errorf("north %+v", north)
	}
	if south.Checkpoint != "south" || south.Denied != 0 || south.LastRefusal != nil {
		t.Errorf("south %+v", south)
	}
}

func TestTicksShowThatTheLineLives(t *testing.T) {
	s := newStand(t, Options{Tick: 10 * time.Millisecond})
	c, _ := s.dial(t, "")
	for range 3 {
		if f := read(t, c); f.Type != "tick" || f.Last != 10 || len(f.Counters) != 2 {
			t.Fatalf("frame %+v", f)
		}
	}
}

func TestResumeSaysFromWhereItCan(t *testing.T) {
	s := newStand(t, Options{Resume: 5})
	f := func(query string, wantFrom uint64, wantGap bool) {
		t.Helper()
		c, hello := s.dial(t, query)
		if hello.From != wantFrom || hello.Gap != wantGap {
			t.Errorf("%s: from %d, gap %v", query, hello.From, hello.Gap)
		}
		follow(t, c, wantFrom, 10)
	}
	f("?after=7", 7, false)
	f("?after=10", 10, false)
	f("?after=5", 5, false)
	f("?after=4", 5, true)
	f("?after=0", 5, true)
	f("?after=99", 10, true)
	if _, resp, err := gorilla.DefaultDialer.Dial("ws://"+s.url+"/live?after=x", nil); err == nil || resp.StatusCode != 422 {
		t.Errorf("after=x: %v", err)
	}
}

// Clients join at any moment of a busy ledger, and each sees everything once.
func TestNobodyMissesOrRepeatsAnything(t *testing.T) {
	s := newStand(t, Options{Pause: time.Millisecond, Page: 7, Queue: 1000})
	const last = 1500
	var clients sync.WaitGroup
	clients.Go(func() {
		for n := s.ledger.Last(); n < last; n = s.ledger.Last() {
			s.ledger.record(int(min(1+n%13, last-n)))
			if n%5 == 0 {
				time.Sleep(100 * time.Microsecond)
			}
		}
	})
	for i := range 10 {
		clients.Go(func() {
			time.Sleep(time.Duration(i) * 2 * time.Millisecond)
			after := s.ledger.Last() / 2
			c, _, err := gorilla.DefaultDialer.Dial(fmt.Sprintf("ws://%s/live?after=%d", s.url, after), nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
			for seen := after; seen < last; {
				var f frame
				if err := c.ReadJSON(&f); err != nil {
					t.Error(err)
					return
				}
				for _, p := range f.Passages {
					if p.Seq != seen+1 {
						t.Errorf("client %d: passage %d follows %d", i, p.Seq, seen)
						return
					}
					seen = p.Seq
				}
			}
		})
	}
	clients.Wait()
}

func TestSlowClientIsDroppedAndResumes(t *testing.T) {
	s := newStand(t, Options{Pause: time.Microsecond, Queue: 2, Tick: time.Hour, Resume: 1 << 40})
	c, hello := s.dial(t, "")
	seen := hello.From
	quick, _ := s.dial(t, "")
	done := make(chan struct{})
	go func() { // one that keeps up
		defer close(done)
		for {
			if _, _, err := quick.ReadMessage(); err != nil {
				return
			}
		}
	}()
	var worst time.Duration
	for i := 0; s.drops(t) == 0 && i < 2000; i++ {
		start := time.Now()
		s.ledger.record(100) // what a gate does; it must not notice
		worst = max(worst, time.Since(start))
		time.Sleep(5 * time.Millisecond)
	}
	if s.drops(t) == 0 {
		t.Fatal("a client that reads nothing was not dropped")
	}
	if worst > 500*time.Millisecond {
		t.Errorf("recording waited %v for a dashboard", worst)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		var f frame
		_, text, err := c.ReadMessage()
		var closed *gorilla.CloseError
		if errors.As(err, &closed) {
			if closed.Code != websocket.CloseTooSlow {
				t.Errorf("closed with %d, want 4408", closed.Code)
			}
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatal(err)
		}
		for _, p := range f.Passages {
			if p.Seq != seen+1 {
				t.Fatalf("passage %d follows %d", p.Seq, seen)
			}
			seen = p.Seq
		}
	}
	again, hello := s.dial(t, fmt.Sprintf("?after=%d", seen))
	if hello.Gap || hello.From != seen {
		t.Fatalf("greeting after %d: %+v", seen, hello)
	}
	follow(t, again, seen, s.ledger.Last())
	quick.Close()
	<-done
}

// A client is dropped once, whether its queue or its line is full first, and one that leaves is not dropped.
func TestEachDroppedClientCountsOnce(t *testing.T) {
	f := func(name string, queue int, leaves bool, want float64) {
		t.Helper()
		sockets := websocket.NewRegister(websocket.Options{
			Write: 100 * time.Millisecond, Panicked: func(v any) { t.Error("panic:", v) },
		})
		s := newStand(t, Options{Pause: time.Microsecond, Queue: queue, Tick: time.Hour, Resume: 1 << 40, Sockets: sockets})
		c, _ := s.dial(t, "")
		if leaves {
			c.Close()
		}
		for i := 0; sockets.Len() > 0 && i < 1000; i++ {
			s.ledger.record(200)
			time.Sleep(5 * time.Millisecond)
		}
		if n := sockets.Len(); n > 0 {
			t.Fatalf("%s: %d connections are left", name, n)
		}
		if got := s.drops(t); got != want {
			t.Errorf("%s: %v dropped, want %v", name, got, want)
		}
	}
	f("its queue fills up", 1, false, 1)
	f("its line stands still", 1<<20, false, 1)
	f("it leaves", 1<<20, true, 0)
}

func TestPassagesAreReadInPages(t *testing.T) {
	s := newStand(t, Options{})
	f := func(query string, want ...uint64) {
		t.Helper()
		resp, err := http.Get("http://" + s.url + "/passages" + query)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var page struct {
			Passages []ledger.Passage
			Last     uint64
		}
		if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
			t.Fatal(err)
		}
		var got []uint64
		for _, p := range page.Passages {
			got = append(got, p.Seq)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || page.Last != 10 || page.Passages == nil {
			t.Errorf("%s: %v of %d, want %v", query, got, page.Last, want)
		}
	}
	f("", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	f("?after=8", 9, 10)
	f("?after=3&limit=2", 4, 5)
	f("?after=10")
	f("?limit=18446744073709551615", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	resp, err := http.Get("http://" + s.url + "/passages?limit=-1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 422 {
		t.Errorf("limit=-1: %d, want 422", resp.StatusCode)
	}
}

func TestRateFallsWhenNothingHappens(t *testing.T) {
	var a activity
	start := time.Unix(1_800_000_000, 0)
	at := func(second int) *ledger.Passage {
		return &ledger.Passage{At: start.Add(time.Duration(second) * time.Second)}
	}
	f := func(second int, want uint32) {
		t.Helper()
		if got := a.perMinute(start.Add(time.Duration(second) * time.Second)); got != want {
			t.Errorf("after %d s: %d a minute, want %d", second, got, want)
		}
	}
	f(0, 0)
	for second := range 30 {
		a.note(at(second))
		a.note(at(second))
	}
	f(29, 60)
	a.note(at(27)) // recorded a little out of order
	f(29, 61)
	f(59, 61)
	f(60, 59)
	f(88, 2)
	f(89, 0)
	a.note(at(500))
	f(500, 1)
	a.note(at(20)) // older than the window: not counted
	f(500, 1)
}

func TestFramesSpellTheContract(t *testing.T) {
	s := newStand(t, Options{})
	for _, want := range []string{`"type":"tick"`, `"server_time":"`, `"last":10`, `"rate_per_min":`, `"last_refusal":{"reason":"expired","at":"`, `"last_refusal":null`} {
		if !strings.Contains(string(s.tick()), want) {
			t.Errorf("no %s in %s", want, s.tick())
		}
	}
}

// Whoever counts is handed every passage, in order, whether anybody watches or not.
func TestSeenWithoutClients(t *testing.T) {
	seen := make(chan ledger.Passage, 100)
	s := newStand(t, Options{Seen: func(list []ledger.Passage) {
		for i := range list {
			seen <- list[i]
		}
	}})
	s.ledger.record(3)
	for want := uint64(11); want <= 13; want++ {
		select {
		case p := <-seen:
			if p.Seq != want {
				t.Fatalf("passage %d, want %d", p.Seq, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("passage %d was not handed on", want)
		}
	}
}
