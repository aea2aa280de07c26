package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"vratar/bench/load"
	"vratar/bench/process"
)

// loadFlags are the flags of the load itself.
type loadFlags struct {
	gateway     load.Gateway
	demo        string
	target      string
	checkpoints string
	repeat      bool
	plan        load.Plan
	find        bool
	search      load.Search
	json        string
	credentials credentials
}

func (l *loadFlags) parse(args []string, s streams) error {
	f := newFlags("scanload", s)
	f.StringVar(&l.gateway.URL, "url", "", "address of the gateway")
	f.StringVar(&l.gateway.Token, "token", "", "device token")
	f.StringVar(&l.demo, "demo", "", "take address, token, checkpoints and samples from this demo.json")
	f.StringVar(&l.target, "target", "verify", "what to ask: verify or scan")
	f.StringVar(&l.checkpoints, "checkpoint", "", "scan at these checkpoints in turn, by id (default: the demo's)")
	f.BoolVar(&l.repeat, "repeat", false, "scan credentials again when all were shown; already_admitted is then expected too")
	f.BoolVar(&l.find, "find-ceiling", false, "look for the highest rate the gateway carries; --duration is one step's")
	f.StringVar(&l.json, "json", "", "also write the report to this `file`")
	planFlags(f, &l.plan, load.Plan{Rate: 1000, Duration: 10 * time.Second})
	searchFlags(f, &l.search)
	l.credentials.flags(f)
	if err := parse(f, args); err != nil {
		return err
	}
	return l.complete()
}

func planFlags(f *flag.FlagSet, p *load.Plan, standard load.Plan) {
	f.Float64Var(&p.Rate, "rate", standard.Rate, "arrivals a second")
	f.DurationVar(&p.Duration, "duration", standard.Duration, "how long they keep coming")
	f.IntVar(&p.Connections, "connections", 64, "requests under way at once")
	f.DurationVar(&p.Timeout, "timeout", 5*time.Second, "longest wait for one answer")
}

func searchFlags(f *flag.FlagSet, s *load.Search) {
	f.Float64Var(&s.P99, "limit", 20, "highest p99 in `milliseconds` at which a rate counts as carried")
	f.Float64Var(&s.Share, "share", 0.97, "share of the planned rate that must be achieved for it to count as carried")
	f.Float64Var(&s.From, "from", 250, "rate the search begins with")
	f.Float64Var(&s.To, "to", 100_000, "rate the search never exceeds")
	f.IntVar(&s.Bisects, "bisects", 4, "how often the last interval is halved")
}

// complete fills in what demo.json knows and judges the rest.
func (l *loadFlags) complete() error {
	var checkpoints []string
	if l.demo != "" {
		d, err := process.ReadDemo(l.demo)
		if err != nil {
			return err
		}
		l.gateway = load.Gateway{URL: orElse(l.gateway.URL, d.URL), Token: orElse(l.gateway.Token, d.DeviceToken)}
		checkpoints = d.CheckpointIDs()
		l.credentials.samples = demoItems(d)
		if l.credentials.folder == "" && !l.credentials.seeded {
			l.repeat = true // there are a handful of samples
		}
	}
	l.checkpoints = orElse(l.checkpoints, strings.Join(checkpoints, ","))
	switch {
	case l.gateway.URL == "":
		return errors.New("which gateway? give --url or --demo")
	case l.target != "verify" && l.target != "scan":
		return fmt.Errorf("--target %s: want verify or scan", l.target)
	case l.target == "scan" && l.checkpoints == "":
		return errors.New("scan where? give --checkpoint or --demo")
	}
	return nil
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func loadCommand(ctx context.Context, args []string, s streams) error {
	var l loadFlags
	if err := l.parse(args, s); err != nil {
		return err
	}
	from, err := l.credentials.open()
	if err != nil {
		return err
	}
	if l.find {
		return l.findCeiling(ctx, from, s)
	}
	report, err := l.run(ctx, l.plan, from)
	if err != nil && report.Arrivals == 0 {
		return err
	}
	if err := errors.Join(err, report.WriteText(s.out), writeJSON(l.json, report)); err != nil {
		return err
	}
	if report.Failed() > 0 {
		if report.Reasons["issuer_unknown"] > report.Arrivals/2 {
			fmt.Fprintln(s.err, "scanload: the gateway does not trust these credentials; start it with the corpus's --trust and --status")
		}
		return errFailed
	}
	return nil
}

func (l *loadFlags) findCeiling(ctx context.Context, from *source, s streams) error {
	found, err := load.FindCeiling(ctx, l.search, func(ctx context.Context, rate float64) (load.Report, error) {
		plan := l.plan
		plan.Rate = rate
		r, err := l.run(ctx, plan, from)
		if err == nil {
			fmt.Fprintf(s.out, "%8.0f/s  achieved %8.0f/s  p50 %8.3f  p99 %8.3f ms  failed %d  generator %.2f cores\n",
				rate, r.AchievedRate, r.Latency.P50, r.Latency.P99, r.Failed(), r.GeneratorCores)
		}
		return r, err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "ceiling   %.0f/s with a p99 of at most %.0f ms\n", found.Rate, l.search.P99)
	for _, step := range found.Steps {
		if step.Report.PlannedRate == found.Rate {
			for _, w := range step.Report.Warnings {
				fmt.Fprintf(s.out, "WARNING   %s\n", w)
			}
		}
	}
	return writeJSON(l.json, found)
}

// enough is how many credentials /v1/verify is asked about in turn unless told otherwise.
const enough = 10_000

// run carries one plan out.
func (l *loadFlags) run(ctx context.Context, plan load.Plan, from *source) (load.Report, error) {
	if err := plan.Validate(); err != nil {
		return load.Report{}, err
	}
	target, err := l.newTarget(plan.Arrivals(), from)
	if err != nil {
		return load.Report{}, err
	}
	return load.Run(ctx, plan, target)
}

func (l *loadFlags) newTarget(arrivals int, from *source) (load.Target, error) {
	want := arrivals
	if l.credentials.size > 0 {
		want = min(arrivals, l.credentials.size)
	} else if l.target == "verify" {
		want = min(arrivals, enough)
	}
	items, err := from.take(want, l.repeat || l.target == "verify")
	if err != nil {
		return nil, err
	}
	if l.target == "verify" {
		return load.NewVerify(l.gateway, load.Shows{Items: items})
	}
	return load.NewScan(l.gateway, load.Scans{
		Items: items, Checkpoints: strings.Split(l.checkpoints, ","), Run: load.NewRunID(), Repeat: l.repeat,
	}, arrivals)
}

// writeJSON writes v to the named file, if there is a name.
func writeJSON(name string, v any) error {
	if name == "" {
		return nil
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(b, '\n'), 0o644)
}
