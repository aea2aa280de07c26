// Command revocations measures lists of revoked names as they grow: memory, loading, look-ups, small changes, starts.
//
//	go run ./bench/cmd/revocations -sizes 1000000,10000000,55000000 -json bench/results/revocations.json
//
// It works in a folder of its own below -dir, which takes about 60 bytes a name while a list is loaded, and removes
// it. Times are the processor's where they say so, because other work may run on the machine.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"vratar/bench/machine"
)

// result is one run, as it is kept.
type result struct {
	At      time.Time       `json:"at"`
	Commit  string          `json:"commit"`
	Machine machine.Machine `json:"machine"`
	Command string          `json:"command"`
	Rows    []row           `json:"rows"`
}

func main() {
	sizes := flag.String("sizes", "1000000,10000000", "`numbers` of names, separated by commas")
	out := flag.String("json", "", "put the figures into this `file`")
	dir := flag.String("dir", "", "work below this `folder`; default: where temporary files go")
	flag.Parse()
	if err := run(*sizes, *out, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "revocations:", err)
		os.Exit(1)
	}
}

func run(sizes, out, dir string) error {
	r := result{
		At: time.Now().UTC().Truncate(time.Second), Commit: machine.Commit(), Machine: machine.This(),
		Command: "go run ./bench/cmd/revocations -sizes " + sizes,
	}
	for text := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 100_000 {
			return fmt.Errorf("want sizes of 100000 at least, not %q", text)
		}
		one, err := measureIn(dir, n)
		if err != nil {
			return fmt.Errorf("%d names: %w", n, err)
		}
		one.print()
		r.Rows = append(r.Rows, one)
	}
	if out == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(text, '\n'), 0o644)
}

// measureIn measures in a folder that is gone afterwards.
func measureIn(below string, n int) (row, error) {
	dir, err := os.MkdirTemp(below, "vratar-revocations-*")
	if err != nil {
		return row{}, err
	}
	s := stand{dir: dir, n: n, row: row{Names: n}}
	err = s.measure(context.Background())
	return s.row, errors.Join(err, s.close(), os.RemoveAll(dir))
}
