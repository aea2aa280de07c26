package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"

	"vratar/gateway/websocket"
)

// dial opens a scanner and reads its greeting.
func (b *bench) dial(t *testing.T, query string) *gorilla.Conn {
	t.Helper()
	c, _, err := gorilla.DefaultDialer.Dial(strings.Replace(b.url, "http", "ws", 1)+"/scanner?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if hello := receive(t, c); hello["type"] != "hello" || hello["checkpoint"] == nil || hello["lists"] == nil {
		t.Fatalf("greeting %v", hello)
	}
	return c
}

func receive(t *testing.T, c *gorilla.Conn) map[string]any {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	var m map[string]any
	if err := c.ReadJSON(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func say(t *testing.T, c *gorilla.Conn, frame string) {
	t.Helper()
	if err := c.WriteMessage(gorilla.TextMessage, []byte(frame)); err != nil {
		t.Fatal(err)
	}
}

// closeCode reads until the connection ends and returns why.
func closeCode(t *testing.T, c *gorilla.Conn) int {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		_, _, err := c.ReadMessage()
		var closed *gorilla.CloseError
		switch {
		case errors.As(err, &closed):
			return closed.Code
		case err != nil:
			t.Fatalf("the connection ended without a close frame: %v", err)
		}
	}
}

func TestAnswersComeInTheOrderOfScans(t *testing.T) {
	b := newBench(t, func(p Presentation) error {
		if p.Nonce == "0" {
			time.Sleep(50 * time.Millisecond) // the first is the slowest
		}
		return nil
	})
	c := b.dial(t, "checkpoint=north")
	for i := range 3 {
		say(t, c, fmt.Sprintf(`{"type":"scan","ref":"r%d","payload":"ticket:%d","nonce":"%d","symbology":"]Q1"}`, i, i, i))
	}
	say(t, c, `{"type":"ping"}`)
	for i := range 3 {
		m := receive(t, c)
		answer, _ := m["answer"].(map[string]any)
		if m["type"] != "decision" || m["ref"] != fmt.Sprintf("r%d", i) || answer["nonce"] != fmt.Sprint(i) || answer["decision"] != "admit" {
			t.Errorf("frame %d: %v", i, m)
		}
	}
	if m := receive(t, c); m["type"] != "pong" {
		t.Errorf("after the scans: %v, want pong", m)
	}
}

func TestBadFramesGetProblems(t *testing.T) {
	b := newBench(t, nil)
	c := b.dial(t, "checkpoint=north&direction=exit")
	f := func(frame, wantRef, want string) {
		t.Helper()
		say(t, c, frame)
		m := receive(t, c)
		p, _ := m["problem"].(map[string]any)
		if m["type"] != "problem" || m["ref"] != wantRef || p["code"] != want {
			t.Errorf("%s: %v, want %s", frame, m, want)
		}
	}
	f(`nonsense`, "", "malformed_request")
	f(`{"type":"dance","ref":"1"}`, "1", "unprocessable")
	f(`{"type":"scan","ref":"2","payload":"x"}`, "2", "unprocessable")
	f(`{"type":"scan","ref":"3","payload":"x","nonce":"n","checkpoint":"nowhere"}`, "3", "checkpoint_unknown")
	f(`{"type":"scan","ref":"4","payload":"x","nonce":"n","checkpoint":"staff"}`, "4", "forbidden")
	say(t, c, `{"type":"scan","ref":"5","payload":"x","nonce":"n"}`)
	if m := receive(t, c); m["type"] != "decision" || m["answer"].(map[string]any)["direction"] != "exit" {
		t.Errorf("the direction of the connection does not count: %v", m)
	}
}

func TestScannersAreRefusedBeforeTheUpgrade(t *testing.T) {
	b := newBench(t, nil)
	f := func(query string, header http.Header, want int) {
		t.Helper()
		_, resp, err := gorilla.DefaultDialer.Dial(strings.Replace(b.url, "http", "ws", 1)+"/scanner?"+query, header)
		if err == nil || resp == nil || resp.StatusCode != want {
			t.Errorf("%s: %v %v, want %d", query, resp, err, want)
		}
	}
	f("", nil, 422)
	f("checkpoint=nowhere", nil, 422)
	f("checkpoint=staff", nil, 403)
	f("checkpoint=north&direction=up", nil, 422)
	resp, err := http.Get(b.url + "/scanner?checkpoint=north")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("without upgrade: %d, want 426", resp.StatusCode)
	}
}

func TestScannerEndsWithItsReason(t *testing.T) {
	f := func(name string, want int, end func(*bench, *gorilla.Conn)) {
		t.Helper()
		b := newBench(t, nil)
		c := b.dial(t, "checkpoint=north")
		end(b, c)
		if code := closeCode(t, c); code != want {
			t.Errorf("%s: closed with %d, want %d", name, code, want)
		}
		// The register notices at once, not after a timeout.
		for range 100 {
			if b.Sockets.Len() == 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%s: %d connections are left", name, b.Sockets.Len())
	}
	f("binary frame", websocket.CloseUnsupported, func(_ *bench, c *gorilla.Conn) {
		_ = c.WriteMessage(gorilla.BinaryMessage, []byte("ticket:1"))
	})
	f("session ended", websocket.CloseSessionEnded, func(b *bench, c *gorilla.Conn) {
		b.ended.Store(true)
		say(t, c, `{"type":"scan","payload":"ticket:1","nonce":"1"}`)
	})
	f("a panic costs this connection only", websocket.CloseInternal, func(_ *bench, c *gorilla.Conn) {
		say(t, c, `{"type":"scan","payload":"ticket:panic","nonce":"1"}`)
	})
	f("frame too long", gorilla.CloseMessageTooBig, func(_ *bench, c *gorilla.Conn) {
		say(t, c, strings.Repeat("x", 65<<10))
	})
	f("the gateway stops", websocket.CloseGoingAway, func(b *bench, _ *gorilla.Conn) {
		go func() { _ = b.Sockets.Shutdown(context.Background()) }()
	})
}

func TestFloodWithoutReadingIsBounded(t *testing.T) {
	var most, now int
	b := newBench(t, nil)
	c := b.dial(t, "checkpoint=north")
	_ = c.SetWriteDeadline(time.Now().Add(2 * time.Second))
	frame, _ := json.Marshal(map[string]string{"type": "ping", "ref": strings.Repeat("x", 100)})
	for i := 0; ; i++ {
		if err := c.WriteMessage(gorilla.TextMessage, frame); err != nil || i > 50_000 {
			break // the gateway stopped reading
		}
		if now = len(b.Scanner.slots); now > most {
			most = now
		}
	}
	if status, answer := b.post(t, "/verify", "text/plain", "ticket:1"); status != 200 || answer["reason"] != "ok" {
		t.Errorf("others suffer: %d %v", status, answer)
	}
	if most > cap(b.Scanner.slots) {
		t.Errorf("%d scans at once", most)
	}
}
