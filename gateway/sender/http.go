package sender

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// HTTPOptions describe a provider of text messages that takes them by POST.
type HTTPOptions struct {
	URL string
	// Headers are further ones as "Name: value"; {secret} stands for the content of SecretFile.
	Headers []string
	// Body is JSON in whose texts {to} and {text} stand for the message.
	Body string
	// SecretFile holds a secret in one line; read for each message.
	SecretFile string
	Timeout    time.Duration // of one question. Default 10 s
}

// HTTP sends text messages through a provider: any answer of class 2xx is taken for sent.
type HTTP struct {
	o      HTTPOptions
	body   any // parsed JSON
	client *http.Client
}

var _ Sender = (*HTTP)(nil)

// NewHTTP makes the sender; it asks nothing. The error says which option cannot be used.
func NewHTTP(o HTTPOptions) (*HTTP, error) {
	if u, err := url.Parse(o.URL); err != nil || u.Host == "" {
		return nil, errors.New("sender: want an address to post to")
	}
	body, err := ParseBody(o.Body)
	if err != nil {
		return nil, err
	}
	for _, h := range o.Headers {
		if _, _, err := ParseHeader(h); err != nil {
			return nil, err
		}
	}
	if _, err := readSecret(o.SecretFile); err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	// A redirect could take the secret and the code elsewhere; a provider has no need of one.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &HTTP{o: o, body: body, client: &http.Client{Timeout: o.Timeout, CheckRedirect: stay}}, nil
}

// placeholder is what looks like one in a body.
var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// ParseBody reads a body template: a JSON object in whose texts {to} and {text} occur, and nothing else in braces.
func ParseBody(template string) (any, error) {
	d := json.NewDecoder(strings.NewReader(template))
	d.UseNumber()
	var body map[string]any
	if err := d.Decode(&body); err != nil || body == nil || d.More() {
		return nil, errors.New("want a JSON object")
	}
	found := map[string]bool{}
	fill(body, func(s string) string {
		for _, name := range placeholder.FindAllString(s, -1) {
			found[name] = true
		}
		return s
	})
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if name != "{to}" && name != "{text}" {
			return nil, fmt.Errorf("%s stands for nothing; there are {to} and {text}", name)
		}
	}
	if !found["{to}"] || !found["{text}"] {
		return nil, errors.New("want {to} and {text} in its texts")
	}
	return body, nil
}

// fill makes a copy of parsed JSON with every text replaced; names of members stay.
func fill(v any, replace func(string) string) any {
	switch v := v.(type) {
	case string:
		return replace(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = fill(v[i], replace)
		}
		return list
	case map[string]any:
		o := make(map[string]any, len(v))
		for name, member := range v {
			o[name] = fill(member, replace)
		}
		return o
	}
	return v
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`)

// ParseHeader takes "Name: value" apart.
func ParseHeader(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	if !ok || !headerName.MatchString(name) || value == "" || strings.ContainsAny(value, "\r\n\x00") {
		return "", "", errors.New(`want "Name: value"`)
	}
	return name, value, nil
}

// Send implements Sender.
func (h *HTTP) Send(ctx context.Context, m Message) error {
	request, err := h.request(ctx, m)
	if err != nil {
		return err
	}
	response, err := h.client.Do(request)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err // without the address, which may hold a key
		}
		return fmt.Errorf("sender: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // so that the connection can be used again
	switch class := response.StatusCode / 100; {
	case class == 2:
		return nil
	case class == 5 || response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusRequestTimeout:
		return fmt.Errorf("sender: the provider answers %d", response.StatusCode)
	}
	return &Refused{fmt.Sprintf("the provider answers %d", response.StatusCode)}
}

func (h *HTTP) request(ctx context.Context, m Message) (*http.Request, error) {
	secret, err := readSecret(h.o.SecretFile)
	if err != nil {
		return nil, err
	}
	// One pass: what a text says is not looked through for placeholders.
	values := strings.NewReplacer("{to}", m.To, "{text}", m.Text)
	body, err := json.Marshal(fill(h.body, values.Replace))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.o.URL, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("sender: the address cannot be used")
	}
	request.Header.Set("Content-Type", "application/json")
	for _, text := range h.o.Headers {
		name, value, err := ParseHeader(text)
		if err != nil {
			return nil, err
		}
		request.Header.Set(name, strings.ReplaceAll(value, "{secret}", secret))
	}
	return request, nil
}
