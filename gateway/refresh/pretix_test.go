package refresh

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

const eventPath = "/api/v1/organizers/demo/events/gala/"

// box is a pretix server with one event.
type box struct {
	*httptest.Server
	event []byte
	token string

	mu        sync.Mutex
	revoked   []secret // newest first, as the server sends them
	blocked   []secret
	noBlocked bool     // an old server
	next      string   // what it says comes next, instead of the truth
	asked     []string // requests, with their queries
}

func newBox(t *testing.T, event []byte) *box {
	t.Helper()
	b := &box{event: event, token: "Device s3cr3t"}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, r.URL.RequestURI())
	if r.Header.Get("Authorization") != b.token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch q := r.URL.Query(); {
	case r.URL.Path == eventPath:
		_, _ = w.Write(b.event)
	case r.URL.Path == eventPath+"revokedsecrets/" && q.Get("ordering") == "-created":
		b.page(w, r, since(b.revoked, q.Get("created_since"), func(s secret) string { return s.Created }))
	case r.URL.Path == eventPath+"blockedsecrets/" && q.Get("ordering") == "-updated" && !b.noBlocked:
		b.page(w, r, since(b.blocked, q.Get("updated_since"), func(s secret) string { return s.Updated }))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func since(all []secret, from string, moment func(secret) string) []secret {
	some := []secret{}
	for _, s := range all {
		if moment(s) >= from {
			some = append(some, s)
		}
	}
	return some
}

// page sends fifty entries.
func (b *box) page(w http.ResponseWriter, r *http.Request, all []secret) {
	q := r.URL.Query()
	n := max(1, must1(strconv.Atoi("0"+q.Get("page"))))
	p := page{Count: len(all), Results: all[min(50*(n-1), len(all)):min(50*n, len(all))]}
	if 50*n < len(all) {
		q.Set("page", strconv.Itoa(n+1))
		p.Next = b.URL + r.URL.Path + "?" + q.Encode()
		if b.next != "" {
			p.Next = b.next
		}
	}
	_ = json.NewEncoder(w).Encode(p)
}

func must1[T any](v T, _ error) T { return v }

// revoke adds tickets, the last the newest.
func (b *box) revoke(tickets ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ticket := range tickets {
		n := len(b.revoked) + 1
		b.revoked = append([]secret{{ID: int64(n), Secret: ticket, Created: moment(n)}}, b.revoked...)
	}
}

// block changes the state of a ticket.
func (b *box) block(ticket string, blocked bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blocked = append([]secret{{ID: 1, Secret: ticket, Blocked: &blocked, Updated: moment(len(b.blocked) + 1)}}, b.blocked...)[:1]
}

func moment(n int) string { return fmt.Sprintf("2026-03-01T10:%02d:%02d.000000Z", n/60, n%60) }

// requests takes what was asked for since the last call.
func (b *box) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := b.asked
	b.asked = nil
	return asked
}

func tokenFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// gala is an event with three tickets and a refresher over its keys and its secrets.
func gala(t *testing.T) (b *box, cfg Config, tickets []string) {
	t.Helper()
	key := must[*issuing.Key](t)(issuing.NewKey(verifier.EdDSA, rand.NewChaCha8([32]byte{1})))
	for n := range 3 {
		tickets = append(tickets, must[string](t)(issuing.Pretix(key, issuing.PretixTicket{Seed: fmt.Sprint("seed", n), Item: 1})))
	}
	b = newBox(t, must[[]byte](t)(issuing.PretixEvent("gala", key)))
	token := tokenFile(t, "s3cr3t\n")
	lists := func(o Origin) Lists {
		return Lists{Sources: []Origin{o}, Every: time.Hour, Timeout: 5 * time.Second, MaxSize: 1 << 20}
	}
	cfg = Config{
		Trust:  lists(PretixEvent{URL: b.URL + eventPath, TokenFile: token}),
		Status: lists(PretixSecrets{URL: b.URL + eventPath, TokenFile: token}), Checker: proof.Checker{},
	}
	return b, cfg, tickets
}

func TestPretixEvent(t *testing.T) {
	b, cfg, tickets := gala(t)
	var others []string
	for n := range 120 {
		others = append(others, fmt.Sprint("other", n))
	}
	b.revoke(others...)
	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	cfg.Store = saved
	r := newRefresher(t, cfg)
	look(t, r, 0)
	expect(t, r, tickets[0], verifier.ReasonStatusUnknown) // the list is awaited
	b.requests()
	if got := look(t, r, 1); got.Entries != 120 || got.Format != "pretix_secrets" || got.From != "pretix" || got.Awaited {
		t.Errorf("source %+v", got)
	}
	if asked := b.requests(); len(asked) != 4 {
		t.Errorf("the whole list took %q", asked)
	}
	expect(t, r, tickets[0], verifier.ReasonOK)

	// From then on only what is new.
	b.revoke(tickets[0])
	b.block(tickets[1], true)
	if got := look(t, r, 1); got.Entries != 122 {
		t.Errorf("source %+v", got)
	}
	if asked := b.requests(); len(asked) != 2 || !strings.Contains(asked[0], "created_since=2026-03-01T10%3A02%3A00") {
		t.Errorf("the change took %q", asked)
	}
	expect(t, r, tickets[0], verifier.ReasonRevoked)
	expect(t, r, tickets[1], verifier.ReasonSuspended)
	expect(t, r, tickets[2], verifier.ReasonOK)
	b.block(tickets[1], false)
	look(t, r, 1)
	expect(t, r, tickets[1], verifier.ReasonOK)
	checked := r.Sources()[1].CheckedAt
	if got := look(t, r, 1); !got.CheckedAt.After(checked) || !got.FetchedAt.After(checked) {
		t.Error("nothing new makes the list no younger")
	}

	// A restart goes on from where it was.
	r = newRefresher(t, cfg)
	expect(t, r, tickets[0], verifier.ReasonRevoked)
	b.revoke(tickets[2])
	b.requests()
	look(t, r, 1)
	if asked := b.requests(); !strings.Contains(asked[0], "created_since=") {
		t.Errorf("after a restart: %q", asked)
	}
	expect(t, r, tickets[2], verifier.ReasonRevoked)
}

func TestPretixFaultsChangeNothing(t *testing.T) {
	b, cfg, tickets := gala(t)
	var others []string
	for n := range 60 {
		others = append(others, fmt.Sprint("other", n))
	}
	b.revoke(append(others, tickets[0])...)
	r := newRefresher(t, cfg)
	look(t, r, 0)
	elsewhere := newServer(t, []byte(`{"count":0,"results":[]}`))
	f := func(name, want string, mood func()) {
		t.Helper()
		mood()
		wantError(t, r, 1, want)
		if got := r.Sources()[1]; strings.Contains(got.Error+got.Name, "s3cr3t") || !got.Awaited {
			t.Errorf("%s: %+v", name, got)
		}
		expect(t, r, tickets[0], verifier.ReasonStatusUnknown)
	}
	f("next page of another server", "another server", func() { b.next = elsewhere.URL + eventPath + "revokedsecrets/?page=2" })
	f("next page of another list", "another server or list", func() { b.next = b.URL + eventPath + "?page=2" })
	f("the same page for ever", "max_size", func() { b.next = b.URL + eventPath + "revokedsecrets/?ordering=-created" })
	f("another token", "401", func() { b.next, b.token = "", "Device other" })
	f("no token", "token_file", func() {
		p := cfg.Status.Sources[0].(PretixSecrets)
		if err := os.WriteFile(p.TokenFile, []byte("two\nlines"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if elsewhere.hits != 0 {
		t.Error("the token went to another server")
	}
	b.token = "Token abc"
	p := cfg.Status.Sources[0].(PretixSecrets)
	if err := os.WriteFile(p.TokenFile, []byte("Token abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.noBlocked = true // an old server
	look(t, r, 1)
	expect(t, r, tickets[0], verifier.ReasonRevoked)
}

func TestPretixRedirectKeepsTheToken(t *testing.T) {
	elsewhere := newServer(t, []byte(`{}`))
	here := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer here.Close()
	o := PretixSecrets{URL: here.URL + eventPath, TokenFile: tokenFile(t, "s3cr3t")}
	_, err := o.fetch(t.Context(), web{client: newClient(), timeout: time.Second, maxSize: 1 << 10}, content{})
	if err == nil || !strings.Contains(err.Error(), "redirected to another server") || elsewhere.hits != 0 {
		t.Errorf("%v, asked %d times", err, elsewhere.hits)
	}
}

// A list that loses entries while its pages are read may have hidden one.
func TestPretixPagesMustAddUp(t *testing.T) {
	run := &pageRun{whole: true}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"count":2,"next":null,"results":[{"id":1,"secret":"a","created":"x"}]}`))
	}))
	defer s.Close()
	run.web = web{client: newClient(), timeout: time.Second, maxSize: 1 << 10}
	if _, err := run.list(t.Context(), s.URL, order{by: "created"}, map[int64]secret{}); err == nil || !strings.Contains(err.Error(), "1 of 2") {
		t.Error(err)
	}
}
