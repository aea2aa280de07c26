package openid

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"vratar/verifier/jose"
)

func TestOnlyVerifiedValuesThatAreWantedFindAnybody(t *testing.T) {
	all := []string{ByINN, BySNILS, ByPhone, ByEmail}
	for name, c := range map[string]struct {
		find         []string
		claims, user map[string]any
		want         Person
	}{
		"nothing wanted": {nil, map[string]any{"email": "a@b.kz", "email_verified": true}, nil, Person{}},
		"verified":       {all, map[string]any{"email": "a@b.kz", "email_verified": true}, nil, Person{Email: "a@b.kz"}},
		"not verified":   {all, map[string]any{"email": "a@b.kz", "email_verified": false}, nil, Person{}},
		"a text":         {all, map[string]any{"email": "a@b.kz", "email_verified": "true"}, nil, Person{}},
		"not said":       {all, map[string]any{"email": "a@b.kz", "phone_number": "+77011234567"}, nil, Person{}},
		"phone":          {all, map[string]any{"phone_number": "+7 (701) 123-45-67", "phone_number_verified": true}, nil, Person{Phone: "+77011234567"}},
		"not a phone":    {all, map[string]any{"phone_number": "+7701;ext=5", "phone_number_verified": true}, nil, Person{}},
		"numbers":        {all, map[string]any{"inn": "500100732259", "snils": "112-233-445 95"}, nil, Person{INN: "500100732259", SNILS: "11223344595"}},
		"not wanted":     {[]string{ByINN}, map[string]any{"inn": "500100732259", "snils": "11223344595"}, nil, Person{INN: "500100732259"}},
		"wrong types":    {all, map[string]any{"inn": 500100732259, "email": []string{"a"}, "email_verified": true}, nil, Person{}},
		"UserInfo":       {all, nil, map[string]any{"sub": "anna", "email": "a@b.kz", "email_verified": true}, Person{Email: "a@b.kz"}},
		"of two minds": { // the word "verified" of one is not about the address of the other
			all, map[string]any{"email": "a@b.kz"}, map[string]any{"sub": "anna", "email_verified": true}, Person{}},
	} {
		f := newFake(t)
		f.claims, f.user = c.claims, c.user
		s := f.settings()
		s.Find = c.find
		got, err := f.signIn(New([]Settings{s}))
		c.want.Provider, c.want.Issuer, c.want.Subject, c.want.Session = "corp", f.server.URL, "anna", "s1"
		if err != nil || got.Email != c.want.Email || got.Phone != c.want.Phone || got.INN != c.want.INN || got.SNILS != c.want.SNILS {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestUserInfoOfAnother(t *testing.T) {
	f := newFake(t)
	s := f.settings()
	s.Find = []string{ByEmail}
	for _, user := range []map[string]any{
		{"sub": "boris", "email": "a@b.kz", "email_verified": true}, {"email": "a@b.kz", "email_verified": true}, {"sub": 7},
	} {
		f.user = user
		_, err := f.signIn(New([]Settings{s}))
		wantOutcome(t, err, BadAnswer)
	}
}

func TestConfirmationNeedsTheOperatorsWord(t *testing.T) {
	f := newFake(t)
	f.claims = map[string]any{"trusted": true}
	s := f.settings()
	if p, err := f.signIn(New([]Settings{s})); err != nil || p.Confirmed {
		t.Errorf("%+v, %v", p, err)
	}
	s.Confirms = true
	if p, err := f.signIn(New([]Settings{s})); err != nil || !p.Confirmed {
		t.Errorf("%+v, %v", p, err)
	}
	f.claims = map[string]any{"trusted": "true"}
	if p, err := f.signIn(New([]Settings{s})); err != nil || p.Confirmed {
		t.Errorf("%+v, %v", p, err)
	}
}

// The three ways in which a client says who it is.
func TestClientAuthentication(t *testing.T) {
	f := newFake(t)
	f.metadata = map[string]any{"token_endpoint_auth_methods_supported": []string{"client_secret_post"}}
	f.trade = func(r *http.Request) {
		if _, _, basic := r.BasicAuth(); basic || r.FormValue("client_secret") != "s3cret" || r.FormValue("client_id") != "vratar" {
			t.Error("client_secret_post")
		}
	}
	if _, err := f.signIn(New([]Settings{f.settings()})); err != nil {
		t.Error(err)
	}
	s := f.settings()
	s.ClientSecret, s.ClientKey, s.ClientKeyID = "", f.key, "k1"
	f.trade = func(r *http.Request) {
		text := r.FormValue("client_assertion")
		parts := strings.Split(text, ".")
		claims, err := payloadOf(text)
		if err != nil || len(parts) != 3 {
			t.Fatalf("%v", err)
		}
		signature, err := base64.RawURLEncoding.DecodeString(parts[2])
		digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if err != nil || !ecdsa.Verify(&f.key.PublicKey, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
			t.Error("assertion is not signed")
		}
		if aud, _ := claims.Text("aud"); aud != f.server.URL || r.FormValue("client_secret") != "" {
			t.Errorf("for %s", aud)
		}
	}
	if _, err := f.signIn(New([]Settings{s})); err != nil {
		t.Error(err)
	}
}

func TestParseClientKey(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseClientKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", "x", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}))} {
		if _, err := ParseClientKey([]byte(text)); err == nil {
			t.Errorf("%q taken", text)
		}
	}
}

// A provider that waits takes no place from another.
func TestSlowProviderDelaysNobodyElse(t *testing.T) {
	slow, quick := newFake(t), newFake(t)
	other := quick.settings()
	other.ID = "quick"
	p := New([]Settings{slow.settings(), other})
	slow.answer = silent("/.well-known/openid-configuration")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	for range maxAtOnce + 5 {
		go func() {
			_, _ = p.Begin(ctx, Beginning{Provider: "corp"}) // that it fails is told by the others
			done <- struct{}{}
		}()
	}
	for range 5 { // those for which there is no place come back at once
		<-done
	}
	if _, err := p.Begin(context.Background(), Beginning{Provider: "quick", Return: ourRedirect}); err != nil {
		t.Error(err)
	}
	cancel()
	for range maxAtOnce {
		<-done
	}
}

// Whatever a provider signs: no panic, and nobody is named who is not named in so many words.
func FuzzIDTokenClaims(f *testing.F) {
	now := time.Unix(1_800_000_000, 0)
	for _, seed := range []string{
		`{"iat":1800000000,"aud":"vratar","sub":"anna","sid":"s","email":"a@b.kz","email_verified":true,"inn":"500100732259"}`,
		`{"iat":1800000000,"aud":["vratar","x"],"azp":"vratar","sub":"anna","phone_number":"+7 701 1234567","phone_number_verified":true}`,
		`{"iat":1800000000,"sub":"a","sub":"b"}`, `{"iat":1e999}`, `[]`, `{"sub":{}}`,
	} {
		f.Add([]byte(seed))
	}
	c := &connect{provider: &provider{Settings: &Settings{ClientID: "vratar", INNClaim: "inn", SNILSClaim: "snils", TrustedClaim: "trusted"}}}
	f.Fuzz(func(t *testing.T, text []byte) {
		raw := string(jose.AppendSigningInput(nil, []byte(`{"alg":"ES256"}`), text)) + ".AAAA"
		claims, err := payloadOf(raw)
		if err != nil || checkToken(claims, "vratar", now) != nil {
			return
		}
		p, err := c.personOf(claims)
		if err != nil {
			return
		}
		verified := func(value, name string) bool { return value == "" || claims.IsTrue(name) }
		if p.Subject == "" || !verified(p.Email, "email_verified") || !verified(p.Phone, "phone_number_verified") ||
			p.INN != numberOf(p.INN, 12) || p.SNILS != numberOf(p.SNILS, 11) {
			t.Errorf("%+v from %s", p, text)
		}
	})
}
