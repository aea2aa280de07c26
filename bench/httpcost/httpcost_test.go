package httpcost

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vratar/bench/process"
)

// The test binary plays the helpers when it is called like one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "helper" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		if err := Helper(ctx, os.Args[2:], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// The measurement in miniature against the real gateway: too short to say anything about it, long enough to show that
// it still measures.
func TestRunInMiniature(t *testing.T) {
	binary, err := process.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), Options{
		Binary: binary, Self: []string{os.Args[0], "helper"}, Dir: t.TempDir(), Log: io.Discard,
		Rounds: 2, Connections: 4, Procs: 1, Requests: 50, Batches: 3, Lines: 10, Scans: 40, Warmth: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rows) != 10 || r.Sizes.Payload < 300 || r.Sizes.Request < r.Sizes.Payload || r.Sizes.Response < 300 || r.Sizes.Headers < 3 {
		t.Errorf("%d rows, sizes %+v", len(r.Rows), r.Sizes)
	}
	for _, row := range r.Rows {
		if row.PerCPU <= 0 || row.PerSecond <= 0 || row.Ratio <= 0 {
			t.Errorf("%+v", row)
		}
	}
	file := filepath.Join(t.TempDir(), "http.json")
	if err := r.Save(file); err != nil {
		t.Fatal(err)
	}
	if again, err := Read(file); err != nil || len(again.Rows) != len(r.Rows) || !again.At.Equal(r.At) {
		t.Errorf("%+v, %v", again, err)
	}
}

// Ratios are taken within a round, so that a slow round spoils none.
func TestRatios(t *testing.T) {
	s := func(ms int) sample {
		return sample{units: 1000, cpu: time.Duration(ms) * time.Millisecond, wall: time.Second}
	}
	c := contest{title: "c", works: []*work{
		{title: "yardstick", seen: []sample{s(10), s(100), s(10)}},
		{title: "ours", goal: 0.5, seen: []sample{s(20), s(200), s(20)}},
	}}
	rows := c.rows()
	if got := rows[1]; got.Ratio != 0.5 || got.Tenth != 0.5 || got.Ninetieth != 0.5 || got.CPUMicros != 20 || got.PerCPU != 50_000 || got.PerSecond != 1000 {
		t.Errorf("%+v", got)
	}
	c.byClock = true
	if got := c.rows()[1]; got.Ratio != 1 {
		t.Errorf("by the clock: %+v", got)
	}
	r := Result{Rows: rows}
	if text := string(r.Table()); !strings.Contains(text, "| c | yardstick | 10.0 | 100000 | 1.00 |  |\n|  | ours | 20.0 | 50000 | 0.50 | 0.5 |") {
		t.Errorf("table:\n%s", text)
	}
}

func TestOptions(t *testing.T) {
	if err := (&Options{Rounds: 1}).Validate(); err == nil || !strings.Contains(err.Error(), "scans: must be above zero") {
		t.Errorf("err = %v", err)
	}
	if err := Helper(t.Context(), []string{"unheard-of"}, nil, nil); err == nil {
		t.Error("an unknown helper was found")
	}
}

func TestBatches(t *testing.T) {
	requests := batches("t", [][]byte{[]byte(`a"b`), []byte("c"), []byte("d")}, 2)
	if len(requests) != 1 || !strings.HasSuffix(string(requests[0]), "\r\n\r\n"+`{"id":"0","payload":"a\"b"}`+"\n"+`{"id":"1","payload":"c"}`+"\n") {
		t.Errorf("%q", requests)
	}
}
