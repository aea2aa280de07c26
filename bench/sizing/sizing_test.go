package sizing

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vratar/bench/httpcost"
	"vratar/bench/process"
)

// The measurement in miniature against the real gateway.
func TestMeasureInMiniature(t *testing.T) {
	binary, err := process.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := &measurement{ctx: t.Context(), Options: Options{
		Binary: binary, Dir: t.TempDir(), Log: io.Discard, Scans: 300, Sockets: 5, Documents: 10_000,
	}}
	var r Result
	if err := m.all(&r); err != nil {
		t.Fatal(err)
	}
	l := r.Ledger
	if l.Scans != 300 || l.AtStop < 100 || l.Compacted < 100 || l.Lasting < 100 || l.Lasting > l.Compacted || l.CPUMicros <= 0 || l.RestartMS <= 0 {
		t.Errorf("ledger: %+v", l)
	}
	if r.Memory.Idle < 1<<20 || r.Memory.Busy < 1<<20 {
		t.Errorf("memory: %+v", r.Memory)
	}
	if len(r.Lists) != 3 || r.Delta < 1000 {
		t.Errorf("lists: %+v, delta %d", r.Lists, r.Delta)
	}
	for i, list := range r.Lists {
		if list.CWT < 50 || list.JWT < list.CWT || list.StartMS <= 0 || (i > 0 && list.JWT < r.Lists[i-1].JWT) {
			t.Errorf("list: %+v", list)
		}
	}
}

// measured is what a measurement might say.
func measured() Result {
	return Result{
		Costs:  Costs{VerifyMicros: 50, BatchMicros: 20, ScanMicros: 200, ScansPerS: 1000},
		Ledger: Ledger{Scans: 1000, AtStop: 900, Compacted: 500, Lasting: 400},
		Memory: Memory{Idle: 30e6, Busy: 200e6, Socket: 40e3},
		Lists:  []List{{Documents: 55_000_000, OneIn: 10, JWT: 6e6, CWT: 4e6, Resident: 90e6}},
	}
}

func TestRequirements(t *testing.T) {
	r := measured()
	f := func(v Venue, documents bool, cores, nodes int, memory int64, year float64) {
		t.Helper()
		v.require(&r, documents)
		if v.Cores != cores || v.Nodes != nodes || v.Memory != memory || v.Year != year {
			t.Errorf("%+v, want %d cores, %d nodes, %d bytes, %.0f a year", v, cores, nodes, memory, year)
		}
	}
	f(Venue{Request: "scan", People: 1000, Days: 10, Gates: 2, Peak: 1}, false, 1, 1, 200_080_000, 4e6)
	f(Venue{Request: "scan", People: 1000, Days: 10, Gates: 100, Peak: 5000}, false, 2, 10, 200_400_000, 4e6) // the disk wants more nodes than the cores
	f(Venue{Request: "verify", People: 1e6, Days: 365, Gates: 100, Peak: 100_000}, true, 10, 3, 260_000_000, 0)
}

func TestWrite(t *testing.T) {
	r := measured()
	for _, k := range kinds() {
		r.Venues = append(r.Venues, Venue{Name: k.name, Scenario: k.scenario, Request: k.request})
	}
	file := filepath.Join(t.TempDir(), "SIZING.md")
	if err := r.Write(file); err == nil {
		t.Error("a document that is not there was written")
	}
	text, err := os.ReadFile("../../deploy/SIZING.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Write(file); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| a city's metro |", "20,000 a second and core", "| 55,000,000 | 1 in 10 | 6 MB | 4 MB |"} {
		if !strings.Contains(string(written), want) {
			t.Errorf("no %q in the document", want)
		}
	}
}

func TestCosts(t *testing.T) {
	if _, err := costs(&httpcost.Result{}); err == nil {
		t.Error("costs out of nothing")
	}
}

func TestNumbers(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f(bytesText(0), "0 B")
	f(bytesText(999), "999 B")
	f(bytesText(38_800), "38.8 KB")
	f(bytesText(427e6), "427 MB")
	f(bytesText(3.3e12), "3.3 TB")
	f(thousands(999), "999")
	f(thousands(22e6), "22,000,000")
}
