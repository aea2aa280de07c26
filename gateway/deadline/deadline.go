// Package deadline makes the deadlines of connections cheap to move.
//
// A server moves three of them with every request and, as long as nobody is slow, none is ever met. Here the runtime's
// timer is set again only when it would ring too late; when it rings too early, whoever waited goes on waiting until
// the deadline that counts. So a busy connection sets a timer once in a read timeout, and what a deadline means is
// the same to the instant. It knows no protocol and no limits of its own.
package deadline

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// Listener hands out the connections of ln with deadlines that are cheap to move.
func Listener(ln net.Listener) net.Listener { return listener{ln} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(c), nil
}

// conn is a connection with one bell for its readers and one for its writers.
type conn struct {
	net.Conn
	read, write bell
}

func newConn(c net.Conn) *conn {
	return &conn{Conn: c, read: bell{set: c.SetReadDeadline}, write: bell{set: c.SetWriteDeadline}}
}

func (c *conn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if n > 0 || !c.read.early(err) {
			return n, err
		}
	}
}

func (c *conn) Write(b []byte) (written int, err error) {
	for {
		n, err := c.Conn.Write(b[written:])
		written += n
		if !c.write.early(err) {
			return written, err
		}
	}
}

func (c *conn) SetReadDeadline(t time.Time) error  { return c.read.wish(t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.write.wish(t) }

func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.read.wish(t), c.write.wish(t))
}

// bell is a deadline as it was wished for, and as the connection's timer has it: never later. The zero time is never.
type bell struct {
	set func(time.Time) error

	mu            sync.Mutex
	wished, rings time.Time // guarded by mu
}

// wish moves the deadline.
func (b *bell) wish(t time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wished = t
	if later(t, b.rings) {
		return nil
	}
	return b.wind()
}

// early tells whether err is the bell having rung before its time. Then it is set to the right one.
func (b *bell) early(err error) bool {
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.wished.IsZero() && !b.wished.After(time.Now()) {
		return false
	}
	return b.wind() == nil
}

// wind sets the timer to what is wished for. The caller holds mu.
func (b *bell) wind() error {
	b.rings = b.wished
	return b.set(b.wished)
}

// later tells whether a is not before b.
func later(a, b time.Time) bool {
	return a.IsZero() || !b.IsZero() && !a.Before(b)
}
