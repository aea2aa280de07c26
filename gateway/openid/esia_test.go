package openid

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"vratar/verifier/jose"
	"vratar/verifier/pki"
	"vratar/verifier/pki/certify"
	"vratar/verifier/pki/pkitest"
	"vratar/verifier/proof/gost"
	"vratar/verifier/proof/gost/gosttest"
)

// gostPEM is a random key with its certificate, as openssl would write them.
func gostPEM(t testing.TB, c *gost.Curve) (key, certificate []byte) {
	t.Helper()
	q := c.Params().Q
	d, err := rand.Int(rand.Reader, new(big.Int).Sub(q, big.NewInt(1)))
	if err != nil {
		t.Fatal(err)
	}
	raw := d.Add(d, big.NewInt(1)).FillBytes(make([]byte, c.Size))
	slices.Reverse(raw)
	var info pkcs8
	info.Algorithm.ID = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, c.Size / 32}
	info.Algorithm.Parameters.Curve = c.OID()
	info.Key = raw
	der, err := asn1.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	k, err := parseGOST(der)
	if err != nil {
		t.Fatal(err)
	}
	public, err := k.public()
	if err != nil {
		t.Fatal(err)
	}
	spki, err := gost.MarshalPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	root := certify.Root(pkitest.ECDSAKey("root"), "Root", time.Now().Add(-time.Hour))
	holder := root.Issue(&certify.Key{Info: spki}, certify.Template{
		Identity: pki.Identity{CommonName: "Vratar"}, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour), Serial: 7,
		KeyUsage: x509.KeyUsageDigitalSignature,
	})
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: holder.Certificate.X509.Raw})
}

// Signatures with our arithmetic hold before the verifier, on every curve.
func TestGOSTKeysSign(t *testing.T) {
	root := certify.Root(pkitest.ECDSAKey("root"), "Root", time.Now().Add(-time.Hour))
	for _, c := range gost.Curves() {
		key, certificate := gostPEM(t, c)
		s, err := NewKeySigner(key, certificate)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		data := []byte("openid2026.11.22 12:00:00 +0000VRATARstate")
		signed, err := s.Sign(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		got := pki.Verify(data, signed, pki.Options{At: time.Now(), Trust: pki.Trust{
			Roots: []*pki.Certificate{root.Certificate}, Algorithms: pki.All(),
		}})
		if got.Failure != pki.FailureNone || !got.Proven || got.Attached {
			t.Errorf("%s: %v %v", c.Name, got.Failure, got.Cause)
		}
		_, other := gostPEM(t, c)
		if _, err := NewKeySigner(key, other); err == nil {
			t.Errorf("%s: somebody else's certificate", c.Name)
		}
	}
}

func FuzzParseGOST(f *testing.F) {
	for _, c := range gost.Curves() {
		key, _ := gostPEM(f, c)
		der, err := privatePEM(key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		k, err := parseGOST(der)
		if err == nil && (k.d.Sign() <= 0 || k.d.Cmp(k.Q) >= 0) {
			t.Errorf("%x: a key that is none", der)
		}
	})
}

func TestCommandSigns(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Fatal(err)
	}
	key, certificate := gostPEM(t, gost.Curves()[0])
	s, err := NewKeySigner(key, certificate)
	if err != nil {
		t.Fatal(err)
	}
	der, err := s.Sign(context.Background(), []byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/signed"
	f := func(content []byte, script, want string) {
		t.Helper()
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		c := Command{Args: []string{"/bin/sh", "-c", script, "sh", file}, Timeout: time.Minute}
		got, err := c.Sign(context.Background(), []byte("data"))
		if (want == "") != bytes.Equal(got, der) || (want == "") != (err == nil) {
			t.Errorf("%s: %v, want %q", script, err, want)
		}
	}
	const reads = `test "$(cat)" = data && `
	f(der, reads+`cat "$1"`, "")
	f([]byte(base64.StdEncoding.EncodeToString(der)+"\n"), `cat "$1"`, "")
	f(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}), `cat "$1"`, "")
	f(der, `cat "$1"; exit 1`, "failed")
	f([]byte("sorry"), `cat "$1"`, "no message")
	f(bytes.Repeat([]byte("x"), 4*maxSignature), `cat "$1"`, "too much")
	c := Command{Args: []string{"/bin/sh", "-c", "exec sleep 60"}, Timeout: time.Millisecond}
	if _, err := c.Sign(context.Background(), nil); err == nil {
		t.Error("waited for")
	}
}

// state is ЕСИА in this process.
type state struct {
	t      testing.TB
	server *httptest.Server
	sign   func(input []byte) []byte
	alg    string
	claims map[string]any
	person map[string]any
	roles  any
	form   url.Values // of the token request
}

const clientData = `^openid inn snils usr_org\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d [+-]\d{4}VRATAR[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`

func newState(t testing.TB) (*state, *recording, Settings) {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &state{t: t, alg: "RS256", person: map[string]any{"trusted": true, "inn": "500100732259", "snils": "112-233-445 95"}}
	s.sign = func(input []byte) []byte {
		digest := sha256.Sum256(input)
		signature, err := rsaKey.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil {
			t.Error(err)
		}
		return signature
	}
	s.roles = map[string]any{"elements": []any{
		map[string]any{"ogrn": "1027700132195", "chief": true}, map[string]any{"ogrn": "1027700132196", "chief": false, "admin": true},
		map[string]any{"ogrn": "12", "chief": true},
	}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /aas/oauth2/v3/te", s.token)
	mux.HandleFunc("GET /rs/prns/1000299654", func(w http.ResponseWriter, r *http.Request) { s.about(w, r, s.person) })
	mux.HandleFunc("GET /rs/prns/1000299654/roles", func(w http.ResponseWriter, r *http.Request) { s.about(w, r, s.roles) })
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	signer := &recording{}
	fields := []string{"scope", "timestamp", "client_id", "state"}
	return s, signer, Settings{
		ID: "esia", Name: "ЕСИА", Issuer: s.server.URL, ClientID: "VRATAR", Scopes: []string{"openid", "inn", "snils", "usr_org"},
		Find: []string{BySNILS}, ESIA: &ESIA{
			AuthorizePath: "/aas/oauth2/v2/ac", TokenPath: "/aas/oauth2/v3/te", PersonsPath: "/rs/prns", SignOutPath: "/idp/ext/Logout",
			SecretFields: fields, TokenSecretFields: fields, CertificateHash: "ab12", Signer: signer, TokenKey: &rsaKey.PublicKey,
			Organisations: true,
		},
	}
}

// recording keeps what it was to sign.
type recording struct{ data []string }

func (r *recording) Sign(_ context.Context, data []byte) ([]byte, error) {
	r.data = append(r.data, string(data))
	return []byte("signed"), nil
}

func (s *state) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what is missing is missed below
	s.form = r.PostForm
	fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","state":%q}`, s.accessToken(), r.PostFormValue("state"))
}

func (s *state) accessToken() string {
	now := time.Now().Unix()
	claims := with(map[string]any{
		"urn:esia:sbj_id": 1000299654, "urn:esia:sid": "sid", "client_id": "VRATAR", "iss": "http://esia.gosuslugi.ru/",
		"iat": now, "nbf": now, "exp": now + 60,
	}, s.claims)
	input := jose.AppendSigningInput(nil, marshal(s.t, map[string]any{"alg": s.alg, "typ": "JWT"}), marshal(s.t, claims))
	return string(input) + "." + base64.RawURLEncoding.EncodeToString(s.sign(input))
}

func (s *state) about(w http.ResponseWriter, r *http.Request, what any) {
	if len(r.Header.Get("Authorization")) < 100 {
		s.t.Error("asked without the token")
	}
	_, _ = w.Write(marshal(s.t, what)) // the peer is in this process
}

func (s *state) signIn(settings Settings) (Person, error) {
	s.t.Helper()
	p := New([]Settings{settings})
	begun, err := p.Begin(context.Background(), Beginning{Provider: "esia", Return: ourRedirect})
	if err != nil {
		s.t.Fatal(err)
	}
	u, err := url.Parse(begun.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	q := u.Query()
	if u.Path != "/aas/oauth2/v2/ac" || q.Get("access_type") != "online" || q.Get("client_certificate_hash") != "ab12" ||
		q.Get("client_secret") != base64.RawURLEncoding.EncodeToString([]byte("signed")) || q.Get("redirect_uri") != ourRedirect {
		s.t.Errorf("%s", begun.URL)
	}
	return p.Finish(context.Background(), Answer{State: q.Get("state"), Code: "code", Ticket: begun.Ticket})
}

func TestESIA(t *testing.T) {
	s, signer, settings := newState(t)
	got, err := s.signIn(settings)
	if err != nil || got.Subject != "1000299654" || got.SNILS != "11223344595" || got.INN != "" || got.Confirmed {
		t.Errorf("%+v, %v", got, err)
	}
	if !slices.Equal(got.Heads, []string{"1027700132195"}) {
		t.Errorf("head of %v", got.Heads)
	}
	signed := regexp.MustCompile(clientData)
	if len(signer.data) != 2 || !signed.MatchString(signer.data[0]) || !signed.MatchString(signer.data[1]) || signer.data[0] == signer.data[1] {
		t.Errorf("signed %q", signer.data)
	}
	if s.form.Get("code") != "code" || s.form.Get("grant_type") != "authorization_code" || s.form.Get("code_verifier") == "" {
		t.Errorf("%v", s.form)
	}
	settings.Confirms = true
	if got, err := s.signIn(settings); err != nil || !got.Confirmed {
		t.Errorf("%+v, %v", got, err)
	}
	s.person = map[string]any{"trusted": false, "inn": "500100732259", "snils": "112-233-445 95"}
	if got, err := s.signIn(settings); err != nil || got.SNILS != "" || got.Confirmed || got.Heads != nil {
		t.Errorf("what somebody only says of himself: %+v, %v", got, err)
	}
}

func TestESIASignsTheFieldsThatAreConfigured(t *testing.T) {
	s, signer, settings := newState(t)
	settings.ESIA.SecretFields = []string{"client_id", "redirect_uri"}
	settings.ESIA.TokenSecretFields = []string{"code", "client_id"}
	if _, err := s.signIn(settings); err != nil || !slices.Equal(signer.data, []string{"VRATAR" + ourRedirect, "codeVRATAR"}) {
		t.Errorf("%q, %v", signer.data, err)
	}
}

func TestForgedAccessTokens(t *testing.T) {
	s, _, settings := newState(t)
	settings.ESIA.TokenIssuer = "http://esia.gosuslugi.ru/"
	honest, now := s.sign, time.Now().Unix()
	for name, claims := range map[string]map[string]any{
		"expired": {"exp": now - 1}, "no end": {"exp": nil}, "not yet": {"nbf": now + 3600}, "old": {"iat": now - 3600},
		"another client": {"client_id": "OTHER"}, "no client": {"client_id": nil}, "issuer": {"iss": "https://other.example"},
		"nobody": {"urn:esia:sbj_id": nil}, "a path": {"urn:esia:sbj_id": "1/../2"}, "a list": {"urn:esia:sbj_id": []int{1}},
		"negative": {"urn:esia:sbj_id": -1}, "sid": {"urn:esia:sid": 7},
	} {
		s.claims = claims
		_, err := s.signIn(settings)
		wantOutcome(t, fmt.Errorf("%s: %w", name, err), BadAnswer)
	}
	s.claims = nil
	for name, change := range map[string]func(){
		"none":          func() { s.alg, s.sign = "none", func([]byte) []byte { return nil } },
		"shared secret": func() { s.alg, s.sign = "HS256", func(b []byte) []byte { return hs256("x")(string(b)) } },
		"GOST":          func() { s.alg = "GOST3410_2012_256" },
		"zeros":         func() { s.sign = func([]byte) []byte { return make([]byte, 256) } },
		"empty":         func() { s.sign = func([]byte) []byte { return nil } },
	} {
		s.alg, s.sign = "RS256", honest
		change()
		_, err := s.signIn(settings)
		wantOutcome(t, fmt.Errorf("%s: %w", name, err), BadAnswer)
	}
}

func TestAccessTokenOfGOST(t *testing.T) {
	s, _, settings := newState(t)
	for _, c := range gost.Curves() {
		k := gosttest.NewKey(c, "ЕСИА")
		settings.ESIA.TokenKey, s.alg = k.Public, fmt.Sprintf("GOST3410_2012_%d", c.Size*8)
		for name, sign := range map[string]func([]byte) []byte{
			"s, r": k.Sign,
			"r, s": func(b []byte) []byte { x := k.Sign(b); return slices.Concat(x[c.Size:], x[:c.Size]) },
		} {
			if s.sign = sign; true {
				if _, err := s.signIn(settings); err != nil {
					t.Errorf("%s %s: %v", c.Name, name, err)
				}
			}
		}
		s.sign = func(b []byte) []byte { return gosttest.NewKey(c, "another").Sign(b) }
		_, err := s.signIn(settings)
		wantOutcome(t, err, BadAnswer)
		spki, err := gost.MarshalPublicKey(k.Public)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseTokenKey(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})); err != nil || !k.Public.Equal(got) {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

func FuzzAccessToken(f *testing.F) {
	_, _, settings := newState(f)
	e := &esia{newProvider(&settings, newClient())}
	key := gosttest.NewKey(gost.Curves()[0], "seed")
	settings.ESIA.TokenKey = key.Public
	now := time.Unix(1_800_000_000, 0)
	f.Add([]byte(`{"alg":"GOST3410_2012_256"}`), []byte(`{"urn:esia:sbj_id":1,"client_id":"VRATAR","exp":1800000060}`))
	f.Add([]byte(`{"alg":"none"}`), []byte(`{"urn:esia:sbj_id":"1","client_id":"VRATAR","exp":1e99}`))
	f.Fuzz(func(t *testing.T, header, claims []byte) {
		input := jose.AppendSigningInput(nil, header, claims)
		p, err := e.readAccessToken(string(input)+"."+base64.RawURLEncoding.EncodeToString(key.Sign(input)), now)
		if err == nil && numberOf(p.Subject, len(p.Subject)) == "" {
			t.Errorf("%q is no number", p.Subject)
		}
		if _, err := e.readAccessToken(string(input)+".AAAA", now); err == nil {
			t.Error("taken without a signature")
		}
	})
}
