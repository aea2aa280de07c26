// Package httpcost measures what a request costs a gateway, in processor time of the server's own process, beside what
// the same exchange costs a server that does nothing: a fasthttp handler that answers a constant of the same size, with
// as many headers, to the same requests on as many connections.
//
// Everything that is compared runs in processes of its own, in turn within each round and in another order every time,
// so that a neighbour of the machine who makes a round slow makes it slow for all. Ratios are taken within a round.
// Codes are minted as they are needed and never shown twice to one gateway, unless that is the point.
//
// The servers listen on the loopback interface and on UNIX sockets in a folder of the caller's, and end with the run.
package httpcost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"vratar/bench/corpus"
	"vratar/bench/machine"
)

// Options say what is measured and for how long.
type Options struct {
	Binary string    // the gateway
	Self   []string  // command line that calls Helper, for the processes beside the gateway
	Dir    string    // an empty folder; the ledgers are in it, so its disk is measured
	Log    io.Writer // takes what the servers print

	Rounds      int
	Connections int
	Procs       int // GOMAXPROCS of the servers that answer verify and batch
	Requests    int // of /v1/verify, in one measurement
	Batches     int // of Lines codes each
	Lines       int
	Scans       int // of /v1/scan, by servers that may use every core
	Warmth      int // codes that every gateway is shown before anything counts

	Only string // measure contests alone whose title holds this; empty: all
}

// Validate reports every fault of the options at once.
func (o *Options) Validate() error {
	var errs []error
	for name, n := range map[string]int{"rounds": o.Rounds, "connections": o.Connections, "procs": o.Procs,
		"requests": o.Requests, "batches": o.Batches, "lines": o.Lines, "scans": o.Scans, "warmth": o.Warmth} {
		if n < 1 {
			errs = append(errs, fmt.Errorf("%s: must be above zero", name))
		}
	}
	return errors.Join(errs...)
}

// Result is one run, as it is kept.
type Result struct {
	At          time.Time       `json:"at"`
	Commit      string          `json:"commit"`
	Machine     machine.Machine `json:"machine"`
	Rounds      int             `json:"rounds"`
	Connections int             `json:"connections"`
	Procs       int             `json:"procs"`
	Payloads    string          `json:"payloads"` // which
	Sizes       Sizes           `json:"sizes"`
	Rows        []Row           `json:"rows"`
}

// Sizes are those of the exchange that /v1/verify and the constant have in common, in bytes.
type Sizes struct {
	Payload  int `json:"payload"`
	Request  int `json:"request"`
	Headers  int `json:"response_headers"` // how many
	Response int `json:"response"`         // of the body
}

// Row is what came of one way of doing a thing.
type Row struct {
	Contest   string  `json:"contest"`
	Work      string  `json:"work"`
	PerCPU    float64 `json:"per_cpu_second"` // units that a second of the server's processor pays for; median
	CPUMicros float64 `json:"cpu_us"`         // of a unit; median
	PerSecond float64 `json:"per_second"`     // units by the clock; median
	Ratio     float64 `json:"ratio"`          // to the contest's first work; median of the rounds' ratios
	Tenth     float64 `json:"ratio_tenth"`    // a tenth of the rounds had a smaller ratio
	Ninetieth float64 `json:"ratio_ninetieth"`
	Goal      float64 `json:"goal,omitempty"` // for the ratio
}

// Run measures.
func Run(ctx context.Context, o Options) (Result, error) {
	if err := o.Validate(); err != nil {
		return Result{}, err
	}
	maker, err := corpus.NewMaker(1, time.Now())
	if err != nil {
		return Result{}, err
	}
	s := &stand{Options: o, ctx: ctx, mint: &mint{maker: maker}}
	result, err := s.run()
	return result, errors.Join(err, s.close())
}

func (s *stand) run() (Result, error) {
	if err := s.open(); err != nil {
		return Result{}, err
	}
	result := Result{
		At: time.Now().UTC().Truncate(time.Second), Commit: machine.Commit(), Machine: machine.This(),
		Rounds: s.Rounds, Connections: s.Connections, Procs: s.Procs, Payloads: payloads, Sizes: s.sizes,
	}
	contests := slices.DeleteFunc(s.contests(), func(c *contest) bool { return !strings.Contains(c.title, s.Only) })
	for range s.Rounds {
		for _, c := range contests {
			if err := s.round(c); err != nil {
				return result, err
			}
		}
	}
	for _, c := range contests {
		result.Rows = append(result.Rows, c.rows()...)
	}
	return result, s.ctx.Err()
}

// round does every work of a contest once.
func (s *stand) round(c *contest) error {
	requests, err := c.prepare()
	if err != nil {
		return err
	}
	for _, i := range rand.Perm(len(c.works)) {
		w := c.works[i]
		seen, err := w.measure(requests)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", c.title, w.title, err)
		}
		w.seen = append(w.seen, seen)
	}
	return nil
}
