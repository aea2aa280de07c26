package gateway

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A list in the database holds codes until it was loaded, refuses what it names, and is shown with its figures.
func TestListInTheDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "revoked.txt")
	h := newHouse(t, func(c *Config) {
		c.Status.Sources = append(c.Status.Sources, ListSource{RevokedIDs: file})
		c.Status.Refresh = Duration{time.Second}
	})
	text := http.Header{"Authorization": {"Bearer " + readerToken}, "Content-Type": {"text/plain"}}
	if got := fields(t, h.do("POST", "/v1/verify", h.samples["eu"].Payload, text))["reason"]; got != "status_unknown" {
		t.Errorf("before the list was loaded: %v", got)
	}
	if err := os.WriteFile(file, []byte("n1\nn2\n00ffAA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shows := func(path, want string) {
		t.Helper()
		var body strings.Builder
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			resp := h.do("GET", path, "", http.Header{"Authorization": {"Bearer " + readerToken}})
			body.Reset()
			if err := resp.Write(&body); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(body.String(), want) {
				return
			}
		}
		t.Fatalf("%s lacks %q:\n%s", path, want, body.String())
	}
	shows("/v1/status", `"stored":{"entries":4,"late":0,"filters":256,"shards":256,"memory_bytes":`)
	shows("/metrics", "vratar_revocations_stored 4\n")
	shows("/metrics", "vratar_revocations_filters_missing 0\n")
	if got := fields(t, h.do("POST", "/v1/verify", h.samples["eu"].Payload, text))["reason"]; got != "ok" {
		t.Errorf("once the list was loaded: %v", got)
	}
}
