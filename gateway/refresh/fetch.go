package refresh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// web asks servers, within limits.
type web struct {
	client     *http.Client
	serverTime func(time.Time) // is told what time servers think it is; may be nil
	timeout    time.Duration   // of one request
	maxSize    int64           // of what one source sends, bytes
}

// question is one conditional GET.
type question struct {
	address string
	since   mark
	header  http.Header // beyond the usual; nil: none
}

// get asks. Only 200 is an answer; 304 to a condition is errUnchanged, everything else a *refusal or another error.
func (w web) get(ctx context.Context, q question) (c content, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	err = w.stream(ctx, q, func(response *http.Response, m mark) error {
		data, err := readAtMost(response.Body, w.maxSize, response.ContentLength)
		c = content{data: data, mark: m, at: time.Now()}
		return err
	})
	return c, err
}

// stream asks, and has f read the answer; it is not bounded in size, and in time by ctx alone.
func (w web) stream(ctx context.Context, q question, f func(*http.Response, mark) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, q.address, nil)
	if err != nil {
		return plainError(err)
	}
	// Status list tokens come in two spellings under one address (draft-ietf-oauth-status-list §8.1).
	request.Header.Set("Accept", "application/statuslist+cwt, application/statuslist+jwt, application/json, */*;q=0.5")
	if q.since.ETag != "" {
		request.Header.Set("If-None-Match", q.since.ETag)
	} else if q.since.Modified != "" {
		request.Header.Set("If-Modified-Since", q.since.Modified)
	}
	for name, values := range q.header {
		request.Header[name] = values
	}
	response, err := w.client.Do(request)
	if err != nil {
		return plainError(err)
	}
	defer response.Body.Close()
	w.tellTime(response.Header)
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		if !isConditional(request.Header) {
			return errors.New("the server answers 304 to a question without a condition")
		}
		return errUnchanged
	default:
		return &refusal{response.StatusCode, retryAfter(response.Header)}
	}
	m := mark{ETag: response.Header.Get("ETag"), Modified: response.Header.Get("Last-Modified")}
	return plainError(f(response, m))
}

// isConditional reports whether a question may be answered with 304 (RFC 9110 §15.4.5): else an answer out of somebody
// else's cache would pass for our list's being current.
func isConditional(asked http.Header) bool {
	return asked.Get("If-None-Match") != "" || asked.Get("If-Modified-Since") != ""
}

// pinned asks the same servers, but is led nowhere else by them: for questions that carry a secret, and for
// lists made of many answers.
func (w web) pinned() web {
	client := *w.client
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if !sameOrigin(next.URL, via[0].URL) {
			return errors.New("redirected to another server")
		}
		return checkRedirect(next, via)
	}
	w.client = &client
	return w
}

// less is w with room for n bytes less.
func (w web) less(n int) web {
	w.maxSize = max(w.maxSize-int64(n), 0)
	return w
}

// refusal is an answer that brings nothing.
type refusal struct {
	code  int
	after time.Duration // how long the server wants to be left alone; zero: it does not say
}

func (r *refusal) Error() string {
	return fmt.Sprintf("the server answers %d %s", r.code, http.StatusText(r.code))
}

// isRefusal reports whether err is the server's answer with one of these codes.
func isRefusal(err error, codes ...int) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, c := range codes {
		if r.code == c {
			return true
		}
	}
	return false
}

// maxRetryAfter bounds how long a server can put us off: a list must not grow old because of one answer.
const maxRetryAfter = 10 * time.Minute

// retryAfter reads the header of that name where it is a number of seconds (RFC 9110 §10.2.3).
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}

// tellTime passes the server's clock on, unless the answer lay in a cache, whose Date is of back then (RFC 9111
// §5.1).
func (w web) tellTime(h http.Header) {
	t, err := http.ParseTime(h.Get("Date"))
	if err == nil && h.Get("Age") == "" && w.serverTime != nil {
		w.serverTime(t)
	}
}

// readAtMost reads all of r. expected is what it is said to hold, 0 or less when that is not known: room for it is
// made at once, as far as it is no boast, because a large list read bit by bit is copied several times.
func readAtMost(r io.Reader, limit, expected int64) ([]byte, error) {
	const boast = 16 << 20
	room := min(max(expected, 0), limit, boast) + bytes.MinRead
	b := bytes.NewBuffer(make([]byte, 0, room))
	if _, err := b.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return b.Bytes(), err
	}
	if int64(b.Len()) > limit {
		return nil, errTooLarge
	}
	return b.Bytes(), nil
}

// plainError drops the address from an error of net/http: it may carry a secret in its query, and errors are
// shown.
func plainError(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// newClient is an HTTP client that is never led from https to http, where anybody on the way could answer.
func newClient() *http.Client { return &http.Client{CheckRedirect: checkRedirect} }

func checkRedirect(next *http.Request, via []*http.Request) error {
	if via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return errors.New("redirected from https to http")
	}
	if len(via) > 5 {
		return errors.New("redirected more than five times")
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// displayName is a source's name without what may be secret in it.
func displayName(name string) string {
	u, err := url.Parse(name)
	if err != nil || u.Host == "" {
		return name
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
