// Command clocked is the gateway for tests that must not wait for days to pass: `vratar serve`, but mandates are judged
// by a clock that a file sets. The shipped gateway has no such clock.
//
//	clocked --config FILE --clock FILE
//
// The clock's file holds a moment in RFC 3339, at which the clock stands still; an empty or absent file lets it go with
// the machine's. It is read at each look at the clock, so a moment written into it counts from the next scan on.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"vratar/gateway"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "clocked:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, log io.Writer) error {
	flags := flag.NewFlagSet("clocked", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`, TOML")
	clock := flags.String("clock", "", "`FILE` that sets the clock")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *config == "" || *clock == "" {
		return errors.New("--config and --clock are required")
	}
	cfg, err := gateway.LoadConfig(*config)
	if err != nil {
		return err
	}
	if _, err := read(*clock); err != nil {
		return err
	}
	g, err := gateway.New(cfg, gateway.Deps{Log: slog.New(slog.NewTextHandler(log, nil)), Now: func() time.Time { return now(*clock) }})
	if err != nil {
		return err
	}
	return g.Run(ctx)
}

// now is what the clock says. A file that cannot be read is a fault of the test, which must not go on with another
// time than it asked for.
func now(file string) time.Time {
	at, err := read(file)
	if err != nil {
		panic(err)
	}
	if at.IsZero() {
		return time.Now()
	}
	return at
}

// read returns the moment in the file; zero: there is none.
func read(file string) (time.Time, error) {
	text, err := os.ReadFile(file)
	text = bytes.TrimSpace(text)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(text) == 0) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", file, err)
	}
	return at, nil
}
