package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"vratar/bench/process"
)

// question is one scan.
type question struct {
	key
	credential int
}

// client asks one incarnation of the gateway.
type client struct {
	demo   process.Demo
	http   *http.Client
	cookie string // of a session; empty asks with the device's token
}

func newClient(d process.Demo) *client {
	return &client{demo: d, http: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: workers}, Timeout: 10 * time.Second,
	}}
}

func (c *client) close() { c.http.CloseIdleConnections() }

// scan shows a payload. It fails when the connection does, or when the gateway answers with anything but a
// decision.
func (c *client) scan(ctx context.Context, q question, payload []byte) (Passage, error) {
	body, err := json.Marshal(map[string]string{
		"payload": string(payload), "checkpoint": q.checkpoint, "direction": "entry", "nonce": q.nonce,
	})
	if err != nil {
		return Passage{}, err
	}
	var p Passage
	if err := c.call(ctx, http.MethodPost, "/v1/scan", body, &p); err != nil {
		return Passage{}, err
	}
	p.Subject = "" // the ledger's own business
	return p, nil
}

// passages reads the ledger in order, as an administrator, from the record behind after, and hands each to take.
func (c *client) passages(ctx context.Context, after uint64, take func(Passage)) error {
	cookie, err := c.demo.SignIn(ctx)
	if err != nil {
		return err
	}
	reader := client{demo: c.demo, http: c.http, cookie: cookie}
	for {
		var page struct {
			Passages []Passage `json:"passages"`
			Last     uint64    `json:"last"`
		}
		if err := reader.call(ctx, http.MethodGet, fmt.Sprintf("/v1/passages?after=%d&limit=1000", after), nil, &page); err != nil {
			return err
		}
		for _, p := range page.Passages {
			take(p)
			after = p.Seq
		}
		if len(page.Passages) == 0 || after >= page.Last {
			return nil
		}
	}
}

// refusal is an answer that is no decision: a problem document.
type refusal struct {
	status int
	body   string
}

func (r *refusal) Error() string { return fmt.Sprintf("status %d: %s", r.status, r.body) }

func (c *client) call(ctx context.Context, method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.demo.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if c.cookie != "" {
		req.Header.Set("Cookie", c.cookie)
		req.Header.Set("Origin", c.demo.URL)
	} else {
		req.Header.Set("Authorization", "Bearer "+c.demo.DeviceToken)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return err // cut off in the middle of the answer: it was not answered
	}
	if resp.StatusCode != http.StatusOK {
		return &refusal{resp.StatusCode, string(b)}
	}
	return json.Unmarshal(b, into)
}
