package gateway

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// provider is an honest one; what it says of people is its test's. Others are in package openid.
type provider struct {
	t   testing.TB
	url string
	key *ecdsa.PrivateKey

	mu     sync.Mutex
	claims map[string]any
	nonces map[string]string // by code
}

func newProvider(t testing.TB) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, nonces: map[string]string{}}
	discovery := &oidctest.Server{
		PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "1", Algorithm: oidc.ES256}}, Algorithms: []string{oidc.ES256},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			p.token(w, r)
			return
		}
		discovery.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	discovery.SetIssuer(server.URL)
	p.url = server.URL
	return p
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	nonce, known := p.nonces[r.FormValue("code")]
	delete(p.nonces, r.FormValue("code"))
	if !known {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access_token":"at","token_type":"Bearer","id_token":%q}`, p.sign(map[string]any{"nonce": nonce, "sid": "sid-1"}))
}

// sign makes a token with the usual claims and these.
func (p *provider) sign(more map[string]any) string {
	now := time.Now().Unix()
	claims := map[string]any{"iss": p.url, "aud": "vratar", "sub": "anna-there", "iat": now, "exp": now + 60}
	maps.Copy(claims, p.claims)
	maps.Copy(claims, more)
	text, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	return oidctest.SignIDToken(p.key, "1", oidc.ES256, string(text))
}

func (p *provider) says(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = claims
}

// withProvider is a house whose people sign in by a provider.
func withProvider(t testing.TB, change func(*OpenID)) (*house, *provider) {
	p := newProvider(t)
	h := newHouse(t, func(c *Config) {
		o := OpenID{ID: "corp", Name: "Corporate", Issuer: p.url, ClientID: "vratar"}
		if change != nil {
			change(&o)
		}
		c.Access.OpenID = []OpenID{o}
	})
	return h, p
}

// goThere begins at begin, has the provider agree, and returns what the page reads from its address.
func (b *browser) goThere(p *provider, begin string) url.Values {
	b.t.Helper()
	away, err := url.Parse(b.want("OK", "POST", begin, `{"provider":"corp"}`)["url"].(string))
	if err != nil {
		b.t.Fatal(err)
	}
	q := away.Query()
	code := rand.Text()
	p.mu.Lock()
	p.nonces[code] = q.Get("nonce")
	p.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		b.t.Fatal(err)
	}
	// The provider's redirect is no request of the page: it comes without a cookie.
	answer := url.Values{"state": {q.Get("state")}, "code": {code}, "utm": {"noise"}}
	resp := b.do("GET", back.Path+"?"+answer.Encode(), "", nil)
	_, fragment, found := strings.Cut(resp.Header.Get("Location"), "/#/openid/")
	text, err := url.PathUnescape(fragment)
	if err != nil || !found || resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 0 {
		b.t.Fatalf("%s to %s", resp.Status, resp.Header.Get("Location"))
	}
	read, err := url.ParseQuery(text)
	if err != nil || read.Get("utm") != "" {
		b.t.Fatalf("%s", text)
	}
	return read
}

func answerBody(read url.Values) string {
	return fmt.Sprintf(`{"state":%q,"code":%q}`, read.Get("state"), read.Get("code"))
}

func TestSignInByAProvider(t *testing.T) {
	h, p := withProvider(t, func(o *OpenID) { o.Find = []string{"email"} })
	admin := h.as("admin")
	id, _ := h.account(admin, `{"role":"checker","name":"Анна","email":"anna@example.kz","checkpoints":["*"]}`)
	b := &browser{house: h}
	if list := b.want("OK", "GET", "/v1/signin/providers", "")["providers"].([]any); len(list) != 1 {
		t.Errorf("%v", list)
	}
	in := func(want string) map[string]any {
		b = &browser{house: h}
		read := b.goThere(p, "/v1/signin/openid/begin")
		return b.want(want, "POST", "/v1/signin/openid", answerBody(read))
	}
	p.says(map[string]any{"email": "nobody@example.kz", "email_verified": true})
	nobody := in("sign_in_failed")
	p.says(map[string]any{"email": "anna@example.kz", "email_verified": false})
	if unverified := in("sign_in_failed"); fmt.Sprint(nobody) != fmt.Sprint(unverified) {
		t.Errorf("told apart: %v and %v", nobody, unverified)
	}
	p.says(map[string]any{"email": "anna@example.kz", "email_verified": true, "trusted": true})
	if me := in("OK"); me["id"] != id || me["confirmed"] != false {
		t.Errorf("%v", me)
	}
	for _, one := range b.want("OK", "GET", "/v1/me/sessions", "")["sessions"].([]any) {
		if s := one.(map[string]any); (s["way"] == "openid") != (s["current"] == true) {
			t.Errorf("%v", s)
		}
	}
	if from := b.want("OK", "GET", "/v1/me/openid", "")["signed_in"].(map[string]any); from["id"] != "corp" {
		t.Errorf("%v", from)
	}
	b.want("sign_in_failed", "POST", "/v1/signin/openid", `{"state":"x","error":"access_denied"}`)
	(&browser{house: h}).want("not_found", "POST", "/v1/signin/openid/begin", `{"provider":"other"}`)
	for _, secret := range []string{"anna@example.kz", "anna-there"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log says %s", secret)
		}
	}
	metrics := string(readAll(t, h.do("GET", "/metrics", "", nil).Body))
	for _, line := range []string{
		`vratar_openid_sign_ins_total{outcome="ok",provider="corp"} 1`, `vratar_openid_sign_ins_total{outcome="no_account",provider="corp"} 2`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s", line)
		}
	}
}

func TestAnotherBrowserCannotFinish(t *testing.T) {
	h, p := withProvider(t, nil)
	admin := h.as("admin")
	id, _ := h.account(admin, checkerForm)
	admin.want("No Content", "PUT", "/v1/logins", `{"account":"`+id+`","provider":"corp","subject":"anna-there"}`)
	victim, attacker := &browser{house: h}, &browser{house: h}
	read := attacker.goThere(p, "/v1/signin/openid/begin")
	victim.want("sign_in_failed", "POST", "/v1/signin/openid", answerBody(read)) // an address that somebody sent him
	victim.goThere(p, "/v1/signin/openid/begin")                                 // with a ticket, but another one
	victim.want("sign_in_failed", "POST", "/v1/signin/openid", answerBody(read))
	if me := attacker.want("OK", "POST", "/v1/signin/openid", answerBody(read)); me["id"] != id {
		t.Errorf("%v", me)
	}
	attacker.want("sign_in_failed", "POST", "/v1/signin/openid", answerBody(read)) // once
}

func TestLinkingOnesOwnAccount(t *testing.T) {
	h, p := withProvider(t, func(o *OpenID) { o.Confirms = true })
	admin := h.as("admin")
	id, anna := h.account(admin, `{"role":"checker","name":"Анна","checkpoints":["*"]}`)
	_, boris := h.account(admin, checkerForm)
	read := anna.goThere(p, "/v1/me/openid/begin")
	if read.Get("for") != "account" {
		t.Errorf("%v", read)
	}
	if login := anna.want("Created", "POST", "/v1/me/openid", answerBody(read)); login["provider"] != "corp" {
		t.Errorf("%v", login)
	}
	read = boris.goThere(p, "/v1/me/openid/begin")
	boris.want("code_refused", "POST", "/v1/me/openid", answerBody(read)) // the subject is Anna's
	read = boris.goThere(p, "/v1/me/openid/begin")
	boris.want("sign_in_failed", "POST", "/v1/signin/openid", answerBody(read)) // a link is no sign-in
	read = boris.goThere(p, "/v1/signin/openid/begin")
	boris.want("sign_in_failed", "POST", "/v1/me/openid", answerBody(read)) // nor the other way round
	(&browser{house: h}).want("not_signed_in", "POST", "/v1/me/openid/begin", `{"provider":"corp"}`)

	p.says(map[string]any{"trusted": true})
	b := &browser{house: h}
	read = b.goThere(p, "/v1/signin/openid/begin")
	if me := b.want("OK", "POST", "/v1/signin/openid", answerBody(read)); me["id"] != id || me["confirmed"] != true {
		t.Errorf("%v", me)
	}
	b.want("No Content", "DELETE", "/v1/me/openid/corp", "")
	b.want("not_found", "DELETE", "/v1/me/openid/corp", "")
	b.want("not_found", "DELETE", "/v1/me/openid/nothing", "")
	read = b.goThere(p, "/v1/signin/openid/begin")
	b.want("sign_in_failed", "POST", "/v1/signin/openid", answerBody(read))
}

func TestAdministratorLinks(t *testing.T) {
	h, p := withProvider(t, nil)
	admin := h.as("admin")
	id, anna := h.account(admin, checkerForm)
	f := func(want, account, provider, subject string) {
		t.Helper()
		admin.want(want, "PUT", "/v1/logins", fmt.Sprintf(`{"account":%q,"provider":%q,"subject":%q}`, account, provider, subject))
	}
	f("No Content", id, "corp", "anna-there")
	f("code_refused", "admin", "corp", "anna-there")
	f("unprocessable", id, "other", "x")
	f("not_found", "nobody", "corp", "x")
	anna.want("forbidden", "PUT", "/v1/logins", `{"account":"`+id+`","provider":"corp","subject":"x"}`)
	b := &browser{house: h}
	if me := b.want("OK", "POST", "/v1/signin/openid", answerBody(b.goThere(p, "/v1/signin/openid/begin"))); me["id"] != id {
		t.Errorf("%v", me)
	}
	f("No Content", id, "corp", "")
	f("not_found", id, "corp", "")
}

func TestProviderSignsOut(t *testing.T) {
	h, p := withProvider(t, nil)
	admin := h.as("admin")
	id, anna := h.account(admin, checkerForm)
	admin.want("No Content", "PUT", "/v1/logins", `{"account":"`+id+`","provider":"corp","subject":"anna-there"}`)
	b := &browser{house: h}
	b.want("OK", "POST", "/v1/signin/openid", answerBody(b.goThere(p, "/v1/signin/openid/begin")))
	logout := func(want int, to, token string) {
		t.Helper()
		resp := h.do("POST", "/v1/signin/openid/logout/"+to, url.Values{"logout_token": {token}}.Encode(),
			http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
		if resp.StatusCode != want || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s, want %d", resp.Status, want)
		}
	}
	events := map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
	logout(http.StatusBadRequest, "corp", "x")
	logout(http.StatusBadRequest, "corp", p.sign(map[string]any{"jti": "1", "sid": "sid-1"}))
	logout(http.StatusNotFound, "other", "x")
	logout(http.StatusOK, "corp", p.sign(map[string]any{"jti": "2", "sid": "another", "events": events}))
	b.want("OK", "GET", "/v1/me", "")
	token := p.sign(map[string]any{"jti": "3", "sid": "sid-1", "events": events})
	logout(http.StatusOK, "corp", token)
	b.want("not_signed_in", "GET", "/v1/me", "")
	anna.want("OK", "GET", "/v1/me", "") // what another way opened goes on
	logout(http.StatusBadRequest, "corp", token)
	resp := h.do("POST", "/v1/signin/openid/logout/corp", `{"logout_token":"x"}`, http.Header{"Content-Type": {"application/json"}})
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("as JSON: %s", resp.Status)
	}
}

// A provider that is away stops neither the start nor other ways to sign in.
func TestProviderThatIsAway(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	h := newHouse(t, func(c *Config) {
		c.Access.OpenID = []OpenID{{ID: "gone", Issuer: gone.URL, ClientID: "vratar"}}
	})
	b := &browser{house: h}
	b.want("unavailable", "POST", "/v1/signin/openid/begin", `{"provider":"gone"}`)
	h.as("checker").want("OK", "GET", "/v1/me", "")
}

func TestProviderSettingsTellEveryFault(t *testing.T) {
	_, err := ParseConfig([]byte(`
data_dir = "x"
[[access.openid]]
issuer = "http://login.example.kz"
find = ["name"]
scopes = ["email"]
client_secret_file = "a"
client_key_file = "b"
[access.openid.esia]
organisations = true
[[access.openid]]
id = "esia"
kind = "esia"
issuer = "https://esia.gosuslugi.ru"
client_id = "X"
find = ["email"]
[access.openid.esia]
secret_fields = ["code"]
token_secret_fields = ["secret"]
certificate_hash = "xyz"
token_path = "te"
[[access.openid]]
id = "esia"
kind = "saml"
issuer = "https://esia.gosuslugi.ru"
client_id = "X"
surprise = 1
`), "/")
	for _, key := range []string{
		"[0].id", "[0].issuer", "[0].client_id", "[0].find[0]", "[0].scopes", "[0].client_key_file", "[0].esia", "[1].find[0]",
		"[1].esia.secret_fields[0]", "[1].esia.token_secret_fields[0]", "[1].esia.certificate_hash", "[1].esia.token_path",
		"[1].esia.key_file", "[1].esia.token_key_file", "[2].id", "[2].kind", "[2].issuer", "[2].surprise",
	} {
		if !strings.Contains(fmt.Sprint(err), "access.openid"+key+":") {
			t.Errorf("nothing about %s in\n%v", key, err)
		}
	}
}

// Files that are missing or hold something else stop the start, with the name of the setting.
func TestProviderFilesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	empty, wrong := filepath.Join(dir, "empty"), filepath.Join(dir, "wrong")
	for path, text := range map[string]string{empty: "\n", wrong: "no key"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	esia := ESIA{TokenKeyFile: wrong, KeyFile: wrong, CertificateFile: wrong}
	for key, o := range map[string]OpenID{
		"client_secret_file":  {ClientSecretFile: empty},
		"client_key_file":     {ClientKeyFile: wrong},
		"esia.token_key_file": {Kind: kindESIA, ESIA: esia},
	} {
		_, err := o.settings("access.openid[0]")
		if err == nil || !strings.HasPrefix(err.Error(), "access.openid[0]."+key+":") {
			t.Errorf("%s: %v", key, err)
		}
		o.ClientSecretFile, o.ClientKeyFile = filepath.Join(dir, "none"), ""
		if _, err := o.settings("access.openid[0]"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("without its file: %v", err)
		}
	}
}
