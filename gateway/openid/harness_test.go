package openid

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"vratar/verifier/cms"
	"vratar/verifier/jose"
)

const ourRedirect = "https://gate.example.kz/v1/signin/openid/callback"

// fake is a provider in this process. It is honest until its fields are changed.
type fake struct {
	t      testing.TB
	server *httptest.Server
	key    *ecdsa.PrivateKey
	mux    *http.ServeMux

	metadata map[string]any // beyond the usual
	claims   map[string]any // of the ID token, beyond the usual; nil takes one out
	user     map[string]any // UserInfo; nil: none is offered
	header   map[string]any // of the ID token, in the place of the usual
	sign     func(input string) []byte
	answer   func(w http.ResponseWriter, r *http.Request) bool // takes over a request; false: goes on as usual

	codes map[string]url.Values // authorizations under way, by code
	asked atomic.Int64
	trade func(r *http.Request) // looks at the token request
}

func newFake(t testing.TB) *fake {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{t: t, key: key, mux: http.NewServeMux(), codes: map[string]url.Values{}}
	f.mux.HandleFunc("/.well-known/openid-configuration", f.configuration)
	f.mux.HandleFunc("/keys", f.keys)
	f.mux.HandleFunc("/token", f.token)
	f.mux.HandleFunc("/me", f.userInfo)
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		if f.answer == nil || !f.answer(w, r) {
			f.mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		f.t.Error(err)
	}
}

func (f *fake) configuration(w http.ResponseWriter, _ *http.Request) {
	m := map[string]any{
		"issuer": f.server.URL, "authorization_endpoint": f.server.URL + "/auth", "token_endpoint": f.server.URL + "/token",
		"jwks_uri": f.server.URL + "/keys", "end_session_endpoint": f.server.URL + "/end",
		"authorization_response_iss_parameter_supported": true,
	}
	if f.user != nil {
		m["userinfo_endpoint"] = f.server.URL + "/me"
	}
	maps.Copy(m, f.metadata)
	f.write(w, m)
}

func (f *fake) keys(w http.ResponseWriter, _ *http.Request) {
	text, err := jose.MarshalJWK(jose.JWK{KeyID: "1", Algorithm: "ES256", Public: f.key.Public()})
	if err != nil {
		f.t.Error(err)
	}
	fmt.Fprintf(w, `{"keys":[%s]}`, text)
}

func (f *fake) token(w http.ResponseWriter, r *http.Request) {
	if f.trade != nil {
		f.trade(r)
	}
	code := r.FormValue("code")
	asked, known := f.codes[code]
	delete(f.codes, code)
	verifier := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(verifier[:]) ||
		r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		f.write(w, map[string]string{"error": "invalid_grant", "error_description": "secret words"})
		return
	}
	f.write(w, map[string]any{"access_token": "at", "token_type": "Bearer", "id_token": f.idToken(asked.Get("nonce"))})
}

func (f *fake) userInfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer at" {
		f.t.Errorf("asked with %q", r.Header.Get("Authorization"))
	}
	f.write(w, f.user)
}

func (f *fake) idToken(nonce string) string {
	now := time.Now().Unix()
	claims := map[string]any{
		"iss": f.server.URL, "sub": "anna", "aud": "vratar", "iat": now, "exp": now + 60, "nonce": nonce, "sid": "s1",
	}
	return f.jwt(f.header, with(claims, f.claims))
}

// with is a map with changes; a nil takes a member out.
func with(m, changes map[string]any) map[string]any {
	maps.Copy(m, changes)
	maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	return m
}

func (f *fake) jwt(header map[string]any, claims any) string {
	if header == nil {
		header = map[string]any{"alg": "ES256", "kid": "1"}
	}
	return f.signed(marshal(f.t, header), marshal(f.t, claims))
}

func (f *fake) signed(header, claims []byte) string {
	input := string(jose.AppendSigningInput(nil, header, claims))
	signature := es256(f.t, f.key, input)
	if f.sign != nil {
		signature = f.sign(input)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func es256(t testing.TB, k *ecdsa.PrivateKey, input string) []byte {
	t.Helper()
	digest := sha256.Sum256([]byte(input))
	der, err := k.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := cms.RawSignature("ES256", der)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func hs256(secret string) func(string) []byte {
	return func(input string) []byte {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(input))
		return h.Sum(nil)
	}
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// settings are those of the provider as an operator would write them.
func (f *fake) settings() Settings {
	return Settings{
		ID: "corp", Name: "Corporate", Issuer: f.server.URL, ClientID: "vratar", ClientSecret: "s3cret",
		Scopes: []string{"openid", "email"}, INNClaim: "inn", SNILSClaim: "snils", TrustedClaim: "trusted",
	}
}

// leave begins a sign-in and lets the provider agree to it.
func (f *fake) leave(p *Parties, b Beginning) (Begun, Answer) {
	f.t.Helper()
	b.Provider, b.Return = "corp", ourRedirect
	begun, err := p.Begin(context.Background(), b)
	if err != nil {
		f.t.Fatal(err)
	}
	return begun, f.agree(begun)
}

// agree is what the provider sends the browser back with.
func (f *fake) agree(begun Begun) Answer {
	u, err := url.Parse(begun.URL)
	if err != nil {
		f.t.Fatal(err)
	}
	q := u.Query()
	code := newSecret()
	f.codes[code] = q
	return Answer{State: q.Get("state"), Code: code, Issuer: f.server.URL, Ticket: begun.Ticket}
}

// signIn goes all the way.
func (f *fake) signIn(p *Parties) (Person, error) {
	f.t.Helper()
	_, answer := f.leave(p, Beginning{})
	return p.Finish(context.Background(), answer)
}

// wantOutcome holds an error against the outcome it must have.
func wantOutcome(t testing.TB, err error, want Outcome) {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) || f.Outcome != want {
		t.Errorf("%v, want %s", err, want)
	}
}
