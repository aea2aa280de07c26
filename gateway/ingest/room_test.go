package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	gorilla "github.com/gorilla/websocket"

	"vratar/verifier"
)

// passFormat takes "pass:ID" for a credential, which it opens in the arena.
type passFormat struct{ ticketFormat }

func (passFormat) Sniff(p []byte) bool { return bytes.HasPrefix(p, []byte("pass:")) }

func (f passFormat) Decode(p []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), p)
}

func (passFormat) DecodeIn(a *verifier.Arena, p []byte) (*verifier.Credential, error) {
	c := a.Begin(2 * len(p))
	c.Format, c.Type, c.Issuer = "ticket", "ticket", "fair"
	c.ID = a.Bytes(p)
	c.Holder.Name = a.Text(p)
	c.Proof = verifier.Proof{Algorithm: verifier.ES256, Signature: a.Bytes(p)}
	return c, nil
}

var errMixedUp = errors.New("a verdict on another payload than was scanned")

// hurried gives every third presentation up for lack of time, and holds each against its payload.
func hurried(p Presentation) error {
	if !bytes.Equal(p.Payload, p.Verdict.Credential.ID) || p.Verdict.Credential.Holder.Name != string(p.Payload) {
		return errMixedUp
	}
	if p.Payload[len(p.Payload)-1]%3 == 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// newRoomBench is a bench whose memory is used again while some scans find no time. Its slots are enough for all.
func newRoomBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, hurried)
	b.Scanner.Verifier.Formats = []verifier.Format{passFormat{}}
	b.Scanner.slots = make(chan struct{}, 1000)
	return b
}

// checkPass holds the answer to the scan of a pass, of HTTP or of a frame, against it.
func checkPass(t *testing.T, pass string, answer map[string]any) {
	t.Helper()
	if pass[len(pass)-1]%3 == 0 {
		if answer["code"] != "unavailable" {
			t.Errorf("%s, for which there was no time: %v", pass, answer)
		}
		return
	}
	holder, _ := answer["holder"].(map[string]any)
	if answer["decision"] != "admit" || holder["name"] != pass {
		t.Errorf("%s: %v", pass, answer)
	}
}

// Rooms go from scan to scan, over both doors, and also from those that were given up. Each answer is that of its scan.
func TestRoomsAreUsedAgain(t *testing.T) {
	const readers, scans = 4, 60
	b := newRoomBench(t)
	var all sync.WaitGroup
	for reader := range readers {
		all.Go(func() {
			for i := range scans {
				pass := fmt.Sprintf("pass:%d.%d", reader, i)
				_, answer := b.post(t, "/scan", "application/json", fmt.Sprintf(`{"payload":%q,"checkpoint":"north","nonce":%q}`, pass, pass))
				checkPass(t, pass, answer)
			}
		})
	}
	for socket := range readers {
		c := b.dial(t, "checkpoint=north")
		pass := func(i int) string { return fmt.Sprintf("pass:%d/%d", socket, i) }
		all.Go(func() {
			for i := range scans {
				frame := fmt.Sprintf(`{"type":"scan","ref":"%d","payload":%q,"nonce":%q}`, i, pass(i), pass(i))
				if c.WriteMessage(gorilla.TextMessage, []byte(frame)) != nil {
					return // the reader will tell
				}
			}
		})
		all.Go(func() {
			for i := range scans {
				m := receive(t, c)
				answer, ok := m["answer"].(map[string]any)
				if !ok {
					answer, _ = m["problem"].(map[string]any)
				}
				checkPass(t, pass(i), answer)
			}
		})
	}
	all.Wait()
}

// The same request again is answered from the same memory, with what it was told before.
func TestReplayIsJudgedInTheSameRoom(t *testing.T) {
	b := newRoomBench(t)
	for range 3 {
		_, answer := b.post(t, "/scan", "application/json", `{"payload":"pass:a","checkpoint":"north","nonce":"n"}`)
		checkPass(t, "pass:a", answer)
	}
}
