package load

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"vratar/verifier"
)

// Report is the outcome of one run. Durations are in milliseconds, rates in arrivals a second.
type Report struct {
	PlannedRate  float64 `json:"planned_rate"`
	AchievedRate float64 `json:"achieved_rate"` // verdicts a second, until the last one came
	Seconds      float64 `json:"seconds"`       // from the first planned arrival to the last answer
	Arrivals     int64   `json:"arrivals"`      // planned; each is in exactly one class unless the run was cut short
	Connections  int     `json:"connections"`

	VerdictRate float64 `json:"verdict_rate"` // the same in verdicts; more where one answer holds many
	PeakRate    float64 `json:"peak_rate"`    // the highest planned rate; the planned one is the mean

	Latency Percentiles      `json:"latency_ms"` // from the planned moment; verdicts, timeouts and unsent arrivals
	Lag     Percentiles      `json:"lag_ms"`     // how late the generator itself was; part of the latency
	Classes map[string]int64 `json:"classes"`    // by Class
	Reasons map[string]int64 `json:"reasons"`    // of the verdicts, by the gateway's reason

	Distribution []Quantile `json:"distribution"` // of the latency
	IntervalMS   float64    `json:"interval_ms"`  // between two moments of the timeline
	Timeline     []Moment   `json:"timeline"`

	GeneratorCores float64  `json:"generator_cores"` // processor seconds the generator used per second
	MachineCores   int      `json:"machine_cores"`   // that it could use
	Warnings       []string `json:"warnings,omitempty"`
}

// Percentiles summarise a distribution of waits, in milliseconds.
type Percentiles struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}

// Failed counts the arrivals that did not get the answer they should have.
func (r *Report) Failed() int64 {
	var n int64
	for c := Expected + 1; c < numClasses; c++ {
		n += r.Classes[c.String()]
	}
	return n
}

func (t *tally) report(r *run, cpu time.Duration) Report {
	elapsed := max(t.last, r.length).Seconds()
	out := Report{
		PlannedRate: float64(r.count) / r.length.Seconds(), PeakRate: r.schedule.curve.Peak(),
		Seconds: elapsed, Arrivals: int64(r.count), Connections: r.plan.Connections,
		VerdictRate: float64(t.verdicts) / elapsed, Distribution: distribution(t.latency),
		IntervalMS: float64(t.interval) / float64(time.Millisecond), Timeline: t.means(),
		AchievedRate: float64(t.classes[Expected]+t.classes[WrongAnswer]) / elapsed,
		Latency:      percentiles(t.latency), Lag: percentiles(t.late),
		Classes: make(map[string]int64), Reasons: make(map[string]int64),
		GeneratorCores: cpu.Seconds() / elapsed, MachineCores: runtime.GOMAXPROCS(0),
	}
	for c, n := range t.classes {
		if n > 0 {
			out.Classes[Class(c).String()] = n
		}
	}
	for reason, n := range t.reasons {
		if n > 0 {
			out.Reasons[verifier.Reason(reason).String()] = n
		}
	}
	out.Warnings = out.doubts()
	return out
}

// means turns the sums of the timeline into means.
func (t *tally) means() []Moment {
	for i := range t.timeline {
		if m := &t.timeline[i]; m.waits > 0 {
			m.MeanMS /= float64(m.waits)
		}
	}
	return t.timeline
}

// Quantile is one point of a distribution: so many percent waited no longer than that.
type Quantile struct {
	Percent float64 `json:"p"`
	MS      float64 `json:"ms"`
}

func distribution(h *hdrhistogram.Histogram) []Quantile {
	var out []Quantile
	for _, p := range [...]float64{0, 1, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.999, 100} {
		if h.TotalCount() > 0 {
			out = append(out, Quantile{p, float64(h.ValueAtQuantile(p)/int64(time.Microsecond)) / 1000})
		}
	}
	return out
}

func percentiles(h *hdrhistogram.Histogram) Percentiles {
	ms := func(ns int64) float64 { return float64(ns/int64(time.Microsecond)) / 1000 }
	return Percentiles{
		P50: ms(h.ValueAtQuantile(50)), P90: ms(h.ValueAtQuantile(90)), P99: ms(h.ValueAtQuantile(99)),
		P999: ms(h.ValueAtQuantile(99.9)), Max: ms(h.Max()),
	}
}

// lateness is the p99 lag, in milliseconds, from which the figures say more about the generator's machine
// than about the gateway.
const lateness = 2

// doubts names what makes the figures less than the gateway's own.
func (r *Report) doubts() []string {
	var out []string
	if r.Lag.P99 > lateness {
		out = append(out, fmt.Sprintf("the generator was late itself (p99 %.1f ms); the latencies contain that", r.Lag.P99))
	}
	if r.GeneratorCores > float64(r.MachineCores)/2 {
		out = append(out, fmt.Sprintf("the generator used %.1f of %d cores: it may be the bottleneck, or take them from a gateway on the same machine",
			r.GeneratorCores, r.MachineCores))
	}
	if n := r.Classes[Unsent.String()]; n > 0 {
		out = append(out, fmt.Sprintf("%d arrivals found all %d connections busy to the end: the rate is above what gateway or connections can carry", n, r.Connections))
	}
	return out
}

// WriteText prints the report for people.
func (r *Report) WriteText(w io.Writer) error {
	p := &printer{w: w}
	p.line("rate       planned %.1f/s, achieved %.1f/s (%d arrivals in %.1f s, %d connections)",
		r.PlannedRate, r.AchievedRate, r.Arrivals, r.Seconds, r.Connections)
	if r.PeakRate > 1.001*r.PlannedRate {
		p.line("curve      up to %.1f/s", r.PeakRate)
	}
	if r.VerdictRate > 1.001*r.AchievedRate {
		p.line("verdicts   %.1f/s", r.VerdictRate)
	}
	p.percentiles("latency", r.Latency)
	p.percentiles("lag", r.Lag)
	p.counts("outcome", r.Classes)
	p.counts("reason", r.Reasons)
	p.line("generator  %.2f of %d cores", r.GeneratorCores, r.MachineCores)
	for _, warning := range r.Warnings {
		p.line("WARNING    %s", warning)
	}
	return p.err
}

// printer remembers the first failed write, so that printing reads as a list of lines.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) percentiles(name string, q Percentiles) {
	p.line("%-10s p50 %.3f  p90 %.3f  p99 %.3f  p99.9 %.3f  max %.3f ms", name, q.P50, q.P90, q.P99, q.P999, q.Max)
}

// counts prints the largest first.
func (p *printer) counts(name string, m map[string]int64) {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if m[a] != m[b] {
			return int(m[b] - m[a])
		}
		return strings.Compare(a, b)
	})
	text := ""
	for _, k := range keys {
		text += fmt.Sprintf("%s %d  ", k, m[k])
	}
	p.line("%-10s %s", name, text)
}
