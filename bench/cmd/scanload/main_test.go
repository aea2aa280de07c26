package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"vratar/bench/corpus"
	"vratar/bench/httpcost"
	"vratar/bench/load"
	"vratar/verifier"
)

// gateway answers ok to every credential, once to each when scanned.
func gateway(t *testing.T) *httptest.Server {
	t.Helper()
	var mu sync.Mutex
	admitted := map[string]bool{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/verify", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, `{"outcome":"valid","reason":"ok"}`)
	})
	mux.HandleFunc("POST /v1/scan", func(w http.ResponseWriter, r *http.Request) {
		var scan struct{ Payload, Checkpoint, Nonce string }
		if err := json.NewDecoder(r.Body).Decode(&scan); err != nil || r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		reason := "ok"
		if admitted[scan.Payload] {
			reason = "already_admitted"
		}
		admitted[scan.Payload] = true
		fmt.Fprintf(w, `{"outcome":"valid","reason":%q}`, reason)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// folder writes a corpus of n items that are as good as genuine to the pretended gateway.
func folder(t *testing.T, n int, expect verifier.Reason) string {
	t.Helper()
	dir := t.TempDir()
	var c corpus.Corpus
	for i := range n {
		c.Items = append(c.Items, corpus.Item{Name: "x", Payload: fmt.Appendf(nil, "code %d", i), Expect: expect})
	}
	if err := c.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// call runs the tool and checks its exit status.
func call(t *testing.T, want int, args ...string) (out, complaints string) {
	t.Helper()
	var o, e bytes.Buffer
	if got := run(t.Context(), args, streams{&o, &e}); got != want {
		t.Errorf("scanload %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, want, &o, &e)
	}
	return o.String(), e.String()
}

func TestLoadFromFolder(t *testing.T) {
	g := gateway(t)
	file := filepath.Join(t.TempDir(), "report.json")
	out, _ := call(t, 0, "--url", g.URL, "--corpus", folder(t, 3, verifier.ReasonOK), "--rate", "200", "--duration", "100ms", "--json", file)
	if !strings.Contains(out, "expected 20") {
		t.Errorf("output: %s", out)
	}
	var report load.Report
	if b, err := os.ReadFile(file); err != nil || json.Unmarshal(b, &report) != nil || report.Arrivals != 20 {
		t.Errorf("report: %+v, %v", report, err)
	}
	out, complaints := call(t, 1, "--url", g.URL, "--corpus", folder(t, 3, verifier.ReasonRevoked), "--rate", "200", "--duration", "100ms")
	if !strings.Contains(out, "wrong_answer 20") || !strings.Contains(complaints, "did not get the answer") {
		t.Errorf("output: %s%s", out, complaints)
	}
}

func TestScansNeedUniqueCredentialsOrLeave(t *testing.T) {
	args := []string{"--url", gateway(t).URL, "--token", "secret", "--target", "scan", "--checkpoint", "north",
		"--rate", "200", "--duration", "100ms", "--corpus"}
	if _, complaints := call(t, 2, append(args, folder(t, 3, verifier.ReasonOK))...); !strings.Contains(complaints, "20 scans need as many") {
		t.Errorf("complaints: %s", complaints)
	}
	out, _ := call(t, 0, append(args, folder(t, 3, verifier.ReasonOK), "--repeat")...)
	if !strings.Contains(out, "already_admitted") {
		t.Errorf("output: %s", out)
	}
}

func TestDemoFileSaysItAll(t *testing.T) {
	demo := filepath.Join(t.TempDir(), "demo.json")
	text := fmt.Sprintf(`{"url":%q,"device_token":"secret","checkpoints":[{"id":"north"}],"samples":[{"name":"a","payload":"A","expect":"ok"}]}`, gateway(t).URL)
	if err := os.WriteFile(demo, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := call(t, 0, "--demo", demo, "--target", "scan", "--rate", "100", "--duration", "100ms")
	if !strings.Contains(out, "already_admitted 9") || !strings.Contains(out, "ok 1") {
		t.Errorf("output: %s", out)
	}
}

func TestFindCeiling(t *testing.T) {
	out, _ := call(t, 0, "--url", gateway(t).URL, "--corpus", folder(t, 1, verifier.ReasonOK), "--find-ceiling",
		"--duration", "100ms", "--from", "100", "--to", "200", "--limit", "60000", "--share", "0")
	if !strings.Contains(out, "ceiling   200/s") {
		t.Errorf("output: %s", out)
	}
}

func TestFaultsOfTheCommandLine(t *testing.T) {
	f := func(want string, args ...string) {
		t.Helper()
		if _, complaints := call(t, 2, args...); !strings.Contains(complaints, want) {
			t.Errorf("scanload %s: %q does not say %q", strings.Join(args, " "), complaints, want)
		}
	}
	f("which gateway", "--seed", "1")
	f("no credentials", "--url", "http://127.0.0.1:1")
	f("exclude each other", "--url", "http://127.0.0.1:1", "--seed", "1", "--corpus", "x")
	f("want verify, batch, scan or websocket", "--url", "http://127.0.0.1:1", "--target", "admit")
	f("scan where", "--url", "http://127.0.0.1:1", "--target", "scan")
	f("no such file", "--demo", filepath.Join(t.TempDir(), "demo.json"))
	f("unexpected", "corpse")
	f("rate: must", "--url", "http://127.0.0.1:1", "--seed", "1", "--rate", "0")
	f("where to", "corpus")
	f("mix:", "corpus", "--out", t.TempDir(), "--mix", "people")
	f("percents", "corpus", "--out", t.TempDir(), "--cold", "101")
	f("two files", "compare", "a.json")
	f("no such file", "compare", "a.json", "b.json")
	f("no scenario", "--scenario", "circus")
	f("simulate what", "--simulate")
	f("how long is a core busy", "--scenario", "nation", "--simulate")
	f("no format", "corpus", "--out", t.TempDir(), "--formats", "passport")
}

func TestCorpusCommand(t *testing.T) {
	dir := t.TempDir()
	at := "2026-03-01T10:00:00Z"
	out, _ := call(t, 0, "corpus", "--out", dir, "--count", "50", "--seed", "7", "--at", at)
	if !strings.Contains(out, "50 items") || !strings.Contains(out, "--trust "+corpus.TrustIn(dir)) {
		t.Errorf("output: %s", out)
	}
	c, err := corpus.Read(dir)
	if err != nil || len(c.Items) != 50 || len(c.Trust) == 0 || len(c.Status) == 0 {
		t.Errorf("folder: %d items, %v", len(c.Items), err)
	}
}

func TestKneeAndPages(t *testing.T) {
	g, dir := gateway(t), t.TempDir()
	page, file, other := filepath.Join(dir, "knee.html"), filepath.Join(dir, "knee.json"), filepath.Join(dir, "run.json")
	out, _ := call(t, 0, "knee", "--url", g.URL, "--corpus", folder(t, 1, verifier.ReasonOK), "--duration", "100ms",
		"--from", "100", "--to", "200", "--limit", "60000", "--share", "0", "--html", page, "--json", file)
	if !strings.Contains(out, "ceiling   200/s") {
		t.Errorf("output: %s", out)
	}
	if b, err := os.ReadFile(page); err != nil || !strings.Contains(string(b), "Latency by rate") {
		t.Errorf("page: %v", err)
	}
	call(t, 0, "--url", g.URL, "--corpus", folder(t, 3, verifier.ReasonOK), "--rate", "200", "--duration", "100ms", "--json", other)
	both := filepath.Join(dir, "both.html")
	out, _ = call(t, 0, "compare", file, "--html", both, other)
	if !strings.Contains(out, "knee.json") || !strings.Contains(out, "latency p99, ms") {
		t.Errorf("output: %s", out)
	}
	if b, err := os.ReadFile(both); err != nil || !strings.Contains(string(b), "run.json") {
		t.Errorf("page: %v", err)
	}
}

func TestScenario(t *testing.T) {
	g := gateway(t)
	out, _ := call(t, 0, "--url", g.URL, "--corpus", folder(t, 3, verifier.ReasonOK), "--scenario", "stadium", "--duration", "1s")
	if !strings.Contains(out, "25 arrivals") || !strings.Contains(out, "curve      up to") {
		t.Errorf("output: %s", out)
	}
	out, _ = call(t, 0, "--scenario", "stadium", "--scale", "0.1", "--simulate", "--service", "100ms", "--limit", "300")
	if !strings.Contains(out, "are the least with which") || !strings.Contains(out, "at each of 100 gates") {
		t.Errorf("output: %s", out)
	}
}

// Codes of one's own are shown as they are, and any verdict on them will do.
func TestCodes(t *testing.T) {
	g := gateway(t)
	file := filepath.Join(t.TempDir(), "codes.txt")
	if err := os.WriteFile(file, []byte("one\n\ntwo\r\nthree"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := call(t, 0, "--url", g.URL, "--token", "secret", "--codes", file, "--target", "scan", "--checkpoint", "north", "--rate", "100", "--duration", "90ms", "--repeat")
	if !strings.Contains(out, "ok 3") || !strings.Contains(out, "already_admitted 6") {
		t.Errorf("output: %s", out)
	}
	call(t, 2, "--url", g.URL, "--codes", file, "--seed", "1")
	call(t, 2, "--url", g.URL, "--codes", file+".none")
	call(t, 2, "--url", g.URL, "--codes", file, "--ca", file)
}

// A stranger who asks for help is told of all there is.
func TestHelp(t *testing.T) {
	_, text := call(t, 0, "--help")
	for _, want := range []string{"scanload knee", "scanload compare", "scanload corpus", "badinput", "--simulate", "-codes", "museum, stadium, metro, nation"} {
		if !strings.Contains(text, want) {
			t.Errorf("help does not tell of %s", want)
		}
	}
	for _, command := range []string{"knee", "compare", "corpus", "soak", "stalled", "badinput"} {
		if _, text := call(t, 0, command, "--help"); len(text) < 100 {
			t.Errorf("%s: %s", command, text)
		}
	}
}

// A day is simulated from what make bench-http measured and from the latencies of a run.
func TestSimulateFromFiles(t *testing.T) {
	dir := t.TempDir()
	costs, run, page := filepath.Join(dir, "http.json"), filepath.Join(dir, "run.json"), filepath.Join(dir, "day.html")
	r := httpcost.Result{Rows: []httpcost.Row{{Contest: httpcost.Scanning, Work: httpcost.Distinct, CPUMicros: 2500}}}
	if err := r.Save(costs); err != nil {
		t.Fatal(err)
	}
	if err := writeJSON(run, load.Report{Arrivals: 1, Distribution: []load.Quantile{{Percent: 0, MS: 4}, {Percent: 100, MS: 4}}}); err != nil {
		t.Fatal(err)
	}
	args := []string{"--scenario", "museum", "--simulate", "--target", "scan", "--service", costs, "--delay", run, "--cores", "1", "--html", page}
	out, _ := call(t, 0, args...)
	if !strings.Contains(out, "takes 2.500 ms on average, and 4.000 ms besides") || !strings.Contains(out, "p50 6.5") {
		t.Errorf("output: %s", out)
	}
	if b, err := os.ReadFile(page); err != nil || !strings.Contains(string(b), "<svg") {
		t.Errorf("page: %v", err)
	}
	call(t, 2, "--scenario", "museum", "--simulate", "--target", "verify", "--service", costs) // it holds no such figure
	call(t, 2, "--scenario", "museum", "--simulate", "--service", "1ms", "--delay", "-3ms")
}

// A second run of scans shows other credentials than the first, and one of judgements the same.
func TestFirst(t *testing.T) {
	f := func(given int, admits bool, low, high int) {
		t.Helper()
		c := credentials{first: given}
		if c.begin(admits); c.first < low || c.first > high {
			t.Errorf("first %d, want %d to %d", c.first, low, high)
		}
	}
	f(-1, false, 0, 0)
	f(-1, true, 0, 99_999_999)
	f(5, true, 5, 5)
	g := gateway(t)
	args := []string{"--url", g.URL, "--token", "secret", "--seed", "1", "--mix", "genuine", "--target", "scan", "--checkpoint", "north", "--rate", "50", "--duration", "100ms", "--first", "3"}
	call(t, 0, args...)
	if _, text := call(t, 1, args...); !strings.Contains(text, "admitted in an earlier run") {
		t.Errorf("complaints: %s", text)
	}
	call(t, 2, "--url", g.URL, "--seed", "1", "--scenario", "museum", "--duration", "1s")
}

func TestShares(t *testing.T) {
	dir := t.TempDir()
	call(t, 0, "corpus", "--out", dir, "--count", "300", "--refused", "50", "--formats", "document", "--cold", "50")
	c, err := corpus.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	cold, refused := 0, 0
	for _, i := range c.Items {
		if strings.Contains(i.Name, "/cold/") {
			cold++
		}
		if i.Expect != verifier.ReasonOK {
			refused++
		}
	}
	if cold < 60 || cold > 140 || refused < 120 || refused > 180 {
		t.Errorf("%d cold, %d refused of 300", cold, refused)
	}
}
