//go:build !race

package load

import (
	"testing"

	"github.com/valyala/fasthttp"

	"vratar/bench/corpus"
	"vratar/verifier"
)

// The generator shares a machine with what it measures more often than not, so its own work is kept small.
func TestAllocFill(t *testing.T) {
	s, err := NewScan(Gateway{URL: "http://127.0.0.1:1", Token: "t"}, Scans{
		Items: []corpus.Item{{Payload: make([]byte, 500), Expect: verifier.ReasonOK}}, Checkpoints: []string{"north"}, Run: "r",
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var req fasthttp.Request
	body := []byte(`{"outcome":"valid","reason":"ok"}`)
	if n := testing.AllocsPerRun(100, func() { s.judge(0, s.fill(&req, 0), 200, body) }); n != 0 {
		t.Errorf("one scan allocates %.0f times, want 0", n)
	}
}
