package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"vratar/bench/load"
)

func result(name string, p99 float64) Result {
	return Result{name, load.Report{
		PlannedRate: 1000, AchievedRate: 990, Arrivals: 1000, Connections: 8, Latency: load.Percentiles{P50: 1, P99: p99, Max: p99},
		Classes: map[string]int64{"expected": 990, "timeout": 10}, Reasons: map[string]int64{"ok": 990}, IntervalMS: 100,
		Distribution: []load.Quantile{{Percent: 0, MS: 0.5}, {Percent: 50, MS: 1}, {Percent: 99, MS: p99}, {Percent: 100, MS: p99}},
		Timeline:     []load.Moment{{Seconds: 0, Answered: 99, MeanMS: 1, MaxMS: 3}, {Seconds: 0.1, Answered: 90, Failed: 10, MeanMS: 2, MaxMS: p99}, {Seconds: 0.2, Answered: 9, MeanMS: 1, MaxMS: 1}},
		Warnings:     []string{"the generator was <late>"},
	}}
}

func page(t *testing.T, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The page needs nothing from anywhere, runs nothing, and draws every plot well-formed.
func TestPageStandsAlone(t *testing.T) {
	text := page(t, Page{Title: "A <test>", Taken: "now", Results: []Result{result("one", 20), result("two & three", 30)},
		Search: []Step{{100, 1, 2, ""}, {200, 1, 50, "p99 50.0 ms above 20.0 ms"}}})
	for _, outside := range []string{"http:", "https:", "<script", "<link", "src=", "@import", "url("} {
		if strings.Contains(text, outside) {
			t.Errorf("the page holds %q", outside)
		}
	}
	for _, want := range []string{"A &lt;test&gt;", "two &amp; three", "&lt;late&gt;", "Latency by rate", "Latency by percentile", "Answers over time", ", failed", "timeout", "99.9"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if n := strings.Count(text, "<svg viewBox"); n != 4 {
		t.Errorf("%d plots", n)
	}
	if n := strings.Count(text, `class="bar"`); n != 2*(2+1) { // of two results: two outcomes and one reason
		t.Errorf("%d bars", n)
	}
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "<svg")
		if !found {
			break
		}
		drawing, tail, _ := strings.Cut(after, "</svg>")
		d := xml.NewDecoder(strings.NewReader("<svg" + drawing + "</svg>"))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("a plot is broken: %v", err)
			}
		}
		if strings.Contains(drawing, "NaN") || strings.Contains(drawing, "Inf") {
			t.Error("a plot has points nowhere")
		}
		rest = tail
	}
}

// A run without a single answer has a page too.
func TestPageOfNothing(t *testing.T) {
	if text := page(t, Page{Results: []Result{{"nothing", load.Report{}}}}); strings.Contains(text, "NaN") {
		t.Error(text)
	}
}

func TestCompare(t *testing.T) {
	var b bytes.Buffer
	slow := result("after", 30)
	slow.PlannedRate = 2000
	if err := Compare(&b, result("before", 20), slow); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before", "after", "latency p99, ms                20.000         30.000     1.500", "  timeout", "different rates"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
