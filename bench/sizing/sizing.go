// Package sizing works out how much of a machine a place needs: it measures what a gateway costs in processor time,
// memory, disk and bandwidth, and puts the arrival curves of package crowd beside that.
//
// It starts gateways of its own on the loopback interface, with data in a folder of the caller's, and ends them again.
// Sizes are exact; processor time is up to twice as long on a busy machine; what is measured by the clock (start, the
// disk) is as good as the machine is quiet.
package sizing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"vratar/bench/httpcost"
	"vratar/bench/machine"
)

// Options say what is measured.
type Options struct {
	Binary string    // the gateway
	Dir    string    // an empty folder
	Log    io.Writer // takes what the gateways print

	Costs     httpcost.Result // of requests, as make bench-http measured them
	Scans     int             // written to the ledger whose growth is measured
	Sockets   int             // readers that stay connected by websocket
	Documents uint64          // that one status list speaks for
}

// Result is one run, as it is kept.
type Result struct {
	At      time.Time       `json:"at"`
	Commit  string          `json:"commit"`
	Machine machine.Machine `json:"machine"`
	Costs   Costs           `json:"costs"`
	Ledger  Ledger          `json:"ledger"`
	Memory  Memory          `json:"memory"`
	Lists   []List          `json:"lists"`
	Delta   int             `json:"delta_bytes"` // of 10,000 more revocations, if only they were sent
	Venues  []Venue         `json:"venues"`
}

// Costs are taken from make bench-http.
type Costs struct {
	At           time.Time `json:"at"`
	Commit       string    `json:"commit"`
	VerifyMicros float64   `json:"verify_us"` // of a core, for a code that was not seen before
	BatchMicros  float64   `json:"batch_us"`
	ScanMicros   float64   `json:"scan_us"`
	ScansPerS    float64   `json:"scans_per_second"`   // one gateway, over 64 connections, on that machine with its disk
	RecordsPerS  float64   `json:"records_per_second"` // the ledger alone
}

// Run measures everything and plans the venues.
func Run(ctx context.Context, o Options) (Result, error) {
	r := Result{At: time.Now().UTC().Truncate(time.Second), Commit: machine.Commit(), Machine: machine.This()}
	var err error
	if r.Costs, err = costs(&o.Costs); err != nil {
		return r, err
	}
	if err := (&measurement{Options: o, ctx: ctx}).all(&r); err != nil {
		return r, err
	}
	r.Venues, err = plan(&r)
	return r, err
}

// measurement is a run under way.
type measurement struct {
	Options
	ctx context.Context // of the run, which one call of Run is
}

func (m *measurement) all(r *Result) error {
	if err := m.ledger(r); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := m.lists(r); err != nil {
		return fmt.Errorf("lists: %w", err)
	}
	return nil
}

func costs(r *httpcost.Result) (Costs, error) {
	c := Costs{At: r.At, Commit: r.Commit}
	verify, ok1 := r.Row(httpcost.Verifying, httpcost.Distinct)
	batch, ok2 := r.Row(httpcost.Batching, httpcost.Distinct)
	scan, ok3 := r.Row(httpcost.Scanning, httpcost.Distinct)
	record, ok4 := r.Row(httpcost.Scanning, httpcost.Recording)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return c, errors.New("the costs of requests are incomplete: run make bench-http")
	}
	c.VerifyMicros, c.BatchMicros, c.ScanMicros = verify.CPUMicros, batch.CPUMicros, scan.CPUMicros
	c.ScansPerS, c.RecordsPerS = scan.PerSecond, record.PerSecond
	return c, nil
}

// Save keeps the result in a file.
func (r *Result) Save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
