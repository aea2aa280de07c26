package httpcost

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/cache/ledger"
	"vratar/cache/store"
	"vratar/verifier"
)

// Helper is what runs in the processes beside the gateway: "constant FILE" is the server that does nothing, "ledger
// FOLDER" records passages and does nothing else. The command line in Options.Self must end up here.
func Helper(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 2 && args[0] == "constant":
		return serveConstant(ctx, args[1])
	case len(args) == 3 && args[0] == "ledger":
		return claimOnDemand(args[1], args[2], in, out)
	}
	return fmt.Errorf("no helper %q", args)
}

// constant is an answer that never changes, and where to give it.
type constant struct {
	Listen  string      `json:"listen"`
	Socket  string      `json:"socket"`
	Headers [][2]string `json:"headers"` // beside Date and Content-Length, which fasthttp writes
	Body    string      `json:"body"`
}

// serveConstant runs fasthttp as it comes, with the least of a handler.
func serveConstant(ctx context.Context, file string) error {
	var c constant
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return err
	}
	headers := make([][2][]byte, len(c.Headers))
	for i, h := range c.Headers {
		headers[i] = [2][]byte{[]byte(h[0]), []byte(h[1])}
	}
	body := []byte(c.Body)
	server := &fasthttp.Server{
		NoDefaultServerHeader: true, NoDefaultContentType: true, Concurrency: 20_000,
		Handler: func(ctx *fasthttp.RequestCtx) {
			for i := range headers {
				ctx.Response.Header.SetCanonical(headers[i][0], headers[i][1])
			}
			ctx.Response.SetBodyRaw(body)
		},
	}
	tcp, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	unix, err := net.Listen("unix", c.Socket)
	if err != nil {
		return errors.Join(err, tcp.Close())
	}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(tcp) }()
	go func() { failed <- server.Serve(unix) }()
	select {
	case err = <-failed:
		return err
	case <-ctx.Done():
		return nil // the process ends, and with it all connections
	}
}

// claimOnDemand opens a ledger in a folder and, for each number read from in, makes so many claims from so many
// goroutines as writers says; it prints how many nanoseconds they took. It ends with in.
func claimOnDemand(dir, writers string, in io.Reader, out io.Writer) error {
	goroutines, err := strconv.Atoi(writers)
	if err != nil {
		return err
	}
	s, err := store.Open(filepath.Join(dir, "db"), store.Options{})
	if err != nil {
		return err
	}
	l, err := ledger.Open(s, ledger.Options{})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	c := &claims{ledger: l}
	err = func() error {
		for lines := bufio.NewScanner(in); lines.Scan(); {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				return err
			}
			took, err := c.make(n, goroutines)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintln(out, took.Nanoseconds()); err != nil {
				return err
			}
		}
		return nil
	}()
	return errors.Join(err, l.Close(), s.Close())
}

// claims makes passages of ever new subjects, as long as those of real scans.
type claims struct {
	ledger *ledger.Ledger
	made   atomic.Int64
}

func (c *claims) make(n, goroutines int) (time.Duration, error) {
	var left atomic.Int64
	left.Store(int64(n))
	failed := make([]error, goroutines)
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range goroutines {
		wg.Go(func() {
			for failed[i] == nil && left.Add(-1) >= 0 {
				failed[i] = c.one()
			}
		})
	}
	wg.Wait()
	return time.Since(begin), errors.Join(failed...)
}

func (c *claims) one() error {
	number := strconv.FormatInt(c.made.Add(1), 10)
	// Digests are in no order, as those of real subjects.
	payload, subject := c.ledger.Digest("payload", []byte(number)), c.ledger.Digest("subject", []byte(number))
	now := time.Now()
	_, _, err := c.ledger.Claim(context.Background(), ledger.Passage{
		ID: fmt.Sprintf("%026s", number), At: now, ScannedAt: now, Checkpoint: "gate-0", Group: "hall", Nonce: "measured-" + number,
		Checker: "reader", Outcome: "valid", Reason: verifier.ReasonOK, Stage: "policy", Format: "hcert", Document: "vaccination",
		Issuer: "AQ", Payload: fmt.Sprintf("%x", payload), Subject: fmt.Sprintf("%x", subject),
	}, func(ledger.Standing) (ledger.Decision, verifier.Reason, bool) {
		return ledger.Admit, verifier.ReasonOK, true
	})
	return err
}
