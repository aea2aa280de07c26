package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"vratar/bench/load"
	"vratar/bench/report"
)

// outputs are the files that a result goes to beside the text.
type outputs struct{ json, html string }

func (o *outputs) flags(f *flag.FlagSet) {
	f.StringVar(&o.json, "json", "", "also write the figures to this `file`")
	f.StringVar(&o.html, "html", "", "also write a page with plots to this `file`; it needs nothing beside itself")
}

func (o *outputs) write(figures any, page report.Page) error {
	return errors.Join(writeJSON(o.json, figures), writePage(o.html, page))
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

// writePage writes a page to the named file, if there is a name.
func writePage(name string, page interface{ WriteHTML(io.Writer) error }) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(page.WriteHTML(f), f.Close())
}

// compare shows two results that were written as JSON beside each other.
func compare(_ context.Context, args []string, s streams) error {
	f := newFlags("scanload compare", s)
	html := f.String("html", "", "also write a page with both to this `file`")
	var names []string
	for len(args) > 0 { // flags may stand before, between and behind the files
		if err := f.Parse(args); err != nil {
			return err
		}
		if args = f.Args(); len(args) > 0 {
			names, args = append(names, args[0]), args[1:]
		}
	}
	if len(names) != 2 {
		return errors.New("compare what? give two files that scanload --json wrote")
	}
	var results [2]report.Result
	for i, name := range names {
		r, err := readReport(name)
		if err != nil {
			return err
		}
		results[i] = report.Result{Name: filepath.Base(name), Report: r}
	}
	page := report.Page{Title: results[0].Name + " and " + results[1].Name, Taken: "scanload compare", Results: results[:]}
	return errors.Join(report.Compare(s.out, results[0], results[1]), writePage(*html, page))
}

// readReport reads the figures of one run, or of the rate that a search found.
func readReport(name string) (load.Report, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return load.Report{}, err
	}
	var found load.Ceiling
	var r load.Report
	if err := errors.Join(json.Unmarshal(b, &r), json.Unmarshal(b, &found)); err != nil {
		return load.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	for _, step := range found.Steps {
		if step.Report.PlannedRate == found.Rate {
			r = step.Report
		}
	}
	if r.Arrivals == 0 {
		return load.Report{}, fmt.Errorf("%s: no result of scanload", name)
	}
	return r, nil
}
