package sizing

import (
	"bytes"
	"fmt"
	"strings"

	"vratar/bench/conformance"
)

// Write puts the tables into a document, between their marks.
func (r *Result) Write(file string) error {
	for _, part := range []struct {
		name string
		text func(*bytes.Buffer)
	}{
		{"venues", r.venues}, {"taken", r.taken}, {"costs", r.costs}, {"ledger", r.ledger}, {"lists", r.lists}, {"commands", r.commands},
	} {
		var b bytes.Buffer
		part.text(&b)
		if err := conformance.WriteInto(file, part.name, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// Text is all the tables.
func (r *Result) Text() []byte {
	var b bytes.Buffer
	for _, part := range []func(*bytes.Buffer){r.taken, r.venues, r.costs, r.ledger, r.lists, r.commands} {
		part(&b)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func (r *Result) venues(b *bytes.Buffer) {
	b.WriteString("| place | people a day | readers | at the height, a second | cores, half busy then | nodes of 4 cores | memory a node | ledger in a year |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, v := range r.Venues {
		year := bytesText(v.Year) + fmt.Sprintf(" (%.0f days)", v.Days)
		if v.Year == 0 {
			year = "none: judged, not recorded"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %.1f | %d | %d + 1 | %s | %s |\n", v.Name, thousands(v.People), thousands(float64(v.Gates)), v.Peak, v.Cores, v.Nodes, bytesText(float64(v.Memory)), year)
	}
}

func (r *Result) taken(b *bytes.Buffer) {
	fmt.Fprintf(b, "Taken %s at %s on %s with %d cores, %s; costs of requests %s at %s.\n",
		r.At.Format("2006-01-02 15:04 MST"), r.Commit, r.Machine.CPU, r.Machine.Cores, r.Machine.Go, r.Costs.At.Format("2006-01-02 15:04 MST"), r.Costs.Commit)
}

func (r *Result) costs(b *bytes.Buffer) {
	b.WriteString("| one core, one node | |\n|---|---:|\n")
	row := func(name, format string, args ...any) {
		fmt.Fprintf(b, "| %s | %s |\n", name, fmt.Sprintf(format, args...))
	}
	c := r.Costs
	row("a code judged over HTTP, never seen before", "%.1f µs of a core, %s a second and core", c.VerifyMicros, thousands(1e6/c.VerifyMicros))
	row("the same in a batch of 100", "%.1f µs of a core, %s a second and core", c.BatchMicros, thousands(1e6/c.BatchMicros))
	row("a scan: judged, decided, on disk before the answer", "%.1f µs of a core, %s a second and core", c.ScanMicros, thousands(1e6/c.ScanMicros))
	row("scans that one node carried by the clock, 64 connections, its disk and the generator on the same machine", "%s a second", thousands(c.ScansPerS))
	row("records that the ledger alone carried on that disk", "%s a second", thousands(c.RecordsPerS))
	row("resident memory: just started", "%s", bytesText(float64(r.Memory.Idle)))
	row("resident memory: after "+thousands(float64(r.Ledger.Scans))+" scans, caches full", "%s", bytesText(float64(r.Memory.Busy)))
	row("a connected reader (websocket)", "%s", bytesText(float64(r.Memory.Socket)))
}

func (r *Result) ledger(b *bytes.Buffer) {
	l := r.Ledger
	b.WriteString("| a million scans | |\n|---|---:|\n")
	row := func(name string, each float64) { fmt.Fprintf(b, "| %s | %s |\n", name, bytesText(each*1e6)) }
	row("in the data folder as the gateway left it", l.AtStop)
	row("after compaction", l.Compacted)
	row("of that, for good: passages and who was admitted", l.Lasting)
	row("of that, for two days: nonces", l.Compacted-l.Lasting)
	row("written to the disk meanwhile, log and compactions included", l.Written)
	fmt.Fprintf(b, "\nA gateway with %s passages was ready %.0f ms after its start.\n", thousands(float64(l.Scans)), l.RestartMS)
}

func (r *Result) lists(b *bytes.Buffer) {
	b.WriteString("| documents | revoked | list as JWT | as CWT | start until ready | resident then | a day and node, new every 5 min |\n|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, l := range r.Lists {
		const looks = 24 * 60 / 5
		fmt.Fprintf(b, "| %s | 1 in %d | %s | %s | %.0f ms | %s | %s |\n", thousands(float64(l.Documents)), l.OneIn,
			bytesText(float64(l.JWT)), bytesText(float64(l.CWT)), l.StartMS, bytesText(float64(l.Resident)), bytesText(float64(l.JWT)*looks))
	}
	fmt.Fprintf(b, "\nThe numbers of 10,000 more revoked documents, sent alone, would be %s.\n", bytesText(float64(r.Delta)))
}

func (r *Result) commands(b *bytes.Buffer) {
	b.WriteString("| simulated | cores busy over the whole time | p99 without the disk | command |\n|---|---:|---:|---|\n")
	for _, v := range r.Venues {
		span := strings.NewReplacer("h0m0s", " h", "m0s", " min").Replace(v.Span.String())
		fmt.Fprintf(b, "| %s, %s | %.1f %% | %.2f ms | `%s` |\n", v.Name, span, 100*v.Busy, v.P99, v.Command)
	}
}

// bytesText writes a size with the decimal units that disks and networks are sold in.
func bytesText(n float64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	i := 0
	for ; n >= 1000 && i < len(units)-1; i++ {
		n /= 1000
	}
	if n >= 100 || i == 0 {
		return fmt.Sprintf("%.0f %s", n, units[i])
	}
	return fmt.Sprintf("%.3g %s", n, units[i])
}

// thousands writes a whole number with commas.
func thousands(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
