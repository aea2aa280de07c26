package openid

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestForgedIDTokens(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	der, err := x509.MarshalPKIXPublicKey(f.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	for name, change := range map[string]func(){
		"nonce of another":    func() { f.claims = map[string]any{"nonce": "x"} },
		"no nonce":            func() { f.claims = map[string]any{"nonce": nil} },
		"audience":            func() { f.claims = map[string]any{"aud": "somebody"} },
		"no audience":         func() { f.claims = map[string]any{"aud": nil} },
		"many audiences":      func() { f.claims = map[string]any{"aud": []string{"vratar", "somebody"}} },
		"azp":                 func() { f.claims = map[string]any{"azp": "somebody"} },
		"issuer":              func() { f.claims = map[string]any{"iss": "https://other.example"} },
		"issuer with a slash": func() { f.claims = map[string]any{"iss": f.server.URL + "/"} },
		"expired":             func() { f.claims = map[string]any{"exp": now - 1} },
		"no end":              func() { f.claims = map[string]any{"exp": nil} },
		"old":                 func() { f.claims = map[string]any{"iat": now - 3600} },
		"ahead":               func() { f.claims = map[string]any{"iat": now + 3600} },
		"no iat":              func() { f.claims = map[string]any{"iat": nil} },
		"not yet":             func() { f.claims = map[string]any{"nbf": now + 3600} },
		"nobody":              func() { f.claims = map[string]any{"sub": nil} },
		"empty subject":       func() { f.claims = map[string]any{"sub": ""} },
		"long subject":        func() { f.claims = map[string]any{"sub": strings.Repeat("x", 256)} },
		"subject a number":    func() { f.claims = map[string]any{"sub": 7} },
		"at_hash":             func() { f.claims = map[string]any{"at_hash": "AAAA"} },
		"sid":                 func() { f.claims = map[string]any{"sid": 7} },
		"alg none":            func() { f.header, f.sign = map[string]any{"alg": "none"}, func(string) []byte { return nil } },
		"alg none, signed":    func() { f.header = map[string]any{"alg": "none"} },
		"HS256 with our secret": func() {
			f.header, f.sign = map[string]any{"alg": "HS256"}, hs256("s3cret")
		},
		"HS256 with the public key": func() {
			f.header, f.sign = map[string]any{"alg": "HS256", "kid": "1"}, hs256(public)
		},
		"another key": func() { f.sign = func(input string) []byte { return es256(t, stranger, input) } },
		"another key, no kid": func() {
			f.header = map[string]any{"alg": "ES256"}
			f.sign = func(i string) []byte { return es256(t, stranger, i) }
		},
		"an unknown kid":          func() { f.header = map[string]any{"alg": "ES256", "kid": "9"} },
		"another algorithm":       func() { f.header = map[string]any{"alg": "RS256", "kid": "1"} },
		"critical":                func() { f.header = map[string]any{"alg": "ES256", "kid": "1", "crit": []string{"x"}, "x": 1} },
		"a key of its own (jwk)":  func() { f.header = map[string]any{"alg": "ES256", "kid": "9", "jwk": map[string]any{"kty": "EC"}} },
		"no signature":            func() { f.sign = func(string) []byte { return nil } },
		"signature of zeros":      func() { f.sign = func(string) []byte { return make([]byte, 64) } },
		"no ID token":             func() { f.answer = tokens(`{"access_token":"at","token_type":"Bearer"}`) },
		"no token":                func() { f.answer = tokens(`{"access_token":"at","token_type":"Bearer","id_token":"x.y.z"}`) },
		"ID token a number":       func() { f.answer = tokens(`{"access_token":"at","token_type":"Bearer","id_token":7}`) },
		"a token of 100 KB":       func() { f.claims = map[string]any{"x": strings.Repeat("x", 100<<10)} },
		"the token request fails": func() { f.answer = fails("/token", http.StatusBadRequest) },
	} {
		f.claims, f.header, f.sign, f.answer = nil, nil, nil, nil
		change()
		if _, err := f.signIn(p); err == nil {
			t.Errorf("%s: signed in", name)
		} else {
			wantOutcome(t, fmt.Errorf("%s: %w", name, err), BadAnswer)
		}
	}
	f.claims, f.header, f.sign, f.answer = nil, nil, nil, nil
	if _, err := f.signIn(p); err != nil {
		t.Errorf("honest again: %v", err)
	}
}

// Members that occur twice are read by two libraries in two ways.
func TestClaimsThatOccurTwice(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	begun, answer := f.leave(p, Beginning{})
	nonce := f.codes[answer.Code].Get("nonce")
	now := time.Now().Unix()
	claims := fmt.Sprintf(`{"iss":%q,"sub":"anna","sub":"boris","aud":"vratar","iat":%d,"exp":%d,"nonce":%q}`, f.server.URL, now, now+60, nonce)
	token := f.signed([]byte(`{"alg":"ES256","kid":"1"}`), []byte(claims))
	f.answer = tokens(`{"access_token":"at","token_type":"Bearer","id_token":"` + token + `"}`)
	_, err := p.Finish(context.Background(), answer)
	wantOutcome(t, err, BadAnswer)
	_ = begun
}

func tokens(text string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/token" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(text)) // the peer is in this process
		return true
	}
}

func fails(path string, status int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == path {
			w.WriteHeader(status)
		}
		return r.URL.Path == path
	}
}

// endless answers without an end, until the asker has had enough.
func endless(path string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		block := []byte(`"` + strings.Repeat("x", 64<<10))
		for {
			if _, err := w.Write(block); err != nil {
				return true
			}
		}
	}
}

// silent keeps the asker waiting.
func silent(path string) func(http.ResponseWriter, *http.Request) bool {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == path {
			_, _ = io.Copy(io.Discard, r.Body) // else nobody sees that the asker is gone
			<-r.Context().Done()
		}
		return r.URL.Path == path
	}
}

func elsewhere(path string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == path {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}
		if r.URL.Path == "/elsewhere" {
			panic("followed a redirect")
		}
		return r.URL.Path == path
	}
}

func TestAnswersWithoutEndOrNone(t *testing.T) {
	for _, path := range []string{"/.well-known/openid-configuration", "/keys", "/token", "/me"} {
		for name, answer := range map[string]func(string) func(http.ResponseWriter, *http.Request) bool{
			"endless": endless, "silent": silent, "elsewhere": elsewhere,
			"500": func(path string) func(http.ResponseWriter, *http.Request) bool { return fails(path, 500) },
		} {
			f := newFake(t)
			f.user = map[string]any{"sub": "anna"}
			s := f.settings()
			s.Find = []string{ByEmail}
			p := New([]Settings{s})
			f.answer = answer(path)
			ctx, cancel := context.WithTimeout(context.Background(), time.Second/4)
			begun, err := p.Begin(ctx, Beginning{Provider: "corp", Return: ourRedirect})
			if err == nil {
				_, err = p.Finish(ctx, f.agree(begun))
			}
			cancel()
			if err == nil {
				t.Errorf("%s %s: signed in", path, name)
			}
			if strings.Contains(fmt.Sprint(err), "xxx") {
				t.Errorf("%s %s: %v quotes the answer", path, name, err)
			}
		}
	}
}

func TestMetadataThatIsNotTaken(t *testing.T) {
	for name, change := range map[string]map[string]any{
		"another issuer":         {"issuer": "https://other.example"},
		"no token endpoint":      {"token_endpoint": nil},
		"plain HTTP":             {"token_endpoint": "http://login.example.kz/token"},
		"plain HTTP keys":        {"jwks_uri": "http://login.example.kz/keys"},
		"script for a page":      {"authorization_endpoint": "javascript:alert(1)"},
		"plain HTTP for tokens":  {"userinfo_endpoint": "http://login.example.kz/me"},
		"a script for sign-out":  {"end_session_endpoint": "javascript:alert(1)"},
		"an endpoint no text":    {"token_endpoint": 7},
		"no address for keys":    {"jwks_uri": ""},
		"a file in their place":  {"jwks_uri": "file:///etc/passwd"},
		"an address without end": {"authorization_endpoint": "https://"},
	} {
		f := newFake(t)
		f.metadata = change
		_, err := New([]Settings{f.settings()}).Begin(context.Background(), Beginning{Provider: "corp"})
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// A provider that is down is asked again only after a while, and comes back by itself.
func TestDownAndBack(t *testing.T) {
	f := newFake(t)
	f.answer = fails("/.well-known/openid-configuration", http.StatusBadGateway)
	p := New([]Settings{f.settings()})
	for range 5 {
		_, err := p.Begin(context.Background(), Beginning{Provider: "corp", Return: ourRedirect})
		wantOutcome(t, err, Unreachable)
	}
	if n := f.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	f.answer = nil
	c := p.find("corp").flow.(*connect)
	c.tried = c.tried.Add(-retryAfter)
	if _, err := f.signIn(p); err != nil {
		t.Error(err)
	}
	// From now on what is known is good while it is away.
	f.answer = fails("/.well-known/openid-configuration", http.StatusBadGateway)
	c.known.at = c.known.at.Add(-metadataLife)
	if _, err := f.signIn(p); err != nil {
		t.Error(err)
	}
}

// Tokens with keys that nobody knows make us ask the provider once, not once each.
func TestForgedKeysAskOnce(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	if _, err := f.signIn(p); err != nil {
		t.Fatal(err)
	}
	before := f.asked.Load()
	for range 20 {
		token := f.jwt(map[string]any{"alg": "ES256", "kid": newSecret()}, map[string]any{})
		_, err := p.Logout(context.Background(), "corp", token)
		wantOutcome(t, err, BadAnswer)
	}
	if n := f.asked.Load() - before; n > 1 {
		t.Errorf("asked %d times", n)
	}
}

// A provider changes its key: what is signed with the new one counts at once.
func TestNewKey(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	if _, err := f.signIn(p); err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f.key, f.header = key, map[string]any{"alg": "ES256"}
	c := p.find("corp").flow.(*connect)
	c.known.keys.mu.Lock()
	c.known.keys.tried = c.known.keys.tried.Add(-keysWait)
	c.known.keys.mu.Unlock()
	if _, err := f.signIn(p); err != nil {
		t.Error(err)
	}
}
