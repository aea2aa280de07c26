package load

import (
	"context"
	"errors"
	"math"
	"testing"
)

// pretend is a gateway whose p99 passes 10 ms at 3,000 a second and that answers no more than 5,000.
func pretend(_ context.Context, rate float64) (Report, error) {
	return Report{
		PlannedRate: rate, AchievedRate: min(rate, 5000), Latency: Percentiles{P99: rate / 300},
		Classes: map[string]int64{"expected": int64(rate)},
	}, nil
}

func TestFindCeiling(t *testing.T) {
	f := func(s Search, want, tolerance float64) {
		t.Helper()
		c, err := FindCeiling(t.Context(), s, pretend)
		if err != nil || math.Abs(c.Rate-want) > tolerance {
			t.Errorf("%+v: %.0f after %d steps, %v; want %.0f", s, c.Rate, len(c.Steps), err, want)
		}
		if c.Rate > want {
			t.Errorf("%.0f does not pass", c.Rate)
		}
	}
	f(Search{From: 500, To: 1e6, P99: 10, Bisects: 6}, 3000, 32)
	f(Search{From: 500, To: 1e6, P99: 1000, Share: 0.97, Bisects: 8}, 5000/0.97, 32)
	f(Search{From: 500, To: 1000, P99: 10, Bisects: 6}, 1000, 0) // as far as was allowed
	f(Search{From: 8000, To: 1e6, P99: 10, Bisects: 8}, 3000, 32)
	f(Search{From: 8000, To: 1e6, P99: 1e-9, Bisects: 8}, 0, 0)
}

func TestFindCeilingEndsOnErrors(t *testing.T) {
	broken := errors.New("broken")
	_, err := FindCeiling(t.Context(), Search{From: 1, To: 10, P99: 1}, func(context.Context, float64) (Report, error) {
		return Report{}, broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
	if _, err := FindCeiling(t.Context(), Search{}, pretend); err == nil {
		t.Error("an empty search was taken")
	}
	failing := func(_ context.Context, rate float64) (Report, error) {
		r, _ := pretend(t.Context(), rate)
		r.Classes["timeout"] = 1
		return r, nil
	}
	if c, _ := FindCeiling(t.Context(), Search{From: 1, To: 10, P99: 1000, Bisects: 3}, failing); c.Rate != 0 || c.Steps[0].Fault == "" {
		t.Errorf("a rate with errors passed: %+v", c)
	}
}
