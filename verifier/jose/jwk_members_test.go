package jose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"strings"
	"testing"
)

const (
	pointP256    = `{"kty":"EC","crv":"P-256","x":"I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo","y":"6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M","alg":"ES256"}`
	pointEdwards = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
)

// agreeOnPoint holds ReadPoint to its word: it reads what ParseJWK reads, and beyond that only coordinates that are no
// point.
func agreeOnPoint(t *testing.T, text []byte) {
	t.Helper()
	v, err := Parse(text)
	if err != nil {
		return
	}
	p, err := ReadPoint(v, nil)
	k, errJWK := ParseJWK(text)
	onCurve := p.Curve != nil
	switch {
	case err == nil && errJWK == nil:
		if algorithm, _ := p.Algorithm.TextBytes(); string(algorithm) != k.Algorithm {
			t.Fatalf("%s: for %q, as a JWK for %q", text, algorithm, k.Algorithm)
		}
		switch public := k.Public.(type) {
		case *ecdsa.PublicKey:
			b, err := public.Bytes()
			if err != nil || string(b[1:]) != string(p.X)+string(p.Y) || p.Curve != public.Curve {
				t.Fatalf("%s: %x %x, as a JWK %x", text, p.X, p.Y, b)
			}
		case ed25519.PublicKey:
			if p.Curve != nil || string(public) != string(p.X) {
				t.Fatalf("%s: %x, as a JWK %x", text, p.X, public)
			}
		default:
			t.Fatalf("%s: a point, as a JWK a %T", text, public)
		}
	case err == nil && (!onCurve || p.Curve.Params().BitSize/8 > len(p.X)):
		t.Fatalf("%s: a point, as a JWK %v", text, errJWK)
	case err != nil && errJWK == nil && strings.Contains(string(text), `"EC"`) && len(k.Chain) == 0 && !strings.Contains(string(text), "x5c"):
		t.Fatalf("%s: %v, as a JWK it is read", text, err)
	}
}

func TestReadPoint(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		v, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPoint(v, nil); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
		agreeOnPoint(t, []byte(text))
	}
	with := func(text, members string) string { return strings.TrimSuffix(text, "}") + "," + members + "}" }
	f(pointP256, true)
	f(pointEdwards, true)
	f(with(pointP256, `"use":"sig","key_ops":["sign","verify"],"kid":"k","extra":{"d":1}`), true)
	f(with(pointP256, `"use":"enc"`), false)
	f(with(pointP256, `"use":7`), false)
	f(with(pointP256, `"key_ops":[]`), false)
	f(with(pointP256, `"key_ops":["verify",1]`), false)
	f(with(pointP256, `"key_ops":"verify"`), false)
	f(with(pointP256, `"kid":null`), false)
	f(with(pointP256, `"crlVersion":"1"`), false)
	f(with(pointP256, `"d":"AA"`), false) // a secret
	f(with(pointEdwards, `"k":null`), false)
	f(with(pointP256, `"x5c":["AA=="]`), false)
	f(with(pointP256, `"n":7`), true) // no member of such a key
	f(with(pointEdwards, `"y":7`), true)
	f(strings.Replace(pointP256, "P-256", "P-384", 1), false)
	f(strings.Replace(pointP256, "P-256", "secp256k1", 1), false)
	f(strings.Replace(pointP256, `"EC"`, `"OKP"`, 1), false)
	f(strings.Replace(pointP256, "I3HW", "I3H", 1), false)
	f(strings.Replace(pointP256, "I3HW", "I3H=", 1), false)
	f(strings.Replace(pointP256, "I3HW", "A3HW", 1), true) // no point of the curve, which shows later
	f(strings.Replace(pointEdwards, "11qY", "", 1), false)
	f(rfc7638, false)
	f(`[]`, false)
	f(`{}`, false)
}

func FuzzReadPoint(f *testing.F) {
	f.Add([]byte(pointP256))
	f.Add([]byte(pointEdwards))
	f.Add([]byte(rfc7638))
	f.Fuzz(agreeOnPoint)
}

// Certificates of a token are read into memory that is used again, like the rest of it.
func TestTokenWithCertificates(t *testing.T) {
	token := func(x5c string) []byte {
		return []byte(b64([]byte(`{"alg":"ES256","x5c":`+x5c+`}`)) + ".e30.AAAA")
	}
	var used Token
	f := func(x5c string, want ...string) {
		t.Helper()
		if err := used.Parse(token(x5c)); err != nil || len(used.Chain) != len(want) {
			t.Fatalf("%s: %q, %v", x5c, used.Chain, err)
		}
		for i := range want {
			if string(used.Chain[i]) != want[i] {
				t.Fatalf("%s: %q, want %q", x5c, used.Chain, want)
			}
		}
	}
	f(`["YWJj","ZGVmZw=="]`, "abc", "defg")
	f(`["\u0059WJj"]`, "abc")
	f(`[]`)
	f(`["ZGVmZw==","YWJj","YWJj"]`, "defg", "abc", "abc")
	for _, bad := range []string{`["YWJj\n"]`, `["YW Jj"]`, `["YWJ"]`, `["YWJjZ-=="]`, `[1]`, `{}`, `"YWJj"`, `["ZGVmZx=="]`} {
		if used.Parse(token(bad)) == nil {
			t.Errorf("%s is read", bad)
		}
	}
	if err := used.Parse([]byte("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")); err != nil || len(used.Chain) != 0 {
		t.Fatalf("the certificates of another token are left: %q, %v", used.Chain, err)
	}
}
