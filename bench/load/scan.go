package load

import (
	"fmt"
	"strconv"

	"github.com/valyala/fasthttp"

	"vratar/bench/corpus"
	"vratar/verifier"
	"vratar/verifier/jsontext"
)

// Scans says how credentials are presented at checkpoints.
type Scans struct {
	Items       []corpus.Item
	Checkpoints []string // taken in turn
	Run         string   // makes the nonces of this run unlike those of any other
	// Repeat starts again with the first item when they run out. A genuine credential may then be answered
	// already_admitted as well.
	Repeat bool
	// Repeated is the share of arrivals that show one of the last few credentials once more; already_admitted
	// will then do for every genuine one, since nobody can tell which of two showings is first.
	Repeated float64
	Audience string // the name that the gateway goes by
}

// passer fills scans, whatever carries them.
type passer struct {
	Scans
	shows Shows
	again verifier.Reason // also accepted where ok is expected
}

func newPasser(s Scans, arrivals int) (passer, error) {
	p := passer{Scans: s, shows: Shows{Items: s.Items, Repeated: s.Repeated, Audience: s.Audience}}
	if s.Repeat || s.Repeated > 0 {
		p.again = verifier.ReasonAlreadyAdmitted
	}
	switch err := p.shows.check(); {
	case err != nil:
		return p, err
	case len(s.Checkpoints) == 0:
		return p, errNoCheckpoints
	case !s.Repeat && len(s.Items) < arrivals:
		return p, fmt.Errorf("%d scans need as many credentials, there are %d: a repeated one is not admitted", arrivals, len(s.Items))
	}
	return p, nil
}

// appendScan appends the members of arrival i's scan, without the braces; checkpoint is left out when empty.
func (p *passer) appendScan(dst []byte, i int, checkpoint string) ([]byte, expectation) {
	item := p.shows.item(i)
	payload, expect := p.shows.present(item)
	if item.AtGate != verifier.ReasonNone {
		expect = item.AtGate
	}
	dst = appendPayload(dst, payload)
	if checkpoint != "" {
		dst = jsontext.AppendString(append(dst, `,"checkpoint":`...), checkpoint)
	}
	dst = append(dst, `,"direction":"entry","nonce":"`...)
	dst = strconv.AppendInt(append(append(dst, p.Run...), '-'), int64(i), 10)
	return append(dst, '"'), expectation{expect, p.again}
}

// Scan asks POST /v1/scan, each arrival with its own nonce.
type Scan struct {
	address
	passer
	template *fasthttp.Request
}

// NewScan makes a Scan target for arrivals requests.
func NewScan(g Gateway, s Scans, arrivals int) (*Scan, error) {
	a, err := g.address()
	if err != nil {
		return nil, err
	}
	p, err := newPasser(s, arrivals)
	return &Scan{address: a, passer: p, template: a.request("/v1/scan", "application/json")}, err
}

// Connect implements Target.
func (s *Scan) Connect(int) Conn { return connectHTTP(s) }

func (s *Scan) fill(req *fasthttp.Request, i int) expectation {
	s.template.CopyTo(req)
	var room [4 << 10]byte
	b, want := s.appendScan(append(room[:0], '{'), i, s.Checkpoints[i%len(s.Checkpoints)])
	req.SetBody(append(b, '}'))
	return want
}

func (s *Scan) judge(_ int, want expectation, status int, body []byte) Answer {
	return judgeOne(want, status, body)
}
