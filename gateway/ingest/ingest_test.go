package ingest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"vratar/cache/ledger"
	"vratar/gateway/websocket"
	"vratar/verifier"
)

// ticketFormat takes "ticket:ID" for a credential and has no other opinion.
type ticketFormat struct{}

func (ticketFormat) Name() string            { return "ticket" }
func (ticketFormat) Sniff(p []byte) bool     { return bytes.HasPrefix(p, []byte("ticket:")) }
func (ticketFormat) Trust() verifier.Trust   { return anybody{} }
func (ticketFormat) Status() verifier.Status { return anybody{} }
func (ticketFormat) Decode(p []byte) (*verifier.Credential, error) {
	if bytes.HasSuffix(p, []byte("panic")) {
		panic("a fault of ours")
	}
	return &verifier.Credential{Format: "ticket", Type: "ticket", Issuer: "fair", ID: bytes.Clone(p), Claims: []byte(`{"seat":"A1","price":{"amount":5}}`), Holder: verifier.Holder{Name: "Anna"}, Proof: verifier.Proof{Algorithm: verifier.ES256, Signature: []byte{1}}}, nil
}

// anybody is trusted, and nothing is revoked.
type anybody struct{}

func (anybody) Epoch() uint64 { return 1 }
func (anybody) Find(dst []*verifier.Key, _ *verifier.Credential) ([]*verifier.Key, verifier.Reason) {
	return append(dst, &verifier.Key{Issuer: &verifier.Issuer{ID: "fair"}}), verifier.ReasonOK
}
func (anybody) Check(*verifier.Key, *verifier.Proof) bool { return true }
func (anybody) Lookup(*verifier.Credential, *verifier.Key) verifier.StatusAnswer {
	return verifier.StatusAnswer{}
}

// onceOnly admits everything valid once a nonce, after `before` has let it.
type onceOnly struct {
	before func(p Presentation) error

	mu       sync.Mutex
	recorded map[string]ledger.Passage
}

func (o *onceOnly) Decide(_ context.Context, p Presentation) (ledger.Passage, bool, error) {
	if o.before != nil {
		if err := o.before(p); err != nil {
			return ledger.Passage{}, false, err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if was, known := o.recorded[p.Nonce]; known {
		if was.Payload != string(p.Payload) {
			return was, false, ledger.ErrNonceReused
		}
		return was, true, nil
	}
	passage := ledger.Passage{
		Seq: uint64(len(o.recorded) + 1), ID: p.Nonce, At: p.At, ScannedAt: p.ScannedAt, Nonce: p.Nonce, Checkpoint: p.Checkpoint.ID,
		Direction: p.Direction, Payload: string(p.Payload), Checker: p.Checker,
		Outcome: p.Verdict.Outcome.String(), Reason: p.Verdict.Reason, Stage: p.Verdict.Stage.String(),
	}
	passage.Capacity, passage.Mandate = p.Ruling.Capacity, p.Mandate
	if p.Ruling.refuses() {
		passage.Outcome, passage.Reason, passage.Stage = "indeterminate", p.Ruling.Refusal, "authority"
	} else if p.Verdict.Outcome == verifier.Valid {
		passage.Decision, passage.Stage = ledger.Admit, "admission"
	}
	o.recorded[p.Nonce] = passage
	return passage, false, nil
}

// bench is the doors on a real server.
type bench struct {
	*Doors
	url       string
	admission *onceOnly
	ended     atomic.Bool // the sign-in
}

func newBench(t *testing.T, before func(Presentation) error) *bench {
	t.Helper()
	format := ticketFormat{}
	registry := prometheus.NewRegistry()
	b := &bench{admission: &onceOnly{before: before, recorded: map[string]ledger.Passage{}}}
	scanner := NewScanner(Parts{
		Verifier:  &verifier.Verifier{Formats: []verifier.Format{format}, Lists: format, Checker: anybody{}},
		Admission: b.admission, Metrics: NewMetrics(registry), Log: slog.New(slog.DiscardHandler),
		Timeout: time.Second, InFlight: 4,
	})
	b.Doors = NewDoors(Options{
		Scanner: scanner, Context: context.Background(), MaxBody: 64 << 10, MaxBatch: 1 << 20, AllowAt: true,
		Checkpoints: map[string]*Checkpoint{
			"north":   {ID: "north", Public: []byte(`{"id":"north"}`)},
			"way-out": {ID: "way-out", Public: []byte(`{"id":"way-out"}`), Pinned: true, Direction: ledger.Exit},
			"staff":   {ID: "staff", Public: []byte(`{"id":"staff"}`)},
		},
		Sockets:  websocket.NewRegister(websocket.Options{Panicked: func(any) {}}),
		Greeting: func() []byte { return []byte(`{}`) },
	})
	b.serve(t)
	return b
}

func (b *bench) serve(t *testing.T) {
	t.Helper()
	who := Caller{ID: "till-1", Authority: clerk{}, Alive: func() bool { return !b.ended.Load() }, MayScanAt: func(c string) bool { return c != "staff" }}
	server := &fasthttp.Server{
		StreamRequestBody: true, MaxRequestBodySize: 64 << 10, NoDefaultContentType: true, ReadTimeout: 2 * time.Second,
		Handler: func(ctx *fasthttp.RequestCtx) {
			serve := b.Verify
			switch string(ctx.Path()) {
			case "/batch":
				serve = b.VerifyBatch
			case "/scan":
				serve = b.Scan
			case "/scanner":
				serve = b.Socket
			}
			if p := serve(ctx, who); p != nil {
				ctx.SetStatusCode(p.Status)
				ctx.SetBody(p.AppendJSON(nil))
			}
		},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	b.url = "http://" + ln.Addr().String()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := errors.Join(b.Sockets.Shutdown(context.Background()), server.Shutdown(), <-served); err != nil {
			t.Error(err)
		}
	})
}

// post sends a body and returns status and answer.
func (b *bench) post(t *testing.T, path, contentType, body string) (int, map[string]any) {
	t.Helper()
	resp, err := http.Post(b.url+path, contentType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return resp.StatusCode, answer
}

func TestVerifyTakesPayloadsInEveryForm(t *testing.T) {
	b := newBench(t, nil)
	f := func(contentType, body string, wantStatus int, want string) {
		t.Helper()
		status, answer := b.post(t, "/verify", contentType, body)
		said := answer["code"]
		if status == 200 {
			said = answer["reason"]
		}
		if status != wantStatus || said != want {
			t.Errorf("%s %.40q: %d %v, want %d %s", contentType, body, status, said, wantStatus, want)
		}
	}
	f("text/plain; charset=utf-8", "ticket:1", 200, "ok")
	f("application/octet-stream", "ticket:1", 200, "ok")
	f("", "ticket:1", 200, "ok")
	f("application/json", `{"payload":"ticket:1"}`, 200, "ok")
	f("Application/JSON; charset=utf-8", `{"payload_b64":"dGlja2V0OjE="}`, 200, "ok")
	f("application/json", `{"payload":"ticket:1","at":"2026-03-01T10:00:00Z"}`, 200, "ok")
	f("text/plain", "", 200, "not_recognised")
	f("text/plain", "\xff\xfe\x00", 200, "not_recognised")
	f("text/plain", strings.Repeat("x", verifier.MaxPayload+1), 200, "too_large")
	f("text/plain", strings.Repeat("x", 1<<20), 413, "too_large")
	f("application/json", `{"payload":"`+strings.Repeat("x", 70<<10)+`"}`, 413, "too_large")
	f("application/json", ``, 400, "malformed_request")
	f("application/json", `{"payload":"a"`, 400, "malformed_request")
	f("application/json", `{"payload":"a","payload":"b"}`, 400, "malformed_request")
	f("application/json", `{"payload":"a"} `+`{}`, 400, "malformed_request")
	f("application/json", `{}`, 422, "unprocessable")
	f("application/json", `{"payload":"a","payload_b64":"YQ=="}`, 422, "unprocessable")
	f("application/json", `{"payload":7}`, 422, "unprocessable")
	f("application/json", `{"payload_b64":"YQ"}`, 422, "unprocessable")
	f("application/json", `{"payload":"a","At":"2026-03-01T10:00:00Z"}`, 422, "unprocessable")
	f("application/json", `{"payload":"a","at":"yesterday"}`, 422, "unprocessable")
	f("application/x-www-form-urlencoded", "payload=a", 415, "unsupported_media_type")
	b.AllowAt = false
	f("application/json", `{"payload":"a","at":"2026-03-01T10:00:00Z"}`, 403, "forbidden")
}

func TestChunkedBodiesAreBounded(t *testing.T) {
	b := newBench(t, nil)
	body := struct{ *strings.Reader }{strings.NewReader(strings.Repeat("x", 1<<20))} // of unknown length
	resp, err := http.Post(b.url+"/verify", "text/plain", body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("status %d, want 413", resp.StatusCode)
	}
}

func TestCompressedBodiesAreNotOpened(t *testing.T) {
	b := newBench(t, nil)
	request, _ := http.NewRequest("POST", b.url+"/verify", strings.NewReader("zzz"))
	request.Header.Set("Content-Encoding", "gzip")
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 415 {
		t.Errorf("status %d, want 415", resp.StatusCode)
	}
}

func TestSameNonceSameAnswer(t *testing.T) {
	b := newBench(t, nil)
	scan := `{"payload":"ticket:1","checkpoint":"north","direction":"entry","nonce":"n1","scanned_at":"2026-03-01T10:00:00Z"}`
	_, first := b.post(t, "/scan", "application/json", scan)
	if first["decision"] != "admit" || first["reason"] != "ok" || first["stage"] != "admission" || first["seq"] != 1.0 ||
		first["direction"] != "entry" || first["scanned_at"] != "2026-03-01T10:00:00Z" || first["replayed"] != nil {
		t.Fatalf("first answer %v", first)
	}
	_, again := b.post(t, "/scan", "application/json", scan)
	if again["replayed"] != true {
		t.Errorf("second answer is not marked as replayed: %v", again)
	}
	for _, changed := range []string{"elapsed_ns", "replayed"} {
		delete(first, changed)
		delete(again, changed)
	}
	if a, b := mustJSON(t, first), mustJSON(t, again); a != b {
		t.Errorf("answers differ:\n%s\n%s", a, b)
	}
	if status, p := b.post(t, "/scan", "application/json", strings.Replace(scan, "ticket:1", "ticket:2", 1)); status != 409 || p["code"] != "nonce_reused" {
		t.Errorf("same nonce for another code: %d %v", status, p)
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestScanRequestsAreReadStrictly(t *testing.T) {
	b := newBench(t, nil)
	f := func(body string, wantStatus int, want string) {
		t.Helper()
		if status, p := b.post(t, "/scan", "application/json", body); status != wantStatus || p["code"] != want {
			t.Errorf("%s: %d %v, want %d %s", body, status, p, wantStatus, want)
		}
	}
	f(`{"payload":"ticket:1","checkpoint":"north"}`, 422, "unprocessable") // without nonce
	f(`{"payload":"ticket:1","checkpoint":"north","nonce":"`+strings.Repeat("n", 200)+`"}`, 422, "unprocessable")
	f(`{"payload":"ticket:1","checkpoint":"north","nonce":"1","direction":"up"}`, 422, "unprocessable")
	f(`{"payload":"ticket:1","checkpoint":"north","nonce":"1","scanned_at":"9999-12-31T23:59:59-23:59"}`, 422, "unprocessable")
	f(`{"payload":"ticket:1","checkpoint":"nowhere","nonce":"1"}`, 422, "checkpoint_unknown")
	f(`{"payload":"ticket:1","nonce":"1"}`, 422, "checkpoint_unknown")
	f(`{"payload":"ticket:1","checkpoint":"staff","nonce":"1"}`, 403, "forbidden")
	if len(b.admission.recorded) != 0 {
		t.Errorf("recorded %v", b.admission.recorded)
	}
	if status, _ := b.post(t, "/scan", "text/plain", "ticket:1"); status != 415 {
		t.Errorf("a bare payload: %d, want 415", status)
	}
	_, answer := b.post(t, "/scan", "application/json", `{"payload":"x","checkpoint":"way-out","nonce":"1","direction":"entry"}`)
	if answer["direction"] != "exit" || answer["decision"] != "deny" || answer["reason"] != "not_recognised" {
		t.Errorf("at a pinned exit: %v", answer)
	}
}

func TestNobodyPassesWhenTheGatewayFails(t *testing.T) {
	f := func(failure error) {
		t.Helper()
		b := newBench(t, func(Presentation) error { return failure })
		status, answer := b.post(t, "/scan", "application/json", `{"payload":"ticket:1","checkpoint":"north","nonce":"1"}`)
		if status != 503 || answer["decision"] != nil {
			t.Errorf("%v: %d %v", failure, status, answer)
		}
	}
	f(errors.New("disk on fire"))
	f(context.DeadlineExceeded)
	f(ledger.ErrClosed)
}

func TestOverloadIsToldEarly(t *testing.T) {
	release := make(chan struct{})
	b := newBench(t, func(Presentation) error { <-release; return nil })
	var scans sync.WaitGroup
	for i := range cap(b.Scanner.slots) {
		scans.Go(func() {
			b.post(t, "/scan", "application/json", `{"payload":"ticket:1","checkpoint":"north","nonce":"`+string(rune('a'+i))+`"}`)
		})
	}
	for len(b.Scanner.slots) < cap(b.Scanner.slots) {
		time.Sleep(time.Millisecond)
	}
	start := time.Now()
	for _, path := range []string{"/scan", "/verify"} {
		status, p := b.post(t, path, "application/json", `{"payload":"ticket:1"`+map[string]string{
			"/scan": `,"checkpoint":"north","nonce":"z"}`, "/verify": `}`,
		}[path])
		if status != 503 || p["code"] != "overloaded" {
			t.Errorf("%s: %d %v, want 503 overloaded", path, status, p)
		}
	}
	if took := time.Since(start); took > time.Second/2 {
		t.Errorf("told after %v", took)
	}
	close(release)
	scans.Wait()
}

func TestBatchKeepsTheOrder(t *testing.T) {
	b := newBench(t, nil)
	body := `{"id":"a","payload":"ticket:1"}` + "\n\n" +
		`{"id":"b","payload":"nonsense"}` + "\r\n" +
		`{"id":"c"}` + "\n" +
		`not json` + "\n" +
		`{"id":"d","payload_b64":"dGlja2V0OjE=","at":"2026-03-01T10:00:00Z"}`
	resp, err := http.Post(b.url+"/batch", "application/jsonl", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got []string
	for d := json.NewDecoder(resp.Body); d.More(); {
		var line struct {
			ID, Reason string
			Problem    struct{ Code string }
		}
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		got = append(got, line.ID+"="+line.Reason+line.Problem.Code)
	}
	want := "a=ok b=not_recognised c=unprocessable =malformed_request d=ok"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestBatchIsBounded(t *testing.T) {
	b := newBench(t, nil)
	line := `{"payload":"x"}` + "\n"
	if status, p := b.post(t, "/batch", "application/jsonl", strings.Repeat(line, MaxLines+1)); status != 413 {
		t.Errorf("too many lines: %d %v", status, p)
	}
	if status, p := b.post(t, "/batch", "application/jsonl", strings.Repeat("x", 2<<20)); status != 413 {
		t.Errorf("too many bytes: %d %v", status, p)
	}
	resp, err := http.Post(b.url+"/batch", "application/jsonl", strings.NewReader(strings.Repeat(line, MaxLines)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var n int
	for d := json.NewDecoder(resp.Body); d.More(); n++ {
		var v map[string]any
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
	}
	if n != MaxLines || len(b.batches.taken) != 0 {
		t.Errorf("%d answers, %d batches under way", n, len(b.batches.taken))
	}
}

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"payload":"HC1:6BF"}`, `{"payload_b64":"AAE="}`, `{"payload":"\ud83d\ude00\n"}`, `{"payload":"a","payload":"b"}`,
		`{"payload":"\ud800"}`, `{"payload":null}`, `[]`, "{\"payload\":\"\xff\"}", `{"nonce":"1"}`,
		`{"payload":"x","transcript":"g_b29oEB","holder_nonce":"n"}`, `{"payload":"x","transcript":"gw=="}`,
	} {
		f.Add([]byte(seed))
	}
	// What is taken is what any JSON reader would take, so that two parties never see two payloads.
	f.Fuzz(func(t *testing.T, text []byte) {
		m := parseMessage(text, "payload", "payload_b64", "nonce")
		payload, challenge := m.payload(), m.challenge()
		if m.problem() != nil {
			return
		}
		var same struct {
			Payload    *string `json:"payload"`
			PayloadB64 []byte  `json:"payload_b64"`
			Transcript string  `json:"transcript"`
			Nonce      string  `json:"holder_nonce"`
		}
		if err := json.Unmarshal(text, &same); err != nil {
			t.Fatalf("taken, but not JSON: %v", err)
		}
		want := same.PayloadB64
		if same.Payload != nil {
			want = []byte(*same.Payload)
		}
		if !bytes.Equal(payload, want) {
			t.Fatalf("payload %q, others read %q", payload, want)
		}
		if challenge.Nonce != same.Nonce || base64.RawURLEncoding.EncodeToString(challenge.Transcript) != same.Transcript {
			t.Fatalf("challenge %+v, others read %+v", challenge, same)
		}
	})
}
