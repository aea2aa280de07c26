package websocket

import (
	"errors"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// closeWait is how long the other side may take to answer a close frame before the line is cut.
const closeWait = time.Second

// Conn is one open connection. Read is for one goroutine, Write for one goroutine, the rest for any.
type Conn struct {
	ws    *websocket.Conn
	o     Options
	alive func() bool

	once    sync.Once
	closing chan struct{} // closed once code and reason are set
	code    int           // written before closing is closed, read after
	reason  string        // likewise

	workers sync.WaitGroup // goroutines of Go
}

func newConn(ws *websocket.Conn, o Options, door Door) *Conn {
	c := &Conn{ws: ws, o: o, alive: door.Alive, closing: make(chan struct{})}
	ws.SetReadLimit(door.MaxMessage)
	c.heard()
	ws.SetPongHandler(func(string) error { c.heard(); return nil })
	return c
}

// heard gives the other side another Options.Pong of silence.
func (c *Conn) heard() {
	select {
	case <-c.closing: // only closeWait is left, and keep sees to it
	default:
		_ = c.ws.SetReadDeadline(time.Now().Add(c.o.Pong)) // fails only on a dead line, which Read will tell
	}
}

// run serves the connection and returns when serve, its goroutines and the keeper are done.
func (c *Conn) run(serve func(*Conn)) {
	served := make(chan struct{})
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		c.keep(served)
	}()
	c.guard(func() { serve(c) })
	c.Close(CloseNormal, "")
	c.workers.Wait()
	close(served)
	<-kept
}

// keep pings, watches the session, and carries out the close.
func (c *Conn) keep(served <-chan struct{}) {
	tick := time.NewTicker(c.o.Ping)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			alive := false
			c.guard(func() { alive = c.alive() })
			if !alive {
				c.Close(CloseSessionEnded, "the session has ended")
				continue
			}
			// A ping that cannot leave is noticed by the missing pong.
			_ = c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.o.Write))
		case <-c.closing:
			frame := websocket.FormatCloseMessage(c.code, c.reason)
			_ = c.ws.WriteControl(websocket.CloseMessage, frame, time.Now().Add(closeWait))
			c.cut(served)
			return
		}
	}
}

// cut waits for the other side's close frame, then ends whatever still reads or writes.
func (c *Conn) cut(served <-chan struct{}) {
	wait := time.NewTimer(closeWait)
	defer wait.Stop()
	select {
	case <-served:
	case <-wait.C:
		_ = c.ws.NetConn().SetDeadline(time.Now()) // fails only when the line is dead already
	}
}

// guard keeps a panic from taking the process down: it costs this connection only.
func (c *Conn) guard(f func()) {
	defer func() {
		if v := recover(); v != nil {
			c.o.Panicked(v)
			c.Close(CloseInternal, "")
		}
	}()
	f()
}

// Go runs f on its own goroutine, which must end soon after Closed. The connection is not given back before.
func (c *Conn) Go(f func()) {
	c.workers.Go(func() { c.guard(f) })
}

var errClosing = errors.New("websocket: closing")

// Read returns the next text message. After an error the connection is of no more use. A message of another
// kind ends the connection with CloseUnsupported.
func (c *Conn) Read() ([]byte, error) {
	for {
		kind, message, err := c.ws.ReadMessage()
		if err != nil {
			return nil, err
		}
		select {
		case <-c.closing:
			continue // what arrives while closing is dropped, up to the other side's close frame
		default:
		}
		if kind == websocket.TextMessage {
			c.heard()
			return message, nil
		}
		c.Close(CloseUnsupported, "text frames only")
	}
}

// Write sends one text message within Options.Write. An error means the other side is gone or stopped reading.
func (c *Conn) Write(message []byte) error {
	select {
	case <-c.closing:
		return errClosing
	default:
	}
	if err := c.ws.SetWriteDeadline(time.Now().Add(c.o.Write)); err != nil {
		return err
	}
	return c.ws.WriteMessage(websocket.TextMessage, message)
}

// Close starts the closing handshake with this code and returns at once. The first call decides.
func (c *Conn) Close(code int, reason string) {
	c.once.Do(func() {
		c.code, c.reason = code, reason
		close(c.closing)
	})
}

// Closed is closed when the connection is about to end, whoever asked for it.
func (c *Conn) Closed() <-chan struct{} { return c.closing }
