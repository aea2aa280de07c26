package httpcost

import (
	"fmt"
	"time"
)

// The goals are ratios to the first work of each contest.
const (
	goalDistinct = 0.5
	goalRepeated = 0.9
	goalBatch    = 9
	goalScan     = 0.7
)

// How the names of contests and works begin.
const (
	Verifying = "POST /v1/verify"
	Batching  = "POST /v1/verify/batch"
	Scanning  = "POST /v1/scan"
	Distinct  = "distinct codes"
	Recording = "the ledger alone"
)

func (s *stand) contests() []*contest {
	return []*contest{
		s.verifying(Verifying, func(v server) *client { return v.tcp }),
		s.verifying(Verifying+", UNIX socket", func(v server) *client { return v.unix }),
		s.batching(),
		s.scanning(),
	}
}

// verifying compares /v1/verify with the constant over one kind of connection.
func (s *stand) verifying(title string, over func(server) *client) *contest {
	ask := func(v server, requests [][]byte) (sample, error) {
		return s.ask(v, over(v), requests, exchange{units: 1, times: 1})
	}
	return &contest{
		title:   title,
		prepare: func() ([][]byte, error) { return s.fresh(s.Requests) },
		works: []*work{
			{title: "fasthttp, constant answer", measure: func(r [][]byte) (sample, error) { return ask(s.idle, r) }},
			{title: Distinct, goal: goalDistinct, measure: func(r [][]byte) (sample, error) { return ask(s.ours.server, r) }},
			{title: "repeated codes", goal: goalRepeated, measure: func(r [][]byte) (sample, error) {
				return ask(s.ours.server, repeat(s.repeated, len(r)))
			}},
		},
	}
}

// fresh are requests of /v1/verify about codes that were never shown.
func (s *stand) fresh(n int) ([][]byte, error) {
	codes, err := s.mint.codes(n)
	return verifies(s.ours.Token, codes), err
}

func repeat(requests [][]byte, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = requests[i%len(requests)]
	}
	return out
}

// batching compares the gateway with itself when crypto/ecdsa checks its signatures.
func (s *stand) batching() *contest {
	ask := func(g *gate, requests [][]byte) (sample, error) {
		return s.ask(g.server, g.few, requests, exchange{units: s.Lines, times: s.Lines})
	}
	return &contest{
		title: fmt.Sprintf("%s of %d", Batching, s.Lines),
		prepare: func() ([][]byte, error) {
			codes, err := s.mint.codes(s.Batches * s.Lines)
			return batches(s.ours.Token, codes, s.Lines), err
		},
		works: []*work{
			{title: "the same with crypto/ecdsa inside", measure: func(r [][]byte) (sample, error) { return ask(s.usual, r) }},
			{title: Distinct, goal: goalBatch, measure: func(r [][]byte) (sample, error) { return ask(s.ours, r) }},
		},
	}
}

// scanning compares scans with what the ledger can record, by the clock: both wait for the disk.
func (s *stand) scanning() *contest {
	round := 0
	return &contest{
		title: Scanning + ", synced ledger", byClock: true,
		prepare: func() ([][]byte, error) {
			round++
			codes, err := s.mint.codes(s.Scans)
			return scans(s.recording.Token, codes, fmt.Sprint("round-", round)), err
		},
		works: []*work{
			{title: Recording + ", as many writers", measure: func(r [][]byte) (sample, error) { return s.claim(len(r)) }},
			{title: Distinct + ", admitted", goal: goalScan, measure: func(r [][]byte) (sample, error) {
				return s.ask(s.recording.server, s.recording.tcp, r, exchange{units: 1, times: 1})
			}},
		},
	}
}

// exchange says what a request is worth, and how many good answers its response holds.
type exchange struct{ units, times int }

func (s *stand) ask(v server, c *client, requests [][]byte, e exchange) (sample, error) {
	if err := s.ctx.Err(); err != nil {
		return sample{}, err
	}
	before, err := v.child.CPU()
	if err != nil {
		return sample{}, err
	}
	wall, err := c.ask(requests, admitted, e.times)
	if err != nil {
		return sample{}, err
	}
	after, err := v.child.CPU()
	return sample{units: e.units * len(requests), cpu: after - before, wall: wall}, err
}

func (s *stand) claim(n int) (sample, error) {
	before, err := s.ledger.child.CPU()
	if err != nil {
		return sample{}, err
	}
	var wall time.Duration
	if wall, err = s.ledger.claim(n); err != nil {
		return sample{}, err
	}
	after, err := s.ledger.child.CPU()
	return sample{units: n, cpu: after - before, wall: wall}, err
}
