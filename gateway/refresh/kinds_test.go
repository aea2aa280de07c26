package refresh

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/document"
	"vratar/verifier/formats/hcert"
	"vratar/verifier/formats/nzcp"
	"vratar/verifier/formats/pretix"
	"vratar/verifier/formats/sdjwt"
	"vratar/verifier/formats/shc"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

// site is a server under https://example.com whose pages can be changed. It counts what is asked for.
type site struct {
	server    *httptest.Server
	transport http.RoundTripper

	mu    sync.Mutex
	pages map[string]string // by path
	hits  map[string]int
	auth  string // Authorization of the last request
}

const home = "https://example.com"

func newSite(t *testing.T, pages map[string]string) *site {
	t.Helper()
	s := &site{pages: pages, hits: make(map[string]int)}
	s.server = httptest.NewTLSServer(s)
	t.Cleanup(s.server.Close)
	transport := s.server.Client().Transport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.server.Listener.Addr().String())
	}
	s.transport = transport
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hits[r.URL.Path]++
	s.auth = r.Header.Get("Authorization")
	text, found := s.pages[r.URL.Path]
	if !found {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	etag := `"` + digestOf(text) + `"`
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", etag)
	_, _ = w.Write([]byte(text))
}

func (s *site) set(path, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = text
}

// settings are those of a refresher over sources of kinds.
func (s *site) settings(trusted, withdrawn []Origin) Config {
	lists := func(o []Origin) Lists {
		return Lists{Sources: o, Every: time.Hour, Timeout: 5 * time.Second, MaxSize: 1 << 20}
	}
	return Config{Trust: lists(trusted), Status: lists(withdrawn), Checker: proof.Checker{}, transport: s.transport}
}

func judge(r *Refresher, payload string) verifier.Verdict {
	v := verifier.Verifier{
		Formats: []verifier.Format{document.Format{}, hcert.Format{}, shc.Format{}, nzcp.Format{}, sdjwt.Format{}, pretix.Format{}},
		Lists:   r, Checker: proof.Checker{},
	}
	return v.Verify(verifier.Scan{Payload: []byte(payload), At: time.Now()})
}

// expect judges a code.
func expect(t *testing.T, r *Refresher, payload string, want verifier.Reason) {
	t.Helper()
	got := judge(r, payload)
	if got.Reason != want {
		t.Errorf("verdict %s, want %s: %+v", got.Reason, want, got.Checks)
	}
	if (got.Outcome == verifier.Valid) != (want == verifier.ReasonOK) {
		t.Errorf("outcome %s with reason %s", got.Outcome, got.Reason)
	}
}

// must keeps test data short.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func keyNamed(t *testing.T, id string) *issuing.Key {
	t.Helper()
	k := newIssuer(t)
	k.ID = id
	return k
}

func keySet(t *testing.T, keys ...*issuing.Key) string {
	t.Helper()
	var all []json.RawMessage
	for _, k := range keys {
		all = append(all, must[[]byte](t)(k.MarshalPublic()))
	}
	return string(must[[]byte](t)(json.Marshal(map[string]any{"keys": all})))
}

// wantError looks at the i-th source.
func wantError(t *testing.T, r *Refresher, i int, want string) {
	t.Helper()
	r.look(t.Context(), r.sources[i])
	if got := r.Sources()[i]; (want == "") != (got.Error == "") || !strings.Contains(got.Error, want) {
		t.Errorf("error %q, want %q", got.Error, want)
	}
}

func TestDIDWebAddress(t *testing.T) {
	f := func(did, want string) {
		t.Helper()
		got, err := DIDWebAddress(did)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", did, got, err, want)
		}
	}
	// The examples of the method's specification.
	f("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json")
	f("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json")
	f("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json")
	f("did:web:example.com%3a3000:user:alice", "https://example.com:3000/user/alice/did.json")
	f("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json")
	f("did:web:example.com:a%20b", "https://example.com/a%20b/did.json")
	for _, bad := range []string{
		"", "did:web:", "did:key:z6Mk", "DID:web:example.com", "did:web:example.com:", "did:web::user", "did:web:example.com::a",
		"did:web:192.0.2.1", "did:web:[::1]", "did:web:example.com%3A", "did:web:example.com%3A0", "did:web:example.com%3A123456",
		"did:web:example.com%3A80%3A81", "did:web:example.com/evil", "did:web:example.com#key", "did:web:example.com?x=1",
		"did:web:example.com:..", "did:web:example.com:a/b", "did:web:user@example.com", "did:web:example.com:%zz", "did:web:exämple.com",
		"did:web:example..com", "did:web:-example.com", "did:web:" + strings.Repeat("a", 300),
	} {
		f(bad, "")
	}
}

func TestDIDWebVouchesForItselfAlone(t *testing.T) {
	const did = "did:web:example.com:health"
	signer := keyNamed(t, "key-1")
	own := string(must[[]byte](t)(issuing.DIDDocument(did, signer)))
	s := newSite(t, map[string]string{"/health/did.json": own})
	r := newRefresher(t, s.settings([]Origin{DIDWeb{DID: did, Binding: Binding{Name: "Ministry", Country: "NZ"}}}, nil))

	pass := issuing.Pass{
		Issuer: did, Given: "Jack", BirthDate: "1960-04-16",
		NotBefore: time.Now().Add(-time.Hour), ExpiresAt: time.Now().Add(time.Hour),
	}
	code := must[string](t)(issuing.NZCP(signer, pass))
	pass.Issuer = "did:web:example.com"
	foreign := must[string](t)(issuing.NZCP(signer, pass))

	expect(t, r, code, verifier.ReasonIssuerUnknown)
	if got := look(t, r, 0); got.From != "did" || got.Name != did || got.Entries != 1 || got.Format != "did" || got.Wildcard {
		t.Errorf("source %+v", got)
	}
	expect(t, r, code, verifier.ReasonOK)
	expect(t, r, foreign, verifier.ReasonIssuerUnknown)
	if got := judge(r, code).Key.Issuer; got.Name != "Ministry" || got.Country != "NZ" {
		t.Errorf("issuer %+v", got)
	}
	look(t, r, 0)
	if s.hits["/health/did.json"] != 2 {
		t.Errorf("asked %d times", s.hits["/health/did.json"])
	}

	s.set("/health/did.json", string(must[[]byte](t)(issuing.DIDDocument("did:web:example.com:other", signer))))
	wantError(t, r, 0, "not the document of "+did)
	s.set("/health/did.json", keySet(t, signer))
	wantError(t, r, 0, "not the document of "+did)
	s.set("/health/did.json", "<html>")
	wantError(t, r, 0, "neither JSON")
	expect(t, r, code, verifier.ReasonOK) // what was good stays
}

func TestKeySetVouchesForItsIssuerAlone(t *testing.T) {
	signer := newIssuer(t)
	s := newSite(t, map[string]string{"/keys": keySet(t, signer)})
	binding := Binding{Issuer: "arena", Documents: []string{"ticket"}, StatusMaxAge: time.Minute}
	r := newRefresher(t, s.settings([]Origin{KeySet{home + "/keys?token=secret", binding}}, nil))
	if got := look(t, r, 0); got.Name != home+"/keys" || got.From != "jwks" || got.Wildcard {
		t.Errorf("source %+v", got)
	}
	doc := issuing.Document{Issuer: "arena", Type: "ticket", IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}
	code := must[string](t)(issuing.VR1(signer, doc))
	expect(t, r, code, verifier.ReasonOK)
	if got := judge(r, code).Key.Issuer; got.StatusMaxAge != time.Minute {
		t.Errorf("issuer %+v", got)
	}
	doc.Type = "student"
	expect(t, r, must[string](t)(issuing.VR1(signer, doc)), verifier.ReasonKeyNotAllowed)
	doc.Type, doc.Issuer = "ticket", "club"
	expect(t, r, must[string](t)(issuing.VR1(signer, doc)), verifier.ReasonIssuerUnknown)

	s.set("/keys", string(trustIn(t, signer)))
	wantError(t, r, 0, "no key set")
}

func TestHealthCardIssuer(t *testing.T) {
	signer := must[*issuing.Key](t)(newIssuer(t).Thumbprinted())
	path := "/issuer/.well-known/jwks.json"
	s := newSite(t, map[string]string{path: forSigning(keySet(t, signer))})
	r := newRefresher(t, s.settings([]Origin{HealthCardIssuer{Issuer: home + "/issuer"}}, nil))
	card := issuing.HealthCard{
		Issuer: home + "/issuer", Family: "Anyperson", Given: []string{"Jane"}, BirthDate: "1970-01-01", Vaccine: "207",
		Date: "2021-01-01", IssuedAt: time.Now().Add(-time.Hour),
	}
	code := must[string](t)(issuing.SHC(signer, card))
	if got := look(t, r, 0); got.From != "shc" || got.Entries != 1 {
		t.Errorf("source %+v", got)
	}
	expect(t, r, code, verifier.ReasonOK)
	card.Issuer = home
	expect(t, r, must[string](t)(issuing.SHC(signer, card)), verifier.ReasonIssuerUnknown)
	// The keys are for health cards and nothing else.
	doc := issuing.Document{Issuer: home + "/issuer", Type: "ticket", IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}
	expect(t, r, must[string](t)(issuing.VR1(signer, doc)), verifier.ReasonKeyNotAllowed)

	s.set(path, keySet(t, newIssuer(t))) // not named by its thumbprint, and for anything
	wantError(t, r, 0, "not one key is of use")
	s.set(path, "no JSON")
	wantError(t, r, 0, "not JSON")
	expect(t, r, code, verifier.ReasonOK)
}

// forSigning adds to each key of a set what it is for.
func forSigning(set string) string { return strings.ReplaceAll(set, `"kty":`, `"use":"sig","kty":`) }

func TestVCIssuer(t *testing.T) {
	signer := newIssuer(t)
	const path = "/.well-known/jwt-vc-issuer/tenant"
	inline := `{"issuer":"https://example.com/tenant","jwks":` + keySet(t, signer) + `}`
	s := newSite(t, map[string]string{path: inline, "/keys": keySet(t, signer)})
	r := newRefresher(t, s.settings([]Origin{VCIssuer{Issuer: home + "/tenant"}}, nil))
	look(t, r, 0)
	card := issuing.Selective{Issuer: home + "/tenant", Type: "https://credentials.example/pid", IssuedAt: time.Now(), Claims: map[string]any{"given_name": "Aigerim"}}
	issued := must[issuing.Issued](t)(issuing.SDJWT(signer, card, strings.NewReader(strings.Repeat("salt", 1000))))
	expect(t, r, issued.Present(), verifier.ReasonOK)
	before := r.Trust().Epoch()
	s.set(path, `{"issuer":"https://example.com/tenant","jwks_uri":"https://example.com/keys"}`)
	look(t, r, 0)
	if s.hits["/keys"] != 1 || r.Trust().Epoch() != before {
		t.Errorf("keys asked for %d times", s.hits["/keys"])
	}
	f := func(metadata, want string) {
		t.Helper()
		s.set(path, metadata)
		wantError(t, r, 0, want)
		expect(t, r, issued.Present(), verifier.ReasonOK)
	}
	f(`{"issuer":"https://example.com/tenant","jwks_uri":"https://elsewhere.example/keys"}`, "another server")
	f(`{"issuer":"https://example.com/tenant","jwks_uri":"http://example.com/keys"}`, "another server")
	f(`{"issuer":"https://example.com/tenant","jwks_uri":"https://example.com/none"}`, "404")
	f(`{"issuer":"https://example.com/other","jwks":{"keys":[]}}`, "metadata are of")
	f(`{"issuer":"https://example.com/tenant"}`, "no keys")
	f(`[]`, "no issuer metadata")
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
