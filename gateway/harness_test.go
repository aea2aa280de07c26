package gateway

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vratar/gateway/demo"
	"vratar/verifier"
	"vratar/verifier/issuing"
)

const readerToken = "a reader's token for tests, long enough"

// house is a real gateway over the demonstration's issuer and samples, with a club beside the arena: one may
// come back, and there is room for one.
type house struct {
	t       testing.TB
	cfg     Config
	url     string
	world   *demo.World
	samples map[string]sample
	log     *journal
	gateway *Gateway
	stop    func()

	now       func() time.Time // the clock of mandates; nil: the machine's
	presented int              // how many scans `present` has made
}

type sample struct {
	Name, Format, Payload, Expect, Gate string
	Binary                              []byte `json:"payload_b64"`
}

// content is the payload as a member of a request.
func (s sample) content() string {
	if s.Binary != nil {
		return `"payload_b64":"` + base64.StdEncoding.EncodeToString(s.Binary) + `"`
	}
	return `"payload":` + quote(s.Payload)
}

// rsaKey is the one key that takes long to make: once for all tests.
var rsaKey = sync.OnceValue(func() []byte {
	k, err := issuing.NewKey(verifier.RS256, rand.Reader)
	if err != nil {
		panic(err)
	}
	text, err := k.MarshalPrivate()
	if err != nil {
		panic(err)
	}
	return text
})

// loadSamples takes the samples of this moment.
func (h *house) loadSamples(w *demo.World) {
	h.t.Helper()
	h.world = w
	text, err := w.SamplesJSON(time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	var all struct{ Samples []sample }
	if err := json.Unmarshal(text, &all); err != nil {
		h.t.Fatal(err)
	}
	for _, s := range all.Samples {
		h.samples[s.Name] = s
	}
}

func newHouse(t testing.TB, change func(*Config)) *house {
	t.Helper()
	return newHouseAt(t, nil, change)
}

func newHouseAt(t testing.TB, now func() time.Time, change func(*Config)) *house {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "card.jwk"), rsaKey(), 0o600); err != nil {
		t.Fatal(err)
	}
	world, err := demo.New(demo.Options{Dir: dir, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, now: now, samples: map[string]sample{}, log: &journal{}}
	if h.cfg, err = LoadConfig(world.ConfigFile()); err != nil {
		t.Fatal(err)
	}
	h.loadSamples(world)
	hash := sha256.Sum256([]byte(readerToken))
	h.cfg.Listen = "127.0.0.1:0"
	h.cfg.Demo = &Demo{Samples: func() ([]byte, error) { return world.SamplesJSON(time.Now()) }}
	h.cfg.Groups = append(h.cfg.Groups, Group{ID: "club", Reentry: true, Capacity: 1})
	h.cfg.Checkpoints = append(h.cfg.Checkpoints, Checkpoint{ID: "door", Group: "club"}, Checkpoint{ID: "way-out", Group: "club", Direction: "exit"})
	h.cfg.Devices = append(h.cfg.Devices, Device{
		ID: "reader", TokenSHA256: hex.EncodeToString(hash[:]), Checkpoints: []string{"north", "south", "door", "way-out"},
	})
	if change != nil {
		change(&h.cfg)
	}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

// start runs the gateway; stop ends it in order and may be followed by another start.
func (h *house) start() {
	h.t.Helper()
	g, err := New(h.cfg, Deps{Now: h.now, Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		h.t.Fatal(err)
	}
	h.gateway, h.url = g, g.URL()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			h.t.Errorf("Run: %v", err)
		}
	})
}

// journal is the log of a gateway under test.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// signIn returns the cookie of a fresh session with this role.
func (h *house) signIn(role string) string {
	h.t.Helper()
	link, err := h.gateway.SignInLink(role, time.Minute)
	if err != nil {
		h.t.Fatal(err)
	}
	_, code, _ := strings.Cut(link, "#/signin/")
	resp := h.do("POST", "/v1/session", `{"code":"`+code+`"}`, http.Header{"Content-Type": {"application/json"}})
	for _, c := range resp.Cookies() {
		if c.Name == sessionCookie && c.HttpOnly && c.SameSite == http.SameSiteStrictMode {
			return c.Name + "=" + c.Value
		}
	}
	h.t.Fatalf("signing in as %s: %s", role, resp.Status)
	return ""
}

// do makes a request and reads its answer whole.
func (h *house) do(method, path, body string, header http.Header) *http.Response {
	h.t.Helper()
	req, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(text))
	return resp
}

// fields is an answer's JSON.
func fields(t testing.TB, resp *http.Response) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&m); err != nil {
		t.Fatalf("%s: %v", resp.Status, err)
	}
	return m
}

// reader is the headers of the device that may scan.
func reader() http.Header {
	return http.Header{"Authorization": {"Bearer " + readerToken}, "Content-Type": {"application/json"}}
}

// scanBody is the request of one scan.
func (h *house) scanBody(name, checkpoint, nonce string) string {
	return `{` + h.samples[name].content() + `,"checkpoint":"` + checkpoint + `","direction":"entry","nonce":"` + nonce + `"}`
}

func newES256(t testing.TB) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func readAll(t testing.TB, r io.Reader) []byte {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always has a JSON form
	return string(b)
}
