package httpcost

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// client keeps connections to one server and asks on each of them again as soon as it was answered. Requests are bytes
// that are ready to be sent: the generator should cost little, it has a core to itself at best.
type client struct{ lines []*line }

// line is one connection, opened for its first request: a server gives up on connections that say nothing.
type line struct {
	network, address string

	conn net.Conn
	in   *bufio.Reader
	resp fasthttp.Response
}

// patience is how long one answer may take.
const patience = 30 * time.Second

func newClient(network, address string, connections int) *client {
	c := new(client)
	for range connections {
		c.lines = append(c.lines, &line{network: network, address: address})
	}
	return c
}

func (c *client) close() error {
	var errs []error
	for _, l := range c.lines {
		if l.conn != nil {
			errs = append(errs, l.conn.Close())
		}
	}
	return errors.Join(errs...)
}

// ask sends every request once, over all connections, and tells how long that took. Each answer must hold expected
// so many times.
func (c *client) ask(requests [][]byte, expected []byte, times int) (time.Duration, error) {
	var next atomic.Int64
	failed := make([]error, len(c.lines))
	var wg sync.WaitGroup
	begin := time.Now()
	for i, l := range c.lines {
		wg.Go(func() {
			for failed[i] == nil {
				n := int(next.Add(1)) - 1
				if n >= len(requests) {
					return
				}
				failed[i] = l.ask(requests[n], expected, times)
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	for _, err := range failed {
		if err != nil {
			return took, err // the others say the same as a rule
		}
	}
	return took, nil
}

func (l *line) ask(request, expected []byte, times int) error {
	if err := l.open(); err != nil {
		return err
	}
	if err := l.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := l.conn.Write(request); err != nil {
		return err
	}
	l.resp.Reset()
	if err := l.resp.Read(l.in); err != nil {
		return err
	}
	body := l.resp.Body()
	if l.resp.StatusCode() != fasthttp.StatusOK || bytes.Count(body, expected) != times {
		return fmt.Errorf("answered with status %d: %.300s", l.resp.StatusCode(), body)
	}
	return nil
}

func (l *line) open() (err error) {
	if l.conn == nil {
		if l.conn, err = net.Dial(l.network, l.address); err == nil {
			l.in = bufio.NewReaderSize(l.conn, 16<<10)
		}
	}
	return err
}

// post is a request as it goes over the wire.
func post(path, token, contentType string, body []byte) []byte {
	b := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		path, token, contentType, len(body))
	return append(b, body...)
}
