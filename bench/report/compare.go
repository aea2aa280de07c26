package report

import (
	"fmt"
	"io"
	"strings"
)

// Compare prints two results beside each other, with the second as a multiple of the first.
func Compare(w io.Writer, a, b Result) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%-22s %14.14s %14.14s %9s\n", "", a.Name, b.Name, "ratio")
	f := func(name string, x, y float64) {
		ratio := "-"
		if x != 0 {
			ratio = fmt.Sprintf("%.3f", y/x)
		}
		fmt.Fprintf(&text, "%-22s %14.3f %14.3f %9s\n", name, x, y, ratio)
	}
	f("planned/s", a.PlannedRate, b.PlannedRate)
	f("achieved/s", a.AchievedRate, b.AchievedRate)
	f("verdicts/s", a.VerdictRate, b.VerdictRate)
	f("latency p50, ms", a.Report.Latency.P50, b.Report.Latency.P50)
	f("latency p90, ms", a.Report.Latency.P90, b.Report.Latency.P90)
	f("latency p99, ms", a.Report.Latency.P99, b.Report.Latency.P99)
	f("latency p99.9, ms", a.Report.Latency.P999, b.Report.Latency.P999)
	f("latency max, ms", a.Report.Latency.Max, b.Report.Latency.Max)
	f("failed", float64(a.Failed()), float64(b.Failed()))
	f("generator, cores", a.GeneratorCores, b.GeneratorCores)
	for _, row := range (Page{Results: []Result{a, b}}).Classes() {
		f("  "+row.Name, float64(row.Counts[0]), float64(row.Counts[1]))
	}
	for _, r := range []Result{a, b} {
		for _, warning := range r.Warnings {
			fmt.Fprintf(&text, "WARNING %s: %s\n", r.Name, warning)
		}
	}
	if a.PlannedRate != b.PlannedRate {
		fmt.Fprintln(&text, "WARNING the two were asked at different rates: their latencies are not comparable as they stand")
	}
	_, err := io.WriteString(w, text.String())
	return err
}
