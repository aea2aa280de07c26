package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"vratar/verifier/issuing"
)

// people is a gateway with documents of so many people, each of which says who it is about.
func people(t *testing.T, n int) (*house, []string) { return peopleWith(t, n, nil) }

func peopleWith(t *testing.T, n int, change func(*Config)) (*house, []string) {
	t.Helper()
	k := newES256(t)
	public, err := k.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "people.json")
	if err := os.WriteFile(file, []byte(`{"keys":[`+string(public)+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(c *Config) {
		c.Trust.Files = append(c.Trust.Files, file)
		if change != nil {
			change(c)
		}
	})
	payloads := make([]string, n)
	for i := range payloads {
		payloads[i], err = issuing.VR1(k, issuing.Document{
			Issuer: fmt.Sprintf("https://issuer-%04d.example", i), Type: "student", Number: fmt.Sprintf("number-%04d", i),
			Name:      fmt.Sprintf("Person %04d ", i) + strings.Repeat("x", i%17),
			BirthDate: fmt.Sprintf("19%02d-01-02", i%100), Fields: map[string]any{"secret": fmt.Sprintf("secret-%04d", i)},
			IssuedAt: time.Now().Add(-time.Hour), ExpiresAt: time.Now().Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return h, payloads
}

// elapsed is the one member in which answers to the same question differ.
var elapsed = regexp.MustCompile(`"elapsed_ns":[0-9]+`)

// Nobody's answer holds anything of somebody else's document, however many are asked about at once: what one request
// was judged in is used again by the next.
func TestAnswersAreNotMixed(t *testing.T) {
	const n, askers, rounds = 96, 8, 6
	h, payloads := people(t, n)
	ask := func(path, contentType, body string) string {
		header := reader()
		header.Set("Content-Type", contentType)
		req, err := http.NewRequest("POST", h.url+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return ""
		}
		req.Header = header
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return elapsed.ReplaceAllString(string(text), "")
	}
	want := make([]string, n)
	for i, p := range payloads {
		want[i] = ask("/v1/verify", "text/plain", p)
		for _, mark := range []string{"number-%04d", "secret-%04d", "Person %04d", "issuer-%04d"} {
			if !strings.Contains(want[i], fmt.Sprintf(mark, i)) {
				t.Fatalf("document %d: %s", i, want[i])
			}
		}
	}
	var all sync.WaitGroup
	for asker := range askers {
		all.Go(func() {
			for round := range rounds {
				from := (asker*37 + round*11) % n
				if asker%4 == 0 {
					batch(t, ask, payloads, want, from)
					continue
				}
				for i := from; i < from+20; i++ {
					p, kind := payloads[i%n], "text/plain"
					if i%3 == 0 {
						p, kind = `{"payload":`+quote(p)+`}`, "application/json"
					}
					if got := ask("/v1/verify", kind, p); got != want[i%n] {
						t.Errorf("document %d: got %s\nwant %s", i%n, got, want[i%n])
					}
				}
			}
		})
	}
	all.Wait()
}

// batch asks about 50 documents in one request.
func batch(t *testing.T, ask func(path, contentType, body string) string, payloads, want []string, from int) {
	var body strings.Builder
	for i := from; i < from+50; i++ {
		line, _ := json.Marshal(map[string]string{"id": fmt.Sprint(i), "payload": payloads[i%len(payloads)]}) // always can be written
		body.Write(append(line, '\n'))
	}
	lines := strings.Split(strings.TrimSpace(ask(pathBatch, "application/jsonl", body.String())), "\n")
	if len(lines) != 50 {
		t.Errorf("%d lines", len(lines))
		return
	}
	for n, line := range lines {
		i := from + n
		if expected := `{"id":"` + fmt.Sprint(i) + `",` + want[i%len(want)][1:]; line != expected {
			t.Errorf("document %d: got %s\nwant %s", i%len(want), line, expected)
		}
	}
}
