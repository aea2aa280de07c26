package report

import (
	_ "embed"
	"html/template"
	"io"
	"time"

	"vratar/bench/crowd"
)

// Day is the page of a simulated time: who came when, how long they waited, how busy the gateways were.
type Day struct {
	Scenario crowd.Scenario
	crowd.Outcome
}

//go:embed day.html
var dayText string

// WriteHTML writes the page.
func (d Day) WriteHTML(w io.Writer) error { return write(w, dayText, d) }

// PerGate is the highest rate at one reader, a second.
func (d Day) PerGate() float64 { return d.Scenario.Curve.Peak() / float64(d.Scenario.Gates) }

// Percent is a share of one as a percentage.
func (d Day) Percent(share float64) float64 { return 100 * share }

// over plots one figure of the slices over time, at the middle of each.
func (d Day) over(title, unit string, figure func(crowd.Slice) float64) template.HTML {
	by, of := time.Hour, "hours"
	if d.Scenario.Curve.Duration() < 3*time.Hour {
		by, of = time.Minute, "minutes"
	}
	p := plot{title: title, y: axis{label: unit}, x: axis{label: of}}
	var points []point
	for _, s := range d.Slices {
		points = append(points, point{float64(s.From+d.width()/2) / float64(by), figure(s)})
	}
	p.add(d.Scenario.Name, points)
	return p.svg()
}

// width is that of a slice.
func (d Day) width() time.Duration {
	return d.Scenario.Curve.Duration() / time.Duration(max(len(d.Slices), 1))
}

// Coming is how many people come.
func (d Day) Coming() template.HTML {
	return d.over("Presentations", "a second", func(s crowd.Slice) float64 { return float64(s.Arrivals) / d.width().Seconds() })
}

// Load is how busy the cores are.
func (d Day) Load() template.HTML {
	return d.over("Cores busy", "%", func(s crowd.Slice) float64 { return d.Percent(s.Busy) })
}

// Waits is the longest that somebody waits.
func (d Day) Waits() template.HTML {
	return d.over("Longest time to the answer", "ms", func(s crowd.Slice) float64 { return s.MaxMS })
}
