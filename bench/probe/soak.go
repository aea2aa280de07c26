package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vratar/bench/load"
	"vratar/bench/process"
)

// Soak is a long run at a steady rate.
type Soak struct {
	Plan     load.Plan // a Rate of zero becomes half the measured ceiling
	Ceiling  load.Search
	Step     time.Duration // of the search, for each rate
	Interval time.Duration // between two looks at the gateway's memory
}

// Endurance is what came of a Soak.
type Endurance struct {
	Ceiling float64     `json:"ceiling,omitempty"` // scans a second, when it was measured first
	Load    load.Report `json:"load"`
	Memory  []Sample    `json:"memory"`
	// SlopePerMinute is how fast resident memory grew over the second half, in MiB; caches fill in the first.
	SlopePerMinute float64 `json:"slope_mib_per_minute"`
}

// Sample is the gateway's resident memory at one moment.
type Sample struct {
	Seconds float64 `json:"s"`
	MiB     float64 `json:"mib"`
}

// String is the outcome in a few lines.
func (e *Endurance) String() string {
	first, middle, last := e.Memory[0], e.Memory[len(e.Memory)/2], e.Memory[len(e.Memory)-1]
	return fmt.Sprintf("endurance  %.0f s at %.0f scans/s: %d failed, p99 %.3f ms\nmemory     %.0f MiB at the start, %.0f in the middle, %.0f at the end; %+.2f MiB a minute over the second half",
		e.Load.Seconds, e.Load.PlannedRate, e.Load.Failed(), e.Load.Latency.P99, first.MiB, middle.MiB, last.MiB, e.SlopePerMinute)
}

// Run measures.
func (s Soak) Run(ctx context.Context, setup Setup) (Endurance, error) {
	g, err := setup.start(ctx)
	if err != nil {
		return Endurance{}, err
	}
	e, err := s.measure(ctx, g)
	return e, errors.Join(err, g.Stop())
}

func (s Soak) measure(ctx context.Context, g *subject) (Endurance, error) {
	var e Endurance
	shown := 0
	if s.Plan.Rate == 0 {
		var err error
		if e.Ceiling, shown, err = s.ceiling(ctx, g); err != nil {
			return e, err
		}
		s.Plan.Rate = e.Ceiling / 2
	}
	target, err := g.scans(s.Plan, shown)
	if err != nil {
		return e, err
	}
	sampling, stop := context.WithCancel(ctx)
	defer stop()
	samples := make(chan []Sample, 1)
	go func() { samples <- watch(sampling, g.Gateway, s.Interval) }()
	e.Load, err = load.Run(ctx, s.Plan, target)
	stop()
	e.Memory = <-samples
	if len(e.Memory) == 0 {
		return e, errors.Join(err, errors.New("the gateway's memory could not be read"))
	}
	e.SlopePerMinute = slope(e.Memory[len(e.Memory)/2:]) * 60
	return e, err
}

// ceiling searches with the same connections, and tells how many credentials that used up.
func (s Soak) ceiling(ctx context.Context, g *subject) (rate float64, shown int, err error) {
	found, err := load.FindCeiling(ctx, s.Ceiling, func(ctx context.Context, rate float64) (load.Report, error) {
		step := s.Plan
		step.Rate, step.Duration = rate, s.Step
		target, err := g.scans(step, shown)
		if err != nil {
			return load.Report{}, err
		}
		shown += step.Arrivals()
		return load.Run(ctx, step, target)
	})
	if err == nil && found.Rate == 0 {
		err = fmt.Errorf("no rate passed: %s", found.Steps[len(found.Steps)-1].Fault)
	}
	return found.Rate, shown, err
}

// watch samples memory until ctx ends or the gateway does.
func watch(ctx context.Context, g *process.Gateway, every time.Duration) []Sample {
	var samples []Sample
	start := time.Now()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		m, err := g.Memory()
		if err != nil {
			return samples
		}
		samples = append(samples, Sample{time.Since(start).Seconds(), float64(m.Resident) / (1 << 20)})
		select {
		case <-tick.C:
		case <-ctx.Done():
			return samples
		}
	}
}

// slope is the least-squares growth per second.
func slope(samples []Sample) float64 {
	var n, x, y, xx, xy float64
	for _, s := range samples {
		n++
		x += s.Seconds
		y += s.MiB
		xx += s.Seconds * s.Seconds
		xy += s.Seconds * s.MiB
	}
	if d := n*xx - x*x; d != 0 {
		return (n*xy - x*y) / d
	}
	return 0
}
