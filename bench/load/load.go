// Package load asks a gateway questions the way a crowd does: arrivals keep their own time, whether or not
// the gateway keeps up. That is an open loop. A closed loop, which sends the next request when the last one
// was answered, slows down together with what it measures and hides exactly the waits that matter.
//
// The latency of an arrival counts from the moment it was planned for, so the time it spent waiting for a
// free connection is part of it (no coordinated omission). Nothing that was planned is left out of the
// report: what could not be sent in time is counted as unsent, with the wait it had suffered so far.
//
// Every run is bounded in time and in number. The package talks only to the address it is given.
package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"
)

// maxArrivals bounds one run: a mistyped rate must not keep a gateway busy for days.
const maxArrivals = 50_000_000

// Plan says how many arrivals there are and how they may be sent.
type Plan struct {
	Rate        float64       // arrivals a second, evenly spaced
	Duration    time.Duration // of the planned arrivals; answers may take Timeout longer
	Curve       Curve         // instead of Rate and Duration, a rate that changes
	Connections int           // how many requests can be under way at once
	Timeout     time.Duration // of one request, counted from its sending
}

// curve is the plan's own, or its one rate.
func (p Plan) curve() Curve {
	if len(p.Curve) > 0 {
		return p.Curve
	}
	return Flat(p.Rate, p.Duration)
}

// Arrivals is how many requests the plan makes.
func (p Plan) Arrivals() int { return int(math.Round(p.curve().Arrivals())) }

// Validate reports every fault of the plan at once.
func (p Plan) Validate() error {
	var errs []error
	if len(p.Curve) > 0 {
		errs = append(errs, p.Curve.validate())
	} else {
		if !(p.Rate > 0) || math.IsInf(p.Rate, 0) {
			errs = append(errs, errors.New("rate: must be above zero"))
		}
		if p.Duration <= 0 {
			errs = append(errs, errors.New("duration: must be above zero"))
		}
	}
	if p.Connections < 1 || p.Connections > 10_000 {
		errs = append(errs, errors.New("connections: must be between 1 and 10000"))
	}
	if p.Timeout <= 0 {
		errs = append(errs, errors.New("timeout: must be above zero"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if n := p.curve().Arrivals(); n < 1 || n > maxArrivals {
		return fmt.Errorf("rate and duration make %.0f arrivals: must be between 1 and %d", n, maxArrivals)
	}
	return nil
}

// run is one execution of a plan, shared by its workers.
type run struct {
	plan     Plan
	count    int
	schedule schedule
	length   time.Duration // from the first planned moment to the end of the curve
	target   Target
	start    time.Time
	cutoff   time.Duration       // since start; what has not been sent by then never will be
	due      chan int            // arrivals whose moment has come, for whichever worker is free
	tallies  []*tally            // of the workers, in turn
	late     *tally              // how late the pacer itself was; the pacer's alone while it runs
	sleep    func(time.Duration) // for the last part of a wait
}

func newRun(plan Plan, target Target) *run {
	r := &run{
		plan: plan, count: plan.Arrivals(), schedule: newSchedule(plan.curve()), length: plan.curve().Duration(), target: target,
		due: make(chan int), sleep: preciseSleep,
	}
	r.cutoff = r.length + plan.Timeout
	r.late = newTally(r.length)
	const perCore = 4 // so that workers hardly ever wait for one another
	r.tallies = make([]*tally, perCore*runtime.GOMAXPROCS(0))
	for i := range r.tallies {
		r.tallies[i] = newTally(r.length)
	}
	return r
}

// Run carries the plan out against target and reports what came of it. It returns early, with the report so
// far and the context's error, when ctx ends.
func Run(ctx context.Context, plan Plan, target Target) (Report, error) {
	if err := plan.Validate(); err != nil {
		return Report{}, err
	}
	return newRun(plan, target).do(ctx)
}

// do starts the workers, keeps the time, and gathers what came of it.
func (r *run) do(ctx context.Context) (Report, error) {
	workers := make([]*worker, min(r.plan.Connections, r.count))
	for i := range workers {
		workers[i] = newWorker(r, i)
	}
	cpu := ProcessCPU()
	r.start = time.Now()
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(w.loop)
	}
	r.pace(ctx)
	wg.Wait()
	total := r.late
	for _, w := range workers {
		w.close()
	}
	for _, t := range r.tallies {
		total.merge(t)
	}
	used := ProcessCPU() - cpu
	return total.report(r, used), ctx.Err()
}
