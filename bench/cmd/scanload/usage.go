package main

import (
	"flag"
	"fmt"
)

// about is what --help of each command says above its flags.
func about() map[string]string {
	return map[string]string{
		"scanload": `scanload puts load on a gateway and tells how it bore it.

  scanload [flags]             arrivals that keep their own time, latency counted from the planned moment
  scanload knee [flags]        the highest rate that keeps the p99 within --limit; same flags
  scanload compare A B         two results that --json wrote, beside each other
  scanload corpus --out DIR    make credentials, with the lists that a gateway must be given to judge them
  scanload soak | stalled | badinput
                               measurements that start a gateway of their own; --help of each tells more

What to show: the demo's samples (--demo), made ones (--seed or --corpus), or codes of your own (--codes).

  bin/vratar demo --data demo &
  scanload --demo demo/demo.json --rate 200 --html report.html

  scanload corpus --out corpus --count 1000                 # prints how to start a gateway that knows them
  scanload --demo demo/demo.json --seed 1 --target scan --scenario stadium --scale 0.1 --duration 1m
  scanload knee --url https://gate.example --token TOKEN --codes codes.txt --checkpoint north,south --target scan
  scanload --scenario nation --simulate --service 60us --delay 3ms --html day.html

Exit status: 0 every arrival got its answer, 1 some did not, 2 nothing could be measured.

`,
		"scanload compare":  "scanload compare A B: two results that --json wrote, beside each other, the second as a multiple of the first.\n\n",
		"scanload corpus":   "scanload corpus --out DIR: credentials that are genuine, and wrong in every way, each with the answer it must get.\n\n",
		"scanload soak":     "scanload soak: scans for minutes at half the ceiling; errors, p99, memory. Starts a gateway of its own.\n\n",
		"scanload stalled":  "scanload stalled: p99 of scans without and with dashboards that have stopped reading. Starts a gateway of its own.\n\n",
		"scanload badinput": "scanload badinput: memory that malicious payloads make the gateway use. Starts a gateway of its own.\n\n",
	}
}

// newFlags makes a flag set that reports instead of exiting.
func newFlags(name string, s streams) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(s.err)
	f.Usage = func() {
		fmt.Fprintf(s.err, "%sFlags:\n", about()[name])
		f.PrintDefaults()
	}
	return f
}
