package crowd

import (
	"math"
	"strings"
	"testing"
	"time"

	"vratar/bench/load"
)

func TestScenariosAddUp(t *testing.T) {
	for _, s := range Scenarios() {
		if math.Abs(s.Curve.Arrivals()/s.People-1) > 1e-9 {
			t.Errorf("%s: %f arrivals of %f people", s.Name, s.Curve.Arrivals(), s.People)
		}
		if again, err := Find(s.Name); err != nil || again.Gates != s.Gates {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if _, err := Find("circus"); err == nil || !strings.Contains(err.Error(), "museum, stadium, metro, nation") {
		t.Errorf("err = %v", err)
	}
	nation, _ := Find("nation")
	peak := 0.0
	for i := range 60 {
		peak += nation.Curve.Rate(8*time.Hour+time.Duration(i)*time.Minute) * 60
	}
	if share := peak / nation.People; share < 0.07 || share > 0.11 {
		t.Errorf("the hour from 8 to 9 has %.3f of the day", share)
	}
}

// One core with constant service times is the M/D/1 queue, whose mean wait is known: ρ/(2(1-ρ)) services.
func TestSimulationAgainstTheory(t *testing.T) {
	const service = 10 * time.Millisecond
	f := func(busy float64) {
		t.Helper()
		s := Scenario{Name: "theory", Gates: 1, Curve: load.Flat(busy/service.Seconds(), 4*time.Hour)}
		out, err := Model{Scenario: s, Service: Constant(service), Cores: 1}.Simulate()
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(out.Busy/busy-1) > 0.02 {
			t.Errorf("busy %.3f, want %.3f", out.Busy, busy)
		}
		want := busy / (2 * (1 - busy)) * 10
		if math.Abs(out.MeanWait/want-1) > 0.05 {
			t.Errorf("at %.1f they wait %.3f ms on average, want %.3f", busy, out.MeanWait, want)
		}
		if out.P99 < out.P50 || out.Max < out.P99 || out.Arrivals < 1000 {
			t.Errorf("%+v", out)
		}
	}
	f(0.5)
	f(0.8)
}

// The time that a presentation waits without a core comes on top for all of them alike, and keeps no core busy.
func TestDelayKeepsNoCoreBusy(t *testing.T) {
	s := Scenario{Name: "delayed", Gates: 1, Curve: load.Flat(100, time.Minute)}
	m := Model{Scenario: s, Service: Constant(time.Millisecond), Cores: 1}
	plain, err := m.Simulate()
	if err != nil {
		t.Fatal(err)
	}
	m.Delay = Constant(50 * time.Millisecond)
	out, err := m.Simulate()
	if err != nil {
		t.Fatal(err)
	}
	if out.Busy != plain.Busy || out.WaitP99 != plain.WaitP99 || math.Abs(out.P50-plain.P50-50) > 0.2 || out.DelayMS != 50 || plain.DelayMS != 0 {
		t.Errorf("without %+v\nwith %+v", plain, out)
	}
}

func TestMoreCoresWaitLess(t *testing.T) {
	s, err := Find("stadium")
	if err != nil {
		t.Fatal(err)
	}
	m := Model{Scenario: s.Scaled(0.1), Service: Constant(300 * time.Millisecond), Cores: 1}
	cores, err := m.CoresFor(500 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	f := func(cores int) float64 {
		m.Cores = cores
		out, err := m.Simulate()
		if err != nil {
			t.Fatal(err)
		}
		return out.P99
	}
	if few, enough := f(cores-1), f(cores); few <= 500 || enough > 500 {
		t.Errorf("%d cores: p99 %.1f ms, one less %.1f ms", cores, enough, few)
	}
	if m.Cores = 0; true {
		if _, err := m.Simulate(); err == nil {
			t.Error("no core is enough")
		}
	}
	m.Delay = Constant(600 * time.Millisecond)
	if cores, err := m.CoresFor(500 * time.Millisecond); err == nil {
		t.Errorf("%d cores make a slow disk fast", cores)
	}
}

func TestService(t *testing.T) {
	s, err := Measured([]load.Quantile{{Percent: 0, MS: 1}, {Percent: 50, MS: 2}, {Percent: 100, MS: 4}})
	if err != nil {
		t.Fatal(err)
	}
	f := func(share, want float64) {
		t.Helper()
		if got := s.draw(share) * 1000; math.Abs(got-want) > 1e-9 {
			t.Errorf("%.2f: %f ms, want %f", share, got, want)
		}
	}
	f(0, 1)
	f(0.25, 1.5)
	f(0.5, 2)
	f(0.75, 3)
	if s.Mean() != 2250*time.Microsecond {
		t.Errorf("mean %v", s.Mean())
	}
	if _, err := Measured(nil); err == nil {
		t.Error("nothing is taken for a distribution")
	}
}

func TestOutcomeReads(t *testing.T) {
	s, _ := Find("stadium")
	s = s.Scaled(0.01)
	out, err := Model{Scenario: s, Service: Constant(time.Millisecond), Cores: 2}.Simulate()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := out.WriteText(&text, s); err != nil || !strings.Contains(text.String(), "100 gates") || strings.Count(text.String(), "\n") != 6+sliceCount {
		t.Errorf("%s, %v", text.String(), err)
	}
}
