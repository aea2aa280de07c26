// Command sizing measures what a gateway needs and works out machines for a museum, a stadium, a metro and a nation.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"vratar/bench/httpcost"
	"vratar/bench/process"
	"vratar/bench/sizing"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sizing:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	o := sizing.Options{Log: io.Discard}
	flag.StringVar(&o.Binary, "binary", "", "the gateway to measure (default: built from the source)")
	costs := flag.String("http", "bench/results/http.json", "`file` that make bench-http keeps its figures in")
	flag.IntVar(&o.Scans, "scans", 200_000, "to write into the ledger that is weighed")
	flag.IntVar(&o.Sockets, "sockets", 1000, "readers that stay connected")
	flag.Uint64Var(&o.Documents, "documents", 55_000_000, "of which status lists speak")
	file := flag.String("json", "", "also keep the figures in this `file`")
	page := flag.String("write", "", "put the tables into this `file`, between their marks")
	verbose := flag.Bool("v", false, "show what the gateways print")
	flag.Parse()
	if *verbose {
		o.Log = os.Stderr
	}
	if o.Costs, err = httpcost.Read(*costs); err != nil {
		return fmt.Errorf("%w; make bench-http writes it", err)
	}
	if o.Dir, err = os.MkdirTemp("", "sizing-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
	if o.Binary == "" {
		if o.Binary, err = process.Build(ctx, o.Dir); err != nil {
			return err
		}
	}
	r, err := sizing.Run(ctx, o)
	if err != nil {
		return err
	}
	os.Stdout.Write(r.Text())
	if *file != "" {
		if err := r.Save(*file); err != nil {
			return err
		}
	}
	if *page != "" {
		return r.Write(*page)
	}
	return nil
}
