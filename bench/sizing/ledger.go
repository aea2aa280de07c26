package sizing

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"vratar/bench/corpus"
	"vratar/bench/load"
	"vratar/bench/process"
)

// Ledger is how the record of a gateway grows. Bytes are for each scan.
type Ledger struct {
	Scans     int     `json:"scans"`
	Written   float64 `json:"written_bytes"`   // given to the disk while they were made, log and compactions included
	AtStop    float64 `json:"at_stop_bytes"`   // in the data folder when the gateway had stopped
	Compacted float64 `json:"compacted_bytes"` // after compaction
	Lasting   float64 `json:"lasting_bytes"`   // of that, what is there when the nonces are forgotten, after two days
	CPUMicros float64 `json:"cpu_us"`
	RestartMS float64 `json:"restart_ms"` // from the start of the process until it is ready, with that ledger
}

// Memory is what a gateway keeps resident, in bytes.
type Memory struct {
	Idle   int64 `json:"idle"`   // just started
	Busy   int64 `json:"busy"`   // after the scans, caches full
	Socket int64 `json:"socket"` // for each connected reader
}

const patience = time.Minute

// ledger scans at a real gateway and weighs what that leaves on the disk.
func (m *measurement) ledger(r *Result) error {
	maker, err := corpus.NewMaker(1, time.Now())
	if err != nil {
		return err
	}
	trust, status, err := maker.WriteLists(filepath.Join(m.Dir, "corpus"))
	if err != nil {
		return err
	}
	site := process.Site{
		Binary: m.Binary, Dir: filepath.Join(m.Dir, "ledger"), Trust: []string{trust}, Status: status, Checkpoints: 8, Output: m.Log,
	}
	g, err := site.Serve(m.ctx, patience)
	if err != nil {
		return err
	}
	if err := errors.Join(m.connect(r, g), m.scan(r, g, site, maker), g.Stop()); err != nil {
		return err
	}
	if err := r.Ledger.weigh(site.DataDir()); err != nil {
		return err
	}
	began := time.Now()
	if g, err = site.Serve(m.ctx, patience); err != nil {
		return err
	}
	r.Ledger.RestartMS = float64(time.Since(began)) / float64(time.Millisecond)
	return g.Stop()
}

// scan has every credential come at once, so that the gateway is as busy as it gets.
func (m *measurement) scan(r *Result, g *process.Served, site process.Site, maker *corpus.Maker) error {
	wrote, err := written(g.PID())
	if err != nil {
		return err
	}
	before, err := g.CPU()
	if err != nil {
		return err
	}
	const portion = 20_000 // made at a time, to hold less of them
	for done := 0; done < m.Scans; done += portion {
		if err := m.present(g, site, maker, done, min(portion, m.Scans-done)); err != nil {
			return err
		}
	}
	after, err1 := g.CPU()
	wroteNow, err2 := written(g.PID())
	if err := m.again(g, maker); err != nil {
		return err
	}
	busy, err3 := g.Memory()
	r.Memory.Busy = busy.Resident
	r.Ledger.Scans = m.Scans
	r.Ledger.CPUMicros = float64((after - before).Microseconds()) / float64(m.Scans)
	r.Ledger.Written = float64(wroteNow-wrote) / float64(m.Scans)
	return errors.Join(err1, err2, err3)
}

func (m *measurement) present(g *process.Served, site process.Site, maker *corpus.Maker, first, n int) error {
	items, err := genuine(maker, first, n)
	if err != nil {
		return err
	}
	target, err := load.NewScan(load.Gateway{URL: g.URL, Token: g.Token}, load.Scans{
		Items: items, Checkpoints: site.CheckpointIDs(), Run: load.NewRunID(),
	}, n)
	if err != nil {
		return err
	}
	return m.crowd(target, n)
}

// again shows the last of the credentials once more. What comes a second time the gateway keeps: its memory of them is
// full then.
func (m *measurement) again(g *process.Served, maker *corpus.Maker) error {
	n := min(m.Scans, 40_000) // of some 2 KB each, with 64 MiB for them
	items, err := genuine(maker, m.Scans-n, n)
	if err != nil {
		return err
	}
	target, err := load.NewVerify(load.Gateway{URL: g.URL, Token: g.Token}, load.Shows{Items: items})
	if err != nil {
		return err
	}
	return m.crowd(target, n)
}

func genuine(maker *corpus.Maker, first, n int) ([]corpus.Item, error) {
	return maker.Items(corpus.Selection{Mix: corpus.Mix{{Kind: corpus.Genuine, Weight: 1}}, First: first, Count: n})
}

// crowd has n arrive at once.
func (m *measurement) crowd(target load.Target, n int) error {
	const rate = 1e6 // a second: more than anything can answer, so that everybody waits
	plan := load.Plan{Rate: rate, Duration: time.Duration(float64(n) / rate * float64(time.Second)), Connections: 64, Timeout: 10 * time.Minute}
	report, err := load.Run(m.ctx, plan, target)
	if err == nil && report.Failed() > 0 {
		err = fmt.Errorf("answers went wrong: %v %v", report.Classes, report.Reasons)
	}
	return err
}

// connect weighs the gateway, and readers that are connected and say nothing. It comes before the scans: after them the
// gateway has memory to spare, and readers would seem to weigh nothing or all that is tidied up meanwhile.
func (m *measurement) connect(r *Result, g *process.Served) error {
	before, err := g.Memory()
	if err != nil {
		return err
	}
	r.Memory.Idle = before.Resident
	dialer := websocket.Dialer{HandshakeTimeout: patience}
	header := http.Header{"Authorization": {"Bearer " + g.Token}}
	for range m.Sockets {
		ws, resp, err := dialer.DialContext(m.ctx, "ws"+strings.TrimPrefix(g.URL, "http")+"/v1/scanner?checkpoint=gate-0", header)
		if resp != nil {
			resp.Body.Close()
		}
		if err != nil {
			return fmt.Errorf("reader: %w", err)
		}
		defer ws.Close()
	}
	after, err := g.Memory()
	r.Memory.Socket = max(after.Resident-before.Resident, 0) / int64(max(m.Sockets, 1))
	return err
}
