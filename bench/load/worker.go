package load

import (
	"time"

	"github.com/valyala/fasthttp"
)

// maxAnswer bounds what is read of one answer. A verdict is well under a kilobyte or two.
const maxAnswer = 256 << 10

// worker owns one connection and takes the next arrival whenever it is free. Its fields belong to its own
// goroutine; the tally is read when the goroutine has ended.
type worker struct {
	run    *run
	client *fasthttp.HostClient
	req    *fasthttp.Request
	resp   *fasthttp.Response
	tally  *tally
}

func newWorker(r *run) *worker {
	w := &worker{
		run: r, client: r.target.Client(), req: fasthttp.AcquireRequest(), resp: fasthttp.AcquireResponse(),
		tally: newTally(),
	}
	w.client.MaxConns = 1
	w.client.MaxIdemponentCallAttempts = 1 // a retry would hide the failure that it repairs
	w.client.MaxResponseBodySize = maxAnswer
	return w
}

func (w *worker) close() {
	w.client.CloseIdleConnections()
	fasthttp.ReleaseRequest(w.req)
	fasthttp.ReleaseResponse(w.resp)
}

// loop takes arrivals until there are no more.
func (w *worker) loop() {
	for i := range w.run.due {
		planned := w.run.plan.at(i)
		if sent := time.Since(w.run.start); sent > w.run.cutoff {
			w.tally.unsent(sent - planned)
			continue
		}
		w.ask(i, planned)
	}
}

func (w *worker) ask(i int, planned time.Duration) {
	w.run.target.Fill(w.req, i)
	w.req.SetTimeout(w.run.plan.Timeout)
	w.resp.Reset()
	err := w.client.Do(w.req, w.resp)
	done := time.Since(w.run.start)
	answer := Answer{Class: classify(err)}
	if err == nil {
		answer = w.run.target.Judge(i, w.resp.StatusCode(), w.resp.Body())
	}
	w.tally.add(answer, done-planned, done)
}
