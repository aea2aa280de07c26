package load

import (
	"encoding/json"
	"testing"

	"github.com/valyala/fasthttp"

	"vratar/bench/corpus"
	"vratar/verifier"
)

func TestScanRequests(t *testing.T) {
	s, err := NewScan(Gateway{URL: "http://127.0.0.1:1"}, Scans{
		Items:       []corpus.Item{{Payload: []byte("a\"b"), Expect: verifier.ReasonOK}, {Payload: []byte{0xff}}},
		Checkpoints: []string{"north", "south", "east"}, Run: "r", Repeat: true,
	}, 5)
	if err != nil {
		t.Fatal(err)
	}
	var req fasthttp.Request
	f := func(i int, want map[string]any) {
		t.Helper()
		s.fill(&req, i)
		var got map[string]any
		if err := json.Unmarshal(req.Body(), &got); err != nil {
			t.Fatalf("%s: %v", req.Body(), err)
		}
		if len(got) != len(want) {
			t.Errorf("got %v", got)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s = %v, want %v", k, got[k], v)
			}
		}
	}
	f(0, map[string]any{"payload": `a"b`, "checkpoint": "north", "direction": "entry", "nonce": "r-0"})
	f(3, map[string]any{"payload_b64": "/w==", "checkpoint": "north", "direction": "entry", "nonce": "r-3"})
	f(4, map[string]any{"payload": `a"b`, "checkpoint": "south", "direction": "entry", "nonce": "r-4"})
	want := s.fill(&req, 4)
	if got := s.judge(4, want, 200, []byte(`{"reason":"already_admitted"}`)); got.Class != Expected {
		t.Errorf("a repeated credential that was admitted before: %v", got.Class)
	}
}

func TestScanNeedsUniqueCredentials(t *testing.T) {
	g := Gateway{URL: "http://127.0.0.1:1"}
	items := []corpus.Item{{Payload: []byte("a")}}
	if _, err := NewScan(g, Scans{Items: items, Checkpoints: []string{"north"}}, 2); err == nil {
		t.Error("one credential for two scans was taken without --repeat")
	}
	if _, err := NewScan(g, Scans{Items: items}, 1); err == nil {
		t.Error("no checkpoint was taken")
	}
	if _, err := NewVerify(g, Shows{}); err == nil {
		t.Error("an empty corpus was taken")
	}
}

func TestAddresses(t *testing.T) {
	f := func(url, want string) {
		t.Helper()
		a, err := Gateway{URL: url}.address()
		if (err != nil) != (want == "") || a.host != want {
			t.Errorf("%q: %q, %v; want %q", url, a.host, err, want)
		}
	}
	f("http://127.0.0.1:8080", "127.0.0.1:8080")
	f("http://gate.example/", "gate.example:80")
	f("https://gate.example", "gate.example:443")
	f("127.0.0.1:8080", "")
	f("ftp://gate.example", "")
	f("http://gate.example/v1", "")
	f("", "")
}
