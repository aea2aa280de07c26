package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"vratar/verifier"
)

// The histograms hold waits from a microsecond to a minute with three significant figures; longer ones count
// as a minute.
const (
	finest  = time.Microsecond
	longest = time.Minute
)

// tally is one worker's share of the result.
type tally struct {
	latency *hdrhistogram.Histogram // of verdicts, timeouts and unsent arrivals, from the planned moment
	late    *hdrhistogram.Histogram // of the generator
	classes [numClasses]int64
	reasons []int64       // by verifier.Reason
	last    time.Duration // when the last answer came, since the start of the run
}

func newTally() *tally {
	return &tally{
		latency: hdrhistogram.New(int64(finest), int64(longest), 3),
		late:    hdrhistogram.New(int64(finest), int64(longest), 3),
		reasons: make([]int64, len(verifier.Reasons())+1),
	}
}

// add counts an arrival that was sent. An error that came back at once is no sign of speed, so latencies
// are kept of verdicts and of timeouts only.
func (t *tally) add(a Answer, latency, done time.Duration) {
	t.classes[a.Class]++
	t.last = max(t.last, done)
	switch a.Class {
	case Expected, WrongAnswer:
		t.reasons[a.Reason]++
		record(t.latency, latency)
	case Timeout:
		record(t.latency, latency)
	}
}

// unsent counts an arrival that was never sent; it would have waited at least this long.
func (t *tally) unsent(waited time.Duration) {
	t.classes[Unsent]++
	record(t.latency, waited)
}

func (t *tally) lag(d time.Duration) { record(t.late, d) }

func (t *tally) merge(o *tally) {
	t.latency.Merge(o.latency)
	t.late.Merge(o.late)
	for i, n := range o.classes {
		t.classes[i] += n
	}
	for i, n := range o.reasons {
		t.reasons[i] += n
	}
	t.last = max(t.last, o.last)
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(int64(min(max(d, 0), longest))) // cannot fail within the bounds
}
