package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
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

func (w *World) judge(t *testing.T, s *Sample, at time.Time) verifier.Verdict {
	t.Helper()
	v := verifier.Verifier{Formats: formats.All(), Lists: w.load(t), Checker: proof.Checker{}}
	payload := s.Binary
	if payload == nil {
		payload = []byte(s.Payload)
	}
	return v.Verify(verifier.Scan{Payload: payload, At: at, Holder: verifier.HolderDemand{Audience: audience}})
}

func TestEverySampleIsWhatItSays(t *testing.T) {
	w := newWorld(t, t.TempDir(), start)
	names, kinds := make(map[string]bool), make(map[string]bool)
	for i := range w.samples {
		s := &w.samples[i]
		if names[s.Name] {
			t.Errorf("two samples are called %s", s.Name)
		}
		names[s.Name], kinds[s.Format] = true, true
		at := start.Add(time.Hour)
		if err := s.refresh(at); err != nil {
			t.Fatal(err)
		}
		v := w.judge(t, s, at)
		if v.Reason.String() != s.Expect || v.Credential.Format != s.Format {
			t.Errorf("%s: %s (%v) by %+v, want %s", s.Name, v.Reason, v.Cause, v.Checks, s.Expect)
		}
		if (s.Payload == "") != (s.Binary != nil) || !slices.Contains([]string{"qr", "aztec", "datamatrix"}, s.Symbology) {
			t.Errorf("%s: payload %q, bytes %x, symbology %q", s.Name, s.Payload, s.Binary, s.Symbology)
		}
		for _, text := range []Text{s.Title, s.Note} {
			if text.RU == "" || text.KK == "" || text.EN == "" {
				t.Errorf("%s lacks a language: %+v", s.Name, text)
			}
		}
	}
	for _, f := range formats.All() {
		if !kinds[f.Name()] {
			t.Errorf("no sample of format %s", f.Name())
		}
	}
}

// What goes stale is made anew for each who asks; half a minute later it is refused.
func TestFreshSamples(t *testing.T) {
	w := newWorld(t, t.TempDir(), start)
	n := 0
	for i := range w.samples {
		s := &w.samples[i]
		if s.present == nil {
			continue
		}
		n++
		f := func(at, judged time.Time, want verifier.Reason) (payload string) {
			t.Helper()
			if err := s.refresh(at); err != nil {
				t.Fatal(err)
			}
			if v := w.judge(t, s, judged); v.Reason != want {
				t.Errorf("%s made at %v, judged at %v: %v", s.Name, at, judged, v.Reason)
			}
			return s.Payload
		}
		day := start.AddDate(0, 0, 1)
		first := f(day, day.Add(30*time.Second), verifier.ReasonOK)
		f(day, day.Add(31*time.Second), verifier.ReasonHolderProofStale)
		if again := f(day, day, verifier.ReasonOK); again == first || s.FreshFor != 30 {
			t.Errorf("%s: asked twice, shown once; fresh for %d s", s.Name, s.FreshFor)
		}
	}
	if n != 2 {
		t.Errorf("%d samples go stale, want the live code and the wallet", n)
	}
}

// The parts of a card are codes of their own, and none of them is the card.
func TestParts(t *testing.T) {
	w := newWorld(t, t.TempDir(), start)
	i := slices.IndexFunc(w.samples, func(s Sample) bool { return s.Parts != nil })
	s := w.samples[i]
	if len(s.Parts) != 3 || s.Payload != strings.Join(s.Parts, "\n") {
		t.Errorf("%d parts", len(s.Parts))
	}
	for _, part := range s.Parts {
		if v := w.judge(t, &Sample{Payload: part}, start); v.Reason != verifier.ReasonMalformed {
			t.Errorf("one part alone: %v", v.Reason)
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
	for i := range before.samples {
		s := &before.samples[i]
		if s.present != nil {
			continue // nobody prints it
		}
		if v := after.judge(t, s, start.AddDate(0, 1, 1)); v.Reason.String() != s.Expect {
			t.Errorf("%s, printed before the restart: %s, want %s", s.Name, v.Reason, s.Expect)
		}
		if s.Expect == "ok" && after.samples[i].Payload+string(after.samples[i].Binary) == s.Payload+string(s.Binary) {
			t.Errorf("%s was not issued anew", s.Name)
		}
	}
	// After the old documents have run out the new start has fresh ones.
	late := newWorld(t, dir, start.AddDate(3, 0, 0))
	for i := range late.samples {
		s, at := &late.samples[i], start.AddDate(3, 0, 1)
		if err := s.refresh(at); err != nil {
			t.Fatal(err)
		}
		if v := late.judge(t, s, at); v.Reason.String() != s.Expect {
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
	if err := os.WriteFile(filepath.Join(dir, issuerKey+".jwk"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: dir, Now: start}); err == nil || !strings.Contains(err.Error(), issuerKey+".jwk") {
		t.Fatalf("error %v, want one that names %s", err, issuerKey+".jwk")
	}
}
