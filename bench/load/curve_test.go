package load

import (
	"math"
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	f := func(c Curve, i int, want time.Duration) {
		t.Helper()
		s := newSchedule(c)
		if got := s.at(i); (got - want).Abs() > time.Microsecond {
			t.Errorf("%v: arrival %d at %v, want %v", c, i, got, want)
		}
	}
	flat := Flat(10, time.Minute)
	f(flat, 0, 0)
	f(flat, 15, 1500*time.Millisecond)
	f(flat, 599, 59900*time.Millisecond)
	ramp := Curve{{0, 0}, {10 * time.Second, 20}} // 100 arrivals, t² of them after t seconds
	f(ramp, 0, 0)
	f(ramp, 25, 5*time.Second)
	f(ramp, 81, 9*time.Second)
	gap := Curve{{0, 10}, {time.Second, 10}, {1001 * time.Millisecond, 0}, {3 * time.Second, 0}, {4 * time.Second, 10}}
	f(gap, 5, 500*time.Millisecond)
	f(gap, 12, 3*time.Second+time.Duration(math.Sqrt(1.995/5)*float64(time.Second)))
}

func TestCurve(t *testing.T) {
	c := Curve{{0, 0}, {time.Minute, 100}, {2 * time.Minute, 0}}
	if c.Arrivals() != 6000 || c.Peak() != 100 || c.Rate(30*time.Second) != 50 || c.Rate(3*time.Minute) != 0 {
		t.Errorf("%f arrivals, peak %f, %f", c.Arrivals(), c.Peak(), c.Rate(30*time.Second))
	}
	if short := c.Scaled(2).Squeezed(time.Minute); short.Arrivals() != 6000 || short.Peak() != 200 || short.Duration() != time.Minute {
		t.Errorf("%v", short)
	}
	for _, bad := range []Curve{{{1, 1}}, {{0, 1}, {0, 2}}, {{0, -1}}, {{0, math.NaN()}}} {
		if bad.validate() == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}
