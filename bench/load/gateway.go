package load

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"vratar/bench/corpus"
	"vratar/verifier"
	"vratar/verifier/jsontext"
)

var (
	errNoItems       = errors.New("there is nothing to show: the corpus is empty")
	errNoCheckpoints = errors.New("scans need a checkpoint")
)

// Gateway is where requests go and in whose name.
type Gateway struct {
	URL   string // scheme, host and port
	Token string // bearer token of a device; empty asks without one
}

// address is a Gateway taken apart, shared by the targets.
type address struct {
	host   string
	secure bool
	base   string
	bearer string
}

func (g Gateway) address() (address, error) {
	u, err := url.Parse(g.URL)
	if err != nil {
		return address{}, fmt.Errorf("gateway address: %w", err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || (u.Path != "" && u.Path != "/") {
		return address{}, fmt.Errorf("gateway address %q: want http://host:port", g.URL)
	}
	a := address{host: u.Host, secure: u.Scheme == "https", base: u.Scheme + "://" + u.Host}
	if u.Port() == "" {
		a.host += map[bool]string{false: ":80", true: ":443"}[a.secure]
	}
	if g.Token != "" {
		a.bearer = "Bearer " + g.Token
	}
	return a, nil
}

// Client implements Target.
func (a *address) Client() *fasthttp.HostClient {
	c := &fasthttp.HostClient{Addr: a.host, IsTLS: a.secure, Name: "scanload", DialDualStack: true}
	if a.secure {
		c.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS13}
	}
	return c
}

// request is the part of a target's requests that never changes.
func (a *address) request(path, contentType string) *fasthttp.Request {
	req := new(fasthttp.Request)
	req.Header.SetMethod(fasthttp.MethodPost)
	req.SetRequestURI(a.base + path)
	req.Header.SetContentType(contentType)
	if a.bearer != "" {
		req.Header.Set(fasthttp.HeaderAuthorization, a.bearer)
	}
	return req
}

// Verify asks POST /v1/verify about Items in turn, from the first again when they run out.
type Verify struct {
	address
	template *fasthttp.Request
	items    []corpus.Item
}

// NewVerify makes a Verify target.
func NewVerify(g Gateway, items []corpus.Item) (*Verify, error) {
	a, err := g.address()
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, errNoItems
	}
	return &Verify{address: a, template: a.request("/v1/verify", "application/octet-stream"), items: items}, nil
}

// Fill implements Target.
func (v *Verify) Fill(req *fasthttp.Request, i int) {
	v.template.CopyTo(req)
	req.SetBodyRaw(v.items[i%len(v.items)].Payload)
}

// Judge implements Target.
func (v *Verify) Judge(i, status int, body []byte) Answer {
	return judge(status, body, v.items[i%len(v.items)].Expect, verifier.ReasonNone)
}

// Scans says how a Scan target presents credentials.
type Scans struct {
	Items       []corpus.Item
	Checkpoints []string // taken in turn
	Run         string   // makes the nonces of this run unlike those of any other
	// Repeat starts again with the first item when they run out. A genuine credential may then be answered
	// already_admitted as well.
	Repeat bool
}

// Scan asks POST /v1/scan, each arrival with its own nonce.
type Scan struct {
	address
	Scans
	template *fasthttp.Request
	again    verifier.Reason // also accepted where ok is expected
}

// NewScan makes a Scan target for arrivals requests.
func NewScan(g Gateway, s Scans, arrivals int) (*Scan, error) {
	a, err := g.address()
	switch {
	case err != nil:
		return nil, err
	case len(s.Items) == 0:
		return nil, errNoItems
	case len(s.Checkpoints) == 0:
		return nil, errNoCheckpoints
	case !s.Repeat && len(s.Items) < arrivals:
		return nil, fmt.Errorf("%d scans need as many credentials, there are %d: a repeated one is not admitted", arrivals, len(s.Items))
	}
	t := &Scan{address: a, Scans: s, template: a.request("/v1/scan", "application/json")}
	if s.Repeat {
		t.again = verifier.ReasonAlreadyAdmitted
	}
	return t, nil
}

// Fill implements Target.
func (s *Scan) Fill(req *fasthttp.Request, i int) {
	s.template.CopyTo(req)
	var room [4 << 10]byte
	b := room[:0]
	if payload := s.Items[i%len(s.Items)].Payload; utf8.Valid(payload) {
		b = jsontext.AppendString(append(b, `{"payload":`...), payload)
	} else {
		b = append(b, `{"payload_b64":"`...)
		b = base64.StdEncoding.AppendEncode(b, payload)
		b = append(b, '"')
	}
	b = jsontext.AppendString(append(b, `,"checkpoint":`...), s.Checkpoints[i%len(s.Checkpoints)])
	b = append(b, `,"direction":"entry","nonce":"`...)
	b = strconv.AppendInt(append(append(b, s.Run...), '-'), int64(i), 10)
	req.SetBody(append(b, `"}`...))
}

// Judge implements Target.
func (s *Scan) Judge(i, status int, body []byte) Answer {
	return judge(status, body, s.Items[i%len(s.Items)].Expect, s.again)
}

// judge holds a response against the expected reason; again is a second one that will do where ok is expected.
func judge(status int, body []byte, expect, again verifier.Reason) Answer {
	switch {
	case status == fasthttp.StatusServiceUnavailable:
		return Answer{Class: Overloaded}
	case status >= 500:
		return Answer{Class: ServerError}
	case status != fasthttp.StatusOK:
		return Answer{Class: ClientError}
	}
	got := reasonIn(body)
	if got == expect || (expect == verifier.ReasonOK && again != verifier.ReasonNone && got == again) {
		return Answer{Class: Expected, Reason: got}
	}
	return Answer{Class: WrongAnswer, Reason: got}
}

var reasonMember = []byte(`"reason":"`)

// reasonIn finds the verdict's reason in the text of an answer without reading the rest. The gateway writes
// it before anything that comes out of the payload, so the first one is the verdict's.
func reasonIn(body []byte) verifier.Reason {
	_, rest, ok := bytes.Cut(body, reasonMember)
	if !ok {
		return verifier.ReasonNone
	}
	word, _, _ := bytes.Cut(rest, []byte{'"'})
	return verifier.ParseReason(string(word))
}

// NewRunID is a random prefix for nonces.
func NewRunID() string { return fmt.Sprintf("%016x", rand.Uint64()) }
