package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"vratar/bench/load"
)

// work is one way of doing what a contest is about.
type work struct {
	title string
	each  int         // units (signatures, codes) one call of do deals with; 0: one
	do    func() bool // false: it did not come to the right answer, which ends the run
}

// contest is the same thing done in several ways. The first is the yardstick.
type contest struct {
	title string
	works []work
}

// row is what came of one work.
type row struct {
	Contest   string  `json:"contest"`
	Work      string  `json:"work"`
	Nanos     float64 `json:"cpu_ns"`          // median CPU time of a unit
	Ratio     float64 `json:"ratio"`           // how many times faster than the yardstick; median of the rounds' ratios
	Allocs    float64 `json:"allocations"`     // of a unit
	Bytes     float64 `json:"bytes"`           // allocated for a unit
	Tenth     float64 `json:"ratio_tenth"`     // a tenth of the rounds had a smaller ratio
	Ninetieth float64 `json:"ratio_ninetieth"` // a tenth had a larger one
}

// effort says how long to measure.
type effort struct {
	rounds int
	slice  time.Duration // of one work within one round
}

// run measures the works in turn, in another order each round, so that a neighbour of this machine who makes a
// round slow makes it slow for all of them.
func (c contest) run(e effort) ([]row, error) {
	times := make([]int, len(c.works)) // calls within a slice
	for i, w := range c.works {
		n, err := w.calibrate(e.slice)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.title, err)
		}
		times[i] = n
	}
	seen := make([][]float64, len(c.works)) // ns of a unit, by work and round
	for range e.rounds {
		for _, i := range rand.Perm(len(c.works)) {
			w := c.works[i]
			ns, err := w.measure(times[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.title, err)
			}
			seen[i] = append(seen[i], ns)
		}
	}
	rows := make([]row, len(c.works))
	for i, w := range c.works {
		ratios := make([]float64, e.rounds)
		for r := range ratios {
			ratios[r] = seen[0][r] / seen[i][r]
		}
		slices.Sort(ratios)
		rows[i] = row{
			Contest: c.title, Work: w.title, Nanos: median(seen[i]), Ratio: median(ratios),
			Tenth: ratios[len(ratios)/10], Ninetieth: ratios[len(ratios)-1-len(ratios)/10],
		}
		rows[i].Allocs, rows[i].Bytes = w.allocations()
	}
	return rows, nil
}

// units is how many of them a call deals with.
func (w work) units() int { return max(1, w.each) }

// calibrate finds how many calls fill a slice.
func (w work) calibrate(slice time.Duration) (int, error) {
	for n := 1; ; n *= 2 {
		start := time.Now()
		if _, err := w.measure(n); err != nil {
			return 0, err
		}
		if spent := time.Since(start); spent > slice/4 {
			return max(1, int(float64(n)*float64(slice)/float64(spent))), nil
		}
	}
}

// measure calls do n times and returns the CPU time of a unit in nanoseconds, the garbage collector's included.
func (w work) measure(n int) (float64, error) {
	start := load.ProcessCPU()
	for range n {
		if !w.do() {
			return 0, fmt.Errorf("%s: wrong answer", w.title)
		}
	}
	return float64(load.ProcessCPU()-start) / float64(n*w.units()), nil
}

// allocations counts them over a number of calls in which lazily made things are made up.
func (w work) allocations() (count, bytes float64) {
	const calls = 200
	var before, after runtime.MemStats
	w.do()
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range calls {
		w.do()
	}
	runtime.ReadMemStats(&after)
	n := float64(calls * w.units())
	return float64(after.Mallocs-before.Mallocs) / n, float64(after.TotalAlloc-before.TotalAlloc) / n
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}
