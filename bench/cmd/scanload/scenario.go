package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"vratar/bench/crowd"
	"vratar/bench/httpcost"
	"vratar/bench/load"
	"vratar/bench/report"
)

// scenarioFlags choose a crowd instead of a steady rate.
type scenarioFlags struct {
	name     string
	scale    float64
	simulate bool
	service  string
	delay    string
	cores    int

	chosen crowd.Scenario
}

func (c *scenarioFlags) flags(f *flag.FlagSet) {
	f.StringVar(&c.name, "scenario", "", "people come as to a "+strings.Join(crowd.Names(), ", ")+"; --duration plays the same rates in less time")
	f.Float64Var(&c.scale, "scale", 1, "of the scenario: so many times the people")
	f.BoolVar(&c.simulate, "simulate", false, "ask no gateway: work out how long the scenario's people wait, from --service, --delay and --cores")
	f.StringVar(&c.service, "service", "", "how long a core is busy with one presentation: a `time`, the file of make bench-http (of the request in --target), or one that scanload --json wrote at a low rate")
	f.StringVar(&c.delay, "delay", "", "how long a presentation takes besides, with no core busy: a `time`, or a file that scanload --json wrote at a low rate")
	f.IntVar(&c.cores, "cores", 0, "cores of all gateways together (default: as few as keep the p99 within --limit)")
}

// shape makes the plan follow the scenario. shortened tells that the plan's duration was asked for.
func (c *scenarioFlags) shape(p *load.Plan, shortened bool) error {
	if c.name == "" {
		if c.simulate {
			return errors.New("simulate what? give --scenario")
		}
		return nil
	}
	s, err := crowd.Find(c.name)
	if err != nil {
		return err
	}
	if !(c.scale > 0) {
		return errors.New("--scale: must be above zero")
	}
	c.chosen = s.Scaled(c.scale)
	p.Curve = c.chosen.Curve
	if shortened {
		p.Curve = p.Curve.Squeezed(p.Duration)
	}
	if n := p.Curve.Arrivals(); n < 1 {
		return fmt.Errorf("the rates of a %s bring %.1f people in %v: give a longer --duration or a larger --scale", c.name, n, p.Curve.Duration())
	}
	return nil
}

func (l *loadFlags) simulate(s streams) error {
	m := crowd.Model{Scenario: l.scenario.chosen, Cores: l.scenario.cores, Seed: 1}
	var err error
	if m.Service, err = l.readService(l.scenario.service); err != nil {
		return fmt.Errorf("--service: %w", err)
	}
	if l.scenario.delay != "" {
		if m.Delay, err = readTimes(l.scenario.delay); err != nil {
			return fmt.Errorf("--delay: %w", err)
		}
	}
	if m.Cores == 0 {
		limit := time.Duration(l.search.P99 * float64(time.Millisecond))
		if m.Cores, err = m.CoresFor(limit); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "cores      %d are the least with which the p99 stays within %v\n", m.Cores, limit)
	}
	out, err := m.Simulate()
	if err != nil {
		return err
	}
	day := report.Day{Scenario: m.Scenario, Outcome: out}
	return errors.Join(out.WriteText(s.out, m.Scenario), writeJSON(l.out.json, out), writePage(l.out.html, day))
}

// readService takes the cost of a request out of what make bench-http keeps, and all else for times.
func (l *loadFlags) readService(text string) (crowd.Service, error) {
	if text == "" {
		return crowd.Service{}, errors.New("how long is a core busy with one presentation?")
	}
	if costs, err := httpcost.Read(text); err == nil {
		if cost, known := costs.Cost(l.target); known {
			return crowd.Constant(cost), nil
		}
	}
	return readTimes(text)
}

// readTimes takes a time as it is, anything else for a file with a measured distribution.
func readTimes(text string) (crowd.Service, error) {
	if d, err := time.ParseDuration(text); err == nil {
		if d <= 0 {
			return crowd.Service{}, errors.New("must be above zero")
		}
		return crowd.Constant(d), nil
	}
	r, err := readReport(text)
	if err != nil {
		return crowd.Service{}, err
	}
	return crowd.Measured(r.Distribution)
}
