package claim169

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/inflate"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

var (
	issued = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	secret = []byte("0123456789abcdef0123456789abcdef")
	iv     = []byte("twelve bytes")
)

func signer(t testing.TB, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([32]byte{5}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// jane has one entry of every kind.
func jane() issuing.Identity {
	return issuing.Identity{
		Issuer: "https://id.example", Subject: "123", IssuedAt: issued, NotBefore: issued, ExpiresAt: issued.AddDate(5, 0, 0),
		Status: &verifier.StatusRef{URI: "https://id.example/1", Index: 7},
		Entries: map[int64]any{
			1: "ID-1", 2: "1.0", 3: "eng", 4: " Jane Marie Smith", 8: "19900515", 9: 2, 10: "1 Main St\nApt 4", 16: []byte{0xff, 0xd8},
			17: 1, 18: []int{1, 0, 10}, 23: "KZ", 30: "later", 62: []issuing.Biometric{{Data: []byte{1}, SubFormat: 4, Issuer: "cam"}},
		},
	}
}

func genuine(t testing.TB, i issuing.Identity) string {
	t.Helper()
	text, err := issuing.Identity169(signer(t, verifier.EdDSA), i)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecode(t *testing.T) {
	f := func(alg verifier.Algorithm, locked bool) {
		t.Helper()
		key := signer(t, alg)
		text, err := issuing.Identity169(key, jane())
		if locked {
			text, err = issuing.SealedIdentity169(key, jane(), secret, iv)
		}
		if err != nil {
			t.Fatal(err)
		}
		if !(Format{}).Sniff([]byte(text)) {
			t.Fatalf("%.20s is not recognised", text)
		}
		c, err := Format{Keys: [][]byte{secret[:16], make([]byte, 32), secret}}.Decode([]byte(text + "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Format != "claim169" || c.Kind != verifier.KindCredential || c.Type != "identity" || c.Issuer != "https://id.example" ||
			c.Country != "KZ" || c.SchemaFault != nil || c.Status == nil || c.Status.Index != 7 || c.Proof.Algorithm != alg ||
			c.Holder != (verifier.Holder{Name: "Jane Marie Smith", BirthDate: "1990-05-15", DocumentNumber: "ID-1"}) ||
			!c.IssuedAt.Equal(issued) || !c.NotBefore.Equal(issued) || !c.ExpiresAt.Equal(issued.AddDate(5, 0, 0)) {
			t.Fatalf("%+v", c)
		}
		want := `{"id":"ID-1","version":"1.0","language":"eng","fullName":" Jane Marie Smith","dateOfBirth":"19900515","gender":2,` +
			`"address":"1 Main St\nApt 4","photo":{"$b64":"/9g="},"photoFormat":1,"bestQualityFingers":[1,0,10],"countryOfIssuance":"KZ",` +
			`"30":"later","face":[{"data":{"$b64":"AQ=="},"format":0,"subFormat":4,"issuer":"cam"}]}`
		if string(c.Claims) != want {
			t.Fatalf("claims\n%s, want\n%s", c.Claims, want)
		}
		if !(proof.Checker{}).Check(&verifier.Key{Public: key.Public()}, &c.Proof) {
			t.Fatal("the signature does not verify")
		}
	}
	f(verifier.EdDSA, false)
	f(verifier.ES256, false)
	f(verifier.ES384, false)
	f(verifier.EdDSA, true)
}

func TestHolderOfParts(t *testing.T) {
	i := jane()
	i.Entries = map[int64]any{5: "Jane", 6: " ", 7: "Smith", 8: "1990-05-15"}
	c, err := Format{}.Decode([]byte(genuine(t, i)))
	if err != nil || c.Holder != (verifier.Holder{Name: "Jane Smith", BirthDate: "1990-05-15"}) {
		t.Fatalf("%+v, %v", c, err)
	}
}

func sign(t testing.TB, alg verifier.Algorithm, payload []byte) string {
	t.Helper()
	m, err := signer(t, alg).Sign1(issuing.Message{Payload: payload})
	if err != nil {
		t.Fatal(err)
	}
	return issuing.ArmourIdentity169(m)
}

func TestRefusals(t *testing.T) {
	f := func(text string, reason verifier.Reason, cause string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(text))
		var r *verifier.Refusal
		if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
			t.Fatalf("Decode(%.30s) = %v, %v, want %v with %q", text, c, err, reason, cause)
		}
	}
	text := genuine(t, jane())
	f("", verifier.ReasonMalformed, "zlib")
	f(text[:len(text)-1], verifier.ReasonMalformed, "")
	f(text+"000", verifier.ReasonMalformed, "after the end")
	f(text[:20]+" \n"+text[20:], verifier.ReasonMalformed, "base45")
	f(string(base45.Append(nil, []byte("plain"))), verifier.ReasonMalformed, "zlib")
	f(issuing.ArmourIdentity169(make([]byte, maxInflated+1)), verifier.ReasonTooLarge, "limit")
	f(issuing.ArmourIdentity169([]byte{0xa0}), verifier.ReasonMalformed, "tags")
	f(issuing.ArmourIdentity169([]byte{0x84, 0x40, 0xa0, 0x40, 0x40}), verifier.ReasonMalformed, "tags")
	f(issuing.ArmourIdentity169([]byte{0xd2, 0x84, 0x40, 0xa0, 0x40, 0x40}), verifier.ReasonUnsupportedAlgorithm, "0")
	f(sign(t, verifier.EdDSA, []byte{0x80}), verifier.ReasonMalformed, "not a map")
	f(sign(t, verifier.EdDSA, []byte{0xa0}), verifier.ReasonMalformed, "no identity")
	f(sign(t, verifier.EdDSA, []byte{0xa1, 0x18, 0xa9, 0x80}), verifier.ReasonMalformed, "no identity")
	f(sign(t, verifier.EdDSA, []byte{0xa1, 0x18, 0xa9, 0x41, 0x80}), verifier.ReasonMalformed, "no identity")
	f(sign(t, verifier.EdDSA, []byte{0xa1, 0x18, 0xa9, 0x41, 0xa1}), verifier.ReasonMalformed, "ends inside")

	locked, err := issuing.SealedIdentity169(signer(t, verifier.EdDSA), jane(), secret, iv)
	if err != nil {
		t.Fatal(err)
	}
	f(locked, verifier.ReasonUnsupportedAlgorithm, "no key opens it")
	f(issuing.ArmourIdentity169([]byte{0xd0, 0x80}), verifier.ReasonMalformed, "COSE_Encrypt0")
	f(issuing.ArmourIdentity169([]byte{0xd0, 0x83, 0x43, 0xa1, 0x01, 0x18, 0xa0, 0x40}), verifier.ReasonMalformed, "")
	f(issuing.ArmourIdentity169([]byte{0xd0, 0x83, 0x44, 0xa1, 0x01, 0x18, 0x18, 0xa0, 0x40}), verifier.ReasonUnsupportedAlgorithm, "24")
	f(issuing.ArmourIdentity169([]byte{0xd0, 0x83, 0x43, 0xa1, 0x01, 0x03, 0xa0, 0x40}), verifier.ReasonMalformed, "COSE_Encrypt0")
}

// What is decrypted is not thereby signed: nothing could prove it.
func TestBareClaimsHaveNoProof(t *testing.T) {
	claims, err := jane().Claims()
	if err != nil {
		t.Fatal(err)
	}
	c, err := decodeClaims(new(verifier.Arena), claims)
	if err != nil || c.Proof.Algorithm != verifier.AlgorithmNone || c.Proof.Signature != nil {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestSchema(t *testing.T) {
	f := func(label int64, value any, ok bool) {
		t.Helper()
		i := jane()
		i.Entries = map[int64]any{label: value}
		c, err := Format{}.Decode([]byte(genuine(t, i)))
		if err != nil {
			t.Fatal(err)
		}
		if (c.SchemaFault == nil) != ok {
			t.Fatalf("entry %d = %v: %v", label, value, c.SchemaFault)
		}
		if !json.Valid(c.Claims) {
			t.Fatalf("claims %s", c.Claims)
		}
	}
	f(2, 1, true)
	f(4, 1, false)
	f(8, "1990-05-15", true)
	f(8, "19900231", false)
	f(8, "1990", false)
	f(9, "male", false)
	f(16, "base64", true)
	f(16, 1, false)
	f(18, []int{11}, false)
	f(18, 1, false)
	f(62, []byte{1}, false)
	f(62, []int{1}, false)
	f(65, []issuing.Biometric{}, true)
	f(70, true, true)
}

func TestSniff(t *testing.T) {
	f := func(payload string, want bool) {
		t.Helper()
		if got := (Format{}).Sniff([]byte(payload)); got != want {
			t.Fatalf("Sniff(%q) = %v, want %v", payload, got, want)
		}
	}
	f("6BFN80%20FFWJWG.FKJ05", true)
	f("NCF*A0*B044WV 7JWG.FK", true)
	f(" 6BF000 $%*+-./:\n", true)
	f("", false)
	f("6BF", false)
	f("6BF0000", false) // one character left over
	f("6BF00,", false)
	f("6BF00a", false)
	f("6BF00@", false)
	f("6bf000", false)
	f("HC1:6BF000", false)
	f("123456", false)
	p := []byte("6BFN80%20FFWJWG.FKJ05")
	if n := testing.AllocsPerRun(100, func() { (Format{}).Sniff(p) }); n != 0 {
		t.Fatalf("Sniff allocates %.0f times", n)
	}
	for _, h := range headers {
		b, err := base45.AppendDecode(nil, []byte(h))
		if err != nil || b[0] != 0x78 || (int(b[0])<<8|int(b[1]))%31 != 0 || b[1]&0x20 != 0 {
			t.Errorf("%s is %x, %v", h, b, err)
		}
	}
}

// No changed byte yields an identity that is proven and says something else.
func TestFlipEveryByte(t *testing.T) {
	good := []byte(genuine(t, jane()))
	original, err := Format{}.Decode(good)
	if err != nil {
		t.Fatal(err)
	}
	key := &verifier.Key{Public: signer(t, verifier.EdDSA).Public()}
	f := func(what string, i int, c *verifier.Credential, err error) {
		t.Helper()
		if err == nil && (proof.Checker{}).Check(key, &c.Proof) && (!bytes.Equal(c.Claims, original.Claims) ||
			!c.ExpiresAt.Equal(original.ExpiresAt) || c.Issuer != original.Issuer) {
			t.Fatalf("%s flipped at %d: proven, and says %s", what, i, c.Claims)
		}
	}
	message := opened(t, good)
	for mask := 1; mask < 256; mask <<= 1 {
		for i := range good {
			broken := bytes.Clone(good)
			broken[i] ^= byte(mask)
			c, err := Format{}.Decode(broken)
			f("text", i, c, err)
		}
		for i := range message {
			broken := bytes.Clone(message)
			broken[i] ^= byte(mask)
			c, err := Format{}.decodeMessage(new(verifier.Arena), broken)
			f("message", i, c, err)
		}
	}
}

// opened is the COSE message behind a text.
func opened(t testing.TB, text []byte) []byte {
	t.Helper()
	packed, err := base45.AppendDecode(nil, text)
	if err != nil {
		t.Fatal(err)
	}
	message, err := inflate.Zlib(nil, packed, maxInflated)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// The credential outlives the payload and the next scan.
func TestSharesNoMemory(t *testing.T) {
	payload := []byte(genuine(t, jane()))
	c, err := Format{}.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(c)
	clear(payload)
	other := jane()
	other.Entries = map[int64]any{4: strings.Repeat("Somebody else", 50)}
	if _, err := (Format{}).Decode([]byte(genuine(t, other))); err != nil {
		t.Fatal(err)
	}
	if after, _ := json.Marshal(c); !bytes.Equal(before, after) {
		t.Fatalf("changed from %s to %s", before, after)
	}
}

// What Decode opens Sniff has recognised but for headers of smaller windows; the rest is a refusal.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(genuine(f, jane())))
	f.Add([]byte("6BF000"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		c, err := Format{}.Decode(payload)
		check(t, c, err)
		if err == nil && !inAlphabet(trim(payload)) {
			t.Fatalf("%q is not of the alphabet", payload)
		}
	})
}

// FuzzMessage starts below Base45 and zlib, where changes reach the content.
func FuzzMessage(f *testing.F) {
	f.Add(opened(f, []byte(genuine(f, jane()))))
	locked, err := issuing.SealedIdentity169(signer(f, verifier.EdDSA), jane(), secret, iv)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(opened(f, []byte(locked)))
	f.Fuzz(func(t *testing.T, message []byte) {
		c, err := Format{Keys: [][]byte{secret}}.decodeMessage(new(verifier.Arena), message)
		check(t, c, err)
	})
}

func check(t *testing.T, c *verifier.Credential, err error) {
	t.Helper()
	if (c == nil) == (err == nil) {
		t.Fatalf("Decode = %v, %v: want exactly one", c, err)
	}
	if err != nil {
		var r *verifier.Refusal
		if !errors.As(err, &r) || r.Reason < verifier.ReasonNotRecognised || r.Reason > verifier.ReasonNotACredential {
			t.Fatalf("refusal %v", err)
		}
		return
	}
	if !json.Valid(c.Claims) {
		t.Fatalf("claims %s", c.Claims)
	}
	if b := c.Holder.BirthDate; b != "" {
		if _, err := time.Parse(time.DateOnly, b); err != nil {
			t.Fatalf("birth date %q", b)
		}
	}
	if c.Proof.Algorithm == verifier.AlgorithmNone {
		return
	}
	if _, err := cbor.Parse(c.Proof.Signed); err != nil {
		t.Fatalf("bytes under the signature: %v", err)
	}
}
