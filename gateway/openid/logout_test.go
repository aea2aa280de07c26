package openid

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"vratar/verifier/jose"
)

// logoutClaims are those of a token that counts.
func (f *fake) logoutClaims() map[string]any {
	now := time.Now().Unix()
	return map[string]any{
		"iss": f.server.URL, "aud": "vratar", "iat": now, "exp": now + 120, "jti": newSecret(), "sub": "anna", "sid": "s1",
		"events": map[string]any{logoutEvent: map[string]any{}},
	}
}

func TestLogout(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	try := func(header, change map[string]any) (LoggedOut, error) {
		return p.Logout(context.Background(), "corp", f.jwt(header, with(f.logoutClaims(), change)))
	}
	for name, header := range map[string]map[string]any{
		"usual": nil, "typed": {"alg": "ES256", "kid": "1", "typ": "logout+jwt"}, "JWT": {"alg": "ES256", "typ": "JWT"},
	} {
		if got, err := try(header, nil); err != nil || got != (LoggedOut{f.server.URL, "anna", "s1"}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if got, err := try(nil, map[string]any{"sub": nil}); err != nil || got.Subject != "" || got.Session != "s1" {
		t.Errorf("sid alone: %+v, %v", got, err)
	}
	if got, err := try(nil, map[string]any{"sid": nil}); err != nil || got.Subject != "anna" || got.Session != "" {
		t.Errorf("sub alone: %+v, %v", got, err)
	}
	token := f.jwt(nil, f.logoutClaims())
	if _, err := p.Logout(context.Background(), "corp", token); err != nil {
		t.Fatal(err)
	}
	_, err := p.Logout(context.Background(), "corp", token)
	wantOutcome(t, err, BadAnswer) // replayed
}

func TestForgedLogoutTokens(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	now := time.Now().Unix()
	for name, change := range map[string]map[string]any{
		"issuer": {"iss": "https://other.example"}, "audience": {"aud": "somebody"}, "audiences": {"aud": []string{"vratar", "x"}},
		"no audience": {"aud": nil}, "expired": {"exp": now - 1}, "no end": {"exp": nil}, "old": {"iat": now - 3600},
		"ahead": {"iat": now + 3600}, "no iat": {"iat": nil}, "no jti": {"jti": nil}, "empty jti": {"jti": ""}, "jti a number": {"jti": 7},
		"nonce": {"nonce": "x"}, "empty nonce": {"nonce": ""}, "nobody": {"sub": nil, "sid": nil}, "sub a number": {"sub": 7},
		"sid a list": {"sid": []string{"s1"}}, "no events": {"events": nil}, "events a text": {"events": logoutEvent},
		"another event": {"events": map[string]any{"x": map[string]any{}}}, "event a text": {"events": map[string]any{logoutEvent: "x"}},
		"event null":       {"events": map[string]any{logoutEvent: any(nil)}},
		"event in capital": {"events": map[string]any{strings.ToUpper(logoutEvent): map[string]any{}}},
	} {
		_, err := p.Logout(context.Background(), "corp", f.jwt(nil, with(f.logoutClaims(), change)))
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		wantOutcome(t, err, BadAnswer)
	}
	for name, header := range map[string]map[string]any{
		"an ID token's type": {"alg": "ES256", "kid": "1", "typ": "at+jwt"}, "none": {"alg": "none"}, "a shared secret": {"alg": "HS256"},
	} {
		f.sign = nil
		if name == "a shared secret" {
			f.sign = hs256("s3cret")
		}
		if _, err := p.Logout(context.Background(), "corp", f.jwt(header, f.logoutClaims())); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	f.sign = nil
	for _, text := range []string{"", "x", "a.b.c", f.idToken("n"), strings.Repeat("x", 1<<20)} {
		_, err := p.Logout(context.Background(), "corp", text)
		wantOutcome(t, err, BadAnswer)
	}
}

func TestUsedTokensAreBounded(t *testing.T) {
	u, now := newUsedTokens(), time.Now()
	for range maxUsed {
		if !u.take(newSecret(), now) {
			t.Fatal("full too early")
		}
	}
	if u.take("one more", now) {
		t.Error("more than there is room for")
	}
	if later := now.Add(maxAge + maxAhead + time.Second); !u.take("one more", later) || len(u.until) != 1 {
		t.Error("nothing was forgotten")
	}
}

// Whatever is signed: no panic, and what is read can be told apart from everything else.
func FuzzLogoutClaims(f *testing.F) {
	now := time.Unix(1_800_000_000, 0)
	for _, seed := range []string{
		`{"aud":"vratar","iat":1800000000,"jti":"1","sub":"anna","events":{"` + logoutEvent + `":{}}}`,
		`{"aud":["vratar","x"],"azp":"vratar","iat":1800000000,"jti":"1","sid":"s","events":{"` + logoutEvent + `":{}}}`,
		`{"iat":1800000000,"jti":"1","sub":"a","nonce":null,"events":{}}`, `{}`, `[]`, `{"iat":-1e99}`,
	} {
		f.Add([]byte(`{"alg":"ES256","typ":"logout+jwt"}`), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, header, claims []byte) {
		raw := string(jose.AppendSigningInput(nil, header, claims)) + "." + base64.RawURLEncoding.EncodeToString([]byte("s"))
		said, err := readLogout(raw, "vratar", now)
		if err != nil {
			if said != (loggedOut{}) {
				t.Errorf("refused and read: %+v", said)
			}
			return
		}
		if said.id == "" || (said.subject == "" && said.session == "") {
			t.Errorf("%+v", said)
		}
		if o, err := jose.ParseObject(claims); err != nil || o.Get("nonce") != nil || o.Get("events") == nil {
			t.Errorf("taken: %s", claims)
		}
	})
}
