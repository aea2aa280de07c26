// Command httpcost measures what a request costs a gateway in processor time, beside a server that does nothing.
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

	"vratar/bench/conformance"
	"vratar/bench/httpcost"
	"vratar/bench/process"
)

// helper is the first argument of the processes that this one starts beside the gateway.
const helper = "helper"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 1 && os.Args[1] == helper {
		err = httpcost.Helper(ctx, os.Args[2:], os.Stdin, os.Stdout)
	} else {
		err = run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "httpcost:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	o := httpcost.Options{Log: io.Discard}
	flag.StringVar(&o.Binary, "binary", "", "the gateway to measure (default: built from the source)")
	flag.IntVar(&o.Rounds, "rounds", 11, "rounds, in each of which everything is measured once")
	flag.IntVar(&o.Connections, "connections", 64, "kept open to each server")
	flag.IntVar(&o.Procs, "procs", 1, "GOMAXPROCS of the servers that verify, and of the constant one")
	flag.IntVar(&o.Requests, "requests", 10_000, "of /v1/verify in one measurement")
	flag.IntVar(&o.Batches, "batches", 100, "in one measurement")
	flag.IntVar(&o.Lines, "lines", 100, "codes in a batch")
	flag.IntVar(&o.Scans, "scans", 4_000, "in one measurement")
	flag.IntVar(&o.Warmth, "warmth", 4_000, "codes that every gateway is shown before anything counts")
	flag.StringVar(&o.Only, "only", "", "measure the requests alone whose title holds this `text`, such as batch")
	file := flag.String("json", "", "also keep the figures in this `file`")
	page := flag.String("write", "", "put the table into this `file`, between its marks")
	verbose := flag.Bool("v", false, "show what the servers print")
	flag.Parse()
	if o.Only != "" && *file+*page != "" {
		return errors.New("-only: figures that are kept are those of all requests")
	}
	if *verbose {
		o.Log = os.Stderr
	}
	if o.Dir, err = os.MkdirTemp("", "httpcost-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
	if o.Binary == "" {
		if o.Binary, err = process.Build(ctx, o.Dir); err != nil {
			return err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	o.Self = []string{self, helper}
	r, err := httpcost.Run(ctx, o)
	if err != nil {
		return err
	}
	return publish(&r, *file, *page)
}

// publish prints the table, and puts it where it was asked for.
func publish(r *httpcost.Result, file, page string) error {
	os.Stdout.Write(r.Table())
	if file != "" {
		if err := r.Save(file); err != nil {
			return err
		}
	}
	if page != "" {
		return conformance.WriteInto(page, "http", r.Table())
	}
	return nil
}
