package probe

import (
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"vratar/bench/corpus"
	"vratar/bench/load"
	"vratar/bench/process"
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

func TestFootprintFindsFaults(t *testing.T) {
	f := func(u Usage, want string) {
		t.Helper()
		var p Footprint
		p.check(u, 1000)
		if got := strings.Join(p.Faults, "; "); got != want {
			t.Errorf("%+v: %q, want %q", u, got, want)
		}
	}
	f(Usage{Name: "a", PerScan: 1000, Answers: map[string]int{"malformed": 1, "413": 1}}, "")
	f(Usage{Name: "a", PerScan: 1001}, "a: 1001 bytes for a request")
	f(Usage{Name: "a", Answers: map[string]int{"500": 2}}, "a: 2 times answered 500")
	f(Usage{Name: "a", Answers: map[string]int{"none": 1}}, "a: 1 times answered none")
}

// The measurements in miniature against the real gateway: too short to say anything about it, long enough to
// show that they still measure.
func TestMeasurementsInMiniature(t *testing.T) {
	binary, err := process.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	setup := func() Setup { return Setup{Binary: binary, Dir: t.TempDir(), Log: io.Discard, Seed: 1} }
	plan := load.Plan{Rate: 50, Duration: 400 * time.Millisecond, Connections: 8, Timeout: 20 * time.Second}

	soak := Soak{Plan: plan, Interval: 50 * time.Millisecond, Step: 200 * time.Millisecond, Ceiling: load.Search{From: 20, To: 20, P99: 20_000}}
	soak.Plan.Rate = 0
	if e, err := soak.Run(t.Context(), setup()); err != nil || e.Ceiling != 20 || e.Load.PlannedRate != 10 || e.Load.Failed() != 0 || len(e.Memory) < 2 {
		t.Errorf("soak: %+v, %v", e, err)
	}
	c, err := Stalled{Plan: plan, Pairs: 2, Dashboards: 2}.Run(t.Context(), setup())
	if err != nil || len(c.With) != 2 || len(c.Without) != 2 || c.Stopped != 4 || c.Failed() != 0 {
		t.Errorf("stalled: %+v, %v", c, err)
	}
	f, err := BadInput{Repeats: 10, Limit: 64 << 10, Formats: []string{corpus.HCERT}}.Run(t.Context(), setup())
	if err != nil || len(f.Faults) != 0 || len(f.Usages) < 10 {
		t.Errorf("bad input: %+v, %v", f, err)
	}
}
