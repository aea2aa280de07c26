package telemetry

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestMetricsAreWrittenAsText(t *testing.T) {
	r := NewRegistry()
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "vratar_test_total", Help: "Counts."})
	r.MustRegister(c)
	c.Inc()
	var out bytes.Buffer
	if err := WriteMetrics(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"vratar_test_total 1\n", "vratar_build_info{", "go_goroutines "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the exposition", want)
		}
	}
	if !strings.HasPrefix(MetricsContentType(), "text/plain; version=0.0.4") {
		t.Errorf("content type %q", MetricsContentType())
	}
}

func TestThrottleCountsWhatItHid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		th := NewThrottle(NewLogger(&out, slog.LevelInfo, true), time.Minute)
		for range 5 {
			th.Warn("disk nearly full")
		}
		th.Warn("something else")
		time.Sleep(time.Minute)
		th.Warn("disk nearly full", slog.String("dir", "data"))
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 3 || !strings.Contains(lines[2], `"hidden":4`) || !strings.Contains(lines[2], `"dir":"data"`) {
			t.Errorf("logged:\n%s", out.String())
		}
	})
}

func TestHealthNamesWhatFails(t *testing.T) {
	var h Health
	h.Add("store", func() (bool, string) { return true, "open" })
	f := func(wantReady bool, wantStatus string) {
		t.Helper()
		b, ready := h.AppendJSON(nil)
		var got struct {
			Status string
			Checks []struct {
				Name, Detail string
				OK           bool
			}
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if ready != wantReady || got.Status != wantStatus || len(got.Checks) != len(h.checks) {
			t.Errorf("ready %v: %s", ready, b)
		}
	}
	f(true, "ok")
	h.Add("lists", func() (bool, string) { return false, `trust list is 3h old, "eu"` })
	f(false, "failing")
}

func TestClockIsDoubted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := func(c *Clock, want bool) {
			t.Helper()
			if ok, detail := c.Check(); ok != want {
				t.Errorf("Check = %v, %s", ok, detail)
			}
		}
		c := NewClock(time.Minute)
		c.NotBefore(time.Time{})
		f(c, true)
		c.NotBefore(time.Now().Add(30 * time.Second))
		f(c, true)
		c.NotBefore(time.Now().Add(2 * time.Minute))
		c.NotBefore(time.Now())
		f(c, false)
		time.Sleep(time.Minute)
		f(c, true)
		c.Told(time.Now().Add(-2 * time.Minute))
		f(c, false)
		c.Told(time.Now().Add(2 * time.Minute))
		f(c, false)
		c.Told(time.Now().Add(time.Second))
		f(c, true)
	})
}
