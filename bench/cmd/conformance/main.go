// Command conformance prints how the built binary answers the official vectors, by format and, with -groups,
// by group. It fails on any difference.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"

	"vratar/bench/conformance"
)

func main() {
	vratar := flag.String("vratar", "bin/vratar", "binary under test")
	vectors := flag.String("vectors", "", "folder of the official vectors (default: $VRATAR_VECTORS, else ../shared/vectors)")
	groups := flag.Bool("groups", false, "print one row per group")
	readme := flag.String("write", "", "put the table into this file, between its marks")
	flag.Parse()
	os.Exit(run(runner{conformance.Runner{Vratar: *vratar, Vectors: *vectors}}, *groups, *readme))
}

func run(r runner, groups bool, readme string) int {
	if r.Vectors == "" {
		r.Vectors = os.Getenv("VRATAR_VECTORS")
	}
	if r.Vectors == "" {
		r.Vectors = "../shared/vectors"
	}
	if _, err := os.Stat(r.Vectors); err != nil {
		fmt.Println("the official vectors were not run: their folder is missing; set VRATAR_VECTORS")
		if os.Getenv("CI") != "" {
			return 1
		}
		return 0
	}
	rows, failed, err := r.all(groups)
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	table := conformance.Table(rows)
	os.Stdout.Write(table)
	if readme != "" {
		if err := conformance.WriteInto(readme, "conformance", table); err != nil {
			fmt.Fprintln(os.Stderr, "conformance:", err)
			return 1
		}
	}
	if failed > 0 {
		return 1
	}
	return 0
}

// runner prints what it does.
type runner struct{ conformance.Runner }

// all runs every vector there is and names those that are not run.
func (r runner) all(groups bool) (rows []conformance.Row, failed int, err error) {
	for _, s := range conformance.Suites() {
		results, err := r.Run(s)
		if err != nil {
			return nil, 0, err
		}
		for _, g := range results {
			tell(g)
			if groups {
				rows = append(rows, conformance.Sum(s.Folder+" "+g.Group, []conformance.Result{g}))
			}
		}
		rows = append(rows, conformance.Sum(s.Title, results))
	}
	for _, t := range conformance.Trials() {
		g, err := t.Run(conformance.Folder(r.Vectors))
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", t.Title, err)
		}
		tell(g)
		rows = append(rows, conformance.Sum(t.Title, []conformance.Result{g}))
	}
	for _, row := range rows {
		failed += row.Failed
	}
	untried := conformance.Untried()
	for _, name := range slices.Sorted(maps.Keys(untried)) {
		fmt.Println("NOT RUN", name+":", untried[name])
	}
	return rows, failed, nil
}

func tell(g conformance.Result) {
	for _, s := range g.Skips {
		fmt.Println("SKIPPED", s)
	}
	for _, d := range g.Differences {
		fmt.Println("DIFFERS", d)
	}
}
