package crowd

import (
	"container/heap"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"vratar/bench/load"
)

// Service is how long one core is busy with one presentation, drawn at random for each.
type Service struct{ quantiles []load.Quantile }

// Constant is always the same time.
func Constant(d time.Duration) Service {
	ms := float64(d) / float64(time.Millisecond)
	return Service{[]load.Quantile{{Percent: 0, MS: ms}, {Percent: 100, MS: ms}}}
}

// Measured draws from a measured distribution of latencies, which at a low rate are service times and the way there
// and back.
func Measured(distribution []load.Quantile) (Service, error) {
	if len(distribution) < 2 || distribution[0].Percent != 0 || distribution[len(distribution)-1].Percent != 100 {
		return Service{}, errors.New("service times: the distribution goes from 0 to 100 percent")
	}
	return Service{distribution}, nil
}

// draw is one service time, in seconds; share is from 0 to below 1.
func (s Service) draw(share float64) float64 {
	if len(s.quantiles) == 0 {
		return 0
	}
	p := share * 100
	i, _ := slices.BinarySearchFunc(s.quantiles, p, func(q load.Quantile, p float64) int {
		if q.Percent < p {
			return -1
		}
		return 1
	})
	i = min(max(i, 1), len(s.quantiles)-1)
	a, b := s.quantiles[i-1], s.quantiles[i]
	return (a.MS + (p-a.Percent)/(b.Percent-a.Percent)*(b.MS-a.MS)) / 1000
}

// Mean is the expected service time.
func (s Service) Mean() time.Duration {
	sum := 0.0
	for i := 1; i < len(s.quantiles); i++ {
		a, b := s.quantiles[i-1], s.quantiles[i]
		sum += (a.MS + b.MS) / 2 * (b.Percent - a.Percent) / 100
	}
	return time.Duration(sum * float64(time.Millisecond))
}

// Model is a place with gateways.
type Model struct {
	Scenario Scenario
	Service  Service
	Delay    Service // after that, without a core: the disk, the way there and back. The zero value is none
	Cores    int     // of all gateways together, each serving one presentation at a time, in the order they came
	Seed     uint64  // of the moments people come, which are random around the curve, and of the service times
}

// Outcome is what came of a simulated day. Times are in milliseconds.
type Outcome struct {
	Arrivals  int64   `json:"arrivals"`
	Cores     int     `json:"cores"`
	ServiceMS float64 `json:"service_ms"`   // mean
	DelayMS   float64 `json:"delay_ms"`     // mean
	MeanWait  float64 `json:"wait_mean_ms"` // before a core was free
	WaitP99   float64 `json:"wait_p99_ms"`
	P50       float64 `json:"p50_ms"` // from coming to the answer
	P99       float64 `json:"p99_ms"`
	P999      float64 `json:"p99.9_ms"`
	Max       float64 `json:"max_ms"`
	Queue     int     `json:"queue"` // most people who waited for a core at once
	Busy      float64 `json:"busy"`  // share of the cores' time, over all of it
	Slices    []Slice `json:"slices"`
}

// Slice is one part of the time.
type Slice struct {
	From     time.Duration `json:"from"`
	Arrivals int64         `json:"arrivals"`
	Rate     float64       `json:"rate"` // a second, at its height
	Busy     float64       `json:"busy"` // share of the cores' time
	MaxMS    float64       `json:"max_ms"`
}

// sliceCount is how many parts a simulated time is told in.
const sliceCount = 24

// maxSimulated bounds a simulation, which takes some 200 ns for each arrival.
const maxSimulated = 200_000_000

// clocks are the moments at which cores are free again, the next one first.
type clocks []float64

func (c clocks) Len() int           { return len(c) }
func (c clocks) Less(i, j int) bool { return c[i] < c[j] }
func (c clocks) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *clocks) Push(any)          {} // never used: cores neither come nor go
func (c *clocks) Pop() any          { return nil }

// Simulate plays the scenario once.
func (m Model) Simulate() (Outcome, error) {
	if m.Cores < 1 {
		return Outcome{}, errors.New("simulation: needs a core")
	}
	if n := m.Scenario.Curve.Arrivals(); n < 1 || n > maxSimulated {
		return Outcome{}, fmt.Errorf("simulation: of %.0f arrivals: must be between 1 and %d", n, maxSimulated)
	}
	p := newPlay(m)
	r := rand.New(rand.NewPCG(m.Seed, 0x766174726172))
	curve, end := m.Scenario.Curve, m.Scenario.Curve.Duration().Seconds()
	peak := curve.Peak()
	// People come independently of each other: a Poisson process of the peak's rate, thinned to the curve's.
	for now := r.ExpFloat64() / peak; now < end; now += r.ExpFloat64() / peak {
		if r.Float64()*peak < curve.Rate(time.Duration(now*float64(time.Second))) {
			p.arrive(now, m.Service.draw(r.Float64()), m.Delay.draw(r.Float64()))
		}
	}
	return p.outcome(), nil
}

// play is a simulation under way.
type play struct {
	model Model
	free  clocks
	total *hdrhistogram.Histogram // microseconds, from coming to the answer
	wait  *hdrhistogram.Histogram
	out   Outcome
	width float64   // of a slice, in seconds
	begun []float64 // when those will be served who wait, in order
}

func newPlay(m Model) *play {
	const longest = int64(24 * time.Hour / time.Microsecond)
	p := &play{
		model: m, free: make(clocks, m.Cores), total: hdrhistogram.New(1, longest, 3), wait: hdrhistogram.New(1, longest, 3),
		width: m.Scenario.Curve.Duration().Seconds() / sliceCount,
	}
	for i := range sliceCount {
		from := time.Duration(float64(i) * p.width * float64(time.Second))
		p.out.Slices = append(p.out.Slices, Slice{From: from})
	}
	return p
}

// arrive serves who comes now on the core that is free first. Times are in seconds.
func (p *play) arrive(now, service, delay float64) {
	begin := max(now, p.free[0])
	p.free[0] = begin + service
	heap.Fix(&p.free, 0)
	took := begin + service - now + delay
	_ = p.total.RecordValue(int64(math.Ceil(took * 1e6))) // a day is the longest there is
	_ = p.wait.RecordValue(int64((begin - now) * 1e6))
	s := &p.out.Slices[min(int(now/p.width), sliceCount-1)]
	s.Arrivals++
	s.Busy += service
	s.MaxMS = max(s.MaxMS, took*1000)
	p.out.Arrivals++
	for len(p.begun) > 0 && p.begun[0] <= now {
		p.begun = p.begun[1:]
	}
	if begin > now {
		p.begun = append(p.begun, begin)
		p.out.Queue = max(p.out.Queue, len(p.begun))
	}
}

func (p *play) outcome() Outcome {
	out := p.out
	ms := func(h *hdrhistogram.Histogram, q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	mean := func(s Service) float64 { return float64(s.Mean()) / float64(time.Millisecond) }
	out.Cores, out.ServiceMS, out.DelayMS = p.model.Cores, mean(p.model.Service), mean(p.model.Delay)
	out.P50, out.P99, out.P999, out.Max = ms(p.total, 50), ms(p.total, 99), ms(p.total, 99.9), float64(p.total.Max())/1000
	out.MeanWait, out.WaitP99 = p.wait.Mean()/1000, ms(p.wait, 99)
	for i := range out.Slices {
		s := &out.Slices[i]
		out.Busy += s.Busy / (p.width * sliceCount * float64(out.Cores))
		s.Busy /= p.width * float64(out.Cores)
		for _, at := range []float64{0, 0.25, 0.5, 0.75, 1} {
			s.Rate = max(s.Rate, p.model.Scenario.Curve.Rate(s.From+time.Duration(at*p.width*float64(time.Second))))
		}
	}
	return out
}

// maxCores is where a search for enough of them ends.
const maxCores = 1 << 16

var errTooSlow = errors.New("simulation: service and delay alone take longer than the limit")

// CoresFor is the least number with which the p99 stays at or below limit, found by halving.
func (m Model) CoresFor(limit time.Duration) (int, error) {
	enough := func(cores int) (bool, error) {
		m.Cores = cores
		out, err := m.Simulate()
		return err == nil && out.P99 <= float64(limit)/float64(time.Millisecond), err
	}
	if max(m.Service.draw(0.99), m.Delay.draw(0.99)) > limit.Seconds() {
		return 0, errTooSlow
	}
	// Fewer cores than work for them never do; twice as many as for the peak always should.
	low := int(m.Scenario.Curve.Arrivals() / m.Scenario.Curve.Duration().Seconds() * m.Service.Mean().Seconds())
	high := max(low, 1)
	for {
		ok, err := enough(high)
		if err != nil {
			return 0, err
		}
		if ok {
			break
		}
		if low, high = high, 2*high; high > maxCores {
			return 0, errTooSlow
		}
	}
	for high-low > 1 {
		middle := (low + high) / 2
		ok, err := enough(middle)
		if err != nil {
			return 0, err
		}
		if ok {
			high = middle
		} else {
			low = middle
		}
	}
	return high, nil
}

// WriteText prints the outcome for people.
func (o *Outcome) WriteText(w io.Writer, s Scenario) error {
	_, err := fmt.Fprintf(w, "scenario   %s\n           %s\nmodel      %d cores, of one of which each presentation takes %.3f ms on average, and %.3f ms besides\n"+
		"arrivals   %d, up to %.0f/s; %.2f/s at each of %d gates at most\nlatency    p50 %.3f  p99 %.3f  p99.9 %.3f  max %.3f ms (of that waiting: p99 %.3f)\nqueue      %d at most; cores busy %.1f %% of the time\n",
		s.Name, s.Tells, o.Cores, o.ServiceMS, o.DelayMS, o.Arrivals, s.Curve.Peak(), s.Curve.Peak()/float64(s.Gates), s.Gates,
		o.P50, o.P99, o.P999, o.Max, o.WaitP99, o.Queue, 100*o.Busy)
	if err != nil {
		return err
	}
	for _, slice := range o.Slices {
		if _, err := fmt.Fprintf(w, "  %-9s %10d arrivals  %9.1f/s  busy %5.1f %%  max %10.3f ms\n",
			slice.From.Round(time.Second), slice.Arrivals, slice.Rate, 100*slice.Busy, slice.MaxMS); err != nil {
			return err
		}
	}
	return nil
}
