package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"vratar/bench/corpus"
)

// makeCorpus writes a folder of credentials and says how to point a gateway at it.
func makeCorpus(_ context.Context, args []string, s streams) error {
	f := newFlags("scanload corpus", s)
	out := f.String("out", "", "`folder` to write")
	count := f.Int("count", 1000, "how many items")
	seed := f.Uint64("seed", 1, "of all that is random")
	at := f.String("at", "", "the `time` that genuine credentials are in force, RFC 3339 (default: now)")
	reader := f.String("audience", demoAudience, "the `name` that the gateway goes by, for which proofs of holders were made")
	var c credentials
	c.making(f)
	if err := parse(f, args); err != nil {
		return err
	}
	if *out == "" {
		return errors.New("where to? give --out")
	}
	now := time.Now()
	if *at != "" {
		var err error
		if now, err = time.Parse(time.RFC3339, *at); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	maker, err := corpus.NewMaker(*seed, now)
	if err != nil {
		return err
	}
	selection, err := c.selection()
	if err != nil {
		return err
	}
	selection.Count = *count
	made, err := maker.For(*reader).Corpus(selection)
	if err != nil {
		return err
	}
	if err := made.Write(*out); err != nil {
		return err
	}
	lists, err := corpus.StatusIn(*out)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d items in %s; point a gateway at its lists:\n  vratar demo --trust %s --status %s\n",
		len(made.Items), filepath.Clean(*out), corpus.TrustIn(*out), strings.Join(lists, " --status "))
	return nil
}
