package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"vratar/bench/load"
	"vratar/bench/probe"
	"vratar/bench/process"
)

// probeFlags are common to the measurements that start a gateway of their own.
type probeFlags struct {
	*flag.FlagSet
	binary  string
	json    string
	verbose bool
	seed    uint64
}

func newProbeFlags(name string, s streams) *probeFlags {
	p := &probeFlags{FlagSet: newFlags(name, s)}
	p.StringVar(&p.binary, "binary", "", "the gateway to measure (default: vratar beside scanload, else built from the source)")
	p.StringVar(&p.json, "json", "", "also write the figures to this `file`")
	p.BoolVar(&p.verbose, "v", false, "show what the gateway writes")
	p.Uint64Var(&p.seed, "seed", 1, "of the credentials")
	return p
}

// within runs measure with a gateway binary and a folder that is removed afterwards, and writes its result.
func (p *probeFlags) within(ctx context.Context, s streams, measure func(probe.Setup) (fmt.Stringer, error)) (err error) {
	dir, err := os.MkdirTemp("", "scanload-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary, err := p.findBinary(ctx, dir)
	if err != nil {
		return err
	}
	log := io.Discard
	if p.verbose {
		log = s.err
	}
	result, err := measure(probe.Setup{Binary: binary, Dir: dir, Log: log, Seed: p.seed})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, result)
	return writeJSON(p.json, result)
}

func (p *probeFlags) findBinary(ctx context.Context, dir string) (string, error) {
	if p.binary != "" {
		return p.binary, nil
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "vratar")
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	return process.Build(ctx, dir)
}

func soak(ctx context.Context, args []string, s streams) error {
	p := newProbeFlags("scanload soak", s)
	o := probe.Soak{Interval: time.Second, Step: 3 * time.Second}
	planFlags(p.FlagSet, &o.Plan, load.Plan{Rate: 0, Duration: 5 * time.Minute})
	p.Lookup("rate").Usage = "arrivals a second (default: half the ceiling, which is measured first)"
	searchFlags(p.FlagSet, &o.Ceiling)
	if err := parse(p.FlagSet, args); err != nil {
		return err
	}
	var failed int64
	err := p.within(ctx, s, func(setup probe.Setup) (fmt.Stringer, error) {
		e, err := o.Run(ctx, setup)
		failed = e.Load.Failed()
		return &e, err
	})
	return orFailed(err, failed)
}

func stalled(ctx context.Context, args []string, s streams) error {
	p := newProbeFlags("scanload stalled", s)
	var o probe.Stalled
	planFlags(p.FlagSet, &o.Plan, load.Plan{Rate: 1000, Duration: 10 * time.Second})
	p.IntVar(&o.Pairs, "pairs", 5, "windows of each sort")
	p.IntVar(&o.Dashboards, "dashboards", 10, "dashboards that stop reading")
	if err := parse(p.FlagSet, args); err != nil {
		return err
	}
	var failed int64
	err := p.within(ctx, s, func(setup probe.Setup) (fmt.Stringer, error) {
		c, err := o.Run(ctx, setup)
		failed = c.Failed()
		return &c, err
	})
	return orFailed(err, failed)
}

func badInput(ctx context.Context, args []string, s streams) error {
	p := newProbeFlags("scanload badinput", s)
	var o probe.BadInput
	p.IntVar(&o.Repeats, "repeats", 10, "how often each payload is sent in each of three passes")
	p.Int64Var(&o.Limit, "limit", 64<<10, "most `bytes` a request may make the gateway allocate")
	if err := parse(p.FlagSet, args); err != nil {
		return err
	}
	faults := 0
	err := p.within(ctx, s, func(setup probe.Setup) (fmt.Stringer, error) {
		f, err := o.Run(ctx, setup)
		faults = len(f.Faults)
		return &f, err
	})
	return orFailed(err, int64(faults))
}

// orFailed turns a measurement with failures into errFailed.
func orFailed(err error, failed int64) error {
	if err == nil && failed > 0 {
		return errFailed
	}
	return err
}
