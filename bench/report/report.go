// Package report makes results of load runs readable: a page with plots that stands alone in one file, and a
// comparison of two runs.
//
// The page holds no script and refers to nothing outside itself, so that it can be mailed and kept. The package
// writes only to where it is told.
package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"

	"vratar/bench/load"
)

// Result is one run under its name.
type Result struct {
	Name string
	load.Report
}

// Step is one rate of a search for the knee.
type Step struct {
	Rate, P50, P99 float64
	Fault          string // why the rate was not carried; empty when it was
}

// Page is what is shown: one run, or several beside each other, and a search if there was one.
type Page struct {
	Title   string
	Taken   string // when and with what, for people
	Results []Result
	Search  []Step
}

//go:embed page.html
var pageText string

//go:embed style.css
var style string

// WriteHTML writes the page.
func (p Page) WriteHTML(w io.Writer) error { return write(w, pageText, p) }

// write fills a page in.
func write(w io.Writer, text string, data any) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"ms": number, "int": func(v float64) string { return fmt.Sprintf("%.0f", v) },
		"style": func() template.CSS { return template.CSS(style) }, // our own
	}).Parse(text)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, data); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// Classes are the outcomes that any of the results has, as rows of a table.
func (p Page) Classes() []Row {
	return p.counts(func(r *Result) map[string]int64 { return r.Report.Classes })
}

// Reasons are the gateway's reasons in the same way.
func (p Page) Reasons() []Row {
	return p.counts(func(r *Result) map[string]int64 { return r.Report.Reasons })
}

// Row is one kind of outcome in every result.
type Row struct {
	Name   string
	Counts []int64
	Shares []float64 // of the result's arrivals, in percent
}

func (p Page) counts(of func(*Result) map[string]int64) []Row {
	names := map[string]bool{}
	for i := range p.Results {
		for name := range of(&p.Results[i]) {
			names[name] = true
		}
	}
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(names)) {
		row := Row{Name: name}
		for i := range p.Results {
			n := of(&p.Results[i])[name]
			row.Counts = append(row.Counts, n)
			row.Shares = append(row.Shares, 100*float64(n)/float64(max(p.Results[i].Arrivals, 1)))
		}
		rows = append(rows, row)
	}
	return rows
}

// Distribution is the percentile curve: the further right, the rarer.
func (p Page) Distribution() template.HTML {
	plot := plot{title: "Latency by percentile", y: axis{label: "ms", log: true}, x: axis{label: "percentile", log: true, ticks: nines()}}
	for i := range p.Results {
		var points []point
		for _, q := range p.Results[i].Distribution {
			// One in a thousand of a hundred arrivals is nobody.
			if q.Percent < 100 && 100/(100-q.Percent) <= float64(max(p.Results[i].Arrivals, 1)) {
				points = append(points, point{100 / (100 - q.Percent), q.MS})
			}
		}
		plot.add(p.Results[i].Name, points)
	}
	return plot.svg()
}

// nines are the usual percentiles, placed by how many arrivals there are for one that waits longer.
func nines() []tick {
	return []tick{{1, "0"}, {2, "50"}, {10, "90"}, {100, "99"}, {1000, "99.9"}, {10_000, "99.99"}, {100_000, "99.999"}}
}

// Throughput is how many answers there were in each second, over time, and how many arrivals failed.
func (p Page) Throughput() template.HTML {
	plot := plot{title: "Answers over time", y: axis{label: "a second"}, x: axis{label: "seconds"}}
	for i := range p.Results {
		r := &p.Results[i]
		var answered, failed []point
		anyFailed := false
		for _, m := range whole(r) {
			answered = append(answered, point{m.Seconds, float64(m.Answered) * 1000 / r.IntervalMS})
			failed = append(failed, point{m.Seconds, float64(m.Failed) * 1000 / r.IntervalMS})
			anyFailed = anyFailed || m.Failed > 0
		}
		plot.add(r.Name, answered)
		if anyFailed {
			plot.add(r.Name+", failed", failed)
		}
	}
	return plot.svg()
}

// whole is the timeline without its last interval, which hardly ever is one.
func whole(r *Result) []load.Moment {
	if n := len(r.Timeline); n > 2 {
		return r.Timeline[:n-1]
	}
	return r.Timeline
}

// Latency is the mean and the longest wait over time.
func (p Page) Latency() template.HTML {
	plot := plot{title: "Latency over time", y: axis{label: "ms", log: true}, x: axis{label: "seconds"}}
	for i := range p.Results {
		r := &p.Results[i]
		var mean, longest []point
		for _, m := range r.Timeline {
			if m.MaxMS > 0 { // else there was nothing, or refusals alone
				mean = append(mean, point{m.Seconds, m.MeanMS})
				longest = append(longest, point{m.Seconds, m.MaxMS})
			}
		}
		plot.add(r.Name+", mean", mean)
		plot.add(r.Name+", longest", longest)
	}
	return plot.svg()
}

// Knee is latency against rate, for a search.
func (p Page) Knee() template.HTML {
	if len(p.Search) == 0 {
		return ""
	}
	steps := slices.SortedFunc(slices.Values(p.Search), func(a, b Step) int {
		if a.Rate < b.Rate {
			return -1
		}
		return 1
	})
	plot := plot{title: "Latency by rate", y: axis{label: "ms", log: true}, x: axis{label: "arrivals a second"}}
	var p50, p99 []point
	for _, s := range steps {
		p50, p99 = append(p50, point{s.Rate, s.P50}), append(p99, point{s.Rate, s.P99})
	}
	plot.add("p50", p50)
	plot.add("p99", p99)
	return plot.svg()
}
