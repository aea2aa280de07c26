package gateway

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a configured list would say of a code is not known before it was loaded: the gate holds, and says why.
func TestCodesAreHeldUntilAStatusListWasLoaded(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "revoked.txt")
	h := newHouse(t, func(c *Config) {
		c.Status.Files = append(c.Status.Files, missing)
		c.Status.Refresh = Duration{time.Second}
	})
	text := http.Header{"Authorization": {"Bearer " + readerToken}, "Content-Type": {"text/plain"}}
	reason := func(sample string) any {
		t.Helper()
		return fields(t, h.do("POST", "/v1/verify", h.samples[sample].Payload, text))["reason"]
	}
	if got := reason("eu"); got != "status_unknown" {
		t.Errorf("a code without a list of its own: %v", got)
	}
	if got := reason("ticket"); got != "ok" {
		t.Errorf("a code whose own list is held: %v", got)
	}
	scan := fields(t, h.do("POST", "/v1/scan", h.scanBody("nz_pass", "door", "1"), reader()))
	if scan["decision"] != "hold" || scan["reason"] != "status_unknown" {
		t.Errorf("at the gate: %v", scan)
	}
	metrics := func(want string) {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			resp := h.do("GET", "/metrics", "", http.Header{"Authorization": {"Bearer " + readerToken}})
			var body strings.Builder
			if err := resp.Write(&body); err != nil || strings.Contains(body.String(), want) {
				return
			} else if time.Now().After(deadline) {
				t.Fatalf("metrics lack %q", want)
			}
		}
	}
	metrics("vratar_lists_awaited 1\n")
	if err := os.WriteFile(missing, []byte("# nobody so far\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	metrics("vratar_lists_awaited 0\n")
	if got := reason("eu"); got != "ok" {
		t.Errorf("once the list was loaded: %v", got)
	}
}
