package deadline

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// counted counts how often timers are set.
type counted struct {
	net.Conn
	reads, writes int
}

func (c *counted) SetReadDeadline(t time.Time) error  { c.reads++; return c.Conn.SetReadDeadline(t) }
func (c *counted) SetWriteDeadline(t time.Time) error { c.writes++; return c.Conn.SetWriteDeadline(t) }

// pair is a connection under test with its other end. net.Pipe keeps deadlines by the bubble's clock.
func pair(t *testing.T) (c *conn, below *counted, far net.Conn) {
	near, far := net.Pipe()
	below = &counted{Conn: near}
	t.Cleanup(func() { _ = errors.Join(near.Close(), far.Close()) })
	return newConn(below), below, far
}

func TestMovedDeadlines(t *testing.T) {
	f := func(name string, wish func(c *conn), want time.Duration) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			c, _, _ := pair(t)
			begin := time.Now()
			wish(c)
			_, err := c.Read(make([]byte, 1))
			if took := time.Since(begin); !errors.Is(err, os.ErrDeadlineExceeded) || took != want {
				t.Errorf("%s: ended after %v with %v, want %v", name, took, err, want)
			}
		})
	}
	in := func(d time.Duration) time.Time { return time.Now().Add(d) }
	set := func(c *conn, d time.Duration) { _ = c.SetReadDeadline(in(d)) }
	f("once", func(c *conn) { set(c, time.Second) }, time.Second)
	f("later", func(c *conn) { set(c, time.Second); set(c, time.Minute) }, time.Minute)
	f("sooner", func(c *conn) { set(c, time.Minute); set(c, time.Second) }, time.Second)
	f("later and sooner", func(c *conn) { set(c, time.Second); set(c, time.Minute); set(c, 2*time.Second) }, 2*time.Second)
	f("taken back, set again", func(c *conn) { set(c, time.Second); _ = c.SetDeadline(time.Time{}); set(c, time.Hour) }, time.Hour)
	f("rung while nobody read", func(c *conn) { set(c, time.Second); time.Sleep(time.Minute); set(c, time.Second) }, time.Minute+time.Second)
	f("in the past", func(c *conn) { set(c, time.Minute); set(c, -time.Second) }, 0)
	f("moved away while waiting", func(c *conn) {
		set(c, time.Second)
		time.AfterFunc(time.Second/2, func() { set(c, time.Hour) })
	}, time.Hour+time.Second/2)
	f("cut short while waiting", func(c *conn) {
		set(c, time.Minute)
		time.AfterFunc(time.Second, func() { set(c, 0) })
	}, time.Second)
}

func TestNoDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, far := pair(t)
		_ = c.SetDeadline(time.Now().Add(time.Second))
		_ = c.SetDeadline(time.Time{})
		go func() {
			time.Sleep(time.Hour)
			_, _ = far.Write([]byte("x"))
		}()
		if n, err := c.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Fatalf("%d bytes, %v", n, err)
		}
	})
}

// A bell that rings early in the middle of a write does not lose what is left, nor send anything twice.
func TestWriteGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, far := pair(t)
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		_ = c.SetWriteDeadline(time.Now().Add(time.Hour))
		got := make(chan string)
		go func() {
			head := make([]byte, 3)
			_, _ = io.ReadFull(far, head)
			time.Sleep(time.Minute)
			rest := make([]byte, 4)
			_, _ = io.ReadFull(far, rest)
			got <- string(head) + string(rest)
		}()
		if n, err := c.Write([]byte("abcdefg")); n != 7 || err != nil {
			t.Fatalf("%d bytes, %v", n, err)
		}
		if text := <-got; text != "abcdefg" {
			t.Fatalf("arrived: %q", text)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := pair(t)
		begin := time.Now()
		_ = c.SetWriteDeadline(begin.Add(time.Second))
		if n, err := c.Write([]byte("x")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != time.Second {
			t.Fatalf("%d bytes, %v after %v", n, err, time.Since(begin))
		}
	})
}

// A busy connection hardly ever sets a timer.
func TestTimersAreRare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, below, far := pair(t)
		go func() { _, _ = io.Copy(far, far) }()
		room := make([]byte, 1)
		for range 1000 { // for 100 s
			_ = c.SetReadDeadline(time.Now().Add(time.Minute)) // until the next request begins
			_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
			_ = c.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if _, err := c.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Read(room); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if below.reads > 25 || below.writes > 15 {
			t.Fatalf("timers were set %d and %d times", below.reads, below.writes)
		}
	})
}
