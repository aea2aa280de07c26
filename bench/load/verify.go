package load

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/valyala/fasthttp"

	"vratar/verifier"
)

// Verify asks POST /v1/verify.
type Verify struct {
	address
	Shows
	template *fasthttp.Request
}

// NewVerify makes a Verify target.
func NewVerify(g Gateway, s Shows) (*Verify, error) {
	a, err := g.address()
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return nil, err
	}
	return &Verify{address: a, Shows: s, template: a.request("/v1/verify", "application/octet-stream")}, nil
}

func (s *Shows) check() error {
	switch {
	case len(s.Items) == 0:
		return errNoItems
	case !validShare(s.Repeated):
		return errors.New("the share of repeated credentials must be from 0 to below 1")
	}
	return nil
}

// Connect implements Target.
func (v *Verify) Connect(int) Conn { return connectHTTP(v) }

func (v *Verify) fill(req *fasthttp.Request, i int) expectation {
	payload, expect := v.present(v.item(i))
	v.template.CopyTo(req)
	req.SetBodyRaw(payload)
	return expectation{reason: expect}
}

func (v *Verify) judge(_ int, want expectation, status int, body []byte) Answer {
	return judgeOne(want, status, body)
}

// Batch asks POST /v1/verify/batch: one arrival is one request of many lines.
type Batch struct {
	address
	Shows
	lines    int
	template *fasthttp.Request
}

// maxLines is what a gateway takes at once.
const maxLines = 10_000

// NewBatch makes a Batch target.
func NewBatch(g Gateway, s Shows, lines int) (*Batch, error) {
	a, err := g.address()
	if err == nil {
		err = s.check()
	}
	if err == nil && (lines < 1 || lines > maxLines) {
		err = fmt.Errorf("a batch has 1 to %d lines", maxLines)
	}
	if err != nil {
		return nil, err
	}
	return &Batch{address: a, Shows: s, lines: lines, template: a.request("/v1/verify/batch", "application/jsonl")}, nil
}

// Connect implements Target.
func (b *Batch) Connect(int) Conn { return connectHTTP(b) }

func (b *Batch) client() *fasthttp.HostClient {
	c := b.address.client()
	c.MaxResponseBodySize = maxAnswer + b.lines*8<<10
	return c
}

func (b *Batch) fill(req *fasthttp.Request, i int) expectation {
	b.template.CopyTo(req)
	var body []byte
	for line := range b.lines {
		payload, expect := b.present(b.item(i*b.lines + line))
		// The line's name tells what is expected of it, so that answers are judged without keeping the question.
		body = strconv.AppendInt(append(body, `{"id":"`...), int64(line), 10)
		body = append(append(append(body, ' '), expect.String()...), `",`...)
		body = append(appendPayload(body, payload), '}', '\n')
	}
	req.SetBodyRaw(body)
	return expectation{}
}

// judge takes a batch as answered when every line is, in order.
func (b *Batch) judge(_ int, _ expectation, status int, body []byte) Answer {
	if class, is := problem(status); is {
		return Answer{Class: class}
	}
	out := Answer{Class: Expected, Reason: verifier.ReasonOK}
	for line := range bytes.Lines(body) {
		number, expect, ok := lineName(line)
		if !ok || number != out.Verdicts {
			break
		}
		out.Verdicts++
		if a := (expectation{reason: expect}).judge(line); a.Class != Expected && out.Class == Expected {
			out.Class, out.Reason = a.Class, a.Reason
		}
	}
	if out.Verdicts != b.lines {
		out.Class = WrongAnswer
	}
	return out
}

// lineName reads what fill wrote into the id.
func lineName(line []byte) (number int, expect verifier.Reason, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"id":"`))
	name, _, found := bytes.Cut(rest, []byte(`"`))
	text, reason, split := bytes.Cut(name, []byte(" "))
	number, err := strconv.Atoi(string(text))
	return number, verifier.ParseReason(string(reason)), ok && found && split && err == nil
}
