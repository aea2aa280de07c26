package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A reader sees of the house what it needs for its work: where it may scan, and nobody's passages elsewhere.
func TestReaderOfOneGateSeesNoOther(t *testing.T) {
	const token = "a token for the reader of one gate alone"
	h := newHouse(t, func(c *Config) {
		hash := sha256.Sum256([]byte(token))
		c.Devices = append(c.Devices, Device{
			ID: "lane", TokenSHA256: hex.EncodeToString(hash[:]), Checkpoints: []string{"north"},
		})
	})
	lane := http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
	f := func(who http.Header, method, path, body string, want int) {
		t.Helper()
		if got := h.do(method, path, body, who); got.StatusCode != want {
			t.Errorf("%s %s: %s, want %d", method, path, got.Status, want)
		}
	}
	f(lane, "POST", "/v1/scan", h.scanBody("ticket", "north", "1"), 200)
	f(lane, "POST", "/v1/scan", h.scanBody("ticket", "south", "2"), 403)
	f(lane, "GET", "/v1/passages", "", 403)
	f(lane, "GET", "/v1/live", "", 403)
	f(lane, "GET", "/v1/scanner?checkpoint=south", "", 403)
	f(reader(), "GET", "/v1/passages", "", 200)
	f(reader(), "GET", "/v1/live", "", 426) // may, though not without an upgrade
}

func TestSigningInEndsTheSessionBefore(t *testing.T) {
	h := newHouse(t, nil)
	first := h.signIn("checker")
	me := func(cookie string) int {
		return h.do("GET", "/v1/me", "", http.Header{"Cookie": {cookie}}).StatusCode
	}
	link, err := h.gateway.SignInLink("admin", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(link, "#/signin/")
	resp := h.do("POST", "/v1/session", `{"code":"`+code+`"}`, http.Header{"Cookie": {first}, "Origin": {h.url}})
	second, _, _ := strings.Cut(resp.Header.Get("Set-Cookie"), ";")
	if resp.StatusCode != 200 || second == first {
		t.Fatalf("signing in again: %s", resp.Status)
	}
	if got := me(first); got != 401 {
		t.Errorf("the session before: %d", got)
	}
	if got := me(second); got != 200 {
		t.Errorf("the session now: %d", got)
	}
}
