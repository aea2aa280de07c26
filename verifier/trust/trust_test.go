package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

var (
	begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	end   = time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
)

// signer is one key in the spellings that trust material uses.
type signer struct {
	public crypto.PublicKey
	der    []byte
	kid    []byte // first eight bytes of SHA-256 of der
}

func newSigner(t testing.TB, country, organisation string) signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: begin, NotAfter: end,
		Subject:            pkix.Name{Country: []string{country}, Organization: []string{organisation}},
		ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 1847, 2021, 1, 2}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return signer{public: k.Public(), der: der, kid: sum[:8]}
}

func (s signer) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.der}))
}

func (s signer) publicPEM(t testing.TB) string {
	t.Helper()
	b, err := x509.MarshalPKIXPublicKey(s.public)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: b}))
}

func (s signer) jwk(t testing.TB, kid string) string {
	t.Helper()
	b, err := jose.MarshalJWK(jose.JWK{KeyID: kid, Public: s.public})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (s signer) base64() string { return base64.StdEncoding.EncodeToString(s.der) }

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }

func mustLoad(t testing.TB, text string) Source {
	t.Helper()
	src, err := Load("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// credential is what Find looks at.
func credential(format, issuer, kid string) *verifier.Credential {
	c := &verifier.Credential{Format: format, Issuer: issuer, Type: "student"}
	c.Proof.KeyID = []byte(kid)
	c.Proof.Algorithm = verifier.ES256
	return c
}

// found is the ids of the issuers whose keys are found, or the reason.
func found(s *Snapshot, c *verifier.Credential) string {
	keys, reason := s.Find(nil, c)
	if len(keys) == 0 {
		return reason.String()
	}
	if reason != verifier.ReasonOK {
		return "keys, but " + reason.String()
	}
	var ids []string
	for _, k := range keys {
		ids = append(ids, k.Issuer.ID)
	}
	return strings.Join(ids, " ")
}

func TestOwnList(t *testing.T) {
	a, b, c := newSigner(t, "AT", "A"), newSigner(t, "AT", "B"), newSigner(t, "AT", "C")
	src := mustLoad(t, `{"issuers":[
		{"id":"https://a","name":"University A","country":"AT","formats":["document"],"documents":["student"],
		 "not_before":"2026-02-01T00:00:00Z","not_after":"2030-01-01T00:00:00Z","status_max_age":"15m",
		 "keys":[`+a.jwk(t, "k1")+`,{"x5c":["`+b.base64()+`"]},{"pem":`+quote(c.publicPEM(t))+`,"kid":"k3"}]},
		{"id":"https://b","documents":["*"],"keys":[{"pem":`+quote(a.pem())+`}]}]}`)
	if src.Kind != KindTrustList || len(src.Entries) != 2 || src.Wildcard {
		t.Fatalf("source = %+v", src)
	}
	s := New(src)
	keys := s.Keys()
	if len(keys) != 4 || len(s.Issuers()) != 2 {
		t.Fatalf("%d keys of %d issuers", len(keys), len(s.Issuers()))
	}
	first, second := keys[0], keys[1]
	if first.Issuer.Name != "University A" || first.Issuer.StatusMaxAge != 15*time.Minute || first.ID != "k1" {
		t.Errorf("first key = %+v of %+v", first, first.Issuer)
	}
	if !first.NotBefore.Equal(begin.AddDate(0, 1, 0)) || first.NotAfter.Year() != 2030 {
		t.Errorf("period %v to %v", first.NotBefore, first.NotAfter)
	}
	// A certificate narrows the period; it is named by its digest.
	if !second.NotBefore.Equal(begin.AddDate(0, 1, 0)) || !second.NotAfter.Equal(end) {
		t.Errorf("period with certificate %v to %v", second.NotBefore, second.NotAfter)
	}
	if second.ID != base64.StdEncoding.EncodeToString(b.kid) {
		t.Errorf("certificate is named %q", second.ID)
	}
	want := []string{"1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.1847.2021.1.2"}
	if !slices.Equal(second.ExtKeyUsage, want) {
		t.Errorf("key usage %q, want %q", second.ExtKeyUsage, want)
	}
	f := func(c *verifier.Credential, want string) {
		t.Helper()
		if got := found(s, c); got != want {
			t.Errorf("issuer %q kid %q: %s, want %s", c.Issuer, c.Proof.KeyID, got, want)
		}
	}
	f(credential("document", "https://a", "k1"), "https://a")
	f(credential("document", "https://a", string(b.kid)), "https://a")
	f(credential("document", "https://a", "k3"), "https://a")
	f(credential("document", "https://a", ""), "https://a https://a https://a")
	f(credential("document", "https://a", "k2"), "key_unknown")
	f(credential("document", "https://a", string(a.kid)), "key_unknown") // that name is the other issuer's
	f(credential("document", "https://b", string(a.kid)), "https://b")
	f(credential("document", "https://A", "k1"), "issuer_unknown")
	f(credential("document", "*", "k1"), "issuer_unknown")
	f(credential("hcert", "https://a", "k1"), "key_not_allowed")
	f(credential("hcert", "https://a", ""), "key_not_allowed")
	f(credential(verifier.FormatStatusList, "https://a", "k1"), "https://a")
	// One that names no issuer belongs to whoever signed it.
	f(credential("document", "", "k1"), "https://a")
	f(credential("document", "", "k2"), "issuer_unknown")
	f(credential("hcert", "", "k1"), "key_not_allowed")

	passport := credential("document", "https://a", "k1")
	passport.Type = "passport"
	f(passport, "key_not_allowed")
	passport.Issuer, passport.Proof.KeyID = "https://b", a.kid
	f(passport, "https://b")
}

func TestOwnListFaults(t *testing.T) {
	k := newSigner(t, "AT", "A").jwk(t, "k")
	f := func(list string, wants ...string) {
		t.Helper()
		_, err := Load("list.json", []byte(list))
		if err == nil {
			t.Errorf("%s is accepted", list)
			return
		}
		for _, want := range append(wants, "list.json") {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s\nerror %q lacks %q", list, err, want)
			}
		}
	}
	f(`{"issuers":{}}`, "issuers")
	f(`{"issuers":[],"version":1}`, "version")
	f(`{"issuers":[7]}`, "issuers[0]")
	f(`{"issuers":[],"issuers":[]}`, "twice")
	// Everything that is wrong is told at once, each with the place.
	f(`{"issuers":[{"id":"x","Keys":[]},{"name":"y","keys":[`+k+`]},
		{"id":"z","country":"Austria","formats":"hcert","not_before":"yesterday","status_max_age":"-5m","keys":[{"kty":"EC"},{}]}]}`,
		"issuers[0] (x)", `"Keys"`, "keys are required", "issuers[1]", "id is required",
		"issuers[2] (z)", "Austria", "formats", "yesterday", "-5m", "keys[0]", "keys[1]")
	f(`{"issuers":[{"id":"x","keys":[`+k+`],"not_before":"2026-01-02T00:00:00Z","not_after":"2026-01-01T00:00:00Z"}]}`, "before")
	f(`{"issuers":[{"id":"x","keys":[`+k+`],"formats":["hcert",""]}]}`, "formats")
	f(`{"issuers":[{"id":"x","keys":[`+k+`],"documents":[" student"]}]}`, "documents")
	f(`{"issuers":[{"id":"x","keys":[{"pem":"","x5c":[]}]}]}`, "exclude")
	f(`{"issuers":[{"id":"x","keys":[{"pem":""}]}]}`, "PEM")
	f(`{"issuers":[{"id":"x","keys":[{"x5c":[]}]}]}`, "x5c")
	f(`{"issuers":[{"id":"x","keys":[{"x5c":["AAAA"]}]}]}`, "keys[0]")
	f(`{"issuers":[{"id":"x","keys":[`+strings.Replace(k, `"kty"`, `"alg":"HS256","kty"`, 1)+`]}]}`, "HS256")
	f(`{"issuers":[{"id":"x","keys":[`+strings.Replace(k, `"kty"`, `"d":"AAAA","kty"`, 1)+`]}]}`, `"d"`)
	f(``, "neither")
	f(`{}`, "issuers")
	f(`[]`, "not one key")
	f(`hello`, "neither")
	f(`{"keys":[]}`, "not one key")
	f(`{"keys":[{"kty":"oct","k":"AA"}]}`, "not one key", "key 0")
}

func TestBareFilesVouchForAnyIssuer(t *testing.T) {
	a, b := newSigner(t, "KZ", "Ministry"), newSigner(t, "KZ", "Other")
	f := func(text, kind string, c *verifier.Credential, want string) {
		t.Helper()
		src := mustLoad(t, text)
		if src.Kind != kind || !src.Wildcard {
			t.Errorf("kind %s, wildcard %v", src.Kind, src.Wildcard)
		}
		if got := found(New(src), c); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	set := `{"keys":[` + a.jwk(t, "12") + `,{"kty":"oct","k":"AA"},` + b.jwk(t, "_v7-") + `]}`
	f(set, KindJWKS, credential("claim169", "x", "12"), "*")
	f(set, KindJWKS, credential("claim169", "", "12"), "*")
	f(set, KindJWKS, credential("claim169", "x", "\xfe\xfe\xfe"), "*") // the bytes behind a base64url kid
	f(set, KindJWKS, credential("claim169", "x", ""), "* *")
	f(set, KindJWKS, credential("claim169", "x", "13"), "key_unknown")
	f(a.pem(), KindPEM, credential("hcert", "AT", string(a.kid)), "*")
	f(a.pem(), KindPEM, credential("hcert", "AT", string(b.kid)), "key_unknown")
	f("Ministry\n"+a.pem()+"\n"+b.publicPEM(t), KindPEM, credential("hcert", "AT", string(a.kid)), "* *") // the bare key has no name that could exclude it
	if src := mustLoad(t, set); len(src.Refused) != 1 {
		t.Errorf("refused: %v", src.Refused)
	}
	if i := New(mustLoad(t, a.pem())).Issuers()[0]; i.Name != "Ministry" || i.Country != "KZ" {
		t.Errorf("issuer = %+v", i)
	}
}

func TestPEMFaults(t *testing.T) {
	a := newSigner(t, "AT", "A")
	secret, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der, _ := x509.MarshalPKCS8PrivateKey(secret)
	p224, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	weak, _ := x509.MarshalPKIXPublicKey(p224.Public())
	block := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	f := func(text, want string) {
		t.Helper()
		_, err := Load("keys.pem", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	f(a.pem()+block("PRIVATE KEY", der), "block 2: a private key")
	f(block("CERTIFICATE", a.der[1:]), "block 1")
	f(block("CERTIFICATE REQUEST", a.der), "not supported")
	f(block("PUBLIC KEY", weak), "curve")
	f(a.pem()+a.pem()[:100], "1 of 2")
	f(strings.Replace(a.pem(), "\nMII", "\nM*I", 1)+a.pem(), "1 of 2")
}

func TestEUDCCShapes(t *testing.T) {
	at, de, ca := newSigner(t, "AT", "Ministry"), newSigner(t, "DE", "RKI"), newSigner(t, "FR", "CSCA")
	dto := func(s signer, country, kind string) string {
		return fmt.Sprintf(`{"kid":%q,"timestamp":"2021-06-01T00:00:00Z","country":%q,"certificateType":%q,"thumbprint":"00","signature":"MII","rawData":%q}`,
			base64.StdEncoding.EncodeToString(s.kid), country, kind, s.base64())
	}
	jwk, err := jose.MarshalJWK(jose.JWK{KeyID: base64.StdEncoding.EncodeToString(de.kid), Public: de.public, Chain: [][]byte{de.der}})
	if err != nil {
		t.Fatal(err)
	}
	gateway := "[" + dto(at, "AT", "DSC") + "," + dto(ca, "FR", "CSCA") + "," + dto(de, "DE", "DSC") + `,{"kid":"x","country":"IT","rawData":"!"}]`
	countries := `{"AT":[` + dto(at, "AT", "DSC") + `],"DE":{"eku":{},"keys":[` + string(jwk) + `]}}`
	for _, text := range []string{gateway, `{"certificates":` + gateway + `}`, countries, `{"iss":"x","dsc_trust_list":` + countries + `}`} {
		src := mustLoad(t, text)
		if src.Kind != KindEUDCC || src.Wildcard || len(src.Entries) != 2 {
			t.Fatalf("source = %+v", src)
		}
		s := New(src)
		f := func(c *verifier.Credential, want string) {
			t.Helper()
			if got := found(s, c); got != want {
				t.Errorf("issuer %q kid %x: %s, want %s", c.Issuer, c.Proof.KeyID, got, want)
			}
		}
		f(credential("hcert", "AT", string(at.kid)), "AT")
		f(credential("hcert", "", string(at.kid)), "AT")
		f(credential("hcert", "XX", string(at.kid)), "AT") // the key identifier selects, whatever iss says
		f(credential("hcert", "AT", string(de.kid)), "DE")
		f(credential("hcert", "FR", string(ca.kid)), "key_unknown")
		f(credential("hcert", "AT", ""), "AT")
		f(credential("hcert", "FR", ""), "key_unknown")
		f(credential("document", "https://x", "k"), "issuer_unknown")
		f(credential("document", "https://x", string(at.kid)), "key_not_allowed")
		if name := s.Issuers()[0].Name; name != "Ministry" {
			t.Errorf("issuer is called %q", name)
		}
	}
	if src := mustLoad(t, gateway); len(src.Refused) != 2 {
		t.Errorf("refused: %v", src.Refused)
	}
	// A country that chose its own kid is found by it, too.
	own := mustLoad(t, `[{"kid":"AAAAAAAAAAA=","country":"GB","rawData":"`+at.base64()+`"}]`)
	if got := found(New(own), credential("hcert", "GB", "\x00\x00\x00\x00\x00\x00\x00\x00")); got != "GB" {
		t.Errorf("own kid: %s", got)
	}
	if got := found(New(own), credential("hcert", "GB", string(at.kid))); got != "GB" {
		t.Errorf("computed kid: %s", got)
	}
}

func TestKeysThatShareAnIdentifier(t *testing.T) {
	a, b := newSigner(t, "AT", "A"), newSigner(t, "AT", "B")
	s := New(mustLoad(t, `{"issuers":[{"id":"x","keys":[`+a.jwk(t, "k")+`,`+b.jwk(t, "k")+`]}]}`))
	if got := found(s, credential("document", "x", "k")); got != "x x" {
		t.Errorf("found %s", got)
	}
}

func TestAlgorithmOfKey(t *testing.T) {
	k := strings.Replace(newSigner(t, "AT", "A").jwk(t, "k"), `"kty"`, `"alg":"ES256","kty"`, 1)
	s := New(mustLoad(t, `{"issuers":[{"id":"x","keys":[`+k+`]}]}`))
	c := credential("document", "x", "k")
	if got := found(s, c); got != "x" {
		t.Errorf("found %s", got)
	}
	c.Proof.Algorithm = verifier.ES384
	if got := found(s, c); got != "key_not_allowed" {
		t.Errorf("found %s", got)
	}
}

func TestNamelessCredentialTriesFewKeys(t *testing.T) {
	public := newSigner(t, "AT", "A").public
	e := Entry{Issuer: verifier.Issuer{ID: "x"}}
	for i := range maxNameless {
		e.Keys = append(e.Keys, Key{ID: fmt.Sprint(i), Public: public})
	}
	if keys, _ := New(Source{Entries: []Entry{e}}).Find(nil, credential("document", "x", "")); len(keys) != maxNameless {
		t.Errorf("%d keys are tried", len(keys))
	}
	e.Keys = append(e.Keys, Key{ID: "one more", Public: public})
	if got := found(New(Source{Entries: []Entry{e}}), credential("document", "x", "")); got != "key_unknown" {
		t.Errorf("found %s", got)
	}
}

func TestFindKeepsWhatIsInDst(t *testing.T) {
	s := New(mustLoad(t, `{"issuers":[{"id":"x","keys":[`+newSigner(t, "AT", "A").jwk(t, "k")+`]}]}`))
	other := &verifier.Key{}
	if keys, _ := s.Find([]*verifier.Key{other}, credential("document", "x", "k")); len(keys) != 2 || keys[0] != other {
		t.Errorf("keys = %v", keys)
	}
	if keys, _ := s.Find([]*verifier.Key{other}, credential("document", "y", "k")); len(keys) != 1 {
		t.Errorf("keys = %v", keys)
	}
}

func TestEpoch(t *testing.T) {
	a, b := newSigner(t, "AT", "A"), newSigner(t, "AT", "B")
	list := func(name string, keys ...string) Source {
		return mustLoad(t, `{"issuers":[{"id":"x","name":"`+name+`","keys":[`+strings.Join(keys, ",")+`]}]}`)
	}
	one, other := a.jwk(t, "1"), b.jwk(t, "2")
	base := New(list("X", one, other)).Epoch()
	if New(list("X", one, other)).Epoch() != base || New(list("X", other, one)).Epoch() != base {
		t.Error("equal content, other epoch")
	}
	if New(list("X", one), list("X", other)).Epoch() != base || New(list("X", one, other), list("X", one)).Epoch() != base {
		t.Error("the division into files changes the epoch")
	}
	seen := map[uint64]string{base: "base", Empty().Epoch(): "empty"}
	f := func(what string, s *Snapshot) {
		t.Helper()
		if was, dup := seen[s.Epoch()]; dup {
			t.Errorf("%s has the epoch of %s", what, was)
		}
		seen[s.Epoch()] = what
	}
	f("fewer keys", New(list("X", one)))
	f("another name", New(list("Y", one, other)))
	f("another kid", New(list("X", one, b.jwk(t, "3"))))
	f("bare", New(mustLoad(t, `{"keys":[`+one+`,`+other+`]}`)))
	f("limited", New(mustLoad(t, `{"issuers":[{"id":"x","name":"X","formats":["hcert"],"keys":[`+one+`,`+other+`]}]}`)))
	f("as document type", New(mustLoad(t, `{"issuers":[{"id":"x","name":"X","documents":["hcert"],"keys":[`+one+`,`+other+`]}]}`)))
	// Behind the end of the certificate's own period the list's still counts, for documents that outlive it.
	for _, year := range []string{"2090", "2091"} {
		f("until "+year, New(mustLoad(t, `{"issuers":[{"id":"x","name":"X","not_after":"`+year+`-01-01T00:00:00Z","keys":[{"x5c":["`+a.base64()+`"]}]}]}`)))
	}
	if keys := New(list("X", one), list("X", one)).Keys(); len(keys) != 1 {
		t.Errorf("the same key counts %d times", len(keys))
	}
}

func TestEmptyTrustsNobody(t *testing.T) {
	if got := found(Empty(), credential("document", "x", "k")); got != "issuer_unknown" {
		t.Errorf("found %s", got)
	}
}

// Whatever is loaded gives a snapshot in which every key is found under its own issuer, and nothing else.
func FuzzLoad(f *testing.F) {
	a := newSigner(f, "AT", "A")
	f.Add([]byte(`{"issuers":[{"id":"x","keys":[` + a.jwk(f, "k") + `]}]}`))
	f.Add([]byte(`{"keys":[` + a.jwk(f, "k") + `]}`))
	f.Add([]byte(`[{"kid":"AA","country":"AT","certificateType":"DSC","rawData":"` + a.base64() + `"}]`))
	f.Add([]byte(`{"AT":{"keys":[` + a.jwk(f, "k") + `]}}`))
	f.Add([]byte(a.pem()))
	f.Add([]byte(`{"id":"did:web:a","verificationMethod":[{"id":"did:web:a#k","type":"JsonWebKey2020","publicKeyJwk":` + a.jwk(f, "k") +
		`}],"assertionMethod":["did:web:a#k"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		src, err := Load("fuzz", data)
		if err != nil {
			if len(src.Entries) > 0 {
				t.Fatal("both a source and an error")
			}
			return
		}
		s := New(src)
		if s.Epoch() != New(src).Epoch() {
			t.Fatal("epoch is not stable")
		}
		for _, anchor := range s.anchors {
			for _, id := range anchor.ids {
				c := credential("hcert", anchor.key.Issuer.ID, id)
				c.Format = verifier.FormatStatusList // no limits but the algorithm
				c.Proof.Algorithm = anchor.algorithm
				keys, _ := s.Find(nil, c)
				if !slices.Contains(keys, &anchor.key) {
					t.Fatalf("key %q of %q is not found", id, c.Issuer)
				}
			}
		}
	})
}
