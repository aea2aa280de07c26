package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// demoJSON is demo.json as a program reads it.
type demoJSON struct {
	URL         string `json:"url"`
	DeviceToken string `json:"device_token"`
	CheckerLink string `json:"checker_link"`
	AdminLink   string `json:"admin_link"`
	HolderLink  string `json:"holder_link"`
	Supervisor  string `json:"supervisor_link"`
	Mandates    struct {
		INN     string `json:"checker_inn"`
		Samples []struct {
			Name, Expect string
			Kept         bool
		}
	}
	Checkpoints []struct{ ID, Name string }
	Samples     []struct{ Name, Payload, Expect string }
}

// output collects what a running command prints.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// runningDemo is a `vratar demo` within this process.
type runningDemo struct {
	t    *testing.T
	dir  string
	out  output
	stop context.CancelFunc
	code chan int
	demoJSON
}

// startDemo returns once demo.json is there.
func startDemo(t *testing.T, dir string, flags ...string) *runningDemo {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "demo.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	d := &runningDemo{t: t, dir: dir, stop: stop, code: make(chan int, 1)}
	args := append([]string{"demo", "--listen", "127.0.0.1:0", "--data", dir}, flags...)
	go func() { d.code <- run(ctx, args, console{in: strings.NewReader(""), out: &d.out, err: &d.out}) }()
	t.Cleanup(d.end)
	d.await("demo.json", func() bool { return d.read() == nil })
	return d
}

func (d *runningDemo) await(what string, done func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("no %s; the demo says:\n%s", what, d.out.String())
		}
	}
}

func (d *runningDemo) read() error {
	text, err := os.ReadFile(filepath.Join(d.dir, "demo.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &d.demoJSON)
}

// end stops the demo, which must exit 0, once.
func (d *runningDemo) end() {
	d.t.Helper()
	if d.stop == nil {
		return
	}
	d.stop()
	d.stop = nil
	select {
	case code := <-d.code:
		if code != exitOK {
			d.t.Errorf("the demo exits %d:\n%s", code, d.out.String())
		}
	case <-time.After(20 * time.Second):
		d.t.Error("the demo does not stop")
	}
}

// call posts body and decodes the answer, which must be 200.
func (d *runningDemo) call(path, contentType, body string, answer any) {
	d.t.Helper()
	request, err := http.NewRequest(http.MethodPost, d.URL+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Origin", d.URL)
	if path == "/v1/scan" {
		request.Header.Set("Authorization", "Bearer "+d.DeviceToken)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil || response.StatusCode != http.StatusOK {
		d.t.Fatalf("POST %s: %s, %v, %v", path, response.Status, answer, err)
	}
}

func (d *runningDemo) verify(payload string) (reason string) {
	d.t.Helper()
	var verdict struct{ Reason string }
	d.call("/v1/verify", "text/plain", payload, &verdict)
	return verdict.Reason
}

func (d *runningDemo) scan(payload, checkpoint, nonce string) (decision string) {
	d.t.Helper()
	var answer struct{ Decision, Reason string }
	body := fmt.Sprintf(`{"payload":%q,"checkpoint":%q,"direction":"entry","nonce":%q}`, payload, checkpoint, nonce)
	d.call("/v1/scan", "application/json", body, &answer)
	return answer.Decision + " " + answer.Reason
}

func (d *runningDemo) sample(name string) string {
	d.t.Helper()
	for _, s := range d.Samples {
		if s.Name == name {
			return s.Payload
		}
	}
	d.t.Fatalf("there is no sample %q", name)
	return ""
}

func TestDemoFromFirstStartToRestore(t *testing.T) {
	work := t.TempDir()
	dir := filepath.Join(work, "demo")
	d := startDemo(t, dir)
	if info, err := os.Stat(filepath.Join(dir, "demo.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json: %v, %v", info, err)
	}
	if len(d.Checkpoints) != 2 || len(d.Samples) < 8 || d.HolderLink == "" {
		t.Fatalf("demo.json: %+v", d.demoJSON)
	}
	for _, s := range d.Samples {
		if got := d.verify(s.Payload); got != s.Expect {
			t.Errorf("sample %s: %s, want %s", s.Name, got, s.Expect)
		}
	}
	ticket := d.sample("ticket")
	for _, f := range []struct{ checkpoint, nonce, want string }{
		{"north", "1", "admit ok"},
		{"south", "2", "deny already_admitted"},
		{"north", "1", "admit ok"}, // the same question
	} {
		if got := d.scan(ticket, f.checkpoint, f.nonce); got != f.want {
			t.Errorf("ticket at %s, nonce %s: %s, want %s", f.checkpoint, f.nonce, got, f.want)
		}
	}
	testLinkIsRenewed(t, d)
	d.end()

	// The same folder again: printed codes stay genuine, and who was admitted stays admitted.
	again := startDemo(t, dir)
	if again.DeviceToken != d.DeviceToken {
		t.Error("the device token changed with the restart")
	}
	if got := again.scan(ticket, "north", "3"); got != "deny already_admitted" {
		t.Errorf("yesterday's ticket: %s", got)
	}
	if got := again.scan(again.sample("ticket"), "north", "4"); got != "admit ok" {
		t.Errorf("today's ticket: %s", got)
	}
	testLocked(t, dir)
	again.end()
	testCopies(t, work, dir)
}

func testLinkIsRenewed(t *testing.T, d *runningDemo) {
	t.Helper()
	old := d.AdminLink
	_, code, _ := strings.Cut(old, "#/signin/")
	var me map[string]any
	d.call("/v1/session", "application/json", fmt.Sprintf(`{"code":%q}`, code), &me)
	d.await("new link", func() bool { return d.read() == nil && d.AdminLink != old })
	d.await("word of it", func() bool { return strings.Contains(d.out.String(), d.AdminLink) })
}

func TestDemoThatAsksInWhoseName(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir, "--mandates")
	d.await("word of the supervisor", func() bool { return d.Supervisor != "" && strings.Contains(d.out.String(), d.Supervisor) })
	for _, m := range d.Mandates.Samples {
		for _, ending := range []string{".xml", ".sig"} {
			if _, err := os.Stat(filepath.Join(dir, "mandates", m.Name+ending)); err != nil {
				t.Error(err)
			}
		}
	}
	if len(d.Checkpoints) != 3 || len(d.Mandates.Samples) < 16 || d.Mandates.INN == "" {
		t.Errorf("demo.json: %+v", d.demoJSON)
	}
	d.end()

	plain := startDemo(t, dir)
	config, err := os.ReadFile(filepath.Join(dir, "vratar.toml"))
	if err != nil || strings.Contains(string(config), "andates") || len(plain.Checkpoints) != 2 || strings.Contains(plain.out.String(), "andates") {
		t.Errorf("the plain demo speaks of mandates: %v\n%s\n%s", err, config, plain.out.String())
	}
}

func testLocked(t *testing.T, dir string) {
	t.Helper()
	var out output
	if code := run(t.Context(), []string{"ledger", "verify", "--data", dir}, console{out: &out, err: &out}); code != exitError {
		t.Errorf("ledger verify of a running gateway exits %d:\n%s", code, out.String())
	}
}

// testCopies backs the ledger up, restores it elsewhere and checks both.
func testCopies(t *testing.T, work, dir string) {
	t.Helper()
	f := func(want int, args ...string) string {
		t.Helper()
		var out output
		if code := run(t.Context(), args, console{out: &out, err: &out}); code != want {
			t.Errorf("vratar %s exits %d, want %d:\n%s", strings.Join(args, " "), code, want, out.String())
		}
		return out.String()
	}
	backup, restored := filepath.Join(work, "backup"), filepath.Join(work, "restored")
	whole := f(exitOK, "ledger", "verify", "--data", dir)
	if !strings.Contains(whole, "whole") || !strings.Contains(whole, "passages  4") {
		t.Errorf("ledger verify: %s", whole)
	}
	f(exitOK, "backup", "--data", dir, "--out", backup)
	f(exitError, "backup", "--data", dir, "--out", backup)
	f(exitOK, "restore", "--from", backup, "--data", restored)
	f(exitError, "restore", "--from", backup, "--data", restored)
	if got := f(exitOK, "ledger", "verify", "--data", restored); got != whole {
		t.Errorf("the restored ledger differs:\n%s\n%s", got, whole)
	}
}

func TestServeStopsWhenTold(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "vratar.toml")
	if err := os.WriteFile(config, []byte("listen = \"127.0.0.1:0\"\ndata_dir = \"data\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var out output
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"serve", "--config", config, "--log-json"}, console{out: &out, err: &out})
	}()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(out.String(), "serving"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("does not serve:\n%s", out.String())
		}
	}
	stop()
	if got := <-code; got != exitOK {
		t.Errorf("exits %d:\n%s", got, out.String())
	}
}
