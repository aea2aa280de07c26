// Command conformance prints how the built binary answers the official vectors, by format and, with -groups,
// by group. It fails on any difference.
package main

import (
	"flag"
	"fmt"
	"os"

	"vratar/bench/conformance"
)

func main() {
	vratar := flag.String("vratar", "bin/vratar", "binary under test")
	vectors := flag.String("vectors", "", "folder of the official vectors (default: $VRATAR_VECTORS, else ../shared/vectors)")
	groups := flag.Bool("groups", false, "print one row per group")
	readme := flag.String("write", "", "put the table into this file, between its marks")
	flag.Parse()
	os.Exit(run(conformance.Runner{Vratar: *vratar, Vectors: *vectors}, *groups, *readme))
}

func run(r conformance.Runner, groups bool, readme string) int {
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
	var rows []conformance.Row
	failed := 0
	for _, s := range conformance.Suites() {
		results, err := r.Run(s)
		if err != nil {
			fmt.Fprintln(os.Stderr, "conformance:", err)
			return 1
		}
		for id, why := range s.Skip {
			fmt.Println("SKIPPED", id+":", why)
		}
		for _, g := range results {
			for _, d := range g.Differences {
				fmt.Println("DIFFERS", d)
			}
			if groups {
				rows = append(rows, conformance.Sum(s.Folder+" "+g.Group, []conformance.Result{g}))
			}
		}
		sum := conformance.Sum(s.Title, results)
		rows = append(rows, sum)
		failed += sum.Failed
	}
	table := conformance.Table(rows)
	os.Stdout.Write(table)
	if readme != "" {
		if err := conformance.WriteInto(readme, table); err != nil {
			fmt.Fprintln(os.Stderr, "conformance:", err)
			return 1
		}
	}
	if failed > 0 {
		return 1
	}
	return 0
}
