package websocket

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/valyala/fasthttp"
)

// echo is a server whose connections say everything back.
type echo struct {
	*Register
	url    string
	ended  atomic.Bool // the sign-in
	fatal  atomic.Bool // whether to ask for it brings out a fault
	panics atomic.Int32
}

func newEcho(t *testing.T, o Options) *echo {
	t.Helper()
	e := &echo{}
	o.Panicked = func(any) { e.panics.Add(1) }
	e.Register = NewRegister(o)
	door := Door{MaxMessage: 1 << 10, Alive: e.alive, Serve: func(c *Conn) {
		for {
			message, err := c.Read()
			if err != nil {
				return
			}
			if string(message) == "panic" {
				c.Go(func() { panic("a fault of ours") })
				continue
			}
			if err := c.Write(message); err != nil {
				return
			}
		}
	}}
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		if p := e.Accept(ctx, door); p != nil {
			ctx.SetStatusCode(p.Status)
		}
	}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	e.url = ln.Addr().String()
	t.Cleanup(func() {
		if err := errors.Join(e.Shutdown(context.Background()), ln.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	return e
}

func (e *echo) alive() bool {
	if e.fatal.Load() {
		panic("a fault of ours")
	}
	return !e.ended.Load()
}

func (e *echo) dial(t *testing.T) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws://"+e.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// say sends a message and reads the answer.
func say(t *testing.T, c *websocket.Conn, message string) {
	t.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, got, err := c.ReadMessage(); err != nil || string(got) != message {
		t.Fatalf("%q, %v", got, err)
	}
}

func closeCode(c *websocket.Conn) int {
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				return closed.Code
			}
			return 0
		}
	}
}

// gone waits until the register is empty.
func (e *echo) gone(t *testing.T) {
	t.Helper()
	for range 300 {
		if e.Len() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d connections are left", e.Len())
}

func TestTalk(t *testing.T) {
	e := newEcho(t, Options{})
	c := e.dial(t)
	say(t, c, "hello")
	say(t, c, strings.Repeat("long ", 200))
	if e.Len() != 1 {
		t.Errorf("%d connections", e.Len())
	}
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	if code := closeCode(c); code != CloseNormal {
		t.Errorf("closed with %d", code)
	}
	e.gone(t)
}

func TestCap(t *testing.T) {
	e := newEcho(t, Options{Max: 2})
	first := e.dial(t)
	say(t, first, "here")
	say(t, e.dial(t), "here")
	_, resp, err := websocket.DefaultDialer.Dial("ws://"+e.url+"/", nil)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a third connection: %v", err)
	}
	first.Close()
	for range 100 {
		if e.Len() < 2 {
			say(t, e.dial(t), "room again")
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a closed connection keeps its place")
}

func TestSilentPeerIsGone(t *testing.T) {
	e := newEcho(t, Options{Ping: 50 * time.Millisecond})
	c := e.dial(t)
	say(t, c, "hello")
	start := time.Now() // and now it reads nothing, so it answers no ping
	e.gone(t)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("noticed after %v", took)
	}
	lively := e.dial(t)
	go closeCode(lively) // reads, and so answers pings
	time.Sleep(300 * time.Millisecond)
	if e.Len() != 1 {
		t.Error("a peer that answers pings was dropped")
	}
}

func TestSessionEnds(t *testing.T) {
	e := newEcho(t, Options{Ping: 20 * time.Millisecond})
	c := e.dial(t)
	e.ended.Store(true)
	if code := closeCode(c); code != CloseSessionEnded {
		t.Errorf("closed with %d, want 4401", code)
	}
	e.gone(t)
}

func TestPanicInAWorker(t *testing.T) {
	e := newEcho(t, Options{})
	c, other := e.dial(t), e.dial(t)
	_ = c.WriteMessage(websocket.TextMessage, []byte("panic"))
	if code := closeCode(c); code != CloseInternal || e.panics.Load() != 1 {
		t.Errorf("closed with %d after %d panics", code, e.panics.Load())
	}
	say(t, other, "unharmed")
}

// A peer that neither reads nor answers the close frame does not hold a stop up.
func TestStopCutsDeafPeers(t *testing.T) {
	e := newEcho(t, Options{})
	c := e.dial(t)
	say(t, c, "hello")
	start := time.Now()
	if err := e.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if _, resp, err := websocket.DefaultDialer.Dial("ws://"+e.url+"/", nil); err == nil && resp.StatusCode == http.StatusSwitchingProtocols {
		if e.Len() != 0 {
			t.Error("somebody joined after the stop")
		}
	}
}

func TestBadHandshakes(t *testing.T) {
	e := newEcho(t, Options{})
	f := func(want int, headers ...string) {
		t.Helper()
		req, _ := http.NewRequest("GET", "http://"+e.url+"/", nil)
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if resp.StatusCode != want {
			t.Errorf("%v: %s, want %d", headers, resp.Status, want)
		}
	}
	f(426)
	f(426, "Connection", "Upgrade", "Upgrade", "websocket")
	f(426, "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "8", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")
	f(400, "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "short")
}

// The look whether a session lives costs one connection too when it panics, and not the gateway.
func TestPanicOfTheKeeper(t *testing.T) {
	e := newEcho(t, Options{Ping: 20 * time.Millisecond, Pong: time.Minute})
	c := e.dial(t)
	say(t, c, "a")
	e.fatal.Store(true)
	if code := closeCode(c); code != CloseInternal || e.panics.Load() == 0 {
		t.Errorf("closed with %d after %d panics", code, e.panics.Load())
	}
	e.gone(t)
	e.fatal.Store(false)
	say(t, e.dial(t), "b")
}
