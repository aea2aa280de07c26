package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"vratar/bench/load"
)

// Stalled compares the scans' latency without and with dashboards that have stopped reading. Windows of both
// sorts take turns, so that whatever else the machine does falls on both.
type Stalled struct {
	Plan       load.Plan // of one window
	Pairs      int
	Dashboards int // that stop reading, at a time
}

// Comparison is what came of a Stalled.
type Comparison struct {
	Without []load.Report `json:"without"`
	With    []load.Report `json:"with"`
	Stopped int           `json:"stopped"` // dashboards that read nothing
	Dropped int           `json:"dropped"` // of those, how many the gateway had cut off by the end of their window
}

// String shows both numbers side by side.
func (c *Comparison) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "p99 of scans, ms   without  with stopped dashboards\n")
	for i := range c.Without {
		fmt.Fprintf(&b, "  pair %-2d        %9.3f %9.3f\n", i+1, c.Without[i].Latency.P99, c.With[i].Latency.P99)
	}
	fmt.Fprintf(&b, "  median         %9.3f %9.3f\n", medianP99(c.Without), medianP99(c.With))
	fmt.Fprintf(&b, "  failed scans   %9d %9d\n", failures(c.Without), failures(c.With))
	fmt.Fprintf(&b, "%d dashboards read nothing; the gateway cut off %d of them within their window", c.Stopped, c.Dropped)
	return b.String()
}

// Failed counts the scans without their answer, of both sorts.
func (c *Comparison) Failed() int64 { return failures(c.Without) + failures(c.With) }

func failures(all []load.Report) (n int64) {
	for i := range all {
		n += all[i].Failed()
	}
	return n
}

func medianP99(all []load.Report) float64 {
	p := make([]float64, len(all))
	for i := range all {
		p[i] = all[i].Latency.P99
	}
	slices.Sort(p)
	return p[len(p)/2]
}

// Run measures.
func (s Stalled) Run(ctx context.Context, setup Setup) (Comparison, error) {
	if s.Pairs < 1 {
		return Comparison{}, errors.New("stalled: needs at least one pair of windows")
	}
	g, err := setup.start(ctx)
	if err != nil {
		return Comparison{}, err
	}
	c, err := s.measure(ctx, g)
	return c, errors.Join(err, g.Stop())
}

func (s Stalled) measure(ctx context.Context, g *subject) (Comparison, error) {
	var c Comparison
	cookie, err := g.Demo.SignIn(ctx)
	if err != nil {
		return c, err
	}
	shown := 0
	window := func() (load.Report, error) {
		target, err := g.scans(s.Plan, shown)
		if err != nil {
			return load.Report{}, err
		}
		shown += s.Plan.Arrivals()
		return load.Run(ctx, s.Plan, target)
	}
	without := func() error {
		report, err := window()
		c.Without = append(c.Without, report)
		return err
	}
	with := func() error {
		boards, err := stopDashboards(ctx, g.Demo.URL, cookie, s.Dashboards)
		if err != nil {
			return err
		}
		report, err := window()
		c.With = append(c.With, report)
		c.Stopped += len(boards)
		c.Dropped += countDropped(boards)
		return err
	}
	if _, err := window(); err != nil { // the first warms the gateway up and counts for neither
		return c, err
	}
	order := [2]func() error{without, with}
	for range s.Pairs {
		for _, measure := range order {
			if err := measure(); err != nil {
				return c, err
			}
		}
		order[0], order[1] = order[1], order[0] // neither sort is always the later one
	}
	return c, nil
}

// stopDashboards opens dashboards that follow the feed from its first passage on and never read. The kernels
// on both sides take a few megabytes for each; what the gateway has to say beyond that is stuck.
func stopDashboards(ctx context.Context, url, cookie string, n int) ([]*websocket.Conn, error) {
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second}
	header := http.Header{"Cookie": {cookie}, "Origin": {url}}
	var boards []*websocket.Conn
	for range n {
		board, resp, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(url, "http")+"/v1/live?after=0", header)
		if err != nil {
			countDropped(boards)
			if resp != nil {
				err = fmt.Errorf("%w: status %d", err, resp.StatusCode)
			}
			return nil, fmt.Errorf("dashboard: %w", err)
		}
		boards = append(boards, board)
	}
	return boards, nil
}

// countDropped reads what had been waiting for each dashboard, to see whether the gateway had cut it off, and
// closes them. It is for after a window: a dashboard that was not cut off then has nothing to read.
func countDropped(boards []*websocket.Conn) int {
	const quiet = time.Second // less than the feed's tick
	dropped := 0
	for _, b := range boards {
		var err error
		for err == nil {
			if err = b.SetReadDeadline(time.Now().Add(quiet)); err == nil {
				_, _, err = b.ReadMessage()
			}
		}
		var network net.Error
		if !errors.As(err, &network) || !network.Timeout() {
			dropped++
		}
		b.Close()
	}
	return dropped
}
