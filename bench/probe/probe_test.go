package probe

import (
	"math"
	"strings"
	"testing"

	"vratar/bench/load"
)

func TestSlope(t *testing.T) {
	f := func(want float64, samples ...Sample) {
		t.Helper()
		if got := slope(samples); math.Abs(got-want) > 1e-9 {
			t.Errorf("slope(%v) = %v, want %v", samples, got, want)
		}
	}
	f(0)
	f(0, Sample{1, 50})
	f(0, Sample{0, 50}, Sample{1, 50}, Sample{2, 50})
	f(2, Sample{0, 50}, Sample{1, 52}, Sample{2, 54})
	f(-1, Sample{10, 50}, Sample{20, 40})
}

func TestComparisonShowsBothNumbers(t *testing.T) {
	report := func(p99 float64, timeouts int64) load.Report {
		return load.Report{Latency: load.Percentiles{P99: p99}, Classes: map[string]int64{"expected": 1, "timeout": timeouts}}
	}
	c := Comparison{
		Without: []load.Report{report(1, 0), report(9, 0), report(2, 0)},
		With:    []load.Report{report(3, 0), report(1, 2), report(4, 0)},
		Stopped: 30, Dropped: 30,
	}
	text := c.String()
	for _, want := range []string{"median             2.000     3.000", "failed scans           0         2", "cut off 30"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if c.Failed() != 2 {
		t.Errorf("failed = %d", c.Failed())
	}
}
