package refresh

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vratar/cache/snapshot"
	"vratar/cache/store"
	"vratar/verifier"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
)

// server is a list server whose mood can be changed.
type server struct {
	*httptest.Server

	mu     sync.Mutex
	body   []byte
	etag   string
	status int // 0: 200, or 304 when the client has this etag
	hang   bool
	hits   int
	asked  http.Header // of the last request
}

func newServer(t *testing.T, body []byte) *server {
	t.Helper()
	s := &server{body: body, etag: `"1"`}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hits++
	s.asked = r.Header
	switch {
	case s.hang:
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	case s.status != 0:
		w.WriteHeader(s.status)
	case s.etag != "" && r.Header.Get("If-None-Match") == s.etag:
		w.WriteHeader(http.StatusNotModified)
	default:
		w.Header().Set("ETag", s.etag)
		_, _ = w.Write(s.body)
	}
}

// set changes the server's mood.
func (s *server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func publicJWK(t *testing.T, key *ecdsa.PrivateKey, id string) string {
	t.Helper()
	text, err := jose.MarshalJWK(jose.JWK{KeyID: id, Public: key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func trustList(jwks ...string) []byte {
	return fmt.Appendf(nil, `{"issuers":[{"id":"demo","name":"Demo","country":"KZ","keys":[%s]}]}`, strings.Join(jwks, ","))
}

func fromServers(trustURLs, statusURLs []string) Config {
	lists := func(urls []string) Lists {
		return Lists{URLs: urls, Every: time.Hour, Timeout: 200 * time.Millisecond, MaxSize: 64 << 10}
	}
	return Config{Trust: lists(trustURLs), Status: lists(statusURLs), Checker: proof.Checker{}}
}

func newRefresher(t *testing.T, cfg Config) *Refresher {
	t.Helper()
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// look asks the i-th source once and tells how it stands.
func look(t *testing.T, r *Refresher, i int) Source {
	t.Helper()
	ok := r.look(t.Context(), r.sources[i])
	s := r.Sources()[i]
	if ok != (s.Error == "") {
		t.Fatalf("look = %v, but the source's error is %q", ok, s.Error)
	}
	return s
}

func openStore(t *testing.T, dir string) (*snapshot.Snapshots, func()) {
	t.Helper()
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.New(s), sync.OnceFunc(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestConditionalFetch(t *testing.T) {
	key := newKey(t)
	s := newServer(t, trustList(publicJWK(t, key, "k1")))
	var told time.Time
	cfg := fromServers([]string{s.URL}, nil)
	cfg.ServerTime = func(now time.Time) { told = now }
	r := newRefresher(t, cfg)
	empty := r.Trust().Epoch()

	if got := look(t, r, 0); got.Entries != 1 || got.Format != "trust_list" || got.FetchedAt.IsZero() {
		t.Fatalf("after the first fetch: %+v", got)
	}
	first := r.Trust().Epoch()
	if first == empty || told.IsZero() {
		t.Fatalf("epoch %x of the list, %x of none; server time %v", first, empty, told)
	}
	if got := look(t, r, 0); got.Entries != 1 || s.hits != 2 || s.asked.Get("If-None-Match") != `"1"` {
		t.Fatalf("not modified: %+v, asked %v", got, s.asked)
	}
	s.set(func() { s.etag = `"2"`; s.body = trustList(publicJWK(t, key, "k1"), publicJWK(t, newKey(t), "k2")) })
	if got := look(t, r, 0); got.Entries != 2 || r.Trust().Epoch() == first {
		t.Fatalf("after a change: %+v", got)
	}
}

// Whatever the server does, the last good list stays in force.
func TestBadAnswersChangeNothing(t *testing.T) {
	s := newServer(t, trustList(publicJWK(t, newKey(t), "k1")))
	r := newRefresher(t, fromServers([]string{s.URL + "/list?token=secret"}, nil))
	look(t, r, 0)
	epoch := r.Trust().Epoch()

	f := func(name, wantError string, mood func()) {
		t.Helper()
		s.set(func() { s.etag, s.status, s.hang = "", 0, false; mood() })
		got := look(t, r, 0)
		if !strings.Contains(got.Error, wantError) {
			t.Errorf("%s: error %q, want %q", name, got.Error, wantError)
		}
		if strings.Contains(got.Error+got.Name, "secret") {
			t.Errorf("%s: the address's secret shows: %+v", name, got)
		}
		if got.Entries != 1 || r.Trust().Epoch() != epoch {
			t.Errorf("%s: the last good list is gone: %+v", name, got)
		}
	}
	f("garbage", "neither JSON nor PEM", func() { s.body = []byte("<html>maintenance</html>") })
	f("nothing", "neither JSON nor PEM", func() { s.body = nil })
	f("half a list", "", func() { s.body = trustList(publicJWK(t, newKey(t), "k1"))[:40] })
	f("too large", "larger than max_size", func() { s.body = []byte(`{"issuers":[` + strings.Repeat(" ", 65<<10) + `]}`) })
	f("failing", "500", func() { s.status = http.StatusInternalServerError })
	f("slow", "deadline", func() { s.hang = true })
	s.set(func() { s.hang, s.status = false, 0 })
	s.CloseClientConnections()
	s.Close()
	f("gone", "refused", func() {})
}

func TestRedirectToPlainHTTPIsRefused(t *testing.T) {
	plain := newServer(t, trustList(publicJWK(t, newKey(t), "k1")))
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	client := newClient()
	client.Transport = secure.Client().Transport
	_, err := web{client: client, timeout: time.Second, maxSize: 1 << 10}.get(t.Context(), question{address: secure.URL})
	if err == nil || !strings.Contains(err.Error(), "from https to http") || plain.hits != 0 {
		t.Fatalf("error %v, the plain server was asked %d times", err, plain.hits)
	}
}

func TestLastGoodSurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	s := newServer(t, trustList(publicJWK(t, newKey(t), "k1")))
	revoked := newServer(t, []byte("ticket-1\n"))
	cfg := fromServers([]string{s.URL}, []string{revoked.URL})

	saved, closeStore := openStore(t, dir)
	cfg.Store = saved
	before := newRefresher(t, cfg)
	look(t, before, 0)
	look(t, before, 1)
	epoch := before.Trust().Epoch()
	closeStore()
	s.set(func() { s.hang = true })
	revoked.Close()

	saved, closeStore = openStore(t, dir)
	defer closeStore()
	cfg.Store = saved
	after := newRefresher(t, cfg)
	if after.Trust().Epoch() != epoch {
		t.Error("another trust list after the restart")
	}
	c := &verifier.Credential{ID: []byte("ticket-1")}
	k := &verifier.Key{Issuer: &verifier.Issuer{ID: "demo"}}
	if a := after.Status().Lookup(c, k); a.State != verifier.StatusRevoked {
		t.Errorf("a revocation was forgotten over the restart: %+v", a)
	}
	now := after.Sources()
	if !now[0].FetchedAt.Equal(before.Sources()[0].FetchedAt) {
		t.Errorf("the list got younger over the restart: %v", now[0].FetchedAt)
	}
	s.set(func() { s.hang = false })
	if got := look(t, after, 0); s.asked.Get("If-None-Match") != `"1"` || got.Error != "" {
		t.Errorf("the etag was forgotten: %v, %+v", s.asked, got)
	}

	other := cfg
	other.Trust.URLs = []string{s.URL + "/other"}
	if r := newRefresher(t, other); r.Trust().Epoch() == epoch {
		t.Error("a list that is no longer configured is still believed")
	}
}

// fullStore saves nothing while it is full.
type fullStore struct {
	saved []snapshot.Entry
	full  bool
}

func (f *fullStore) Save(e snapshot.Entry) error {
	if f.full {
		return store.ErrDegraded
	}
	f.saved = append(f.saved, e)
	return nil
}

func (f *fullStore) All(string) ([]snapshot.Entry, error) { return nil, nil }

// A list that could not be saved when it came is saved when its source stands by it, once.
func TestListIsSavedLater(t *testing.T) {
	for _, etag := range []string{`"1"`, ""} { // without it the list is sent again each time
		s := newServer(t, []byte("ticket-1\n"))
		s.set(func() { s.etag = etag })
		kept := &fullStore{full: true}
		cfg := fromServers(nil, []string{s.URL})
		cfg.Store = kept
		r := newRefresher(t, cfg)
		for range 2 {
			look(t, r, 0)
		}
		kept.full = false
		for range 3 {
			look(t, r, 0)
		}
		if len(kept.saved) != 1 || string(kept.saved[0].Body) != "ticket-1\n" || kept.saved[0].ETag != etag {
			t.Errorf("etag %q: saved %+v", etag, kept.saved)
		}
	}
}

func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trust.json")
	write := func(data []byte, at time.Time) {
		t.Helper()
		if err := errors.Join(os.WriteFile(path, data, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	cfg := Config{Trust: Lists{Files: []string{path}, Every: time.Hour, MaxSize: 64 << 10}, Checker: proof.Checker{}}

	r := newRefresher(t, cfg)
	if got := r.Sources()[0]; got.Error == "" {
		t.Fatal("a missing file shows no error")
	}
	write(trustList(publicJWK(t, newKey(t), "k1")), old)
	got := look(t, r, 0)
	if got.Entries != 1 || !got.FetchedAt.Equal(old) || time.Since(got.CheckedAt) > time.Minute {
		t.Fatalf("first read: %+v", got)
	}
	epoch := r.Trust().Epoch()
	if got := look(t, r, 0); got.Entries != 1 || !got.FetchedAt.Equal(old) || r.Trust().Epoch() != epoch {
		t.Fatalf("unchanged: %+v", got)
	}
	write([]byte("half a fi"), old.Add(time.Minute))
	if got := look(t, r, 0); got.Error == "" || r.Trust().Epoch() != epoch {
		t.Fatalf("damaged: %+v", got)
	}
	write(trustList(publicJWK(t, newKey(t), "k2")), old.Add(2*time.Minute))
	if got := look(t, r, 0); got.Error != "" || r.Trust().Epoch() == epoch {
		t.Fatalf("mended: %+v", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := look(t, r, 0); got.Error == "" || got.Entries != 1 {
		t.Fatalf("removed: %+v", got)
	}
}

func TestRunFollowsAndStops(t *testing.T) {
	s := newServer(t, trustList(publicJWK(t, newKey(t), "k1")))
	cfg := fromServers([]string{s.URL}, nil)
	cfg.Trust.Every = 5 * time.Millisecond
	r := newRefresher(t, cfg)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	deadline := time.After(5 * time.Second)
	for enough := false; !enough; {
		select {
		case <-deadline:
			t.Fatal("Run does not ask again")
		case <-time.After(5 * time.Millisecond):
			s.set(func() { enough = s.hits >= 3 })
		}
	}
	stop()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Run does not end with its context")
	}
	if got := r.Sources()[0]; got.Entries != 1 || got.Error != "" {
		t.Errorf("after Run: %+v", got)
	}
}

func TestBackOffGrowsUpToTheUsualPause(t *testing.T) {
	const usual = 5 * time.Minute
	for n, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300} {
		want *= time.Second
		for range 50 {
			if got := backOff(n, usual); got < want/2 || got > want {
				t.Fatalf("pause %d is %v, want %v to %v", n, got, want/2, want)
			}
		}
	}
	if got := backOff(1000, usual); got > usual {
		t.Errorf("after a thousand failures: %v", got)
	}
}

func TestReadAtMost(t *testing.T) {
	f := func(size int, want error) {
		t.Helper()
		for _, expected := range []int64{-1, 0, 50, 100, 1 << 40} {
			data, err := readAtMost(io.LimitReader(rand.Reader, int64(size)), 100, expected)
			if !errors.Is(err, want) || (err == nil && len(data) != size) {
				t.Errorf("%d bytes, %d expected: %d, %v", size, expected, len(data), err)
			}
		}
	}
	f(0, nil)
	f(100, nil)
	f(101, errTooLarge)
	f(100_000, errTooLarge)
}
