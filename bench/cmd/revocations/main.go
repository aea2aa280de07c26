// Command revocations measures lists of revoked names as they grow: memory, loading, look-ups, small changes, starts.
//
//	go run ./bench/cmd/revocations -sizes 1000000,10000000,55000000 -json bench/results/revocations.json
//
// It works in a folder of its own below -dir, which takes about 60 bytes a name while a list is loaded, and removes
// it. Times are the processor's where they say so, because other work may run on the machine.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"vratar/bench/machine"
)

// result is one run, as it is kept.
type result struct {
	Machine machine.Machine `json:"machine"`
	Rows    []row           `json:"rows"`
}

func main() {
	sizes := flag.String("sizes", "1000000,10000000", "`numbers` of names, separated by commas")
	out := flag.String("json", "", "put the figures into this `file`, in place of those of the same sizes")
	quick := flag.Bool("quick", false, "leave out the list again and the restart, which take longest")
	dir := flag.String("dir", "", "work below this `folder`; default: where temporary files go")
	flag.Parse()
	if err := run(*sizes, *out, stand{dir: *dir, quick: *quick}); err != nil {
		fmt.Fprintln(os.Stderr, "revocations:", err)
		os.Exit(1)
	}
}

func run(sizes, out string, like stand) error {
	r := result{Machine: machine.This()}
	for text := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 100_000 {
			return fmt.Errorf("want sizes of 100000 at least, not %q", text)
		}
		one, err := like.measureIn(n)
		if err != nil {
			return fmt.Errorf("%d names: %w", n, err)
		}
		one.print()
		r.Rows = append(r.Rows, one)
	}
	if out == "" {
		return nil
	}
	if err := r.keep(out); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(text, '\n'), 0o644)
}

// keep takes over what the file holds of other sizes.
func (r *result) keep(file string) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var before result
	if err := errors.Join(err, json.Unmarshal(text, &before)); err != nil {
		return err
	}
	for _, old := range before.Rows {
		if !slices.ContainsFunc(r.Rows, func(o row) bool { return o.Names == old.Names && o.Quick == old.Quick }) {
			r.Rows = append(r.Rows, old)
		}
	}
	slices.SortStableFunc(r.Rows, func(a, b row) int { return cmp.Compare(a.Names, b.Names) })
	return nil
}

// measureIn measures so many names, in a folder below that of s which is gone afterwards.
func (s stand) measureIn(n int) (row, error) {
	dir, err := os.MkdirTemp(s.dir, "vratar-revocations-*")
	if err != nil {
		return row{}, err
	}
	s.dir, s.n = dir, n
	s.row = row{Names: n, At: time.Now().UTC().Truncate(time.Second), Commit: machine.Commit(), Quick: s.quick}
	err = s.measure(context.Background())
	return s.row, errors.Join(err, s.close(), os.RemoveAll(dir))
}
