// Command cost prints what opening one payload of each format costs, as a Markdown table.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"

	"vratar/bench/cost"
)

func main() {
	testing.Init() // gives the benchmark its flags
	out := flag.String("write", "", "put the table into this `file`")
	short := flag.String("time", "60ms", "`duration` of one benchmark, of which the best of five counts")
	flag.Parse()
	if err := run(*out, *short); err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

const head = `# What a code costs

What opening one payload takes, before its signature is looked at, on one core of %s/%s: ` + "`make cost`" + `
prints this table, ` + "`go test -bench Decode ./bench/cost`" + ` the benchmarks behind it.

*Time* is the processor's, garbage collection included, the best of five rounds. *Allocations* and *bytes* are those of a gateway that has been judging for a while. *Cold* is what the very first
payload of a format allocates, scratch memory included. The last two columns are the dearest of several hundred
hostile payloads: as much as a code can hold, packed as small or nested as deep as it goes. A decode never holds more
than that; a test keeps it so. Payloads of more than 16 KiB are refused before any format sees them.

`

func run(out, short string) error {
	if err := flag.Set("test.benchtime", short); err != nil {
		return err
	}
	rows, err := cost.Table()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, head, runtime.GOOS, runtime.GOARCH)
	b.Write(cost.Markdown(rows))
	if out == "" {
		_, err = os.Stdout.Write(b.Bytes())
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}
