package gateway

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/base45"
)

// deflated is content as an EU certificate would carry it.
func deflated(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base45.Append([]byte("HC1:"), b.Bytes())
}

// badPayloads is what nobody with a document would show.
func badPayloads(t *testing.T, genuine string) map[string][]byte {
	random := make([]byte, 3000)
	source := rand.NewChaCha8([32]byte{7})
	_, _ = source.Read(random)
	bad := map[string][]byte{
		"empty":          {},
		"one byte":       {0},
		"invalid UTF-8":  []byte("HC1:\xff\xfe\xc3("),
		"NUL":            []byte("VR1:\x00\x00"),
		"random":         random,
		"random base45":  base45.Append([]byte("HC1:"), random[:1500]),
		"random VR1":     base45.Append([]byte("VR1:"), random[:1500]),
		"too long":       bytes.Repeat([]byte("HC1:"), verifier.MaxPayload/4+1),
		"zip bomb":       deflated(t, make([]byte, 8<<20)),
		"deep CBOR":      deflated(t, bytes.Repeat([]byte{0x81}, 20_000)),
		"endless CBOR":   deflated(t, bytes.Repeat([]byte{0x9f}, 20_000)),
		"vast array":     deflated(t, []byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
		"vast string":    deflated(t, []byte{0xd2, 0x84, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
		"duplicate keys": deflated(t, []byte{0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, 0xa2, 0x04, 0x41, 1, 0x04, 0x41, 2, 0x41, 0xa0, 0x41, 0}),
		"trailing bytes": append([]byte(genuine), "000"...),
		"prefix only":    []byte("HC1:"),
		"JWT of nothing": []byte("eyJhbGciOiJub25lIn0.e30."),
		"JSON":           []byte(strings.Repeat("[", 8000)),
	}
	for i := range genuine {
		bad["truncated at "+string(rune('0'+i/100))+string(rune('0'+i/10%10))+string(rune('0'+i%10))] = []byte(genuine[:i])
	}
	return bad
}

func TestEveryPayloadGetsAVerdict(t *testing.T) {
	h := newHouse(t, nil)
	known := map[string]bool{}
	for _, r := range verifier.Reasons() {
		known[r.String()] = true
	}
	header := http.Header{"Content-Type": {"application/octet-stream"}}
	for name, payload := range badPayloads(t, h.samples["eu"].Payload) {
		resp := h.do("POST", "/v1/verify", string(payload), header)
		m := fields(t, resp)
		if resp.StatusCode != 200 || m["outcome"] != "invalid" || !known[m["reason"].(string)] || m["document"] != nil || m["holder"] != nil {
			t.Errorf("%s: %d %v", name, resp.StatusCode, m)
		}
	}
	if resp := h.do("POST", "/v1/verify", strings.Repeat("x", 1<<20), header); resp.StatusCode != 413 {
		t.Errorf("1 MiB: %s, want 413", resp.Status)
	}
	if log := h.log.String(); strings.Contains(log, "panic") {
		t.Error(log)
	}
}

// One bad payload costs little memory: less than its 64 KiB of inflated room and as much again for its request.
func TestBadPayloadsCostLittleMemory(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Memo = 0 })
	header := http.Header{"Content-Type": {"application/octet-stream"}}
	for name, payload := range badPayloads(t, h.samples["eu"].Payload) {
		if strings.HasPrefix(name, "truncated") {
			continue
		}
		const rounds = 20
		var before, after runtime.MemStats
		h.do("POST", "/v1/verify", string(payload), header)
		runtime.ReadMemStats(&before)
		for range rounds {
			h.do("POST", "/v1/verify", string(payload), header)
		}
		runtime.ReadMemStats(&after)
		// The client of this test lives in the same process: its buffers count too.
		if each := (after.TotalAlloc - before.TotalAlloc) / rounds; each > 256<<10 {
			t.Errorf("%s: %d KiB a request", name, each>>10)
		}
	}
}

// What a code says reaches no log, whatever the level: a code is a secret while it is valid.
func TestLogsHoldDigestsOnly(t *testing.T) {
	h := newHouse(t, nil)
	for name := range h.samples {
		h.do("POST", "/v1/scan", h.scanBody(name, "north", name), reader())
	}
	h.do("GET", "/v1/me", "", reader())
	h.stop()
	log := h.log.String()
	if !strings.Contains(log, "reason=revoked") || !strings.Contains(log, "payload=") {
		t.Errorf("refusals are not logged:\n%s", log)
	}
	for name, s := range h.samples {
		code := s.content()
		if strings.Contains(log, code) || strings.Contains(log, code[len(code)/2:len(code)-1]) {
			t.Errorf("the log holds the code %s", name)
		}
	}
	if strings.Contains(log, readerToken) {
		t.Error("the log holds a token")
	}
}

func TestPanicCostsOneRequest(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Demo.Samples = func() ([]byte, error) { panic("a fault of ours") } })
	resp := h.do("GET", "/v1/samples", "", nil)
	if m := fields(t, resp); resp.StatusCode != 500 || m["code"] != "internal" || strings.Contains(quoteAny(m), "fault") {
		t.Errorf("%s %v", resp.Status, m)
	}
	if resp := h.do("GET", "/healthz", "", nil); resp.StatusCode != 200 {
		t.Errorf("afterwards: %s", resp.Status)
	}
	var metrics bytes.Buffer
	_, _ = metrics.ReadFrom(h.do("GET", "/metrics", "", nil).Body)
	if !strings.Contains(metrics.String(), "vratar_panics_total 1\n") {
		t.Error("the panic is not counted")
	}
}

func quoteAny(v any) string {
	b, _ := json.Marshal(v) // decoded JSON has a JSON form
	return string(b)
}
