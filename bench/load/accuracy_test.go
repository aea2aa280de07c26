package load

import (
	"bufio"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/bench/corpus"
	"vratar/verifier"
)

// These tests run in a bubble, where time passes only while everybody waits: whatever else the machine does, a delay
// of 20 ms is one of 20 ms, and what the generator adds of its own is seen.

// paced is a gateway that takes a known time over each arrival, spoken to over HTTP through pipes.
type paced struct {
	*Verify
	took func(arrival int, since time.Duration) time.Duration // since the start of the run
	born time.Time
}

func newPaced(t *testing.T, took func(int, time.Duration) time.Duration) *paced {
	t.Helper()
	v, err := NewVerify(Gateway{URL: "http://127.0.0.1:1"}, Shows{Items: []corpus.Item{{Payload: []byte("a"), Expect: verifier.ReasonOK}}})
	if err != nil {
		t.Fatal(err)
	}
	return &paced{Verify: v, took: took, born: time.Now()}
}

func (p *paced) Connect(int) Conn { return connectHTTP(p) }

func (p *paced) client() *fasthttp.HostClient {
	c := p.Verify.client()
	c.Dial = func(string) (net.Conn, error) {
		here, there := net.Pipe()
		go p.serve(there)
		return here, nil
	}
	return c
}

func (p *paced) fill(req *fasthttp.Request, i int) expectation {
	want := p.Verify.fill(req, i)
	req.Header.Set("X-Arrival", strconv.Itoa(i))
	return want
}

func (p *paced) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	const answer = `{"outcome":"valid","reason":"ok"}`
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := in.Discard(int(req.ContentLength)); err != nil {
			return
		}
		i, _ := strconv.Atoi(req.Header.Get("X-Arrival"))
		time.Sleep(p.took(i, time.Since(p.born)))
		if _, err := c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(answer)) + "\r\n\r\n" + answer)); err != nil {
			return
		}
	}
}

// measure runs a plan in the bubble's time.
func measure(t *testing.T, plan Plan, target Target) Report {
	t.Helper()
	r := newRun(plan, target)
	r.sleep = time.Sleep
	report, err := r.do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute) // the client's own housekeeping ends
	return report
}

// near holds a measured figure within 2 % of the true one.
func near(t *testing.T, what string, got float64, want time.Duration) {
	t.Helper()
	if ms := float64(want) / float64(time.Millisecond); math.Abs(got-ms) > 0.02*ms {
		t.Errorf("%s: measured %.3f ms, it is %.3f", what, got, ms)
	}
}

// quantile is the value that a share of sorted ones does not exceed.
func quantile(sorted []time.Duration, share float64) time.Duration {
	return sorted[min(int(math.Ceil(share*float64(len(sorted))))-1, len(sorted)-1)]
}

func holdPercentiles(t *testing.T, r Report, truth []time.Duration) {
	t.Helper()
	slices.Sort(truth)
	near(t, "p50", r.Latency.P50, quantile(truth, 0.5))
	near(t, "p90", r.Latency.P90, quantile(truth, 0.9))
	near(t, "p99", r.Latency.P99, quantile(truth, 0.99))
	near(t, "p99.9", r.Latency.P999, quantile(truth, 0.999))
	near(t, "max", r.Latency.Max, truth[len(truth)-1])
}

// Percentiles are right for delays with a long tail, from a millisecond to many seconds.
func TestPercentilesAreRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delay := func(i int, _ time.Duration) time.Duration {
			share := float64(scatter(uint64(i))>>11) / (1 << 53)
			return time.Duration(float64(time.Millisecond) / math.Pow(1-share, 0.7)) // Pareto
		}
		plan := Plan{Rate: 200, Duration: 30 * time.Second, Connections: 200, Timeout: time.Minute}
		truth := make([]time.Duration, plan.Arrivals())
		for i := range truth {
			truth[i] = delay(i, 0)
		}
		r := measure(t, plan, newPaced(t, delay))
		if r.Classes["expected"] != int64(len(truth)) {
			t.Fatalf("classes: %v", r.Classes)
		}
		holdPercentiles(t, r, truth)
	})
}

// A gateway that stands still for two seconds shows in the latency of all who came meanwhile, on however few
// connections, and not as a lower rate.
func TestStallShowsAsLatency(t *testing.T) {
	const began, ended, usual = 10 * time.Second, 12 * time.Second, time.Millisecond
	f := func(connections int) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			plan := Plan{Rate: 200, Duration: 40 * time.Second, Connections: connections, Timeout: time.Minute}
			r := measure(t, plan, newPaced(t, func(_ int, since time.Duration) time.Duration {
				if since >= began && since < ended {
					return ended - since + usual
				}
				return usual
			}))
			schedule := newSchedule(plan.curve())
			truth := make([]time.Duration, plan.Arrivals())
			free := make([]time.Duration, connections) // when each connection is free again; arrivals take the first
			for i := range truth {
				at := schedule.at(i)
				slices.Sort(free)
				sent := max(at, free[0])
				done := sent + usual
				if sent >= began && sent < ended {
					done = ended + usual
				}
				free[0], truth[i] = done, done-at
			}
			if r.Classes["expected"] != int64(len(truth)) || r.PlannedRate != 200 || r.AchievedRate < 199.9 {
				t.Errorf("%d connections: %v, achieved %.2f/s", connections, r.Classes, r.AchievedRate)
			}
			if r.Lag.Max > 1 {
				t.Errorf("%d connections: the generator is blamed for %.1f ms", connections, r.Lag.Max)
			}
			holdPercentiles(t, r, truth)
		})
	}
	f(1)
	f(10)
	f(500) // more than there are to wait
}

// The timeline tells when it happened.
func TestTimeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := Plan{Curve: Curve{{0, 0}, {20 * time.Second, 100}}, Connections: 50, Timeout: time.Second}
		r := measure(t, plan, newPaced(t, func(_ int, since time.Duration) time.Duration {
			if since > 10*time.Second {
				return 50 * time.Millisecond
			}
			return 10 * time.Millisecond
		}))
		var answered, early, late int64
		for _, m := range r.Timeline {
			answered += m.Answered
			switch {
			case m.Seconds < 9.9:
				early = max(early, int64(math.Round(m.MeanMS)))
			case m.Seconds > 10.1 && m.Answered > 0:
				late = max(late, int64(math.Round(m.MeanMS)))
			}
		}
		if answered != 1000 || early != 10 || late != 50 || r.IntervalMS != 100 || r.PeakRate != 100 || r.PlannedRate != 50 {
			t.Errorf("%d answered, %d and %d ms, every %.0f ms, peak %.0f", answered, early, late, r.IntervalMS, r.PeakRate)
		}
	})
}
