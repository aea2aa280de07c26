// Package websocket turns a fasthttp request into a websocket connection and keeps account of those that are
// open. It is the one shim under the two websocket doors, /v1/scanner and /v1/live.
//
// After the hijack no limit of the HTTP server applies any more, so the limits are here: message size, ping
// and pong, write deadline, number of connections. fasthttp neither waits for hijacked connections nor closes
// them, so Shutdown does. What is said over a connection is not its business.
package websocket

import (
	"bufio"
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
)

// Close codes of the contract beside those of RFC 6455 §7.4.1.
const (
	CloseNormal       = websocket.CloseNormalClosure
	CloseGoingAway    = websocket.CloseGoingAway
	CloseUnsupported  = websocket.CloseUnsupportedData
	CloseInternal     = websocket.CloseInternalServerErr
	CloseSessionEnded = 4401 // sign in again
	CloseTooSlow      = 4408 // reconnect with `after`
)

// Options bound the connections of one Register. Zero values get the defaults named here.
type Options struct {
	Max   int           // connections open at once. Default 1024
	Write time.Duration // how long one frame may take to leave. Default 5 s
	Ping  time.Duration // between two pings, and between two looks whether the session lives. Default 10 s
	Pong  time.Duration // silence after which the other side counts as gone. Default 2.5 × Ping
	// Panicked is told of a panic in a connection's goroutine, which ends that connection alone. Required.
	Panicked func(v any)
}

// Register is the set of open connections. Its methods may be called from any goroutine.
type Register struct {
	o Options

	mu       sync.Mutex
	open     map[*Conn]struct{} // guarded by mu
	stopping bool               // guarded by mu; set once, then nobody joins
	empty    chan struct{}      // guarded by mu; closed by the last one out once stopping
}

// NewRegister makes an empty register.
func NewRegister(o Options) *Register {
	if o.Max == 0 {
		o.Max = 1024
	}
	if o.Write == 0 {
		o.Write = 5 * time.Second
	}
	if o.Ping == 0 {
		o.Ping = 10 * time.Second
	}
	if o.Pong == 0 {
		o.Pong = o.Ping * 5 / 2
	}
	return &Register{o: o, open: map[*Conn]struct{}{}, empty: make(chan struct{})}
}

// Door is one use of a connection.
type Door struct {
	MaxMessage int64 // longest message the other side may send, in bytes
	// Alive is asked every Options.Ping; when it says no, the connection is closed with CloseSessionEnded.
	Alive func() bool
	// Serve owns the connection until it returns. Goroutines it starts with Conn.Go are waited for.
	Serve func(*Conn)
}

// Accept answers an upgrade request. On nil the connection is handed to door.Serve once the request's handler
// has returned. Who asks, and from which origin, was settled by the caller.
func (r *Register) Accept(ctx *fasthttp.RequestCtx, door Door) *problem.Problem {
	request := handshake(ctx)
	if !websocket.IsWebSocketUpgrade(request) {
		return problem.New(problem.UpgradeRequired, "")
	}
	if p := checkHandshake(request); p != nil {
		return p
	}
	if r.Len() >= r.o.Max {
		return problem.New(problem.Overloaded, "too many websocket connections")
	}
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(func(c net.Conn) { r.serve(c, request, door) })
	return nil
}

// handshake copies what the upgrade needs: nothing of ctx is valid after the handler.
func handshake(ctx *fasthttp.RequestCtx) *http.Request {
	h := http.Header{}
	for _, name := range [...]string{
		"Connection", "Upgrade", "Origin", "Sec-Websocket-Version", "Sec-Websocket-Key", "Sec-Websocket-Protocol",
	} {
		if v := string(ctx.Request.Header.Peek(name)); v != "" {
			h.Set(name, v)
		}
	}
	return &http.Request{Method: string(ctx.Method()), Header: h, Host: string(ctx.Host())}
}

// checkHandshake refuses while an ordinary HTTP answer is still possible (RFC 6455 §4.2.1).
func checkHandshake(r *http.Request) *problem.Problem {
	if r.Header.Get("Sec-Websocket-Version") != "13" {
		return problem.New(problem.UpgradeRequired, "websocket version 13 is needed")
	}
	if key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-Websocket-Key")); err != nil || len(key) != 16 {
		return problem.New(problem.Malformed, "Sec-WebSocket-Key is not 16 bytes in base64")
	}
	return nil
}

// hijacked is the little of http.ResponseWriter that the upgrade uses: it hands out the connection.
type hijacked struct {
	conn   net.Conn
	header http.Header
}

func (w hijacked) Header() http.Header         { return w.header }
func (w hijacked) Write(p []byte) (int, error) { return len(p), nil } // refusals were answered before the hijack
func (w hijacked) WriteHeader(int)             {}
func (w hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.conn, bufio.NewReadWriter(bufio.NewReaderSize(w.conn, 16), bufio.NewWriterSize(w.conn, 16)), nil
}

// serve runs on the goroutine that fasthttp gives to the hijacked connection, and closes it by returning.
func (r *Register) serve(c net.Conn, request *http.Request, door Door) {
	upgrader := websocket.Upgrader{HandshakeTimeout: r.o.Write, ReadBufferSize: 2048, WriteBufferSize: 2048}
	ws, err := upgrader.Upgrade(hijacked{c, http.Header{}}, request, nil)
	if err != nil {
		return
	}
	conn := newConn(ws, r.o, door)
	if !r.join(conn) {
		conn.Close(CloseGoingAway, "")
		conn.run(func(*Conn) {})
		return
	}
	defer r.leave(conn)
	conn.run(door.Serve)
}

func (r *Register) join(c *Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping || len(r.open) >= r.o.Max {
		return false
	}
	r.open[c] = struct{}{}
	return true
}

func (r *Register) leave(c *Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, c)
	if r.stopping && len(r.open) == 0 {
		close(r.empty)
	}
}

// Len is how many connections are open.
func (r *Register) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// Shutdown closes every connection with CloseGoingAway and waits until all are gone or ctx ends. Nobody joins
// afterwards.
func (r *Register) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	if !r.stopping && len(r.open) == 0 {
		close(r.empty)
	}
	r.stopping = true
	for c := range r.open {
		c.Close(CloseGoingAway, "the gateway stops")
	}
	r.mu.Unlock()
	select {
	case <-r.empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
