package probe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"vratar/bench/corpus"
	"vratar/bench/process"
	"vratar/verifier"
)

// BadInput measures the memory that malicious payloads make the gateway use on /v1/verify.
type BadInput struct {
	Repeats int   // of each payload in each of three passes; more make the figures steadier
	Limit   int64 // bytes that a request may make the gateway allocate
	// Formats are those of which a genuine code is cut short at each of its bytes, which takes a request a byte;
	// empty: every format of the corpus.
	Formats []string
}

// Usage is what one sort of payload costs.
type Usage struct {
	Name     string         `json:"name"`
	Bytes    int            `json:"bytes"`                 // of the longest payload of this sort
	Requests int            `json:"requests"`              // that were made
	PerScan  int64          `json:"allocated_per_request"` // exact to some kilobytes: the runtime counts in lumps
	Answers  map[string]int `json:"answers"`               // by reason, or by status where there was no verdict
}

// Footprint is what came of a BadInput.
type Footprint struct {
	Usages []Usage `json:"usages"`
	// PeakGrowth is how far the gateway's resident memory rose above where it stood, at any moment of the
	// whole series.
	PeakGrowth int64    `json:"peak_growth"`
	Faults     []string `json:"faults,omitempty"` // above the limit, or not answered as promised
}

// String is a table.
func (f *Footprint) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s %9s %9s %12s  %s\n", "payload", "bytes", "requests", "allocated/req", "answers")
	for _, u := range f.Usages {
		fmt.Fprintf(&b, "%-28s %9d %9d %12d  %v\n", u.Name, u.Bytes, u.Requests, u.PerScan, u.Answers)
	}
	fmt.Fprintf(&b, "peak resident memory rose by %d KiB over all of them", f.PeakGrowth>>10)
	for _, fault := range f.Faults {
		fmt.Fprintf(&b, "\nFAULT %s", fault)
	}
	return b.String()
}

// check compares a usage with what is promised: bounded memory, and a verdict with a reason for every payload
// that is not too large for a request.
func (f *Footprint) check(u Usage, limit int64) {
	if u.PerScan > limit {
		f.Faults = append(f.Faults, fmt.Sprintf("%s: %d bytes for a request", u.Name, u.PerScan))
	}
	for answer, n := range u.Answers {
		if verifier.ParseReason(answer) == verifier.ReasonNone && answer != tooLarge {
			f.Faults = append(f.Faults, fmt.Sprintf("%s: %d times answered %s", u.Name, n, answer))
		}
	}
}

const tooLarge = "413" // the one status beside 200

// batch is payloads measured together.
type batch struct {
	name     string
	payloads [][]byte
}

// Run measures.
func (p BadInput) Run(ctx context.Context, setup Setup) (Footprint, error) {
	g, err := setup.start(ctx)
	if err != nil {
		return Footprint{}, err
	}
	f, err := p.measure(ctx, g)
	return f, errors.Join(err, g.Stop())
}

func (p BadInput) measure(ctx context.Context, g *subject) (Footprint, error) {
	if len(p.Formats) == 0 {
		p.Formats = corpus.Formats()
	}
	batches, err := badBatches(g.maker, p.Formats)
	if err != nil {
		return Footprint{}, err
	}
	meter := &meter{url: g.Demo.URL, gateway: g.Gateway}
	// The first round lets pools and buffers grow to their working size; growth from there on is leakage.
	for _, s := range batches {
		if _, err := meter.measure(ctx, s, 1); err != nil {
			return Footprint{}, err
		}
	}
	if err := g.ResetPeak(); err != nil {
		return Footprint{}, err
	}
	before, err := g.Memory()
	if err != nil {
		return Footprint{}, err
	}
	var f Footprint
	for _, s := range batches {
		u, err := meter.measure(ctx, s, p.Repeats)
		if err != nil {
			return f, err
		}
		f.Usages = append(f.Usages, u)
		f.check(u, p.Limit)
	}
	after, err := g.Memory()
	f.PeakGrowth = after.Peak - before.Resident
	return f, err
}

// badBatches are the corpus's broken payloads, every truncation of a genuine credential, and sizes beyond the
// limits; the first is an ordinary credential to compare with.
func badBatches(m *corpus.Maker, formats []string) ([]batch, error) {
	genuine, err := m.Item(corpus.Genuine, corpus.HCERT, 0)
	if err != nil {
		return nil, err
	}
	batches := []batch{{"genuine, to compare", [][]byte{genuine.Payload}}}
	for n := range corpus.BrokenVariants() {
		item, err := m.Item(corpus.Broken, corpus.HCERT, n)
		if err != nil {
			return nil, err
		}
		batches = append(batches, batch{item.Name, [][]byte{item.Payload}})
	}
	for _, format := range formats {
		item, err := m.Item(corpus.Genuine, format, 1)
		if err != nil {
			return nil, err
		}
		cut := batch{name: "truncated at each byte, " + format}
		for i := range item.Payload {
			cut.payloads = append(cut.payloads, item.Payload[:i])
		}
		batches = append(batches, cut)
	}
	for _, size := range []int{verifier.MaxPayload + 1, 1 << 20} {
		batches = append(batches, batch{fmt.Sprintf("%d bytes", size), [][]byte{bytes.Repeat([]byte("A"), size)}})
	}
	return batches, nil
}

// meter asks one gateway, one request at a time.
type meter struct {
	url     string
	gateway *process.Gateway
}

// passes is how often everything is measured. The gateway's own housekeeping allocates too, so the smallest
// figure is the nearest to the truth.
const passes = 3

func (m *meter) measure(ctx context.Context, s batch, repeats int) (Usage, error) {
	u := Usage{Name: s.name, Answers: make(map[string]int)}
	for _, p := range s.payloads {
		u.Bytes = max(u.Bytes, len(p))
	}
	idle, err := m.allocatedBy(ctx, func() error { return nil }) // reading the counter costs memory too
	if err != nil {
		return u, err
	}
	used, err := m.allocatedBy(ctx, func() error {
		u.Requests += repeats * len(s.payloads)
		return m.ask(ctx, s, repeats, u.Answers)
	})
	if err != nil {
		return u, fmt.Errorf("%s: %w", s.name, err)
	}
	u.PerScan = max(0, used-idle) / int64(repeats*len(s.payloads))
	return u, nil
}

// ask sends every payload of the batch and counts the answers.
func (m *meter) ask(ctx context.Context, s batch, repeats int, answers map[string]int) error {
	for range repeats {
		for _, p := range s.payloads {
			answer, err := m.verify(ctx, p)
			if err != nil {
				return err
			}
			answers[answer]++
		}
	}
	return nil
}

// allocatedBy is by how many bytes the gateway's count of all memory it ever allocated grew during do, in the
// pass in which it grew least.
func (m *meter) allocatedBy(ctx context.Context, do func() error) (int64, error) {
	least := int64(math.MaxInt64)
	for range passes {
		before, err := m.allocated(ctx)
		if err != nil {
			return 0, err
		}
		if err := do(); err != nil {
			return 0, err
		}
		after, err := m.allocated(ctx)
		if err != nil {
			return 0, err
		}
		least = min(least, after-before)
	}
	return least, nil
}

const allocatedMetric = "go_memstats_alloc_bytes_total "

func (m *meter) allocated(ctx context.Context) (int64, error) {
	body, status, err := m.do(ctx, http.MethodGet, "/metrics", nil)
	if err != nil || status != http.StatusOK {
		return 0, errors.Join(err, fmt.Errorf("/metrics: status %d", status))
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), allocatedMetric); ok {
			n, err := strconv.ParseFloat(value, 64)
			return int64(n), err
		}
	}
	return 0, errors.New("/metrics does not tell " + allocatedMetric)
}

func (m *meter) verify(ctx context.Context, payload []byte) (string, error) {
	body, status, err := m.do(ctx, http.MethodPost, "/v1/verify", payload)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return strconv.Itoa(status), nil
	}
	var verdict struct {
		Reason verifier.Reason `json:"reason"`
	}
	err = json.Unmarshal(body, &verdict)
	return verdict.Reason.String(), err
}

func (m *meter) do(ctx context.Context, method, path string, body []byte) ([]byte, int, error) {
	req, err := http.NewRequestWithContext(ctx, method, m.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	return b, resp.StatusCode, err
}
