package conformance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vratar/verifier/vectors"
)

func TestCompare(t *testing.T) {
	f := func(expectJSON, answerJSON, want string) {
		t.Helper()
		var e entry
		if err := json.Unmarshal([]byte(`{"id":"x","expect":`+expectJSON+`}`), &e); err != nil {
			t.Fatal(err)
		}
		var a answer
		if err := json.Unmarshal([]byte(answerJSON), &a); err != nil {
			t.Fatal(err)
		}
		if got := compare(e, a); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("compare(%s, %s) = %q, want %q", expectJSON, answerJSON, got, want)
		}
	}
	valid := `{"id":"x","outcome":"valid","checks":[{"check":"decode","result":"pass"},{"check":"signature","result":"pass"},{"check":"time","result":"pass"}]}`
	f(`{"decodes":true,"signature_valid":true,"expired":false,"accept":true}`, valid, "")
	f(`{"decodes":true,"signature_valid":true,"expired":true,"accept":false}`, valid, "time is pass")
	f(`{"decodes":false}`, valid, "decode is pass")
	f(`{"decodes":true,"signature_valid":false}`, valid, "signature is pass")
	f(`{"accept":false}`, valid, "outcome is valid")
	f(`{"decodes":true,"signature_valid":null,"expired":null,"accept":null}`, valid, "")
	f(`{}`, `{}`, "no answer")
	// Nobody can be asked for a signature behind a payload that does not decode.
	f(`{"decodes":false,"signature_valid":true,"accept":false}`,
		`{"id":"x","outcome":"invalid","checks":[{"check":"decode","result":"fail"}]}`, "")
}

func TestPayload(t *testing.T) {
	f := func(text string, want payload) {
		t.Helper()
		var e entry
		if err := json.Unmarshal([]byte(`{"payload":`+text+`}`), &e); err != nil || e.Payload != want {
			t.Errorf("%s: %q, %v, want %q", text, e.Payload, err, want)
		}
	}
	f(`"one"`, "one")
	f(`["shc:/1/2/5","shc:/2/2/6"]`, "shc:/1/2/5\nshc:/2/2/6")
}

func TestWriteInto(t *testing.T) {
	startMark, endMark := marks("conformance")
	file := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(file, []byte("a\n"+startMark+"old table, longer than the new one\n"+endMark+"\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteInto(file, "conformance", []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(file)
	if want := "a\n" + startMark + "new\n" + endMark + "\nb\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := WriteInto(os.DevNull, "conformance", nil); err == nil {
		t.Error("a file without marks must be refused")
	}
}

// Every folder of vectors is run or named with a reason, so that none is forgotten.
func TestEveryFolderIsAccountedFor(t *testing.T) {
	dir := vectors.Dir(t)
	known := map[string]bool{"wycheproof": true, "token-status-list": true, "mdoc": true}
	for _, s := range Suites() {
		known[s.Folder] = true
	}
	for name := range Untried() {
		known[name] = true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !known[e.Name()] {
			t.Errorf("%s: neither run nor named", e.Name())
		}
	}
}

// The signatures and lists pass, whatever the binary does with codes.
func TestTrials(t *testing.T) {
	dir := Folder(vectors.Dir(t))
	for _, trial := range Trials() {
		r, err := trial.Run(dir)
		if err != nil || r.Run == 0 {
			t.Errorf("%s: %d run, %v", trial.Title, r.Run, err)
		}
		for _, d := range r.Differences {
			t.Errorf("%s: %s", trial.Title, d)
		}
	}
}
