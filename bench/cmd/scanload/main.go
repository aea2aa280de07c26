// Command scanload puts load on a gateway and tells how it bore it.
//
//	scanload [flags]            open-loop load: constant arrivals, latency from the planned moment
//	scanload knee [flags]       the highest rate that keeps the p99 within a limit
//	scanload compare A B        two results that --json wrote, beside each other
//	scanload corpus [flags]     make a folder of credentials with the lists that judge them
//	scanload soak [flags]       minutes at half the ceiling: errors, p99, memory
//	scanload stalled [flags]    p99 of scans without and with dashboards that have stopped reading
//	scanload badinput [flags]   memory that malicious payloads make the gateway use
//
// With --scenario people come as to a stadium, a metro or all over a nation; with --simulate besides no gateway is
// asked, and their waits are worked out from measured service times. Every run can be written as text, JSON and a page
// with plots.
//
// Without a command it talks to the one gateway it is told of; soak, stalled and badinput start their own.
// It exits with 0 when every arrival got its answer, 1 when some did not, 2 when nothing could be measured.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr}))
}

// streams are where results and complaints go.
type streams struct{ out, err io.Writer }

// errFailed says that the measurement was made and some arrivals did not get their answer.
var errFailed = errors.New("some arrivals did not get the answer they should have")

func run(ctx context.Context, args []string, s streams) int {
	commands := map[string]func(context.Context, []string, streams) error{
		"knee": knee, "compare": compare, "corpus": makeCorpus, "soak": soak, "stalled": stalled, "badinput": badInput,
	}
	do := loadCommand
	if len(args) > 0 && commands[args[0]] != nil {
		do, args = commands[args[0]], args[1:]
	}
	err := do(ctx, args, s)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errFailed):
		fmt.Fprintln(s.err, "scanload:", err)
		return 1
	}
	fmt.Fprintln(s.err, "scanload:", err)
	return 2
}

// parse reads flags and refuses anything left over.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("unexpected %q", f.Arg(0))
	}
	return nil
}
