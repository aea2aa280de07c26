package load

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/valyala/fasthttp"

	"vratar/bench/corpus"
	"vratar/verifier"
)

// items are n credentials, of which those with an odd number are revoked.
func items(n int) []corpus.Item {
	var all []corpus.Item
	for i := range n {
		item := corpus.Item{Payload: []byte{'a' + byte(i)}, Expect: verifier.ReasonOK}
		if i%2 == 1 {
			item.Expect = verifier.ReasonRevoked
		}
		all = append(all, item)
	}
	return all
}

// reasonOf is what the pretended gateway says of one of items.
func reasonOf(payload string) string {
	if payload != "" && (payload[0]-'a')%2 == 1 {
		return "revoked"
	}
	return "ok"
}

func TestBatch(t *testing.T) {
	f := func(answer func(lines []string) string, want Class, verdicts float64) {
		t.Helper()
		url := serve(t, func(ctx *fasthttp.RequestCtx) {
			var lines []string
			for line := range bytes.Lines(ctx.PostBody()) {
				var q struct{ ID, Payload string }
				if err := json.Unmarshal(line, &q); err != nil {
					ctx.Error(err.Error(), 400)
					return
				}
				lines = append(lines, `{"id":"`+q.ID+`","outcome":"x","reason":"`+reasonOf(q.Payload)+`"}`+"\n")
			}
			ctx.SetBodyString(answer(lines))
		})
		b, err := NewBatch(Gateway{URL: url}, Shows{Items: items(3)}, 7)
		if err != nil {
			t.Fatal(err)
		}
		r := mustRun(t, Plan{Rate: 100, Duration: 100 * time.Millisecond, Connections: 2, Timeout: patience}, b)
		if r.Classes[want.String()] != 10 || r.VerdictRate*r.Seconds < verdicts-0.5 || r.VerdictRate*r.Seconds > verdicts+0.5 {
			t.Errorf("classes %v, %.1f verdicts", r.Classes, r.VerdictRate*r.Seconds)
		}
	}
	f(func(lines []string) string { return strings.Join(lines, "") }, Expected, 70)
	f(func(lines []string) string { return strings.Join(lines[1:], "") }, WrongAnswer, 10)
	f(func(lines []string) string { return strings.Join(lines[:6], "") }, WrongAnswer, 60)
	f(func(lines []string) string {
		return strings.Replace(strings.Join(lines, ""), `"reason":"ok"`, `"reason":"expired"`, 1)
	}, WrongAnswer, 70)
	f(func([]string) string { return "" }, WrongAnswer, 10)
	if _, err := NewBatch(Gateway{URL: "http://127.0.0.1:1"}, Shows{Items: items(1)}, 0); err == nil {
		t.Error("a batch of nothing is taken")
	}
}

// door is a pretended /v1/scanner.
func door(t *testing.T, answer func(frame map[string]string) []string) string {
	t.Helper()
	up := websocket.Upgrader{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/scanner" || r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","checkpoint":{}}`))
		for {
			_, text, err := c.ReadMessage()
			var frame map[string]string
			if err != nil || json.Unmarshal(text, &frame) != nil {
				return
			}
			frame["at"] = r.URL.Query().Get("checkpoint")
			for _, a := range answer(frame) {
				_ = c.WriteMessage(websocket.TextMessage, []byte(a))
			}
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestSocket(t *testing.T) {
	f := func(want Class, token string, answer func(frame map[string]string) []string) {
		t.Helper()
		timeout := patience
		if want == Timeout {
			timeout = 100 * time.Millisecond
		}
		s, err := NewSocket(Gateway{URL: door(t, answer), Token: token}, Scans{
			Items: items(10), Checkpoints: []string{"north", "south"}, Run: "r",
		}, 10)
		if err != nil {
			t.Fatal(err)
		}
		r := mustRun(t, Plan{Rate: 100, Duration: 100 * time.Millisecond, Connections: 10, Timeout: timeout}, s)
		if late := r.Classes["unsent"]; r.Classes[want.String()]+late != 10 || (late > 0 && want != Timeout) {
			t.Errorf("classes %v, want 10 %s", r.Classes, want)
		}
	}
	var mu sync.Mutex
	at := map[string]bool{}
	f(Expected, "secret", func(m map[string]string) []string {
		mu.Lock()
		defer mu.Unlock()
		at[m["at"]] = true
		return []string{`{"type":"pong"}`, `{"type":"decision","ref":"` + m["ref"] + `","answer":{"reason":"` + reasonOf(m["payload"]) + `"}}`}
	})
	if !at["north"] || !at["south"] {
		t.Errorf("scanned at %v", at)
	}
	f(WrongAnswer, "secret", func(m map[string]string) []string {
		return []string{`{"type":"decision","ref":"` + m["ref"] + `","answer":{"reason":"expired"}}`}
	})
	f(ClientError, "secret", func(m map[string]string) []string {
		return []string{`{"type":"problem","ref":"` + m["ref"] + `","problem":{"code":"unprocessable"}}`}
	})
	f(Overloaded, "secret", func(m map[string]string) []string {
		return []string{`{"type":"problem","ref":"` + m["ref"] + `","problem":{"code":"overloaded"}}`}
	})
	f(Timeout, "secret", func(map[string]string) []string { return nil })
	f(ClientError, "wrong", nil)
}

func TestRepeatedCredentials(t *testing.T) {
	s := Shows{Items: make([]corpus.Item, 10_000), Repeated: 0.3}
	repeats := 0
	seen := map[*corpus.Item]bool{}
	for i := range s.Items {
		item := s.item(i)
		if seen[item] {
			repeats++
		}
		seen[item] = true
	}
	if repeats < 2800 || repeats > 3200 {
		t.Errorf("%d of 10000 are repeated", repeats)
	}
	if _, err := NewVerify(Gateway{URL: "http://127.0.0.1:1"}, Shows{Items: s.Items, Repeated: 1}); err == nil {
		t.Error("nothing but repetitions is taken")
	}
}
