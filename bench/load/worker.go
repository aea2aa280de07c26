package load

import (
	"time"

	"github.com/valyala/fasthttp"
)

// worker owns one connection and takes the next arrival whenever it is free. Its fields belong to its own
// goroutine, but for the tally, which it shares with some others.
type worker struct {
	run   *run
	conn  Conn
	tally *tally
}

func newWorker(r *run, number int) *worker {
	return &worker{run: r, conn: r.target.Connect(number), tally: r.tallies[number%len(r.tallies)]}
}

func (w *worker) close() { w.conn.Close() }

// loop takes arrivals until there are no more.
func (w *worker) loop() {
	for i := range w.run.due {
		planned := w.run.schedule.at(i)
		if sent := time.Since(w.run.start); sent > w.run.cutoff {
			w.tally.unsent(sent-planned, sent)
			continue
		}
		answer := w.conn.Ask(i, w.run.plan.Timeout)
		done := time.Since(w.run.start)
		w.tally.add(answer, done-planned, done)
	}
}

// maxAnswer bounds what is read of one verdict, which is well under a kilobyte or two.
const maxAnswer = 256 << 10

// exchange is how a target speaks HTTP. Its methods are called from many goroutines at once.
type exchange interface {
	client() *fasthttp.HostClient
	// fill makes req the request of arrival i and says what must be answered. req may hold an earlier one.
	fill(req *fasthttp.Request, i int) expectation
	// judge says what the response is worth. It keeps nothing of body.
	judge(i int, want expectation, status int, body []byte) Answer
}

// httpConn is one connection that carries one request at a time.
type httpConn struct {
	exchange exchange
	client   *fasthttp.HostClient
	req      *fasthttp.Request
	resp     *fasthttp.Response
}

func connectHTTP(e exchange) Conn {
	c := &httpConn{exchange: e, client: e.client(), req: fasthttp.AcquireRequest(), resp: fasthttp.AcquireResponse()}
	c.client.MaxConns = 1
	c.client.MaxIdemponentCallAttempts = 1 // a retry would hide the failure that it repairs
	if c.client.MaxResponseBodySize == 0 {
		c.client.MaxResponseBodySize = maxAnswer
	}
	return c
}

// Ask implements Conn.
func (c *httpConn) Ask(i int, timeout time.Duration) Answer {
	want := c.exchange.fill(c.req, i)
	c.req.SetTimeout(timeout)
	c.resp.Reset()
	if err := c.client.Do(c.req, c.resp); err != nil {
		return Answer{Class: classify(err)}
	}
	return c.exchange.judge(i, want, c.resp.StatusCode(), c.resp.Body())
}

// Close implements Conn.
func (c *httpConn) Close() {
	c.client.CloseIdleConnections()
	fasthttp.ReleaseRequest(c.req)
	fasthttp.ReleaseResponse(c.resp)
}
