package nzcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

const did = "did:web:pass.example"

var issued = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func signer(t testing.TB, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	k.ID = "key-1"
	return k
}

func jack() issuing.Pass {
	return issuing.Pass{
		Issuer: did, ID: [16]byte{1, 2, 3}, Given: "Jack", Family: "Sparrow", BirthDate: "1960-04-16",
		NotBefore: issued, ExpiresAt: issued.AddDate(1, 0, 0),
	}
}

func genuine(t testing.TB, p issuing.Pass) string {
	t.Helper()
	text, err := issuing.NZCP(signer(t, verifier.ES256), p)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecode(t *testing.T) {
	c, err := Format{}.Decode([]byte(genuine(t, jack()) + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	id := [16]byte{1, 2, 3}
	if c.Format != "nzcp" || c.Kind != verifier.KindCredential || c.Type != "health_pass" || c.Issuer != did || c.Country != "NZ" ||
		!bytes.Equal(c.ID, id[:]) || c.SchemaFault != nil || string(c.Proof.KeyID) != "key-1" ||
		c.Holder != (verifier.Holder{Name: "Jack Sparrow", BirthDate: "1960-04-16"}) {
		t.Fatalf("%+v", c)
	}
	if !c.NotBefore.Equal(issued) || !c.ExpiresAt.Before(issued.AddDate(1, 0, 0)) ||
		c.ExpiresAt.Before(issued.AddDate(1, 0, 0).Add(-time.Second)) {
		t.Errorf("in force from %v to %v", c.NotBefore, c.ExpiresAt)
	}
	var claims struct {
		Subject map[string]string `json:"credentialSubject"`
	}
	if err := json.Unmarshal(c.Claims, &claims); err != nil || claims.Subject["familyName"] != "Sparrow" {
		t.Errorf("claims %s, %v", c.Claims, err)
	}
	if !(proof.Checker{}).Check(&verifier.Key{Public: signer(t, verifier.ES256).Public()}, &c.Proof) {
		t.Error("the signature does not verify")
	}
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
	message := func(k *issuing.Key, m issuing.Message) string {
		t.Helper()
		b, err := k.Sign1(m)
		if err != nil {
			t.Fatal(err)
		}
		return issuing.ArmourNZCP(b)
	}
	text := genuine(t, jack())
	body := strings.TrimPrefix(text, "NZCP:/1/")
	f("NZCP:/2/"+body, verifier.ReasonUnsupportedVersion, "another version")
	f("NZCP:/10/"+body, verifier.ReasonUnsupportedVersion, "another version")
	f("NZCP:/", verifier.ReasonUnsupportedVersion, "another version")
	f("NZCP:/1/", verifier.ReasonMalformed, "not tagged")
	f("NZCP:/1/"+strings.ToLower(body), verifier.ReasonMalformed, "base32")
	f(text+"====", verifier.ReasonMalformed, "base32")
	f(text[:40]+"\n"+text[40:], verifier.ReasonMalformed, "base32")
	f("NZCP:/1/AA", verifier.ReasonMalformed, "not tagged")
	f("NZCP:/1/AB", verifier.ReasonMalformed, "stray bits")
	f("NZCP:/1/"+strings.Repeat("A", 2*maxMessage), verifier.ReasonTooLarge, "more than")
	f(issuing.ArmourNZCP([]byte{0x84, 0x40, 0xa0, 0x40, 0x40}), verifier.ReasonMalformed, "not tagged")
	f(issuing.ArmourNZCP([]byte{0xd2, 0x84, 0x40, 0xa0, 0x40, 0x40}), verifier.ReasonUnsupportedAlgorithm, "ES256")

	key := signer(t, verifier.ES256)
	claims, _ := jack().Claims()
	f(message(signer(t, verifier.EdDSA), issuing.Message{KeyID: []byte("k"), Payload: claims}), verifier.ReasonUnsupportedAlgorithm, "ES256")
	f(message(key, issuing.Message{Payload: claims}), verifier.ReasonMalformed, "no key identifier")
	f(message(key, issuing.Message{KeyID: []byte("k"), Payload: []byte{0x80}}), verifier.ReasonMalformed, "not a map")
	f(message(key, issuing.Message{KeyID: []byte("k"), Payload: []byte{0xa0}}), verifier.ReasonMalformed, "did:web")
	p := jack()
	p.Issuer = "https://pass.example"
	claims, _ = p.Claims()
	f(message(key, issuing.Message{KeyID: []byte("k"), Payload: claims}), verifier.ReasonMalformed, "did:web")
	claims, _ = jack().Claims()
	claims = bytes.Replace(claims, []byte("vc"), []byte("vx"), 1)
	f(message(key, issuing.Message{KeyID: []byte("k"), Payload: claims}), verifier.ReasonMalformed, "PublicCovidPass")
}

func TestSchema(t *testing.T) {
	f := func(change func(*issuing.Pass), cause string) {
		t.Helper()
		p := jack()
		change(&p)
		c, err := Format{}.Decode([]byte(genuine(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		if cause == "" && c.SchemaFault != nil || cause != "" && (c.SchemaFault == nil || !strings.Contains(c.SchemaFault.Error(), cause)) {
			t.Fatalf("schema %v, want %q", c.SchemaFault, cause)
		}
	}
	f(func(p *issuing.Pass) { p.Family = "" }, "")
	f(func(p *issuing.Pass) { p.Given = strings.Repeat("ā", maxName) }, "")
	f(func(p *issuing.Pass) { p.Given = strings.Repeat("ā", maxName+1) }, "name")
	f(func(p *issuing.Pass) { p.Given = "" }, "name")
	f(func(p *issuing.Pass) { p.Family = strings.Repeat("a", maxName+1) }, "name")
	f(func(p *issuing.Pass) { p.BirthDate = "1960-02-30" }, "dob")
	f(func(p *issuing.Pass) { p.BirthDate = "" }, "dob")
}

func TestSniff(t *testing.T) {
	f := func(payload string, want bool) {
		t.Helper()
		if got := (Format{}).Sniff([]byte(payload)); got != want {
			t.Fatalf("Sniff(%q) = %v, want %v", payload, got, want)
		}
	}
	f("NZCP:/1/2KCE", true)
	f("NZCP:/2/", true)
	f(" NZCP:/1/2KCE\n", true)
	f("", false)
	f("NZCP:", false)
	f("nzcp:/1/", false)
	f("HC1:NZCP:/1/", false)
	p := []byte("NZCP:/1/2KCE")
	if n := testing.AllocsPerRun(100, func() { (Format{}).Sniff(p) }); n != 0 {
		t.Fatalf("Sniff allocates %.0f times", n)
	}
}

// No change of a single bit, in the text or in the message behind it, yields a pass that is proven.
func TestFlipEveryByte(t *testing.T) {
	good := []byte(genuine(t, jack()))
	message, err := encoding.DecodeString(strings.TrimPrefix(string(good), prefix+version))
	if err != nil {
		t.Fatal(err)
	}
	key := &verifier.Key{Public: signer(t, verifier.ES256).Public()}
	f := func(what string, whole []byte, decode func([]byte) (*verifier.Credential, error)) {
		t.Helper()
		for i := range whole {
			for mask := 1; mask < 256; mask <<= 1 {
				broken := bytes.Clone(whole)
				broken[i] ^= byte(mask)
				if c, err := decode(broken); err == nil && (proof.Checker{}).Check(key, &c.Proof) {
					t.Fatalf("%s: byte %d with mask %x is proven", what, i, mask)
				}
			}
		}
	}
	f("text", good, Format{}.Decode)
	f("message", message, func(b []byte) (*verifier.Credential, error) { return decodeMessage(new(verifier.Arena), b) })
}

// Every text has one message and every message one text; what is opened keeps its promises.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(genuine(f, jack())))
	f.Add([]byte("NZCP:/1/AC"))
	f.Add([]byte("NZCP:/2/"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		c, err := Format{}.Decode(payload)
		check(t, c, err)
	})
}

// FuzzDecodeMessage starts below Base32, where changes reach the content.
func FuzzDecodeMessage(f *testing.F) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.EdDSA} {
		claims, err := jack().Claims()
		if err != nil {
			f.Fatal(err)
		}
		message, err := signer(f, alg).Sign1(issuing.Message{KeyID: []byte("key-1"), Payload: claims})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		c, err := decodeMessage(new(verifier.Arena), message)
		check(t, c, err)
		if err != nil || len(message) > maxMessage {
			return
		}
		again, err := Format{}.Decode([]byte(issuing.ArmourNZCP(message)))
		if err != nil || !bytes.Equal(again.Claims, c.Claims) || !bytes.Equal(again.Proof.Signed, c.Proof.Signed) {
			t.Fatalf("the same message as text: %v, %v", again, err)
		}
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
	if !json.Valid(c.Claims) || len(c.ID) != 16 || c.NotBefore.IsZero() || c.ExpiresAt.IsZero() ||
		!strings.HasPrefix(c.Issuer, "did:web:") || len(c.Proof.KeyID) == 0 {
		t.Fatalf("%+v lacks what every pass has", c)
	}
	if _, err := cbor.Parse(c.Proof.Signed); err != nil {
		t.Fatalf("bytes under the signature: %v", err)
	}
}
