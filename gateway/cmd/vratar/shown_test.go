package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// The settings of a gateway are tried against its addresses, each of which is asked once.
func TestListsOfAConfigurationAreTried(t *testing.T) {
	key, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err1 := issuing.TrustList(issuing.TrustedIssuer{ID: "i", Name: "Issuer", Keys: []*issuing.Key{key}})
	list := issuing.StatusList{URI: "u", Issuer: "i", Bits: 1, Size: 104, IssuedAt: time.Now().Add(-time.Hour), Values: map[uint64]byte{7: 1}}
	list.ExpiresAt = time.Now().Add(-time.Minute)
	token, err2 := issuing.StatusListJWT(key, list)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var trustHits, statusHits atomic.Int64
	hits := map[string]*atomic.Int64{"/trust": &trustHits, "/status": &statusHits}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits[r.URL.Path].Add(1)
		_, _ = w.Write(map[string][]byte{"/trust": trusted, "/status": token}[r.URL.Path])
	}))
	defer server.Close()
	config := filepath.Join(t.TempDir(), "vratar.toml")
	text := "data_dir = \"d\"\n[trust]\nurls = [\"URL/trust?key=secret\"]\n[[status.sources]]\ntoken_list = \"URL/status\"\n"
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(text, "URL", server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	show := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(args, "--config", config), console{in: strings.NewReader(""), out: &out, err: &errs}); code != exitOK {
			t.Fatalf("%v: exit %d\n%s%s", args, code, &out, &errs)
		}
		if strings.Contains(out.String()+errs.String(), "secret") {
			t.Errorf("%v shows a secret: %s", args, &out)
		}
		return out.String()
	}
	if got := show("trust", "show"); !strings.Contains(got, server.URL+"/trust: trust_list, 1 keys\n") || !strings.Contains(got, `issuer i "Issuer"`) {
		t.Errorf("trust show:\n%s", got)
	}
	if statusHits.Load() != 0 {
		t.Error("trust show asked for the status lists")
	}
	got := show("status", "show")
	for _, want := range []string{"token_status_list, 104 entries (token_list)", "signed by a trusted key", "  revoked 1\n", "held (status_unknown)", "s ago\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("status show lacks %q:\n%s", want, got)
		}
	}
	var shown struct{ Sources []shownSource }
	if err := json.Unmarshal([]byte(show("status", "show", "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	if s := shown.Sources; len(s) != 1 || s[0].Lists[0].Counts["revoked"] != 1 || s[0].From != "token_list" || len(s[0].Effects) != 1 {
		t.Errorf("%+v", s)
	}
	if trustHits.Load() != 3 || statusHits.Load() != 2 {
		t.Errorf("asked %d times for trust, %d for status", trustHits.Load(), statusHits.Load())
	}
}
