// Package probe measures what shows only in a real gateway under load: whether its memory stays flat for
// minutes, whether a dashboard that has stopped reading costs the gates anything, and how much memory a
// malicious payload can make it use.
//
// Each measurement starts a demo gateway of its own on the loopback interface and ends it again.
package probe

import (
	"context"
	"io"
	"path/filepath"
	"time"

	"vratar/bench/corpus"
	"vratar/bench/load"
	"vratar/bench/process"
)

// Setup says which gateway is measured and where it may write.
type Setup struct {
	Binary string
	Dir    string    // an empty folder
	Log    io.Writer // takes the gateway's output
	Seed   uint64    // of the credentials
}

// subject is a gateway under measurement, with the maker of credentials it trusts.
type subject struct {
	*process.Gateway
	maker *corpus.Maker
}

const startPatience = 30 * time.Second

func (s Setup) start(ctx context.Context) (*subject, error) {
	maker, err := corpus.NewMaker(s.Seed, time.Now())
	if err != nil {
		return nil, err
	}
	trust, status, err := maker.WriteLists(filepath.Join(s.Dir, "corpus"))
	if err != nil {
		return nil, err
	}
	listen, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	o := process.Options{
		Binary: s.Binary, Listen: listen, Data: filepath.Join(s.Dir, "data"),
		Trust: []string{trust}, Status: status, Output: s.Log,
	}
	g, err := process.Launch(ctx, o, startPatience)
	if err != nil {
		return nil, err
	}
	return &subject{g, maker}, nil
}

// scans makes a target that presents a new genuine credential at every arrival of plan; first is the number
// of the first, so that consecutive runs show different ones.
func (s *subject) scans(plan load.Plan, first int) (*load.Scan, error) {
	items, err := s.maker.Items(corpus.Selection{Mix: corpus.Mix{{Kind: corpus.Genuine, Weight: 1}}, First: first, Count: plan.Arrivals()})
	if err != nil {
		return nil, err
	}
	return load.NewScan(load.Gateway{URL: s.Demo.URL, Token: s.Demo.DeviceToken}, load.Scans{
		Items: items, Checkpoints: s.Demo.CheckpointIDs(), Run: load.NewRunID(),
	}, plan.Arrivals())
}
