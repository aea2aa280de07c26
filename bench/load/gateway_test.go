package load

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/gorilla/websocket"
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
	f("unix:/run/vratar/http.sock", "localhost:80")
	f("unix:", "")
	f("", "")
}

// Where nobody knows what is right, every verdict is; an answer without one is not.
func TestAnyVerdictWillDo(t *testing.T) {
	f := func(e expectation, body string, want Class) {
		t.Helper()
		if got := e.judge([]byte(body)); got.Class != want {
			t.Errorf("%+v, %s: %v, want %v", e, body, got.Class, want)
		}
	}
	f(expectation{}, `{"outcome":"invalid","reason":"revoked"}`, Expected)
	f(expectation{}, `{"reason":"of its own"}`, WrongAnswer)
	f(expectation{}, `{}`, WrongAnswer)
	f(expectation{reason: verifier.ReasonOK}, `{"reason":"ok"}`, Expected)
	f(expectation{reason: verifier.ReasonOK}, `{"reason":"revoked"}`, WrongAnswer)
	f(expectation{reason: verifier.ReasonOK}, `{}`, WrongAnswer)
	f(expectation{reason: verifier.ReasonOK, also: verifier.ReasonAlreadyAdmitted}, `{"reason":"already_admitted"}`, Expected)
	f(expectation{reason: verifier.ReasonRevoked, also: verifier.ReasonAlreadyAdmitted}, `{"reason":"already_admitted"}`, WrongAnswer)
}

// A gateway is asked over its UNIX socket in every way, and over TLS with an authority of its own.
func TestOtherWaysThere(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/verify", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"reason":"ok"}`) })
	mux.HandleFunc("GET /v1/scanner", func(w http.ResponseWriter, r *http.Request) {
		ws, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for {
			var scan struct{ Ref string }
			if err := ws.ReadJSON(&scan); err != nil {
				return
			}
			_ = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"decision","ref":"`+scan.Ref+`","reason":"ok"}`))
		}
	})
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	socket := &httptest.Server{Listener: l, Config: &http.Server{Handler: mux}}
	socket.Start()
	defer socket.Close()
	secure := httptest.NewUnstartedServer(mux)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it is refused on purpose below
	secure.StartTLS()
	defer secure.Close()
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())

	all := []corpus.Item{{Payload: []byte("a"), Expect: verifier.ReasonOK}, {Payload: []byte("b"), Expect: verifier.ReasonOK}}
	plan := Plan{Rate: 100, Duration: 20 * time.Millisecond, Connections: 1, Timeout: patience}
	for _, g := range []Gateway{{URL: "unix:" + path}, {URL: secure.URL, Roots: roots}} {
		verify, err := NewVerify(g, Shows{Items: all})
		if err != nil {
			t.Fatal(err)
		}
		scan, err := NewSocket(g, Scans{Items: all, Checkpoints: []string{"north"}, Run: "r"}, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []Target{verify, scan} {
			if r := mustRun(t, plan, target); r.Classes["expected"] != 2 {
				t.Errorf("%s, %T: %v", g.URL, target, r.Classes)
			}
		}
	}
	verify, err := NewVerify(Gateway{URL: secure.URL}, Shows{Items: all})
	if err != nil {
		t.Fatal(err)
	}
	if r := mustRun(t, plan, verify); r.Classes["expected"] != 0 {
		t.Errorf("a certificate that nobody vouches for was believed: %v", r.Classes)
	}
}
