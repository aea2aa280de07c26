package ingest

import (
	"fmt"
	"testing"

	gorilla "github.com/gorilla/websocket"

	"vratar/gateway/websocket"
)

// Whoever comes first goes to work; what comes meanwhile is taken together; when nothing is left the next one works.
func TestLineup(t *testing.T) {
	var l lineup
	f := func(want bool) {
		t.Helper()
		if got := l.join(frame{}); got != want {
			t.Fatalf("goes to work: %v, want %v", got, want)
		}
	}
	for range 2 {
		f(true)
		if n := len(l.take()); n != 1 {
			t.Fatalf("took %d", n)
		}
		f(false)
		f(false)
		if n := len(l.take()); n != 2 {
			t.Fatalf("took %d", n)
		}
		if n := len(l.take()); n != 0 {
			t.Fatalf("took %d of nothing", n)
		}
	}
}

// Frames that come faster than they are judged get the answers that each would get alone, in their order.
func TestBurstOfFrames(t *testing.T) {
	b := newBench(t, nil)
	b.Scanner.slots = make(chan struct{}, maxPending)
	c := b.dial(t, "checkpoint=north")
	const frames = 10 * maxPending
	go func() {
		for i := range frames {
			text := fmt.Sprintf(`{"type":"scan","ref":"%d","payload":"ticket:%d","nonce":"%d"}`, i, i, i)
			switch i % 5 {
			case 2:
				text = `{"type":"ping"}`
			case 3:
				text = fmt.Sprintf(`{"type":"scan","ref":"%d","payload":"ticket:%d"}`, i, i) // without nonce
			}
			if c.WriteMessage(gorilla.TextMessage, []byte(text)) != nil {
				return // the reader will tell
			}
		}
	}()
	for i := range frames {
		m := receive(t, c)
		want := map[int]string{2: "pong", 3: "problem"}[i%5]
		if want == "" {
			want = "decision"
		}
		answer, _ := m["answer"].(map[string]any)
		if m["type"] != want || want != "pong" && m["ref"] != fmt.Sprint(i) ||
			want == "decision" && (answer["decision"] != "admit" || answer["nonce"] != fmt.Sprint(i)) {
			t.Fatalf("frame %d: %v", i, m)
		}
	}
}

// A scan that brings a part of the gateway down ends its connection, and none of the scans beside it stays under way.
func TestPanicLeavesNoScanUnderWay(t *testing.T) {
	b := newBench(t, nil)
	for i := range 6 * cap(b.Scanner.slots) {
		text := `{"type":"scan","ref":"2","payload":"ticket:panic","nonce":"2"}` // when it is judged
		if i%2 == 0 {
			text = `{"type":"scan","ref":"2","payload":"ticket:2","nonce":"2","mandate":"` + fatalMandate + `"}` // when its checker is asked for
		}
		c := b.dial(t, "checkpoint=north")
		say(t, c, `{"type":"scan","ref":"1","payload":"ticket:1","nonce":"1"}`)
		say(t, c, text)
		if code := closeCode(t, c); code != websocket.CloseInternal {
			t.Fatalf("closed with %d", code)
		}
	}
	if status, answer := b.post(t, "/verify", "text/plain", "ticket:1"); status != 200 {
		t.Errorf("afterwards: %d %v", status, answer)
	}
}
