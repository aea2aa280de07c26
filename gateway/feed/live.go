package feed

import (
	"errors"
	"log/slog"
	"net"
	"strconv"

	"github.com/valyala/fasthttp"

	"vratar/cache/ledger"
	"vratar/gateway/problem"
	"vratar/gateway/websocket"
)

// Live serves GET /v1/live?after=SEQ. alive tells whether the sign-in still holds.
func (h *Hub) Live(ctx *fasthttp.RequestCtx, alive func() bool, view View) *problem.Problem {
	c := &client{hub: h, fresh: true, view: view}
	if text := ctx.QueryArgs().Peek("after"); text != nil {
		after, err := strconv.ParseUint(string(text), 10, 64)
		if err != nil {
			return problem.New(problem.Unprocessable, `"after": a sequence number`)
		}
		c.sent, c.fresh = after, false
	}
	// A dashboard has nothing to say; its frames are read for pings and the close only.
	return h.o.Sockets.Accept(ctx, websocket.Door{MaxMessage: 1 << 10, Alive: alive, Serve: c.serve})
}

// client is one dashboard. It is owned by the goroutine that serves it.
type client struct {
	hub   *Hub
	conn  *websocket.Conn
	place *subscriber // nil until it has joined the hub
	sent  uint64      // the last passage it has been sent, or says it has
	fresh bool        // it asked for new passages only
	view  View
}

func (c *client) serve(conn *websocket.Conn) {
	c.conn = conn
	c.hub.clients.Inc()
	defer c.hub.clients.Dec()
	conn.Go(func() {
		for {
			if _, err := conn.Read(); err != nil {
				conn.Close(websocket.CloseNormal, "")
				return
			}
		}
	})
	// A client that is far behind reads the ledger first: its queue would overflow meanwhile. What is
	// recorded between that and joining is read after joining.
	if err := c.greet(); err != nil || c.catchUp() != nil {
		return
	}
	c.place = c.hub.join()
	defer c.hub.leave(c.place)
	if c.catchUp() == nil {
		c.follow()
	}
}

// greet says where the client is and from where it will be told.
func (c *client) greet() error {
	last := c.hub.position()
	gap := false
	switch oldest := last - min(last, c.hub.o.Resume); {
	case c.fresh:
		c.sent = last
	case c.sent > c.hub.o.Ledger.Last(): // it knows another ledger, or one before a restore
		c.sent, gap = last, true
	case c.sent < oldest:
		c.sent, gap = oldest, true
	}
	return c.write(c.sent, c.hub.hello(last, c.sent, gap, c.view))
}

// catchUp sends what the hub has counted beyond sent, page by page, and nothing newer: the counters of a frame are
// never behind its passages. The write deadline bounds each page.
func (c *client) catchUp() error {
	for {
		counted := c.hub.position()
		if c.sent >= counted {
			return nil
		}
		passages, err := c.hub.o.Ledger.Read(c.sent, int(min(counted-c.sent, uint64(c.hub.o.Page))))
		if err != nil {
			c.hub.o.Log.Error("the feed cannot read the ledger", slog.Any("error", err))
			c.conn.Close(websocket.CloseInternal, "")
			return err
		}
		if len(passages) == 0 {
			return nil
		}
		if err := c.write(passages[len(passages)-1].Seq, c.hub.showing(passages, c.view)); err != nil {
			return err
		}
	}
}

// follow sends what the hub queues. A message that does not start right behind what was sent (the client has had
// some of it, or was behind the hub when it joined) is replaced by a look into the ledger.
func (c *client) follow() {
	for {
		select {
		case m, ok := <-c.place.queue:
			if !ok {
				c.conn.Close(websocket.CloseTooSlow, "too slow; reconnect with after")
				return
			}
			var err error
			switch {
			case m.last == 0 || m.first == c.sent+1:
				err = c.write(max(m.last, c.sent), c.own(m))
			case m.last > c.sent:
				err = c.catchUp()
			}
			if err != nil {
				return
			}
		case <-c.conn.Closed():
			return
		}
	}
}

// own is a message as the client may see it.
func (c *client) own(m message) []byte {
	switch {
	case c.view.all():
		return m.text
	case m.last == 0:
		return c.hub.tickFor(c.view, c.sent)
	}
	return c.hub.showing(m.list, c.view)
}

// write sends one frame; a client that does not take it in time is too slow.
func (c *client) write(last uint64, text []byte) error {
	if err := c.conn.Write(text); err != nil {
		if c.stalled(err) {
			c.hub.drop(c.place)
		}
		c.conn.Close(websocket.CloseTooSlow, "too slow; reconnect with after")
		return err
	}
	c.sent = last
	return nil
}

// stalled tells a line that stands still from one that is gone or is being closed for another reason.
func (c *client) stalled(err error) bool {
	select {
	case <-c.conn.Closed():
		return false
	default:
	}
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

// maxPage is the most passages one request gets.
const maxPage = 1000

// Passages serves GET /v1/passages?after=SEQ&limit=N: recorded passages in order, where the ledger ends, and
// behind which number to go on: a view may leave out all that was looked at.
func (h *Hub) Passages(ctx *fasthttp.RequestCtx, view View) *problem.Problem {
	after, limit := uint64(0), uint64(100)
	for _, arg := range []struct {
		name string
		to   *uint64
	}{{"after", &after}, {"limit", &limit}} {
		if text := ctx.QueryArgs().Peek(arg.name); text != nil {
			n, err := strconv.ParseUint(string(text), 10, 64)
			if err != nil {
				return problem.New(problem.Unprocessable, strconv.Quote(arg.name)+": a whole number")
			}
			*arg.to = n
		}
	}
	last := h.o.Ledger.Last()
	list, next, err := h.page(after, int(min(limit, maxPage)), view)
	if err != nil {
		h.o.Log.Error("passages cannot be read", slog.Any("error", err))
		return problem.New(problem.Internal, "")
	}
	if list == nil {
		list = []ledger.Passage{}
	}
	ctx.Response.Header.SetContentType("application/json")
	ctx.Response.SetBodyRaw(encode(struct {
		Passages []ledger.Passage `json:"passages"`
		Last     uint64           `json:"last"`
		Next     uint64           `json:"next"`
	}{list, last, next}))
	return nil
}
