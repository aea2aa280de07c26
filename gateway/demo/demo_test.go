package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

var start = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, dir string, now time.Time) *World {
	t.Helper()
	w, err := New(Options{Dir: dir, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// lists are the demo's own, as a gateway would load them.
type lists struct {
	trust  *trust.Snapshot
	status *status.Snapshot
}

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return l.status }

func (w *World) load(t *testing.T) lists {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(w.path(name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	believed, err := trust.Load(trustFile, read(trustFile))
	if err != nil {
		t.Fatal(err)
	}
	withdrawn, err := status.Load(statusFile, read(statusFile))
	if err != nil {
		t.Fatal(err)
	}
	l := lists{trust: trust.New(believed)}
	key, reason := verifier.Prove(l.trust, proof.Checker{}, withdrawn.Statement)
	if key == nil {
		t.Fatalf("the status list is not signed by a trusted key: %s", reason)
	}
	l.status = status.New(withdrawn.ProvenBy(key))
	return l
}

func (w *World) judge(t *testing.T, payload string, at time.Time) verifier.Verdict {
	t.Helper()
	v := verifier.Verifier{Formats: formats.All(), Lists: w.load(t), Checker: proof.Checker{}}
	return v.Verify(verifier.Scan{Payload: []byte(payload), At: at})
}

func TestEverySampleIsWhatItSays(t *testing.T) {
	w := newWorld(t, t.TempDir(), start)
	names := make(map[string]bool)
	for _, s := range w.samples {
		if names[s.Name] {
			t.Errorf("two samples are called %s", s.Name)
		}
		names[s.Name] = true
		if v := w.judge(t, s.Payload, start.Add(time.Hour)); v.Reason.String() != s.Expect {
			t.Errorf("%s: %s (%v), want %s", s.Name, v.Reason, v.Cause, s.Expect)
		}
		for _, text := range []Text{s.Title, s.Note} {
			if text.RU == "" || text.KK == "" || text.EN == "" {
				t.Errorf("%s lacks a language: %+v", s.Name, text)
			}
		}
	}
	for _, name := range []string{"student", "age", "expired", "revoked", "status_unknown", "forged", "unknown_issuer", "eu", "payment", "sbp"} {
		if !names[name] {
			t.Errorf("no sample %s", name)
		}
	}
}

func TestPrintedCodesOutliveARestart(t *testing.T) {
	dir := t.TempDir()
	before := newWorld(t, dir, start)
	after := newWorld(t, dir, start.AddDate(0, 1, 0))
	if before.deviceToken != after.deviceToken {
		t.Error("another device token after the restart")
	}
	for i, s := range before.samples {
		if v := after.judge(t, s.Payload, start.AddDate(0, 1, 1)); v.Reason.String() != s.Expect {
			t.Errorf("%s, printed before the restart: %s, want %s", s.Name, v.Reason, s.Expect)
		}
		if s.Expect == "ok" && after.samples[i].Payload == s.Payload {
			t.Errorf("%s was not issued anew", s.Name)
		}
	}
	// After the old documents have run out the new start has fresh ones.
	late := newWorld(t, dir, start.AddDate(3, 0, 0))
	for _, s := range late.samples {
		if v := late.judge(t, s.Payload, start.AddDate(3, 0, 1)); v.Reason.String() != s.Expect {
			t.Errorf("%s, three years later: %s, want %s", s.Name, v.Reason, s.Expect)
		}
	}
}

func TestFilesArePrivateAndComplete(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	w := newWorld(t, dir, start)
	links := Links{Checker: "http://x/#/signin/1", Admin: "http://x/#/signin/2", Holder: "http://x/#/signin/3"}
	if err := w.Publish("http://x", links); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 || strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, demoFile))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"url", "device_token", "checker_link", "admin_link", "holder_link", "checkpoints", "samples"} {
		if got[name] == nil || got[name] == "" {
			t.Errorf("demo.json lacks %s", name)
		}
	}
	if welcome := w.Welcome("http://x", links); !strings.Contains(welcome, links.Checker) || !strings.Contains(welcome, "http://x/#/samples") {
		t.Errorf("the welcome does not say what to open:\n%s", welcome)
	}
}

func TestDamagedKeyIsTold(t *testing.T) {
	dir := t.TempDir()
	newWorld(t, dir, start)
	if err := os.WriteFile(filepath.Join(dir, issuerFile), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: dir, Now: start}); err == nil || !strings.Contains(err.Error(), issuerFile) {
		t.Fatalf("error %v, want one that names %s", err, issuerFile)
	}
}
