package main

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"vratar/bench/load"
	"vratar/bench/process"
	"vratar/bench/report"
)

// loadFlags are the flags of the load itself.
type loadFlags struct {
	gateway     load.Gateway
	authority   string // file of certificates
	demo        string
	target      string
	lines       int // of a batch
	checkpoints string
	repeat      bool
	repeated    float64 // percent
	audience    string
	plan        load.Plan
	find        bool
	search      load.Search
	scenario    scenarioFlags
	out         outputs
	credentials credentials
}

func (l *loadFlags) parse(args []string, s streams) error {
	f := newFlags("scanload", s)
	f.StringVar(&l.gateway.URL, "url", "", "`address` of the gateway: http://…, https://… or unix:PATH of its socket")
	f.StringVar(&l.authority, "ca", "", "PEM `file` of who vouches for the gateway's certificate (default: whom the system trusts)")
	f.StringVar(&l.gateway.Token, "token", "", "device token")
	f.StringVar(&l.demo, "demo", "", "take address, token, checkpoints and samples from this demo.json")
	f.StringVar(&l.target, "target", "verify", "what to ask: verify, batch, scan or websocket")
	f.IntVar(&l.lines, "lines", 100, "credentials in one batch; the rate is that of batches")
	f.StringVar(&l.checkpoints, "checkpoint", "", "scan at these checkpoints in turn, by id; with websocket each connection stays at one (default: the demo's)")
	f.BoolVar(&l.repeat, "repeat", false, "scan credentials again when all were shown; already_admitted is then expected too")
	f.Float64Var(&l.repeated, "repeated", 0, "`percent` of arrivals that show one of the last few credentials once more")
	f.StringVar(&l.audience, "audience", "", "the name that the gateway goes by in proofs that holders make for it (default: the demo's, else its address)")
	f.BoolVar(&l.find, "find-ceiling", l.find, "look for the highest rate the gateway carries; --duration is one step's (the same as scanload knee)")
	planFlags(f, &l.plan, load.Plan{Rate: 1000, Duration: 10 * time.Second})
	searchFlags(f, &l.search)
	l.scenario.flags(f)
	l.out.flags(f)
	l.credentials.flags(f)
	if err := parse(f, args); err != nil {
		return err
	}
	if err := l.scenario.shape(&l.plan, wasSet(f, "duration")); err != nil || l.scenario.simulate {
		return err
	}
	return l.complete()
}

// wasSet reports whether a flag was given.
func wasSet(f *flag.FlagSet, name string) (set bool) {
	f.Visit(func(v *flag.Flag) { set = set || v.Name == name })
	return set
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
		l.gateway.URL, l.gateway.Token = orElse(l.gateway.URL, d.URL), orElse(l.gateway.Token, d.DeviceToken)
		checkpoints = d.CheckpointIDs()
		l.audience = orElse(l.audience, demoAudience)
		l.credentials.samples = demoItems(d)
		if l.credentials.folder == "" && !l.credentials.seeded && l.credentials.codes == "" {
			l.repeat = true // there are a handful of samples
		}
	}
	if err := l.readAuthority(); err != nil {
		return err
	}
	l.audience = orElse(l.audience, l.gateway.URL)
	l.checkpoints = orElse(l.checkpoints, strings.Join(checkpoints, ","))
	switch {
	case l.gateway.URL == "":
		return errors.New("which gateway? give --url or --demo")
	case !slices.Contains([]string{"verify", "batch", "scan", "websocket"}, l.target):
		return fmt.Errorf("--target %s: want verify, batch, scan or websocket", l.target)
	case l.admits() && l.checkpoints == "":
		return errors.New("scan where? give --checkpoint or --demo")
	}
	return nil
}

func (l *loadFlags) readAuthority() error {
	if l.authority == "" {
		return nil
	}
	text, err := os.ReadFile(l.authority)
	if err != nil {
		return fmt.Errorf("--ca: %w", err)
	}
	l.gateway.Roots = x509.NewCertPool()
	if !l.gateway.Roots.AppendCertsFromPEM(text) {
		return fmt.Errorf("--ca %s: no certificate in it", l.authority)
	}
	return nil
}

// demoAudience is the name that a demo gateway goes by; it stands in the configuration that the demo writes.
const demoAudience = "https://demo.example"

// admits reports whether the target lets people in, so that each credential is good for one passage.
func (l *loadFlags) admits() bool { return l.target == "scan" || l.target == "websocket" }

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func loadCommand(ctx context.Context, args []string, s streams) error {
	var l loadFlags
	return l.do(ctx, args, s)
}

// knee is a load whose rate is looked for.
func knee(ctx context.Context, args []string, s streams) error {
	l := loadFlags{find: true}
	return l.do(ctx, args, s)
}

func (l *loadFlags) do(ctx context.Context, args []string, s streams) error {
	if err := l.parse(args, s); err != nil {
		return err
	}
	if l.scenario.simulate {
		return l.simulate(s)
	}
	l.credentials.begin(l.admits())
	from, err := l.credentials.open()
	if err != nil {
		return err
	}
	if l.find {
		return l.findCeiling(ctx, from, s)
	}
	result, err := l.run(ctx, l.plan, from)
	if err != nil && result.Arrivals == 0 {
		return err
	}
	page := report.Page{Title: "Load on " + l.gateway.URL, Taken: l.taken(), Results: []report.Result{{Name: l.target, Report: result}}}
	if err := errors.Join(err, result.WriteText(s.out), l.out.write(result, page)); err != nil {
		return err
	}
	if result.Failed() > 0 {
		if result.Reasons["issuer_unknown"] > result.Arrivals/2 {
			fmt.Fprintln(s.err, "scanload: the gateway does not trust these credentials; start it with the corpus's --trust and --status")
		}
		if result.Classes["wrong_answer"] > 0 && result.Reasons["already_admitted"] > 0 && !l.repeat {
			fmt.Fprintln(s.err, "scanload: some of these credentials were admitted in an earlier run; show others, or allow it with --repeat")
		}
		return errFailed
	}
	return nil
}

// taken says what was done, for a reader who has only the page.
func (l *loadFlags) taken() string {
	text := fmt.Sprintf("scanload, %s, target %s over %d connections, %s", time.Now().UTC().Format(time.RFC3339),
		l.target, l.plan.Connections, l.credentials.String())
	if l.scenario.name != "" {
		text += ", scenario " + l.scenario.name
	}
	if l.repeated > 0 {
		text += fmt.Sprintf(", %.0f %% repeated", l.repeated)
	}
	return text
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
	page := report.Page{Title: fmt.Sprintf("The knee of %s: %.0f/s", l.gateway.URL, found.Rate), Taken: l.taken()}
	for _, step := range found.Steps {
		r := step.Report
		page.Search = append(page.Search, report.Step{Rate: r.PlannedRate, P50: r.Latency.P50, P99: r.Latency.P99, Fault: step.Fault})
		if r.PlannedRate == found.Rate {
			page.Results = []report.Result{{Name: fmt.Sprintf("%.0f/s", found.Rate), Report: r}}
			for _, w := range r.Warnings {
				fmt.Fprintf(s.out, "WARNING   %s\n", w)
			}
		}
	}
	return l.out.write(found, page)
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
	if l.target == "batch" {
		arrivals *= l.lines
	}
	want := arrivals
	if l.credentials.size > 0 {
		want = min(arrivals, l.credentials.size)
	} else if !l.admits() {
		want = min(arrivals, enough)
	}
	items, err := from.take(want, l.repeat || !l.admits())
	if err != nil {
		return nil, err
	}
	shows := load.Shows{Items: items, Repeated: l.repeated / 100, Audience: l.audience}
	scans := load.Scans{
		Items: items, Checkpoints: strings.Split(l.checkpoints, ","), Run: load.NewRunID(), Repeat: l.repeat, Repeated: l.repeated / 100,
		Audience: l.audience,
	}
	switch l.target {
	case "batch":
		return load.NewBatch(l.gateway, shows, l.lines)
	case "scan":
		return load.NewScan(l.gateway, scans, arrivals)
	case "websocket":
		return load.NewSocket(l.gateway, scans, arrivals)
	}
	return load.NewVerify(l.gateway, shows)
}
