package load

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"

	"github.com/valyala/fasthttp"

	"vratar/verifier"
)

var (
	errNoItems       = errors.New("there is nothing to show: the corpus is empty")
	errNoCheckpoints = errors.New("scans need a checkpoint")
)

// Gateway is where requests go and in whose name.
type Gateway struct {
	URL   string         // scheme, host and port, or unix:PATH of its socket
	Token string         // bearer token of a device; empty asks without one
	Roots *x509.CertPool // who vouches for its certificate; nil: whom the system trusts
}

// address is a Gateway taken apart, shared by the targets.
type address struct {
	host   string
	secure bool
	base   string
	bearer string
	socket string // path of a UNIX socket, instead of a TCP connection to host
	roots  *x509.CertPool
}

func (g Gateway) address() (a address, err error) {
	if path, is := strings.CutPrefix(g.URL, "unix:"); is && path != "" {
		a = address{host: "localhost:80", base: "http://localhost", socket: path}
	} else if a, err = g.remote(); err != nil {
		return address{}, err
	}
	if g.Token != "" {
		a.bearer = "Bearer " + g.Token
	}
	a.roots = g.Roots
	return a, nil
}

func (g Gateway) remote() (address, error) {
	u, err := url.Parse(g.URL)
	if err != nil {
		return address{}, fmt.Errorf("gateway address: %w", err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || (u.Path != "" && u.Path != "/") {
		return address{}, fmt.Errorf("gateway address %q: want http://host:port or unix:PATH", g.URL)
	}
	a := address{host: u.Host, secure: u.Scheme == "https", base: u.Scheme + "://" + u.Host}
	if u.Port() == "" {
		a.host += map[bool]string{false: ":80", true: ":443"}[a.secure]
	}
	return a, nil
}

// trusts is how the gateway's certificate is checked.
func (a *address) trusts() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: a.roots}
}

// client is for one worker, which sets its limits.
func (a *address) client() *fasthttp.HostClient {
	c := &fasthttp.HostClient{Addr: a.host, IsTLS: a.secure, Name: "scanload", DialDualStack: true}
	if a.secure {
		c.TLSConfig = a.trusts()
	}
	if a.socket != "" {
		c.Dial = func(string) (net.Conn, error) { return net.Dial("unix", a.socket) }
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

// expectation is what must be answered to one arrival.
type expectation struct {
	reason verifier.Reason // ReasonNone: any verdict will do
	also   verifier.Reason // will do as well where ok is expected; ReasonNone: nothing else will
}

// judge holds a verdict against what is expected.
func (e expectation) judge(body []byte) Answer {
	got := reasonIn(body)
	also := e.reason == verifier.ReasonNone || (e.reason == verifier.ReasonOK && got == e.also)
	if got != verifier.ReasonNone && (got == e.reason || also) {
		return Answer{Class: Expected, Reason: got}
	}
	return Answer{Class: WrongAnswer, Reason: got}
}

// problem is the class of a response that is no verdict, if it is none.
func problem(status int) (Class, bool) {
	switch {
	case status == fasthttp.StatusServiceUnavailable:
		return Overloaded, true
	case status >= 500:
		return ServerError, true
	case status != fasthttp.StatusOK:
		return ClientError, true
	}
	return Expected, false
}

// judgeOne judges a response of one verdict.
func judgeOne(want expectation, status int, body []byte) Answer {
	if class, is := problem(status); is {
		return Answer{Class: class}
	}
	return want.judge(body)
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
