package load

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Socket scans over websockets (GET /v1/scanner): each worker is a scanner of its own, at one of the checkpoints.
type Socket struct {
	address
	passer
	dialer websocket.Dialer
}

// NewSocket makes a Socket target for arrivals scans.
func NewSocket(g Gateway, s Scans, arrivals int) (*Socket, error) {
	a, err := g.address()
	if err != nil {
		return nil, err
	}
	p, err := newPasser(s, arrivals)
	t := &Socket{address: a, passer: p, dialer: websocket.Dialer{TLSClientConfig: a.trusts()}}
	if a.socket != "" {
		t.dialer.NetDial = func(string, string) (net.Conn, error) { return net.Dial("unix", a.socket) }
	}
	return t, err
}

// Connect implements Target.
func (s *Socket) Connect(worker int) Conn {
	at := s.Checkpoints[worker%len(s.Checkpoints)]
	return &socketConn{target: s, url: "ws" + strings.TrimPrefix(s.base, "http") + "/v1/scanner?checkpoint=" + url.QueryEscape(at)}
}

// socketConn opens its websocket for the first scan, and again after a fault.
type socketConn struct {
	target *Socket
	url    string
	ws     *websocket.Conn
	frame  []byte
}

// Ask implements Conn.
func (c *socketConn) Ask(i int, timeout time.Duration) Answer {
	answer, err := c.ask(i, time.Now().Add(timeout))
	if err == nil {
		return answer
	}
	c.Close()
	if errors.Is(err, websocket.ErrBadHandshake) {
		return Answer{Class: ClientError}
	}
	return Answer{Class: classify(err)}
}

func (c *socketConn) ask(i int, deadline time.Time) (Answer, error) {
	if err := c.open(deadline); err != nil {
		return Answer{}, err
	}
	ref := strconv.AppendInt(nil, int64(i), 10)
	c.frame = append(append(append(c.frame[:0], `{"type":"scan","ref":"`...), ref...), `",`...)
	frame, want := c.target.appendScan(c.frame, i, "")
	c.frame = append(frame, '}')
	if err := errors.Join(c.ws.SetWriteDeadline(deadline), c.ws.SetReadDeadline(deadline)); err != nil {
		return Answer{}, err
	}
	if err := c.ws.WriteMessage(websocket.TextMessage, c.frame); err != nil {
		return Answer{}, err
	}
	for {
		_, text, err := c.ws.ReadMessage()
		if err != nil {
			return Answer{}, err
		}
		switch mine := bytes.Contains(text[:min(len(text), 128)], append(append([]byte(`"ref":"`), ref...), '"')); {
		case !mine: // a greeting, or the answer to a scan that was given up
		case bytes.HasPrefix(text, []byte(`{"type":"decision"`)):
			return want.judge(text), nil
		case bytes.Contains(text, []byte(`"code":"overloaded"`)):
			return Answer{Class: Overloaded}, nil
		default:
			return Answer{Class: ClientError}, nil
		}
	}
}

func (c *socketConn) open(deadline time.Time) error {
	if c.ws != nil {
		return nil
	}
	header := http.Header{}
	if c.target.bearer != "" {
		header.Set("Authorization", c.target.bearer)
	}
	dialer := c.target.dialer
	dialer.HandshakeTimeout = time.Until(deadline)
	ws, resp, err := dialer.Dial(c.url, header)
	if resp != nil {
		resp.Body.Close()
	}
	if err != nil {
		return err
	}
	ws.SetReadLimit(maxAnswer)
	c.ws = ws
	return nil
}

// Close implements Conn.
func (c *socketConn) Close() {
	if c.ws != nil {
		c.ws.Close()
		c.ws = nil
	}
}
