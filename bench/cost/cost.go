// Package cost measures what opening one payload costs, for every format: time, allocations, and the memory that
// the dearest hostile payload takes that we could think of.
//
// It calls the formats' decoders in this process, on payloads of the corpus and on payloads made to be dear. It
// reads and writes nothing.
package cost

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"vratar/bench/corpus"
	"vratar/bench/load"
	"vratar/verifier"
	"vratar/verifier/formats"
)

// Case is one payload that a format opens or refuses.
type Case struct {
	Name    string
	Format  verifier.Format
	Payload []byte
}

// Figure is what a Case costs.
type Figure struct {
	Name    string  `json:"name"`
	Payload int     `json:"payload"` // bytes
	NS      float64 `json:"ns"`      // of the processor to open it, with warm scratch memory
	Allocs  int64   `json:"allocs"`
	Bytes   int64   `json:"bytes"` // allocated, with warm scratch memory and an arena
	Cold    int64   `json:"cold"`  // allocated by the first one, scratch memory included: no decode holds more
}

// Day is when the corpus's credentials are in force.
var Day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Genuine is one credential of every recipe of the corpus, and a payment order for notices.
func Genuine() ([]Case, error) {
	m, err := corpus.NewMaker(1, Day)
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, recipe := range corpus.Formats() {
		i, err := m.Item(corpus.Genuine, recipe, 1)
		if err != nil {
			return nil, err
		}
		if recipe != "cold" { // documents like the others
			cases = append(cases, Case{recipe, named(i.Format), i.Payload})
		}
	}
	i, err := m.Item(corpus.Notice, "", 0)
	return append(cases, Case{"notice", named("notice"), i.Payload}), err
}

// named is the accepted format of that name.
func named(name string) verifier.Format {
	all := formats.All()
	return all[slices.IndexFunc(all, func(f verifier.Format) bool { return f.Name() == name })]
}

// rounds are how many benchmarks a figure is the best of: what else the machine does only ever adds.
const rounds = 5

// Measure takes the figure of a case.
func Measure(c Case) Figure {
	f := Figure{Name: c.Name, Payload: len(c.Payload), Cold: Cold(c)}
	for round := range rounds {
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			decode := c.decoder()
			for b.Loop() {
				decode()
			}
		})
		if ns := busy(c, r); round == 0 || ns < f.NS {
			f.NS, f.Allocs, f.Bytes = ns, r.AllocsPerOp(), r.AllocedBytesPerOp()
		}
	}
	return f
}

// decoder opens the payload as the gateway does, in memory that is used again where the format can. Refusals cost too.
func (c Case) decoder() func() {
	in, ok := c.Format.(verifier.ArenaFormat)
	if !ok {
		return func() { _, _ = c.Format.Decode(c.Payload) }
	}
	var a verifier.Arena
	return func() { _, _ = in.DecodeIn(&a, c.Payload) }
}

// busy is how many nanoseconds of the processor one decode takes, its share of collecting garbage included. A clock
// would count what else the machine does in the meantime.
func busy(c Case, r testing.BenchmarkResult) float64 {
	decode := c.decoder()
	before := load.ProcessCPU()
	for range r.N {
		decode()
	}
	used := load.ProcessCPU() - before
	if used <= 0 { // not known on this system
		used = r.T
	}
	return float64(used.Nanoseconds()) / float64(r.N)
}

// Cold is how many bytes opening a payload allocates when no scratch memory is kept.
func Cold(c Case) int64 {
	runtime.GC()
	runtime.GC() // the second empties the pools
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _ = c.Format.Decode(c.Payload)
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// Row joins what a format costs with its dearest hostile payload.
type Row struct {
	Figure
	Worst     int64  `json:"worst"`      // bytes allocated for the dearest hostile payload, cold
	WorstName string `json:"worst_name"` // what it is made of
}

// Table measures everything.
func Table() ([]Row, error) {
	genuine, err := Genuine()
	if err != nil {
		return nil, err
	}
	hostile, err := Hostile()
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, c := range genuine {
		row := Row{Figure: Measure(c)}
		for _, h := range hostile {
			if h.Format.Name() != c.Format.Name() {
				continue
			}
			if n := Cold(h); n > row.Worst {
				row.Worst, row.WorstName = n, h.Name
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Markdown writes rows as a table.
func Markdown(rows []Row) []byte {
	b := []byte("| format | payload, bytes | time, µs | allocations | bytes | cold, bytes | dearest hostile payload, bytes | made of |\n|---|---:|---:|---:|---:|---:|---:|---|\n")
	for _, r := range rows {
		b = fmt.Appendf(b, "| %s | %d | %.1f | %d | %d | %d | %d | %s |\n", r.Name, r.Payload, r.NS/1000, r.Allocs, r.Bytes, r.Cold, r.Worst, r.WorstName)
	}
	return b
}
