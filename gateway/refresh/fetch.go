package refresh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

// mark is what a source said of the version it sent, to be asked "anything newer than this?".
type mark struct {
	ETag     string    // HTTP: strong or weak, quoted as it came
	Modified string    // HTTP: Last-Modified as it came
	Time     time.Time // file: modification time
	Size     int64     // file: length
}

// content is one list as its source sent it.
type content struct {
	data []byte
	mark mark
	// at is what its age counts from: when it was fetched, or when the file was written.
	at    time.Time
	saved bool // it comes out of the store
}

var (
	errUnchanged = errors.New("unchanged since the last look")
	errTooLarge  = errors.New("larger than max_size")
)

// fetcher reads one source. It answers errUnchanged when since still describes the newest version.
type fetcher func(ctx context.Context, since mark) (content, error)

// fromFile reads path, at most limit bytes.
func fromFile(path string, limit int64) fetcher {
	return func(_ context.Context, since mark) (content, error) {
		f, err := os.Open(path)
		if err != nil {
			return content{}, err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return content{}, err
		}
		// Taken before reading: a file written to meanwhile has a later time at the next look.
		m := mark{Time: info.ModTime(), Size: info.Size()}
		if m.Time.Equal(since.Time) && m.Size == since.Size {
			return content{}, errUnchanged
		}
		data, err := readAtMost(f, limit)
		at := m.Time
		if now := time.Now(); at.After(now) {
			at = now // else it would not begin to age before then
		}
		return content{data: data, mark: m, at: at}, err
	}
}

// web asks servers.
type web struct {
	client     *http.Client
	serverTime func(time.Time) // is told what time servers think it is; may be nil
}

// get asks address with a conditional GET.
func (w web) get(address string, lists Lists) fetcher {
	return func(ctx context.Context, since mark) (content, error) {
		ctx, cancel := context.WithTimeout(ctx, lists.Timeout)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return content{}, err
		}
		// Status list tokens come in two spellings under one address (draft-ietf-oauth-status-list §8.1).
		request.Header.Set("Accept", "application/statuslist+cwt, application/statuslist+jwt, application/json, */*;q=0.5")
		if since.ETag != "" {
			request.Header.Set("If-None-Match", since.ETag)
		} else if since.Modified != "" {
			request.Header.Set("If-Modified-Since", since.Modified)
		}
		response, err := w.client.Do(request)
		if err != nil {
			return content{}, plainError(err)
		}
		defer response.Body.Close()
		w.tellTime(response.Header)
		switch response.StatusCode {
		case http.StatusOK:
		case http.StatusNotModified:
			return content{}, errUnchanged
		default:
			return content{}, fmt.Errorf("the server answers %s", response.Status)
		}
		data, err := readAtMost(response.Body, lists.MaxSize)
		m := mark{ETag: response.Header.Get("ETag"), Modified: response.Header.Get("Last-Modified")}
		return content{data: data, mark: m, at: time.Now()}, plainError(err)
	}
}

// tellTime passes the server's clock on, unless the answer lay in a cache, whose Date is of back then (RFC 9111
// §5.1).
func (w web) tellTime(h http.Header) {
	t, err := http.ParseTime(h.Get("Date"))
	if err == nil && h.Get("Age") == "" && w.serverTime != nil {
		w.serverTime(t)
	}
}

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, err
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
func newClient() *http.Client {
	return &http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
			return errors.New("redirected from https to http")
		}
		if len(via) > 5 {
			return errors.New("redirected more than five times")
		}
		return nil
	}}
}

// displayName is a source's name without what may be secret in it.
func displayName(name string) string {
	u, err := url.Parse(name)
	if err != nil || u.Host == "" {
		return name
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
