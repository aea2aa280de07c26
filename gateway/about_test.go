package gateway

import (
	"path/filepath"
	"strings"
	"testing"
)

// Anybody may ask whether the gateway is ready; where its lists come from is for who is signed in.
func TestReadinessNamesNoPlaces(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret-place.json")
	h := newHouse(t, func(c *Config) { c.Trust.Files = append(c.Trust.Files, secret) })
	resp := h.do("GET", "/readyz", "", nil)
	text := string(readAll(t, resp.Body))
	if resp.StatusCode != 503 || !strings.Contains(text, "never loaded: 1,") || strings.Contains(text, "secret-place") {
		t.Errorf("%s %s", resp.Status, text)
	}
	if text := string(readAll(t, h.do("GET", "/v1/trust", "", reader()).Body)); !strings.Contains(text, "secret-place") {
		t.Errorf("who is signed in does not learn which list is missing: %s", text)
	}
}
