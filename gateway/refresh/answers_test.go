package refresh

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"vratar/cache/revocation"
	"vratar/cache/snapshot"
	"vratar/verifier"
)

// A server, or a cache before it, says "unchanged" to who has nothing and asked without condition: that is no list, and
// no sign that the one in force is current.
func TestUnchangedIsNoAnswerToAQuestionWithoutCondition(t *testing.T) {
	s := newServer(t, []byte("ticket-1\n"))
	s.status = http.StatusNotModified
	r := newRefresher(t, fromServers(nil, []string{s.URL}))
	wantError(t, r, 0, "304")

	s.set(func() { s.status, s.etag = 0, "" })
	loaded := look(t, r, 0)
	s.set(func() { s.status = http.StatusNotModified })
	wantError(t, r, 0, "304")
	if got := r.Sources()[0]; !got.FetchedAt.Equal(loaded.FetchedAt) || !got.CheckedAt.Equal(loaded.CheckedAt) {
		t.Errorf("fetched %v, checked %v; it was loaded %v", got.FetchedAt, got.CheckedAt, loaded.FetchedAt)
	}
}

// An index that names no batch at all, when it is read as a whole, would forgive everybody whom batches in force name.
func TestAnEmptyIndexForgivesNobody(t *testing.T) {
	f := func(name string, list *revocation.List) {
		b := newBackend(t)
		text := func(expires time.Time) string {
			return `{"country":"AT","kid":"UNKNOWN_KID","hashType":"UCI","expires":"` + expires.UTC().Format(time.RFC3339) +
				`","entries":[{"hash":"` + hashOf("one") + `"}]}`
		}
		b.publish("b-1", text(time.Now().Add(48*time.Hour)), false)
		origin := RevocationBatches{URL: b.URL + "/revocation-list", list: list}
		w := web{client: http.DefaultClient, timeout: 5 * time.Second, maxSize: 1 << 20}
		kept, err := origin.fetch(t.Context(), w, content{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b.mu.Lock()
		b.index = nil
		b.mu.Unlock()
		if _, err := origin.fetch(t.Context(), w, kept); !errors.Is(err, errUnchanged) {
			t.Errorf("%s: nothing new: %v", name, err)
		}
		kept.data = bytes.ReplaceAll(kept.data, []byte(`"whole":"2`), []byte(`"whole":"1`)) // long ago
		if got, err := origin.fetch(t.Context(), w, kept); err == nil || errors.Is(err, errUnchanged) {
			t.Errorf("%s: an empty index: %s, %v", name, got.data, err)
		}
		if l, err := origin.read(kept); err != nil || l.entries() != 1 {
			t.Errorf("%s: list %+v, %v", name, l, err)
		}
	}
	f("in memory", nil)
	f("in the database", newShelves(t).lists.List("list"))
}

// A pretix that once told blocked tickets and now knows no such list, or loses a page of it, unblocks nobody.
func TestPretixThatLosesBlockedTickets(t *testing.T) {
	b, cfg, tickets := gala(t)
	b.block(tickets[0], true)
	r := newRefresher(t, cfg)
	look(t, r, 0)
	look(t, r, 1)
	expect(t, r, tickets[0], verifier.ReasonSuspended)
	b.mu.Lock()
	b.noBlocked = true
	b.mu.Unlock()
	wantError(t, r, 1, "404")
	wholeAgain := func() {
		s := r.sources[1]
		long := *s.good
		long.data = bytes.ReplaceAll(long.data, []byte(`"whole":"2`), []byte(`"whole":"1`))
		s.good = &long
	}
	wholeAgain()
	wantError(t, r, 1, "404")
	expect(t, r, tickets[0], verifier.ReasonSuspended)

	blocked := true
	b.mu.Lock()
	b.noBlocked = false
	for id := range int64(60) {
		b.blocked = append(b.blocked, secret{ID: 2 + id, Secret: "other", Blocked: &blocked, Updated: moment(0)})
	}
	b.next = b.URL + eventPath + "blockedsecrets/?page=lost" // its order is not the one that is known
	b.mu.Unlock()
	r = newRefresher(t, cfg)
	look(t, r, 0)
	wantError(t, r, 1, "404")
	expect(t, r, tickets[0], verifier.ReasonStatusUnknown)
}

// A list that was kept by a clock that ran ahead does not stay young until that moment comes.
func TestKeptListOfTomorrowAges(t *testing.T) {
	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	s := newServer(t, nil)
	s.status = http.StatusServiceUnavailable
	e := snapshot.Entry{Kind: kindStatus, Name: s.URL, Fetched: time.Now().AddDate(1, 0, 0), Body: []byte("ticket-1\n")}
	if err := saved.Save(e); err != nil {
		t.Fatal(err)
	}
	cfg := fromServers(nil, []string{s.URL})
	cfg.Store = saved
	got := newRefresher(t, cfg).Sources()[0]
	if got.Entries != 1 || got.FetchedAt.After(time.Now()) || got.CheckedAt.After(time.Now()) {
		t.Errorf("source %+v", got)
	}
}

// fragile is a source that brings out a fault of ours.
type fragile struct {
	address
	panics bool
}

func (f *fragile) read(c content) (*list, error) {
	if f.panics {
		panic("a fault")
	}
	return f.address.read(c)
}

// A list that makes us panic costs that list only, now and at every start that finds it kept.
func TestListThatPanics(t *testing.T) {
	s := newServer(t, []byte("ticket-1\n"))
	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	origin := &fragile{address: address{s.URL, readStatus}}
	cfg := fromServers(nil, nil)
	cfg.Store, cfg.Status.Sources = saved, []Origin{origin}
	r := newRefresher(t, cfg)
	look(t, r, 0)
	origin.panics = true
	s.set(func() { s.etag, s.body = `"2"`, []byte("ticket-2\n") })
	wantError(t, r, 0, "panic: a fault")
	expectTicket(t, r, "a", "ticket-1", listed)
	r = newRefresher(t, cfg)
	if got := r.Sources()[0]; got.Error != "panic: a fault" || got.Entries != 0 || !got.Awaited {
		t.Errorf("source %+v", got)
	}
	origin.panics = false
	look(t, r, 0)
	expectTicket(t, r, "a", "ticket-2", listed)
}

// A list that nobody who is trusted has signed is told in the log, once until something else happens.
func TestUnprovenListIsLogged(t *testing.T) {
	issuer := newIssuer(t)
	withdrawn := newServer(t, token(t, issuer, time.Now()))
	believed := newServer(t, trustIn(t, issuer))
	cfg := fromServers([]string{believed.URL}, []string{withdrawn.URL})
	var log bytes.Buffer
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	r := newRefresher(t, cfg)
	f := func(want int) {
		t.Helper()
		r.look(t.Context(), r.sources[1])
		if got := strings.Count(log.String(), "signed by nobody who is trusted"); got != want {
			t.Errorf("told %d times, want %d:\n%s", got, want, log.String())
		}
	}
	f(1)
	f(1)
	look(t, r, 0)
	f(1) // it counts now
	believed.set(func() { believed.etag, believed.body = `"2"`, trustIn(t, newIssuer(t)) })
	look(t, r, 0)
	f(2)
	f(2)
}

// The key of a list becomes trusted while the list's own look has found it unproven and is about to say so.
func TestKeyComesWhileAListFails(t *testing.T) {
	issuer := newIssuer(t)
	believed := newServer(t, trustIn(t, issuer))
	text := token(t, issuer, time.Now())
	r := newRefresher(t, fromServers([]string{believed.URL}, []string{"http://127.0.0.1:1"}))
	s := r.sources[1]
	err := r.accept(s, content{data: text, at: time.Now()})
	if err == nil {
		t.Fatal("accepted without a key")
	}
	look(t, r, 0)
	r.fail(s, err)
	if got := r.Sources()[1]; got.Error != "" || got.Entries == 0 {
		t.Errorf("source %+v", got)
	}
	r.fail(s, errors.New("another"))
	if got := r.Sources()[1]; got.Error != "another" {
		t.Errorf("source %+v", got)
	}
}
