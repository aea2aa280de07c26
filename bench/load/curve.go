package load

import (
	"errors"
	"math"
	"slices"
	"time"
)

// Point is how many arrivals a second there are at one moment of a Curve.
type Point struct {
	At   time.Duration `json:"at"`
	Rate float64       `json:"rate"`
}

// Curve is a rate of arrivals over time, straight between its points. The first is at zero, the last ends it.
type Curve []Point

// Flat is one rate from beginning to end.
func Flat(rate float64, d time.Duration) Curve { return Curve{{0, rate}, {d, rate}} }

// Duration is from the first moment to the last.
func (c Curve) Duration() time.Duration {
	if len(c) == 0 {
		return 0
	}
	return c[len(c)-1].At
}

// Arrivals is how many come in all.
func (c Curve) Arrivals() float64 {
	n := 0.0
	for i := 1; i < len(c); i++ {
		n += c.area(i)
	}
	return n
}

// area is how many arrive between point i-1 and point i.
func (c Curve) area(i int) float64 {
	return (c[i-1].Rate + c[i].Rate) / 2 * (c[i].At - c[i-1].At).Seconds()
}

// Peak is the highest rate.
func (c Curve) Peak() float64 {
	peak := 0.0
	for _, p := range c {
		peak = max(peak, p.Rate)
	}
	return peak
}

// Rate is the rate at one moment.
func (c Curve) Rate(at time.Duration) float64 {
	for i := 1; i < len(c); i++ {
		if at <= c[i].At && c[i].At > c[i-1].At {
			share := float64(at-c[i-1].At) / float64(c[i].At-c[i-1].At)
			return c[i-1].Rate + share*(c[i].Rate-c[i-1].Rate)
		}
	}
	return 0
}

// Scaled is the same shape with so many times the arrivals in every second.
func (c Curve) Scaled(factor float64) Curve {
	out := slices.Clone(c)
	for i := range out {
		out[i].Rate *= factor
	}
	return out
}

// Squeezed is the same shape, at the same rates, in another length of time.
func (c Curve) Squeezed(d time.Duration) Curve {
	out := slices.Clone(c)
	for i := range out {
		out[i].At = time.Duration(float64(out[i].At) / float64(c.Duration()) * float64(d))
	}
	return out
}

var errCurve = errors.New("curve: begins at zero, goes forward in time, and has no rate below zero")

func (c Curve) validate() error {
	for i, p := range c {
		if (i == 0 && p.At != 0) || (i > 0 && p.At <= c[i-1].At) || !(p.Rate >= 0) || math.IsInf(p.Rate, 0) {
			return errCurve
		}
	}
	return nil
}

// schedule tells the moment of each arrival. It may be asked by many goroutines.
type schedule struct {
	curve Curve
	until []float64 // arrivals up to each point
}

func newSchedule(c Curve) schedule {
	s := schedule{curve: c, until: make([]float64, len(c))}
	for i := 1; i < len(c); i++ {
		s.until[i] = s.until[i-1] + c.area(i)
	}
	return s
}

// at is when arrival i is planned, as time since the start: the moment by which i have come before it.
func (s *schedule) at(i int) time.Duration {
	n := float64(i)
	k, _ := slices.BinarySearch(s.until, n)
	if k = min(max(k, 1), len(s.until)-1); k < 1 {
		return 0
	}
	from, to := s.curve[k-1], s.curve[k]
	n -= s.until[k-1]
	seconds := (to.At - from.At).Seconds()
	// n = from·t + slope/2·t², solved for t in a form that stays exact for a slope near zero.
	slope := (to.Rate - from.Rate) / seconds
	root := math.Sqrt(max(from.Rate*from.Rate+2*slope*n, 0))
	t := 0.0
	if from.Rate+root > 0 {
		t = 2 * n / (from.Rate + root)
	}
	return from.At + time.Duration(min(t, seconds)*float64(time.Second))
}
