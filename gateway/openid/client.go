package openid

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"vratar/verifier/jose"
)

// Limits of every answer of a provider.
const (
	answerTime = 10 * time.Second
	maxAnswer  = 512 << 10 // bytes
	maxToken   = 64 << 10  // bytes of a JWT
)

var errTooLarge = errors.New("the answer is too large")

// newClient asks providers, within limits. It follows no redirect: none of these addresses has a reason to send us
// elsewhere, where our secret would go as well.
func newClient() *http.Client {
	return &http.Client{
		Timeout: answerTime,
		Transport: bounded{&http.Transport{
			Proxy:       http.ProxyFromEnvironment,
			DialContext: (&net.Dialer{Timeout: answerTime / 2}).DialContext, TLSHandshakeTimeout: answerTime / 2,
			ResponseHeaderTimeout: answerTime, MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute,
			MaxConnsPerHost: maxAtOnce, ForceAttemptHTTP2: true,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded cuts answers off: the libraries read them whole.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err == nil {
		response.Body = &boundedBody{response.Body, maxAnswer}
	}
	return response, err
}

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// getJSON asks for one JSON object. token, if there is one, is shown to the provider.
func getJSON(ctx context.Context, client *http.Client, address, token string) (jose.Object, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return readJSON(client.Do(request))
}

// readJSON reads an answer as one JSON object.
func readJSON(response *http.Response, err error) (jose.Object, error) {
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, &answerError{statusError(response.StatusCode)}
	}
	if kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err == nil && kind == "application/jwt" {
		return nil, &answerError{errors.New("a JWT instead of JSON")}
	}
	o, err := jose.ParseObject(body)
	if err != nil {
		return nil, &answerError{errors.New("not a JSON object")}
	}
	return o, nil
}

// answerError is that there was an answer, and it was no good. It quotes nothing of it.
type answerError struct{ error }
