package refresh

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

const listURI = "https://issuer.example/1"

func newIssuer(t *testing.T) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func trustIn(t *testing.T, keys ...*issuing.Key) []byte {
	t.Helper()
	text, err := issuing.TrustList(issuing.TrustedIssuer{ID: "demo", Name: "Demo", Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// token is a status list of the demo issuer, issued at that time, in which these entries are revoked.
func token(t *testing.T, k *issuing.Key, issued time.Time, revoked ...uint64) []byte {
	t.Helper()
	l := issuing.StatusList{URI: listURI, Issuer: "demo", Bits: 1, Size: 100, Values: map[uint64]byte{}, IssuedAt: issued}
	for _, i := range revoked {
		l.Values[i] = 1
	}
	text, err := issuing.StatusListJWT(k, l)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// stateOf is what the lists in force say of an entry.
func stateOf(r *Refresher, index uint64) verifier.StatusState {
	c := &verifier.Credential{Issuer: "demo", Status: &verifier.StatusRef{URI: listURI, Index: index}}
	return r.Status().Lookup(c, &verifier.Key{Issuer: &verifier.Issuer{ID: "demo"}}).State
}

func TestStatusListCountsOnlyWhenProven(t *testing.T) {
	issuer, stranger := newIssuer(t), newIssuer(t)
	now := time.Now().Truncate(time.Second)
	believed := newServer(t, trustIn(t, issuer))
	withdrawn := newServer(t, token(t, stranger, now))
	r := newRefresher(t, fromServers([]string{believed.URL}, []string{withdrawn.URL}))
	look(t, r, 0)

	f := func(name, wantError string, want verifier.StatusState) {
		t.Helper()
		withdrawn.set(func() { withdrawn.etag = "" })
		if got := look(t, r, 1); !strings.Contains(got.Error, wantError) || (wantError == "") != (got.Error == "") {
			t.Errorf("%s: error %q, want %q", name, got.Error, wantError)
		}
		if got := stateOf(r, 7); got != want {
			t.Errorf("%s: state %d, want %d", name, got, want)
		}
	}
	f("by a stranger", "nobody who is trusted", verifier.StatusUnknown)
	withdrawn.set(func() { withdrawn.body = token(t, issuer, now, 7) })
	f("by the issuer", "", verifier.StatusRevoked)
	withdrawn.set(func() { withdrawn.body = token(t, stranger, now.Add(time.Minute)) })
	f("a stranger's newer one", "nobody who is trusted", verifier.StatusRevoked)
	withdrawn.set(func() { withdrawn.body = token(t, issuer, now.Add(-time.Hour)) })
	f("an older one, replayed", "published before", verifier.StatusRevoked)
	withdrawn.set(func() { withdrawn.body = token(t, issuer, now.Add(time.Minute)) })
	f("a newer one", "", verifier.StatusValid)
}

// A list that comes before its key waits for it; one whose key is withdrawn counts no more.
func TestStatusListFollowsTrust(t *testing.T) {
	issuer := newIssuer(t)
	believed := newServer(t, trustIn(t, newIssuer(t)))
	withdrawn := newServer(t, token(t, issuer, time.Now(), 7))
	r := newRefresher(t, fromServers([]string{believed.URL}, []string{withdrawn.URL}))
	look(t, r, 0)
	look(t, r, 1)
	if got := stateOf(r, 7); got != verifier.StatusUnknown {
		t.Fatalf("before its key is trusted: state %d", got)
	}
	believed.set(func() { believed.etag, believed.body = `"2"`, trustIn(t, issuer) })
	look(t, r, 0)
	if got := stateOf(r, 7); got != verifier.StatusRevoked || r.Sources()[1].Error != "" {
		t.Fatalf("when its key became trusted: state %d, %+v", got, r.Sources()[1])
	}
	believed.set(func() { believed.etag, believed.body = `"3"`, trustIn(t, newIssuer(t)) })
	look(t, r, 0)
	if got := stateOf(r, 7); got != verifier.StatusUnknown || r.Sources()[1].Error == "" {
		t.Fatalf("when its key was withdrawn: state %d, %+v", got, r.Sources()[1])
	}
	r.look(t.Context(), r.sources[1]) // asked for anew, though the server's version is the same
	believed.set(func() { believed.etag, believed.body = `"4"`, trustIn(t, issuer) })
	look(t, r, 0)
	if got := stateOf(r, 7); got != verifier.StatusRevoked || r.Sources()[1].Error != "" {
		t.Fatalf("when its key came back: state %d, %+v", got, r.Sources()[1])
	}
}

// What the server confirms is as current as what it sends.
func TestNotModifiedMakesAListCurrent(t *testing.T) {
	issuer := newIssuer(t)
	believed := newServer(t, trustIn(t, issuer))
	withdrawn := newServer(t, token(t, issuer, time.Now().Add(-time.Hour)))
	r := newRefresher(t, fromServers([]string{believed.URL}, []string{withdrawn.URL}))
	look(t, r, 0)
	first := look(t, r, 1).FetchedAt
	time.Sleep(2 * time.Millisecond)
	second := look(t, r, 1).FetchedAt
	c := &verifier.Credential{Issuer: "demo", Status: &verifier.StatusRef{URI: listURI, Index: 1}}
	a := r.Status().Lookup(c, &verifier.Key{Issuer: &verifier.Issuer{ID: "demo"}})
	if !second.After(first) || !a.ListTime.Equal(second) || withdrawn.hits != 2 {
		t.Errorf("fetched %v, confirmed %v, answer of %v, asked %d times", first, second, a.ListTime, withdrawn.hits)
	}
}

// An answer without content, or a page that happens to read as a list of ids, must not bring back to life what
// the list in force revokes.
func TestAnEmptyAnswerRevokesNothingAway(t *testing.T) {
	const batch = `{"country":"AT","kid":"UNKNOWN_KID","hashType":"UCI","expires":"2030-01-01T00:00:00Z",` +
		`"entries":[{"hash":"AAAAAAAAAAAAAAAAAAAAAA=="}]}`
	f := func(name, before, after, wantError string) {
		t.Helper()
		s := newServer(t, []byte(before))
		r := newRefresher(t, fromServers(nil, []string{s.URL}))
		was := look(t, r, 0)
		s.set(func() { s.etag, s.body = "", []byte(after) })
		r.look(t.Context(), r.sources[0])
		got := r.Sources()[0]
		if (wantError == "") != (got.Error == "") || !strings.Contains(got.Error, wantError) {
			t.Errorf("%s: error %q, want %q", name, got.Error, wantError)
		}
		if wantError != "" && (got.Format != was.Format || got.Entries != was.Entries) {
			t.Errorf("%s: %+v took the place of %+v", name, got, was)
		}
	}
	f("ids, then nothing", "ticket-1\n", "", "empty")
	f("ids, then blanks", "ticket-1\n", " \n\n", "empty")
	f("ids, then a remark", "ticket-1\n", "# all forgiven\n", "")
	f("nothing, then ids", "", "ticket-1\n", "")
	f("batches, then nothing", batch, "", "empty")
	f("batches, then a page", batch, "OK\n", "revoked_ids")
}

// A key that its trust list has retired signs no more lists, however it came by one.
func TestRetiredKeySignsNoList(t *testing.T) {
	issuer := newIssuer(t)
	now := time.Now().Truncate(time.Second)
	retired := `"name":"Demo","not_after":"` + now.Add(-time.Hour).UTC().Format(time.RFC3339) + `"`
	text := regexp.MustCompile(`"name":\s*"Demo"`).ReplaceAllString(string(trustIn(t, issuer)), retired)
	believed := newServer(t, []byte(text))
	f := func(name string, issued time.Time, want verifier.StatusState) {
		t.Helper()
		withdrawn := newServer(t, token(t, issuer, issued))
		r := newRefresher(t, fromServers([]string{believed.URL}, []string{withdrawn.URL}))
		look(t, r, 0)
		r.look(t.Context(), r.sources[1])
		if got := stateOf(r, 7); got != want {
			t.Errorf("%s: state %d, want %d: %+v", name, got, want, r.Sources()[1])
		}
	}
	f("in its time", now.Add(-2*time.Hour), verifier.StatusValid)
	f("afterwards", now, verifier.StatusUnknown)
}

// A file that claims to be of tomorrow is of now, else it would never grow old.
func TestFileOfTheFutureGrowsOld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "revoked.txt")
	later := time.Now().Add(24 * time.Hour)
	if err := errors.Join(os.WriteFile(path, []byte("ticket-1\n"), 0o600), os.Chtimes(path, later, later)); err != nil {
		t.Fatal(err)
	}
	r := newRefresher(t, Config{Status: Lists{Files: []string{path}, Every: time.Hour, MaxSize: 1 << 10}})
	if got := r.Sources()[0]; got.FetchedAt.After(time.Now()) {
		t.Errorf("fetched at %v", got.FetchedAt)
	}
}
