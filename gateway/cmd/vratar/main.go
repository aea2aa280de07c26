// Command vratar is the gateway and its tools in one binary: try it (demo), run it (serve), ask it (verify),
// feed it (issue, keygen, trust, status) and look after it (ledger, backup, restore).
//
// It holds no logic of its own beyond flags, files and exit codes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], console{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}
