package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"math"
)

// Size of a plot in its own units, and the room around the drawing.
const (
	width, height            = 720.0, 300.0
	left, right, top, bottom = 64.0, 16.0, 34.0, 44.0
)

type point struct{ x, y float64 }

type tick struct {
	at   float64
	text string
}

// axis is one of the two directions of a plot.
type axis struct {
	label    string
	log      bool
	ticks    []tick // none: found from the values
	from, to float64
}

// plot is lines in one drawing.
type plot struct {
	title string
	x, y  axis
	lines []line
}

type line struct {
	name   string
	points []point
}

func (p *plot) add(name string, points []point) {
	if len(points) > 0 {
		p.lines = append(p.lines, line{name, points})
	}
}

// number writes a value as people read it.
func number(v float64) string {
	switch a := math.Abs(v); {
	case a >= 100 || v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	case a >= 1:
		return fmt.Sprintf("%.4g", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// span finds the ends of an axis: all values and, where the axis is even, zero.
func (a *axis) span(values []float64) {
	a.from, a.to = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !a.log || v > 0 {
			a.from, a.to = min(a.from, v), max(a.to, v)
		}
	}
	if !a.log {
		a.from = min(a.from, 0)
	}
	if !(a.from < a.to) { // nothing, or one value
		if a.from = min(a.from, a.to); math.IsInf(a.from, 0) {
			a.from = 1
		}
		a.to = a.from + max(math.Abs(a.from), 1)
	}
	if len(a.ticks) == 0 {
		a.ticks = a.marks()
	}
}

// marks are round numbers along the axis: powers of ten, or a handful of even steps.
func (a *axis) marks() []tick {
	var out []tick
	if a.log {
		a.from, a.to = math.Pow(10, math.Floor(math.Log10(a.from))), math.Pow(10, math.Ceil(math.Log10(a.to)))
		for v := a.from; v <= a.to*1.001; v *= 10 {
			out = append(out, tick{v, number(v)})
		}
		return out
	}
	step := math.Pow(10, math.Floor(math.Log10(a.to-a.from)))
	for _, part := range []float64{0.2, 0.5} {
		if (a.to-a.from)/(step*part) <= 8 {
			step *= part
			break
		}
	}
	a.to = math.Ceil(a.to/step) * step
	for i := math.Ceil(a.from / step); i*step <= a.to*1.001; i++ {
		out = append(out, tick{i * step, number(i * step)})
	}
	return out
}

// share is where a value lies between the ends of the axis, from 0 to 1.
func (a *axis) share(v float64) float64 {
	if a.log {
		v = max(v, a.from)
		return math.Log(v/a.from) / math.Log(a.to/a.from)
	}
	return (v - a.from) / (a.to - a.from)
}

func (p *plot) place(at point) (x, y float64) {
	return left + p.x.share(at.x)*(width-left-right), height - bottom - p.y.share(at.y)*(height-top-bottom)
}

// svg draws.
func (p *plot) svg() template.HTML {
	var xs, ys []float64
	for _, l := range p.lines {
		for _, at := range l.points {
			xs, ys = append(xs, at.x), append(ys, at.y)
		}
	}
	p.x.span(xs)
	p.y.span(ys)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="%s"><text class="title" x="%.0f" y="16">%[3]s</text>`,
		width, height, html.EscapeString(p.title), left)
	p.grid(&b)
	for i, l := range p.lines {
		fmt.Fprintf(&b, `<polyline class="line c%d" points="`, i%6)
		for _, at := range l.points {
			x, y := p.place(at)
			fmt.Fprintf(&b, "%.1f,%.1f ", x, y)
		}
		x := left + float64(i)*(width-left-right)/max(float64(len(p.lines)), 3)
		fmt.Fprintf(&b, `"/><g class="key c%d"><rect x="%.0f" y="23" width="14" height="3"/><text x="%.0f" y="29">%s</text></g>`,
			i%6, x, x+19, html.EscapeString(l.name))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) // every text in it was escaped above
}

// grid draws the axes with their marks.
func (p *plot) grid(b *bytes.Buffer) {
	for _, t := range p.y.ticks {
		_, y := p.place(point{p.x.from, t.at})
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="mark" text-anchor="end" x="%.1f" y="%.1f">%s</text>`,
			left, width-right, y, y, left-6, y+4, html.EscapeString(t.text))
	}
	for _, t := range p.x.ticks {
		if t.at < p.x.from || t.at > p.x.to*1.001 {
			continue
		}
		x, _ := p.place(point{t.at, p.y.from})
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="mark" text-anchor="middle" x="%.1f" y="%.1f">%s</text>`,
			x, x, top, height-bottom, x, height-bottom+16, html.EscapeString(t.text))
	}
	fmt.Fprintf(b, `<text class="mark" text-anchor="end" x="%.1f" y="%.1f">%s</text><text class="mark" text-anchor="end" x="%.1f" y="%.1f">%s</text>`,
		width-right, height-8, html.EscapeString(p.x.label), left-6, top-12, html.EscapeString(p.y.label))
}
