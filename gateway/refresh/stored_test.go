package refresh

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vratar/cache/revocation"
	"vratar/cache/snapshot"
	"vratar/cache/store"
	"vratar/verifier"
)

// shelves is a database with its lists, which outlives the process that works on it.
type shelves struct {
	t     *testing.T
	dir   string
	store *store.Store
	lists *revocation.Lists
}

func newShelves(t *testing.T) *shelves {
	s := &shelves{t: t, dir: t.TempDir()}
	s.open()
	t.Cleanup(s.close)
	return s
}

func (s *shelves) open() {
	s.t.Helper()
	var err error
	if s.store, err = store.Open(s.dir, store.Options{}); err != nil {
		s.t.Fatal(err)
	}
	if s.lists, err = revocation.Open(s.store, revocation.Options{}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelves) close() {
	if err := errors.Join(s.lists.Close(), s.store.Close()); err != nil {
		s.t.Error(err)
	}
}

// refresher is a new process that works on the shelves.
func (s *shelves) refresher(sources ...Origin) *Refresher {
	s.t.Helper()
	cfg := fromServers(nil, nil)
	cfg.Status.Sources, cfg.Status.Timeout = sources, 5*time.Second
	cfg.Store, cfg.Revocations = snapshot.New(s.store), s.lists
	return newRefresher(s.t, cfg)
}

// ticketState is what the lists in force say of a ticket of an issuer.
func ticketState(r *Refresher, issuer, id string) verifier.StatusState {
	c := &verifier.Credential{Issuer: issuer, ID: []byte(id)}
	return r.Status().Lookup(c, &verifier.Key{Issuer: &verifier.Issuer{ID: issuer}}).State
}

func expectTicket(t *testing.T, r *Refresher, issuer, id string, want verifier.StatusState) {
	t.Helper()
	if got := ticketState(r, issuer, id); got != want {
		t.Errorf("%s of %s: state %v, want %v", id, issuer, got, want)
	}
}

const (
	unlisted = verifier.StatusNotChecked
	listed   = verifier.StatusRevoked
	unknown  = verifier.StatusUnknown
)

// A list that spells the same ids in another way takes effect on disk before the snapshot is made anew: who is revoked
// before and behind is revoked between.
func TestRevokedIDsSpelledAnew(t *testing.T) {
	shelves := newShelves(t)
	id := "0123456789abcdef"
	path := filepath.Join(t.TempDir(), "revoked.txt")
	write := func(line string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(hex.EncodeToString([]byte(id)))
	r := shelves.refresher(RevokedIDs{File: path})
	look(t, r, 0)
	expectTicket(t, r, "a", id, listed)
	write(base64.RawURLEncoding.EncodeToString([]byte(id)))
	s := r.sources[0]
	c, err := s.fetch(t.Context(), s.web, content{})
	if err != nil {
		t.Fatal(err)
	}
	expectTicket(t, r, "a", id, listed)
	if err := r.accept(s, c); err != nil {
		t.Fatal(err)
	}
	expectTicket(t, r, "a", id, listed)
}

// A long list of ids is read from its address; what differs is added and removed; faults change nothing; a restart
// needs no network.
func TestRevokedIDsFromAnAddress(t *testing.T) {
	shelves := newShelves(t)
	lines := func(from, to int) []byte {
		var b bytes.Buffer
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "ticket-%06d\n", i)
		}
		return b.Bytes()
	}
	s := newServer(t, lines(0, 10_000)) // more than max_size
	origin := RevokedIDs{URL: s.URL}
	r := shelves.refresher(origin)
	expectTicket(t, r, "a", "ticket-000001", unknown) // never loaded
	got := look(t, r, 0)
	if got.Entries != 10_000 || got.Format != "revoked_ids" || got.From != "revoked_ids" || got.Awaited || got.Stored.Entries != 10_000 || got.Stored.Memory == 0 {
		t.Fatalf("source %+v, stored %+v", got, got.Stored)
	}
	expectTicket(t, r, "a", "ticket-000001", listed)
	expectTicket(t, r, "a", "ticket-010001", unlisted)
	if look(t, r, 0); s.asked.Get("If-None-Match") != `"1"` {
		t.Error("the list was not asked for conditionally")
	}

	s.set(func() { s.etag, s.body = `"2"`, append([]byte("# remark\n\n"), lines(5, 10_005)...) })
	if got := look(t, r, 0); got.Entries != 10_000 {
		t.Errorf("%d entries", got.Entries)
	}
	inForce := func(r *Refresher) {
		t.Helper()
		expectTicket(t, r, "a", "ticket-000004", unlisted)
		expectTicket(t, r, "a", "ticket-000005", listed)
		expectTicket(t, r, "a", "ticket-010004", listed)
	}
	inForce(r)
	f := func(body, want string) {
		t.Helper()
		s.set(func() { s.etag, s.body = "", []byte(body) })
		wantError(t, r, 0, want)
		inForce(r)
	}
	f("", "empty")
	f("\n\n", "empty")
	f(" \n\t\n", "empty")
	f("<html><body>sorry</body></html>", "line 1")
	f("ticket-1\nticket 2\n", "line 2")
	f(strings.Repeat("x", longestLine+1), "too long")
	s.set(func() { s.status = http.StatusServiceUnavailable })
	wantError(t, r, 0, "503")

	shelves.close()
	shelves.open()
	r = shelves.refresher(origin)
	inForce(r)
	s.set(func() { s.status, s.etag, s.body = 0, `"3"`, []byte("# nobody\n") })
	if got := look(t, r, 0); got.Entries != 0 {
		t.Errorf("%d entries", got.Entries)
	}
	expectTicket(t, r, "a", "ticket-000005", unlisted)
}

// A transfer that breaks off changes nothing.
func TestRevokedIDsCutShort(t *testing.T) {
	shelves := newShelves(t)
	s := newServer(t, []byte("one\ntwo\n"))
	r := shelves.refresher(RevokedIDs{URL: s.URL})
	look(t, r, 0)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("one\n"))
	})
	wantError(t, r, 0, "EOF")
	expectTicket(t, r, "a", "two", listed)
}

// Lists in files of two issuers speak for their own credentials alone, and one that is not configured any more is
// forgotten. A restart does not read the files again.
func TestRevokedIDsInFilesOfIssuers(t *testing.T) {
	shelves := newShelves(t)
	path := func(name, text string) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	a := RevokedIDs{File: path("a", "n1\n"), Issuer: "a"}
	b := RevokedIDs{File: path("b", "n2\n"), Issuer: "b"}
	r := shelves.refresher(a, b)
	expectTicket(t, r, "a", "n3", unknown)
	expectTicket(t, r, "c", "n3", unlisted) // neither speaks for it
	look(t, r, 0)
	expectTicket(t, r, "a", "n1", listed)
	expectTicket(t, r, "b", "n1", unknown)
	look(t, r, 1)
	for range 2 {
		expectTicket(t, r, "b", "n1", unlisted)
		expectTicket(t, r, "b", "n2", listed)
		expectTicket(t, r, "a", "n2", unlisted)
		shelves.close()
		shelves.open()
		r = shelves.refresher(a, b)
	}
	if revision := r.sources[0].good.data; true {
		look(t, r, 0)
		if !bytes.Equal(revision, r.sources[0].good.data) {
			t.Error("a file that nobody touched was read again")
		}
	}
	r = shelves.refresher(b)
	expectTicket(t, r, "b", "n2", listed)
	r = shelves.refresher(a, b)
	expectTicket(t, r, "a", "n1", unknown) // forgotten, and not loaded again yet
	look(t, r, 0)
	expectTicket(t, r, "a", "n1", listed)
}

// Without a database, as tools show the sources, the same list is held in memory.
func TestRevokedIDsWithoutADatabase(t *testing.T) {
	s := newServer(t, []byte("00AAbb\nticket-1\n"))
	cfg := fromServers(nil, nil)
	cfg.Status.Sources = []Origin{RevokedIDs{URL: s.URL, Issuer: "a"}}
	r := newRefresher(t, cfg)
	if got := look(t, r, 0); got.Entries != 3 || got.Stored != nil {
		t.Errorf("source %+v", got)
	}
	expectTicket(t, r, "a", "ticket-1", listed)
	expectTicket(t, r, "a", "\x00\xaa\xbb", listed)
	expectTicket(t, r, "b", "ticket-1", unlisted)
	s.set(func() { s.etag, s.body = "", []byte("two words") })
	wantError(t, r, 0, "line 1")
}

// Batches that expire go from the database too, and what they named counts no more; those of an earlier version,
// which were kept as they came, move there.
func TestStoredBatchesExpire(t *testing.T) {
	shelves := newShelves(t)
	b := newBackend(t)
	text := func(expires time.Time, id string) string {
		return fmt.Sprintf(`{"country":"AT","kid":"UNKNOWN_KID","hashType":"UCI","expires":%q,"entries":[{"hash":%q}]}`,
			expires.UTC().Format(time.RFC3339), hashOf(id))
	}
	soon, later := time.Now().Add(time.Hour), time.Now().Add(48*time.Hour)
	b.publish("b-1", text(soon, "one"), false)
	b.publish("b-2", text(later, "two"), false)
	origin := RevocationBatches{URL: b.URL + "/revocation-list"}
	w := web{client: http.DefaultClient, timeout: 5 * time.Second, maxSize: 1 << 20}
	kept, err := origin.fetch(t.Context(), w, content{}) // as without a database
	if err != nil || !bytes.Contains(kept.data, []byte(hashOf("one"))) {
		t.Fatalf("%s, %v", kept.data, err)
	}
	list := shelves.lists.List("list")
	origin.list = list
	if kept, err = origin.fetch(t.Context(), w, kept); err != nil || bytes.Contains(kept.data, []byte(hashOf("one"))) {
		t.Fatalf("%s, %v", kept.data, err)
	}
	f := func(kept content, entries int, parts ...string) {
		t.Helper()
		l, err := origin.read(kept)
		if err != nil || l.entries() != entries {
			t.Errorf("list %+v, %v", l, err)
		}
		if got, err := list.Parts(); err != nil || strings.Join(got, " ") != strings.Join(parts, " ") {
			t.Errorf("parts %v, %v", got, err)
		}
	}
	f(kept, 2, "b-1", "b-2")
	past := time.Now().Add(-time.Hour)
	kept.data = bytes.ReplaceAll(kept.data, []byte(soon.UTC().Format(time.RFC3339)), []byte(past.UTC().Format(time.RFC3339)))
	if kept, err = origin.fetch(t.Context(), w, kept); err != nil {
		t.Fatal(err)
	}
	f(kept, 1, "b-2")

	// What should be there and is not is fetched again.
	if err := list.Apply(revocation.Change{Remove: []string{"b-2"}}); err != nil {
		t.Fatal(err)
	}
	before := b.hits["/revocation-list/b-2"]
	kept.data = bytes.ReplaceAll(kept.data, []byte(`"whole":"2`), []byte(`"whole":"1`)) // long ago
	if kept, err = origin.fetch(t.Context(), w, kept); err != nil || b.hits["/revocation-list/b-2"] != before+1 {
		t.Fatal(err, b.hits)
	}
	f(kept, 2, "b-1", "b-2")
	origin.list = shelves.lists.List("another")
	if _, err := origin.read(kept); !errors.Is(err, errNotStored) {
		t.Errorf("a list that is not there: %v", err)
	}
}

// However many batches end at once, all of them go.
func TestManyStoredBatchesEndAtOnce(t *testing.T) {
	list := newShelves(t).lists.List("list")
	next := map[string]batch{"stays": {Stored: true}}
	for _, n := range []int{1, partsAtOnce, 2*partsAtOnce + 1} {
		add := []revocation.Part{{Name: "stays", Keys: [][]byte{{1}}}}
		for i := range n {
			add = append(add, revocation.Part{Name: fmt.Sprint("goes ", i), Keys: [][]byte{{1}, {2, byte(i)}}})
		}
		if err := list.Apply(revocation.Change{Add: add}); err != nil {
			t.Fatal(err)
		}
		if err := (RevocationBatches{list: list}).settle(next); err != nil {
			t.Fatal(err)
		}
		if parts, err := list.Parts(); err != nil || strings.Join(parts, " ") != "stays" || list.Stats().Entries != 1 {
			t.Errorf("%d at once: %v, %d entries, %v", n, parts, list.Stats().Entries, err)
		}
	}
}
