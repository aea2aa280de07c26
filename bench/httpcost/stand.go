package httpcost

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"vratar/bench/process"
)

// stand is everything that takes part in a run.
type stand struct {
	Options
	ctx   context.Context // of the run, which one call of Run is
	mint  *mint
	sizes Sizes

	ours, usual *gate // with all it has, and with crypto/ecdsa inside
	recording   *gate // for scans: its ledger is on the folder's disk, and it may use every core
	idle        server
	ledger      *recorder
	repeated    [][]byte // requests that are repeated
	closing     []func() error
}

// server is a process that answers HTTP.
type server struct {
	child     *process.Child
	tcp, unix *client
	few       *client // for batches, of which a gateway takes a handful at once
}

type gate struct {
	*process.Served
	server
}

const (
	startPatience = 30 * time.Second
	held          = 64 // codes that are shown again and again
	few           = 2  // connections for batches
)

var admitted = []byte(`"reason":"ok"`)

// close ends what was opened, the last first.
func (s *stand) close() error {
	var errs []error
	for i := len(s.closing) - 1; i >= 0; i-- {
		errs = append(errs, s.closing[i]())
	}
	return errors.Join(errs...)
}

func (s *stand) open() error {
	trust, status, err := s.mint.maker.WriteLists(filepath.Join(s.Dir, "corpus"))
	if err != nil {
		return err
	}
	site := process.Site{Binary: s.Binary, Trust: []string{trust}, Status: status, Checkpoints: 1, Output: s.Log}
	one := fmt.Sprintf("GOMAXPROCS=%d", s.Procs)
	if s.ours, err = s.gate(site, "ours", one); err != nil {
		return err
	}
	if s.usual, err = s.gate(site, "usual", one, "VRATAR_FASTPATH=off"); err != nil {
		return err
	}
	if s.recording, err = s.gate(site, "recording"); err != nil {
		return err
	}
	codes, err := s.mint.codes(held)
	if err != nil {
		return err
	}
	s.repeated = verifies(s.ours.Token, codes)
	if err := s.openConstant(codes[0], one); err != nil {
		return err
	}
	return s.openLedger()
}

// gate starts a gateway, shows it codes until its keys are prepared, and connects to it.
func (s *stand) gate(site process.Site, name string, env ...string) (*gate, error) {
	site.Dir, site.Env = filepath.Join(s.Dir, name), env
	served, err := site.Serve(s.ctx, startPatience)
	if err != nil {
		return nil, err
	}
	s.closing = append(s.closing, served.Stop)
	g := &gate{served, s.connect(served.Child, strings.TrimPrefix(served.URL, "http://"), served.Socket)}
	for range 2 { // keys are prepared beside the requests, the wider tables once a key has proven hot
		codes, err := s.mint.codes(max(s.Warmth/2, 1))
		if err != nil {
			return nil, err
		}
		if _, err := g.tcp.ask(verifies(g.Token, codes), admitted, 1); err != nil {
			return nil, fmt.Errorf("warming %s up: %w", name, err)
		}
		time.Sleep(500 * time.Millisecond)
	}
	return g, nil
}

// connect prepares the connections to a server.
func (s *stand) connect(child *process.Child, tcp, unix string) server {
	v := server{child: child, tcp: newClient("tcp", tcp, s.Connections), unix: newClient("unix", unix, s.Connections), few: newClient("tcp", tcp, few)}
	s.closing = append(s.closing, v.tcp.close, v.unix.close, v.few.close)
	return v
}
