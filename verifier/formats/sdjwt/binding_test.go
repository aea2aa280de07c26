package sdjwt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
)

// A key binding JWT that can be read and fits badly is the pipeline's to refuse.
func TestBindingFaults(t *testing.T) {
	i := mustIssue(t)
	sha256 := func(text []byte) string { return string(sha256Hash.appendText(nil, text)) }
	f := func(presentation, head, claims, fault string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(presentation + token(head, claims)))
		if err != nil {
			t.Fatal(err)
		}
		p := c.HolderProof
		if (fault == "") != (p.Fault == nil) || (fault != "" && !strings.Contains(p.Fault.Error(), fault)) {
			t.Errorf("%s %s: %v, want %q", head, claims, p.Fault, fault)
		}
	}
	kb := `{"alg":"EdDSA","typ":"kb+jwt"}`
	shown := i.Present(i.Disclosures...)
	claims := func(iat, aud, nonce, sum string) string {
		return fmt.Sprintf(`{"iat":%s,"aud":%s,"nonce":%s,"sd_hash":%q}`, iat, aud, nonce, sum)
	}
	sum := sha256([]byte(shown))
	good := claims("1", `"a"`, `"n"`, sum)
	f(shown, kb, good, "")
	f(i.Present(), kb, good, "another presentation")
	f(i.Present(i.Disclosures[0], i.Disclosures[1]), kb, claims("1", `"a"`, `"n"`, sha256([]byte(strings.TrimSuffix(i.Present(i.Disclosures[0], i.Disclosures[1]), "~")))), "another presentation")
	f(shown, `{"alg":"EdDSA","typ":"JWT"}`, good, "another type")
	f(shown, `{"alg":"EdDSA"}`, good, "another type")
	f(shown, `{"alg":"ES256","typ":"kb+jwt"}`, good, "another algorithm")
	f(shown, kb, claims(`"1"`, `"a"`, `"n"`, sum), "lacks")
	f(shown, kb, claims("1", `["a"]`, `"n"`, sum), "lacks")
	f(shown, kb, claims("1", `""`, `"n"`, sum), "lacks")
	f(shown, kb, claims("1", `"a"`, `7`, sum), "lacks")
	f(shown, kb, claims("1", `"a"`, `"n"`, ""), "lacks")
	f(shown, kb, `{}`, "lacks")
}

func TestHolderKeys(t *testing.T) {
	f := func(cnf string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(token(header, `{"cnf":`+cnf+`}`) + "~" + token(`{"alg":"EdDSA","typ":"kb+jwt"}`, `{}`)))
		if err != nil || c.HolderProof == nil || c.HolderProof.Key != nil {
			t.Errorf("%s: %+v, %v", cnf, c, err)
		}
	}
	f(`7`)
	f(`{}`)
	f(`{"kid":"x"}`)
	f(`{"jwk":{"kty":"oct","k":"AA"}}`)
	f(`{"jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}`)
	f(`{"jwk":7}`)
}

// Keys of every kind that is supported prove their holder, in whatever memory they are kept.
func TestHoldersOfEveryKind(t *testing.T) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.ES384, verifier.ES512, verifier.EdDSA, verifier.PS256} {
		k := newKey(t, alg, 4)
		payload := []byte(boundTo(t, k))
		c, proven := judged(t, payload)
		if !proven || c.HolderProof == nil {
			t.Fatalf("%v: not proven: %+v", alg, c)
		}
		var a verifier.Arena
		formatstest.Agree(t, Format{}, &a, payload)
		formatstest.Agree(t, Format{}, &a, payload)
	}
}

// boundTo is an identity bound to k and shown by its holder.
func boundTo(t testing.TB, k *issuing.Key) string {
	t.Helper()
	c := identity(t)
	c.Holder = k
	i, err := issuing.SDJWT(issuer(t), c, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	text, err := issuing.Bind(k, i.Present(), issuing.Binding{Audience: "north", Nonce: "7", IssuedAt: issued})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// certified is an identity that brings the certificate of its issuer's key.
func certified(t testing.TB) issuing.Issued {
	t.Helper()
	k, err := issuer(t).Certified(issuing.CertificateOptions{Country: "KZ", NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	c := identity(t)
	c.Certificate = true
	i, err := issuing.SDJWT(k, c, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// Certificates have their memory in the arena too.
func TestCertificatesInAnArena(t *testing.T) {
	var a verifier.Arena
	text := []byte(certified(t).Present())
	for range 3 {
		formatstest.Agree(t, Format{}, &a, text)
		if c, err := (Format{}).DecodeIn(&a, text); err != nil || len(c.Proof.Chain) != 1 {
			t.Fatalf("%+v, %v", c, err)
		}
		formatstest.Agree(t, Format{}, &a, []byte(mustIssue(t).Present()))
	}
}

func TestSniff(t *testing.T) {
	f := func(payload string, want bool) {
		t.Helper()
		if got := (Format{}).Sniff([]byte(payload)); got != want {
			t.Fatalf("Sniff(%q) = %v, want %v", payload, got, want)
		}
	}
	f("eyJ.eyJ.x~", true)
	f("\n eyJ.e-_.x~y~", true)
	f("ewo.e30.x~", true)
	f("eyJ.eyJ.x", false)
	f("eyJ.eyJ~", false)
	f("eyJ.a.b.c~", false)
	f("eyJ .a.b~", false)
	f("https://a.b.c~", false)
	f("e", false)
	f("", false)
	p := []byte(mustIssue(t).Present())
	if n := testing.AllocsPerRun(100, func() { (Format{}).Sniff(p) }); n != 0 {
		t.Fatalf("Sniff allocates %.0f times", n)
	}
}

// judged is what a presentation proves: the issuer's signature, and the holder's where there is one.
func judged(t testing.TB, payload []byte) (c *verifier.Credential, proven bool) {
	t.Helper()
	c, err := Format{}.Decode(payload)
	if err != nil || c.SchemaFault != nil {
		return nil, false
	}
	checker := proof.Checker{}
	if !checker.Check(&verifier.Key{Public: issuer(t).Public()}, &c.Proof) {
		return c, false
	}
	p := c.HolderProof
	return c, p == nil || (p.Fault == nil && checker.Check(&verifier.Key{Public: p.Key}, &p.Proof))
}

// No change of a byte of a bound presentation yields another one that is proven.
func TestFlipEveryByte(t *testing.T) {
	i := mustIssue(t)
	payload := []byte(bound(t, i.Present(i.Disclosures...)))
	if _, proven := judged(t, payload); !proven {
		t.Fatal("the genuine presentation is not proven")
	}
	for at := range payload {
		for _, mask := range []byte{1, 2, 16, 128} {
			broken := bytes.Clone(payload)
			broken[at] ^= mask
			if _, proven := judged(t, broken); proven {
				t.Fatalf("proven with byte %d changed by %d", at, mask)
			}
		}
	}
}

// The credential outlives the payload.
func TestSharesNoMemory(t *testing.T) {
	i := mustIssue(t)
	payload := []byte(bound(t, i.Present(i.Disclosures...)))
	c, err := Format{}.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	print := func() string { return fmt.Sprintf("%+v %+v %+v", *c, *c.HolderProof, *c.Status) }
	before := print()
	clear(payload)
	if after := print(); after != before {
		t.Fatalf("changed from %s to %s", before, after)
	}
}

// FuzzDecode: whatever comes, there is either a credential or a refusal with a reason of decoding, claims are
// JSON on one line without digests, and what is proven says what the issuer wrote.
func FuzzDecode(f *testing.F) {
	i := mustIssue(f)
	f.Add([]byte(bound(f, i.Present(i.Disclosures...))))
	f.Add([]byte(i.Present()))
	f.Add([]byte(token(header, `{"_sd":["x"],"a":[{"...":"y"}]}`) + "~"))
	var a verifier.Arena
	f.Fuzz(func(t *testing.T, payload []byte) {
		formatstest.Agree(t, Format{}, &a, payload)
		c, err := Format{}.Decode(payload)
		if (c == nil) == (err == nil) {
			t.Fatalf("Decode = %v, %v: want exactly one", c, err)
		}
		if err != nil {
			if r := reasonOf(err); r < verifier.ReasonNotRecognised || r > verifier.ReasonNotACredential {
				t.Fatalf("refusal %v", err)
			}
			return
		}
		checkClaims(t, c.Claims)
	})
}

// FuzzProcess starts behind the base64, where changes reach payload and disclosure.
func FuzzProcess(f *testing.F) {
	sha256 := func(text []byte) string { return string(sha256Hash.appendText(nil, text)) }
	d := `["s","n",{"a":[1]}]`
	f.Add([]byte(`{"_sd":["`+sha256([]byte(b64(d)))+`"],"a":[{"...":"x"},1]}`), []byte(d))
	f.Add([]byte(`{"a":[{"...":"`+sha256([]byte(b64(`["s",1]`)))+`"}]}`), []byte(`["s",1]`))
	f.Fuzz(func(t *testing.T, payload, disclosure []byte) {
		o, err := jose.Parse(payload)
		if err != nil || o.Kind() != jose.Map {
			return
		}
		p := new(processor)
		p.begin(sha256Hash, nil)
		if p.take([]byte("~"+b64(string(disclosure))), payload) != nil || p.process(o) != nil {
			return
		}
		checkClaims(t, p.out)
	})
}

func checkClaims(t *testing.T, claims []byte) {
	t.Helper()
	if err := jose.CheckJSON(claims); err != nil || bytes.ContainsAny(claims, "\n\r\t") {
		t.Fatalf("claims %s: %v", claims, err)
	}
	if bytes.Contains(claims, []byte(`"_sd":`)) || bytes.Contains(claims, []byte(`"...":`)) {
		t.Fatalf("digests are left in %s", claims)
	}
}
