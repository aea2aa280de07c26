package httpcost

import (
	"slices"
	"time"
)

// sample is one measurement.
type sample struct {
	units int
	cpu   time.Duration // of the server
	wall  time.Duration
}

// work is one way of doing what a contest is about.
type work struct {
	title   string
	goal    float64
	measure func(requests [][]byte) (sample, error)
	seen    []sample // by round
}

// contest is the same thing done in several ways. The first is the yardstick.
type contest struct {
	title string
	// prepare makes the requests of a round, outside of what is measured.
	prepare func() ([][]byte, error)
	works   []*work
	byClock bool // compare by the clock instead of the processor's time: where everybody waits for a disk
}

// rate is units for a second, of the processor's time or of the clock's.
func (s sample) rate(byClock bool) float64 {
	spent := s.cpu
	if byClock {
		spent = s.wall
	}
	return float64(s.units) / spent.Seconds()
}

func (c *contest) rows() []Row {
	var rows []Row
	for _, w := range c.works {
		var cpu, clock, ratios []float64
		for round, s := range w.seen {
			cpu, clock = append(cpu, s.rate(false)), append(clock, s.rate(true))
			ratios = append(ratios, s.rate(c.byClock)/c.works[0].seen[round].rate(c.byClock))
		}
		slices.Sort(ratios)
		rows = append(rows, Row{
			Contest: c.title, Work: w.title, Goal: w.goal, PerCPU: median(cpu), CPUMicros: 1e6 / median(cpu), PerSecond: median(clock),
			Ratio: median(ratios), Tenth: ratios[len(ratios)/10], Ninetieth: ratios[len(ratios)-1-len(ratios)/10],
		})
	}
	return rows
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}
