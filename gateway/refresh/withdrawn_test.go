package refresh

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"vratar/cache/revocation"
	"vratar/verifier"
	"vratar/verifier/issuing"
)

func TestHealthCardLists(t *testing.T) {
	named := func() *issuing.Key { return must[*issuing.Key](t)(newIssuer(t).Thumbprinted()) }
	first, second, plain := named(), named(), named()
	const keys = "/.well-known/jwks.json"
	listAt := func(k *issuing.Key) string { return "/.well-known/crl/" + k.ID + ".json" }
	set := func(v1, v2 int) string {
		text := forSigning(keySet(t, first, second, plain))
		text = strings.Replace(text, `"kid":"`+first.ID+`"`, fmt.Sprintf(`"kid":%q,"crlVersion":%d`, first.ID, v1), 1)
		return strings.Replace(text, `"kid":"`+second.ID+`"`, fmt.Sprintf(`"kid":%q,"crlVersion":%d`, second.ID, v2), 1)
	}
	crl := func(k *issuing.Key, version uint64, ids ...string) string {
		return string(must[[]byte](t)(issuing.HealthCardCRL(issuing.RevocationList{KeyID: k.ID, Version: version, IDs: append([]string{}, ids...)})))
	}
	card := func(k *issuing.Key, rid string) string {
		return must[string](t)(issuing.SHC(k, issuing.HealthCard{
			Issuer: home, RevocationID: rid, Family: "Anyperson", Given: []string{"Jane"}, BirthDate: "1970-01-01",
			Vaccine: "207", Date: "2021-01-01", IssuedAt: time.Now().Add(-time.Hour),
		}))
	}
	s := newSite(t, map[string]string{keys: set(1, 1), listAt(first): crl(first, 1, "gone")})
	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	cfg := s.settings([]Origin{HealthCardIssuer{Issuer: home}}, []Origin{HealthCardLists{Issuer: home}})
	cfg.Store = saved
	r := newRefresher(t, cfg)
	look(t, r, 0)
	expect(t, r, card(first, "good"), verifier.ReasonStatusUnknown)

	// One list cannot be had: the other counts, and cards of the key without are held.
	got := look(t, r, 1)
	if got.Entries != 1 || len(got.Refused) != 1 || !strings.Contains(got.Refused[0], "404") || !got.Awaited {
		t.Fatalf("source %+v", got)
	}
	expect(t, r, card(first, "good"), verifier.ReasonOK)
	expect(t, r, card(first, "gone"), verifier.ReasonRevoked)
	expect(t, r, card(second, "good"), verifier.ReasonStatusUnknown)
	for name, list := range map[string]string{
		"for key":     crl(first, 1),
		"has version": crl(second, 2),
		"revocation":  "id-1\n",
		"rids":        `{"kid":"x","method":"rid","ctr":1,"rids":["="]}`,
	} {
		s.set(listAt(second), list)
		if got := look(t, r, 1); len(got.Refused) != 1 || !strings.Contains(got.Refused[0], name) {
			t.Errorf("%s: refused %q", name, got.Refused)
		}
	}
	s.set(listAt(second), crl(second, 1))
	if got := look(t, r, 1); got.Awaited || len(got.Refused) != 0 {
		t.Errorf("source %+v", got)
	}
	expect(t, r, card(second, "good"), verifier.ReasonOK)
	expect(t, r, card(plain, "good"), verifier.ReasonOK) // its key announces no list

	// Only the list of another version is asked for again.
	s.set(keys, set(1, 2))
	s.set(listAt(second), crl(second, 2, "late"))
	before := s.hits[listAt(first)]
	look(t, r, 0)
	look(t, r, 1)
	expect(t, r, card(second, "late"), verifier.ReasonRevoked)
	if s.hits[listAt(first)] != before {
		t.Error("a list that is held was asked for again")
	}
	hits := s.hits[listAt(second)]
	if look(t, r, 1); s.hits[listAt(second)] != hits {
		t.Error("a list was asked for although the key set is the same")
	}
	r = newRefresher(t, cfg)
	expect(t, r, card(second, "late"), verifier.ReasonRevoked)
	expect(t, r, card(first, "good"), verifier.ReasonOK)

	// A server that was set back to an older list forgives nobody.
	s.set(keys, set(1, 1))
	s.set(listAt(second), crl(second, 1))
	wantError(t, r, 1, "published before")
	expect(t, r, card(second, "late"), verifier.ReasonRevoked)
	look(t, r, 0) // the keys come from there too, and name the older list
	expect(t, r, card(second, "late"), verifier.ReasonRevoked)

	s.set(keys, "[]")
	wantError(t, r, 1, "no key set")
	s.set(keys, strings.ReplaceAll(set(1, 3), second.ID, "../../secret"))
	if got := look(t, r, 1); len(got.Refused) != 1 || !strings.Contains(got.Refused[0], "not the name of a key") {
		t.Errorf("source %+v", got)
	}
}

// backend hands out EU revocation batches.
type backend struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	index   []map[string]any // in the order of their dates
	batches map[string]string
	pageOf  int
	hits    map[string]int
}

func newBackend(t *testing.T) *backend {
	b := &backend{t: t, batches: map[string]string{}, pageOf: 2, hits: map[string]int{}}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hits[r.URL.Path]++
	if id, found := strings.CutPrefix(r.URL.Path, "/revocation-list/"); found {
		switch text := b.batches[id]; text {
		case "":
			w.WriteHeader(http.StatusNotFound)
		case "unchanged":
			w.WriteHeader(http.StatusNotModified)
		case "gone":
			w.WriteHeader(http.StatusGone)
		default:
			_, _ = w.Write([]byte(text))
		}
		return
	}
	from := must[time.Time](b.t)(time.Parse(time.RFC3339, r.Header.Get("If-Modified-Since")))
	list := []map[string]any{}
	for _, entry := range b.index {
		if at := must[time.Time](b.t)(time.Parse(time.RFC3339, entry["date"].(string))); at.After(from) {
			list = append(list, entry)
		}
	}
	if len(list) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	n := min(len(list), b.pageOf)
	_ = json.NewEncoder(w).Encode(map[string]any{"more": n < len(list), "batches": list[:n]})
}

// publish adds an entry to the index; text is the batch.
func (b *backend) publish(id, text string, deleted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	date := time.Date(2026, 3, 1, 10, len(b.index), 0, 0, time.UTC).Format(time.RFC3339)
	b.index = append(b.index, map[string]any{"batchId": id, "country": "AT", "date": date, "deleted": deleted})
	b.batches[id] = text
}

func TestRevocationBatches(t *testing.T) {
	t.Run("in memory", func(t *testing.T) { testRevocationBatches(t, nil) })
	t.Run("in the database", func(t *testing.T) { testRevocationBatches(t, newShelves(t).lists) })
}

func testRevocationBatches(t *testing.T, lists *revocation.Lists) {
	b := newBackend(t)
	signer := certified(t, "Ministry")
	code := func(id string) (text, hash string) {
		now := time.Now()
		text = must[string](t)(issuing.HCERT(signer, issuing.HealthCertificate{
			Type: "vaccination", ID: id, Country: "AT", Surname: "Muster", Forename: "Anna", BirthDate: "1990-01-01",
			Date: now.Add(-time.Hour), IssuedAt: now.Add(-time.Minute), ExpiresAt: now.Add(time.Hour),
		}))
		return text, hashOf(id)
	}
	batchOf := func(expires time.Time, hashes ...string) string {
		entries := []map[string]string{}
		for _, h := range hashes {
			entries = append(entries, map[string]string{"hash": h})
		}
		return string(must[[]byte](t)(json.Marshal(map[string]any{
			"country": "AT", "kid": "UNKNOWN_KID", "hashType": "UCI", "expires": expires.Format(time.RFC3339), "entries": entries,
		})))
	}
	good, _ := code("URN:UVCI:01:AT:GOOD#1")
	one, oneHash := code("URN:UVCI:01:AT:ONE#1")
	two, twoHash := code("URN:UVCI:01:AT:TWO#1")
	later, past := time.Now().Add(24*time.Hour), time.Now().Add(-time.Hour)
	b.publish("b-1", batchOf(later, oneHash), false)
	b.publish("b-2", batchOf(later, twoHash), false)
	b.publish("b-3", batchOf(past, hashOf("old")), false)

	trusted := newServer(t, pemOf("CERTIFICATE", signer.Certificate))
	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	cfg := fromServers([]string{trusted.URL}, nil)
	cfg.Status.Sources = []Origin{RevocationBatches{URL: b.URL + "/revocation-list"}}
	cfg.Status.Timeout, cfg.Status.MaxSize, cfg.Store, cfg.Revocations = 5*time.Second, 1<<20, saved, lists
	r := newRefresher(t, cfg)
	look(t, r, 0)
	expect(t, r, good, verifier.ReasonStatusUnknown)
	if got := look(t, r, 1); (got.Stored != nil) != (lists != nil) || (lists != nil && got.Stored.Entries != 2) {
		t.Fatalf("stored %+v", got.Stored)
	} else if got.Entries != 2 || got.Format != "dcc_revocation" || got.From != "dcc" || got.Awaited {
		t.Fatalf("source %+v", got)
	}
	if b.hits["/revocation-list"] != 2 {
		t.Errorf("the index took %d answers", b.hits["/revocation-list"])
	}
	expect(t, r, good, verifier.ReasonOK)
	expect(t, r, one, verifier.ReasonRevoked)
	expect(t, r, two, verifier.ReasonRevoked)

	// A batch is fetched once, a deleted one goes, one that is gone is none.
	b.publish("b-1", batchOf(later, oneHash), true)
	b.publish("b-4", "gone", false)
	if got := look(t, r, 1); got.Entries != 1 || b.hits["/revocation-list/b-2"] != 1 {
		t.Errorf("source %+v, asked %v", got, b.hits)
	}
	expect(t, r, one, verifier.ReasonOK)
	expect(t, r, two, verifier.ReasonRevoked)
	checked := r.Sources()[1].CheckedAt
	if got := look(t, r, 1); !got.CheckedAt.After(checked) {
		t.Error("nothing new makes the list no younger")
	}
	r = newRefresher(t, cfg) // over a restart
	expect(t, r, two, verifier.ReasonRevoked)

	f := func(text, want string) {
		t.Helper()
		b.publish("b-5", text, false)
		wantError(t, r, 1, want)
		expect(t, r, two, verifier.ReasonRevoked)
		b.index = b.index[:len(b.index)-1]
	}
	f("", "404")
	f("unchanged", "304")
	f("<html>", "b-5")
	f("ticket-1", "no revocation batch")
	f(`{"country":"AT","kid":"UNKNOWN_KID","hashType":"?","expires":"","entries":[]}`, "hash type")
	f(strings.Repeat(" ", 1<<20)+"{}", "max_size")
	b.publish("../b", "x", false)
	wantError(t, r, 1, "not an identifier")
	b.index = b.index[:len(b.index)-1]
	// Batches of one moment are all found, however the index is cut into answers.
	six, sixHash := code("URN:UVCI:01:AT:SIX#1")
	seven, sevenHash := code("URN:UVCI:01:AT:SEVEN#1")
	b.publish("b-6", batchOf(later, sixHash), false)
	b.publish("b-7", batchOf(later, sevenHash), false)
	b.index[len(b.index)-1]["date"] = b.index[len(b.index)-2]["date"]
	look(t, r, 1)
	expect(t, r, six, verifier.ReasonRevoked)
	expect(t, r, seven, verifier.ReasonRevoked)
	b.pageOf = 1
	wantError(t, r, 1, "does not get on")
}

// hashOf is the name of a certificate on a list of UCIs (EU revocation annex).
func hashOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.StdEncoding.EncodeToString(sum[:16])
}

// A source that was never loaded leaves unknown what it may speak for; what names a list that is held is judged
// by that.
func TestSourcesThatWereNeverLoaded(t *testing.T) {
	issuer := newIssuer(t)
	believed := newServer(t, trustIn(t, issuer))
	tokens := newServer(t, token(t, issuer, time.Now()))
	away := newServer(t, []byte("gone-1\n"))
	away.status = http.StatusServiceUnavailable
	code := func(status *verifier.StatusRef) string {
		return must[string](t)(issuing.VR1(issuer, issuing.Document{
			Issuer: "demo", Type: "ticket", IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour), Status: status,
		}))
	}
	bare, listed := code(nil), code(&verifier.StatusRef{URI: listURI, Index: 7})
	elsewhere := code(&verifier.StatusRef{URI: "https://issuer.example/2", Index: 7})

	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	cfg := fromServers([]string{believed.URL}, []string{tokens.URL, away.URL})
	cfg.Store = saved
	r := newRefresher(t, cfg)
	look(t, r, 0)
	look(t, r, 1)
	wantError(t, r, 2, "503")
	if got := r.Sources(); got[0].Awaited || got[1].Awaited || !got[2].Awaited {
		t.Errorf("sources %+v", got)
	}
	expect(t, r, bare, verifier.ReasonStatusUnknown)
	expect(t, r, elsewhere, verifier.ReasonStatusUnknown)
	expect(t, r, listed, verifier.ReasonOK)

	away.set(func() { away.status = 0 })
	look(t, r, 2)
	expect(t, r, bare, verifier.ReasonOK)
	away.set(func() { away.status = http.StatusServiceUnavailable })
	wantError(t, r, 2, "503")
	expect(t, r, bare, verifier.ReasonOK) // it was loaded once, and its age is shown

	// Once is once, also over a restart.
	r = newRefresher(t, cfg)
	expect(t, r, bare, verifier.ReasonOK)

	// A token status list speaks for those alone that name it.
	cfg = fromServers([]string{believed.URL}, nil)
	cfg.Status.Sources = []Origin{TokenList{URL: tokens.URL}}
	r = newRefresher(t, cfg)
	look(t, r, 0)
	expect(t, r, bare, verifier.ReasonOK)
	expect(t, r, listed, verifier.ReasonStatusUnknown)
	look(t, r, 1)
	expect(t, r, listed, verifier.ReasonOK)
	tokens.set(func() { tokens.etag, tokens.body = "", []byte("gone-1\n") })
	wantError(t, r, 1, "no token status list")
	expect(t, r, listed, verifier.ReasonOK)

	// A list that waits for its key is known for what it is.
	tokens.set(func() { tokens.body = token(t, newIssuer(t), time.Now()) })
	r = newRefresher(t, fromServers([]string{believed.URL}, []string{tokens.URL}))
	look(t, r, 0)
	expect(t, r, bare, verifier.ReasonStatusUnknown)
	r.look(t.Context(), r.sources[1])
	expect(t, r, bare, verifier.ReasonOK)
	expect(t, r, listed, verifier.ReasonStatusUnknown)
}
