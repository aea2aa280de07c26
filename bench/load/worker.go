package load

import (
	"context"
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
	timer  *time.Timer
	tally  *tally
}

func newWorker(r *run) *worker {
	w := &worker{
		run: r, client: r.target.Client(), req: fasthttp.AcquireRequest(), resp: fasthttp.AcquireResponse(),
		timer: time.NewTimer(time.Hour), tally: newTally(),
	}
	w.client.MaxConns = 1
	w.client.MaxIdemponentCallAttempts = 1 // a retry would hide the failure that it repairs
	w.client.MaxResponseBodySize = maxAnswer
	return w
}

func (w *worker) close() {
	w.timer.Stop()
	w.client.CloseIdleConnections()
	fasthttp.ReleaseRequest(w.req)
	fasthttp.ReleaseResponse(w.resp)
}

func (w *worker) loop(ctx context.Context) {
	for {
		i := int(w.run.next.Add(1) - 1)
		if i >= w.run.count {
			return
		}
		planned := w.run.plan.at(i)
		slept, ok := w.sleepUntil(ctx, planned)
		if !ok {
			return
		}
		sent := time.Since(w.run.start)
		if sent > w.run.cutoff {
			w.tally.unsent(sent - planned)
			continue
		}
		if slept {
			// Only a worker that was ready can tell how late the generator itself is; one that was busy
			// when the arrival was due waited for the gateway.
			w.tally.lag(sent - planned)
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

// fineWait is how long before the planned moment the runtime's timer hands over to the kernel's: the former
// is up to a millisecond late in an idle process.
const fineWait = 1500 * time.Microsecond

// sleepUntil waits for the moment at after the start of the run. slept is false when it had already passed,
// ok is false when ctx ended first.
func (w *worker) sleepUntil(ctx context.Context, at time.Duration) (slept, ok bool) {
	if ctx.Err() != nil {
		return false, false
	}
	left := at - time.Since(w.run.start)
	if left <= 0 {
		return false, true
	}
	if left > fineWait {
		w.timer.Reset(left - fineWait)
		select {
		case <-w.timer.C:
		case <-ctx.Done():
			return true, false
		}
	}
	if left = at - time.Since(w.run.start); left > 0 {
		preciseSleep(left)
	}
	return true, true
}
