package load

import (
	"sync"
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

// tally is a share of the result. A histogram takes some 200 KB, so workers share a few of them.
type tally struct {
	mu sync.Mutex // guards what follows while workers run

	latency *hdrhistogram.Histogram // of verdicts, timeouts and unsent arrivals, from the planned moment
	late    *hdrhistogram.Histogram // of the generator
	classes [numClasses]int64
	reasons []int64       // by verifier.Reason
	last    time.Duration // when the last answer came, since the start of the run

	verdicts int64         // more than answers, where one answer holds many
	interval time.Duration // of the timeline
	timeline []Moment      // by when the answer came
}

// maxMoments is about how many points a timeline has.
const maxMoments = 240

// newTally makes one for a run of a length that is planned.
func newTally(length time.Duration) *tally {
	interval := time.Second
	for _, step := range [...]time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second, 10 * time.Second, time.Minute, 10 * time.Minute} {
		if interval = step; length/step <= maxMoments {
			break
		}
	}
	return &tally{
		interval: interval,
		latency:  hdrhistogram.New(int64(finest), int64(longest), 3),
		late:     hdrhistogram.New(int64(finest), int64(longest), 3),
		reasons:  make([]int64, len(verifier.Reasons())+1),
	}
}

// add counts an arrival that was sent. An error that came back at once is no sign of speed, so latencies
// are kept of verdicts and of timeouts only.
func (t *tally) add(a Answer, latency, done time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.classes[a.Class]++
	t.last = max(t.last, done)
	t.moment(done).add(a.Class, latency)
	if a.Class == Expected || a.Class == WrongAnswer {
		t.verdicts += int64(max(a.Verdicts, 1))
	}
	switch a.Class {
	case Expected, WrongAnswer:
		t.reasons[a.Reason]++
		record(t.latency, latency)
	case Timeout:
		record(t.latency, latency)
	}
}

// unsent counts an arrival that was never sent; it would have waited at least this long.
func (t *tally) unsent(waited, now time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.classes[Unsent]++
	t.moment(now).add(Unsent, waited)
	record(t.latency, waited)
}

// Moment is what happened within one interval of a run.
type Moment struct {
	Seconds  float64 `json:"s"` // its beginning, since the start
	Answered int64   `json:"answered"`
	Failed   int64   `json:"failed"`
	MeanMS   float64 `json:"mean_ms"` // of the latencies of verdicts, timeouts and unsent arrivals
	MaxMS    float64 `json:"max_ms"`

	waits int64 // how many latencies there are
}

func (t *tally) moment(at time.Duration) *Moment {
	i := int(max(at, 0) / t.interval)
	for len(t.timeline) <= i {
		t.timeline = append(t.timeline, Moment{Seconds: (time.Duration(len(t.timeline)) * t.interval).Seconds()})
	}
	return &t.timeline[i]
}

// add keeps the mean as a sum until the report is made.
func (m *Moment) add(c Class, latency time.Duration) {
	if c == Expected {
		m.Answered++
	} else {
		m.Failed++
	}
	switch c {
	case Expected, WrongAnswer, Timeout, Unsent:
		ms := float64(latency) / float64(time.Millisecond)
		m.MeanMS += ms
		m.MaxMS = max(m.MaxMS, ms)
		m.waits++
	}
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
	t.verdicts += o.verdicts
	for i, m := range o.timeline {
		into := t.moment(time.Duration(i) * t.interval)
		into.Answered += m.Answered
		into.Failed += m.Failed
		into.MeanMS += m.MeanMS
		into.waits += m.waits
		into.MaxMS = max(into.MaxMS, m.MaxMS)
	}
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(int64(min(max(d, 0), longest))) // cannot fail within the bounds
}
