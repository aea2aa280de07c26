// Command peers does the same work through Vratar and through the libraries that Go programs usually take for it,
// in turn within one process on one core, and prints what each of them needs.
//
// It is a module of its own, so that nothing it compares with becomes a dependency of the gateway.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"vratar/bench/conformance"
	"vratar/bench/machine"
)

// compared is the modules whose versions are told beside the figures.
var compared = []string{
	"github.com/veraison/go-cose", "github.com/fxamacker/cbor/v2", "github.com/golang-jwt/jwt/v5",
	"github.com/lestrrat-go/jwx/v3", "github.com/oasisprotocol/curve25519-voi", "github.com/klauspost/compress",
}

func main() {
	var e effort
	flag.IntVar(&e.rounds, "rounds", 21, "rounds, in each of which everything is measured once")
	flag.DurationVar(&e.slice, "slice", 20*time.Millisecond, "time of one measurement")
	file := flag.String("json", "", "also keep the figures in this `file`")
	page := flag.String("write", "", "put the table into this `file`, between its marks")
	openssl := flag.Bool("openssl", true, "also print what `openssl speed` says, where there is one")
	flag.Parse()
	if err := run(e, *file, *page, *openssl); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(e effort, file, page string, openssl bool) error {
	runtime.GOMAXPROCS(1)
	r := result{At: time.Now().UTC().Truncate(time.Second), Commit: machine.Commit(), Machine: machine.This(), Rounds: e.rounds, Peers: peers()}
	contests, err := allContests()
	if err != nil {
		return err
	}
	for _, c := range contests {
		rows, err := c.run(e)
		if err != nil {
			return err
		}
		r.Rows = append(r.Rows, rows...)
	}
	if openssl {
		r.OpenSSL = openSSLSpeed()
	}
	os.Stdout.Write(r.table())
	for _, line := range r.OpenSSL {
		fmt.Println(line)
	}
	if file != "" {
		if err := r.save(file); err != nil {
			return err
		}
	}
	if page != "" {
		return conformance.WriteInto(page, "peers", r.table())
	}
	return nil
}

func allContests() ([]contest, error) {
	signatures, err := signatureContests()
	if err != nil {
		return nil, err
	}
	documents, err := documentContests()
	return slices.Concat(signatures, documents), err
}
