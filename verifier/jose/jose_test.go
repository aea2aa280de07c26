package jose

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"
)

// The keys of RFC 7638 §3.1 and RFC 8037 appendix A.
const (
	rfc7638 = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`
	rfc8037 = `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
)

func TestThumbprint(t *testing.T) {
	f := func(pub crypto.PublicKey, want string) {
		t.Helper()
		if got, err := Thumbprint(pub); got != want || err != nil {
			t.Errorf("Thumbprint = %q, %v, want %q", got, err, want)
		}
	}
	k, err := ParseJWK([]byte(rfc7638))
	if err != nil {
		t.Fatal(err)
	}
	if k.KeyID != "2011-04-29" || k.Algorithm != "RS256" {
		t.Errorf("kid %q, alg %q", k.KeyID, k.Algorithm)
	}
	f(k.Public, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
	_, k, err = ParsePrivateJWK([]byte(rfc8037))
	if err != nil {
		t.Fatal(err)
	}
	f(k.Public, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
}

func TestPrivateKeysSurviveTheirText(t *testing.T) {
	f := func(private crypto.Signer) {
		t.Helper()
		text, err := MarshalPrivateJWK(JWK{KeyID: "k1", Algorithm: "X"}, private)
		if err != nil {
			t.Fatal(err)
		}
		again, k, err := ParsePrivateJWK(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if k.KeyID != "k1" || k.Algorithm != "X" || !SameKey(k.Public, private.Public()) {
			t.Errorf("public part changed: %+v", k)
		}
		if !again.(interface{ Equal(crypto.PrivateKey) bool }).Equal(private) {
			t.Error("private part changed")
		}
		if _, err := ParseJWK(text); err == nil {
			t.Error("a private key passes for a public one")
		}
	}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		k, _ := ecdsa.GenerateKey(curve, rand.Reader)
		f(k)
	}
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	f(ed)
	r, _ := rsa.GenerateKey(rand.Reader, 2048)
	f(r)
}

func TestKeysOfNoUse(t *testing.T) {
	k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	good, err := MarshalJWK(JWK{Public: k.Public()})
	if err != nil {
		t.Fatal(err)
	}
	f := func(old, new string) {
		t.Helper()
		text := strings.Replace(string(good), old, new, 1)
		if text == string(good) {
			t.Fatalf("%q does not occur in %s", old, good)
		}
		if _, err := ParseJWK([]byte(text)); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
	f(`"kty":"EC"`, `"kty":"EC","use":"enc"`)
	f(`"kty":"EC"`, `"kty":"EC","key_ops":["encrypt"]`)
	f(`"kty":"EC"`, `"kty":"EC","kid":7`)
	f(`"kty":"EC"`, `"kty":"EC","kty":"EC"`)
	f(`"kty":"EC"`, `"kty":"oct","k":"AAAA"`)
	f(`"kty":"EC"`, `"kty":"OKP"`)
	f(`"kty":"EC"`, `"kty":"RSA"`)
	f(`"P-256"`, `"P-224"`)
	f(`"P-256"`, `"P-384"`)
	f(`"P-256"`, `"secp256k1"`)
	f(`"x":"`, `"x":"AAAA`)
	f(`"y":"`, `"z":"`)

	off := bytes.Repeat([]byte{1}, 32)
	point := base64.RawURLEncoding.EncodeToString(off)
	if _, err := ParseJWK([]byte(`{"kty":"EC","crv":"P-256","x":"` + point + `","y":"` + point + `"}`)); err == nil {
		t.Error("a point beside the curve is accepted")
	}
	small := base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 128))
	if _, err := ParseJWK([]byte(`{"kty":"RSA","n":"` + small + `","e":"AQAB"}`)); err == nil {
		t.Error("RSA of 1024 bits is accepted")
	}
	for _, e := range []string{"AQ", "AA", "AQAA", "_____w"} {
		if _, err := ParseJWK([]byte(strings.Replace(rfc7638, "AQAB", e, 1))); err == nil {
			t.Errorf("RSA exponent %s is accepted", e)
		}
	}
}

func TestCertificateMustCarryTheKey(t *testing.T) {
	k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotAfter: time.Unix(1<<31, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	right, _ := MarshalJWK(JWK{Public: k.Public(), Chain: [][]byte{der}})
	if got, err := ParseJWK(right); err != nil || got.Certificate == nil {
		t.Errorf("right certificate: %v", err)
	}
	wrong, _ := MarshalJWK(JWK{Public: other.Public(), Chain: [][]byte{der}})
	if _, err := ParseJWK(wrong); err == nil {
		t.Error("a certificate with another key is accepted")
	}
	noise, _ := MarshalJWK(JWK{Public: k.Public(), Chain: [][]byte{der[1:]}})
	if _, err := ParseJWK(noise); err == nil {
		t.Error("a broken certificate is accepted")
	}
}

func TestKeySetLeavesOutWhatItCannotUse(t *testing.T) {
	set, err := ParseJWKS([]byte(`{"keys":[{"kty":"oct","k":"AA"},` + rfc7638 + `,{"kty":"EC"}],"extra":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 1 || len(set.Refused) != 2 || !strings.Contains(set.Refused[1].Error(), "key 2") {
		t.Errorf("set = %+v", set)
	}
	for _, bad := range []string{`{}`, `[]`, `{"keys":{}}`, `{"keys":[]}x`} {
		if _, err := ParseJWKS([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestParseCompact(t *testing.T) {
	compact := func(header, payload, signature string) string {
		return string(AppendSigningInput(nil, []byte(header), []byte(payload))) + "." + b64([]byte(signature))
	}
	j, err := ParseCompact([]byte(compact(`{"alg":"ES256","kid":"1","typ":"x","zip":"DEF"}`, `{}`, "sig")))
	if err != nil {
		t.Fatal(err)
	}
	if j.Algorithm != "ES256" || j.KeyID != "1" || j.Type != "x" || string(j.Payload) != `{}` || string(j.Signature) != "sig" {
		t.Errorf("JWS = %+v", j)
	}
	if zip, _ := j.Header.Text("zip"); zip != "DEF" {
		t.Errorf("zip = %q", zip)
	}
	good := compact(`{"alg":"ES256"}`, `p`, "s") // the signature's last character has four unused bits
	f := func(text string) {
		t.Helper()
		if _, err := ParseCompact([]byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	f("")
	f("..")
	f(good + ".")
	f(good + "=")
	f(good + "=.")
	f(good + "\n")
	f(good[:len(good)-1] + "x") // other unused bits, same signature
	f(strings.Replace(good, ".", "", 1))
	f(strings.Replace(good, ".", "\n.", 1))
	f(compact(`{"alg":"ES256","crit":["b64"],"b64":false}`, `p`, "s"))
	f(compact(`{"alg":"ES256","crit":[]}`, `p`, "s"))
	f(compact(`{"alg":7}`, `p`, "s"))
	f(compact(`{"alg":"ES256","alg":"none"}`, `p`, "s"))
	f(compact(`{"kid":"1"}`, `p`, "s"))
	f(compact(`{"alg":"ES256","x5c":["AA"]}`, `p`, "s"))
	f(compact(`{"alg":"ES256"} {}`, `p`, "s"))
}

// A compact JWS has one spelling: what is taken apart can be put together again, byte for byte.
func FuzzParseCompact(f *testing.F) {
	f.Add([]byte("eyJhbGciOiJFUzI1NiJ9.e30.AAAA"))
	f.Add([]byte("eyJhbGciOiJub25lIiwia2lkIjoiMSIsIng1YyI6WyJBQUFBIl19.e30."))
	f.Fuzz(func(t *testing.T, text []byte) {
		j, err := ParseCompact(text)
		if err != nil {
			return
		}
		head, err := DecodeBase64URL(text[:bytes.IndexByte(text, '.')])
		if err != nil {
			t.Fatal(err)
		}
		again := AppendSigningInput(nil, head, j.Payload)
		if !bytes.Equal(again, j.Signed) {
			t.Fatalf("signing input %q, want %q", again, j.Signed)
		}
		if whole := string(again) + "." + b64(j.Signature); whole != string(text) {
			t.Fatalf("%q became %q", text, whole)
		}
	})
}

// A key that is accepted can be written and read back without change.
func FuzzParseJWK(f *testing.F) {
	f.Add([]byte(rfc7638))
	f.Add([]byte(`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`))
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo","y":"6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ParseJWK(text)
		if err != nil {
			return
		}
		again, err := MarshalJWK(k)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(again) {
			t.Fatalf("%s is not JSON", again)
		}
		k2, err := ParseJWK(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if !SameKey(k.Public, k2.Public) || k.KeyID != k2.KeyID || k.Algorithm != k2.Algorithm {
			t.Fatalf("%s became %s", text, again)
		}
	})
}
