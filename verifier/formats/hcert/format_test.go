package hcert

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/inflate"
	"vratar/verifier/issuing"
	"vratar/verifier/vectors"
)

var issued = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// zeros is a source of randomness for keys that are the same on every run.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

func signer(t testing.TB, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	k, err = k.Certified(issuing.CertificateOptions{
		Country: "AT", Organisation: "Test", NotBefore: issued, NotAfter: issued.AddDate(2, 0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func genuine(t testing.TB, document string) string {
	t.Helper()
	text, err := issuing.HCERT(signer(t, verifier.ES256), issuing.HealthCertificate{
		Type: document, ID: "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B", Country: "AT",
		Surname: "Musterfrau-Gossinger", Forename: "Gabriele", BirthDate: "1998-02-26",
		Date: issued, IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecode(t *testing.T) {
	f := func(document, need string) {
		t.Helper()
		text := genuine(t, document)
		c, err := Format{}.Decode([]byte(text + "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Format != "hcert" || c.Kind != verifier.KindCredential || c.Type != document || c.Issuer != "AT" || c.Country != "AT" ||
			string(c.ID) != "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B" || c.SchemaFault != nil ||
			c.Holder != (verifier.Holder{Name: "Musterfrau-Gossinger Gabriele", BirthDate: "1998-02-26"}) ||
			!c.IssuedAt.Equal(issued) || !c.ExpiresAt.Equal(issued.AddDate(1, 0, 0)) || !c.NotBefore.IsZero() {
			t.Fatalf("%+v", c)
		}
		if !slices.Contains(c.KeyUse.Need, need) || len(c.RevocationHashes) != 3 || len(c.Proof.KeyID) != 8 ||
			c.Proof.Algorithm != verifier.ES256 || len(c.Proof.Signature) != 64 {
			t.Fatalf("%+v", c)
		}
		var claims map[string]any
		if err := json.Unmarshal(c.Claims, &claims); err != nil || claims["ver"] != "1.3.0" {
			t.Fatalf("claims %s: %v", c.Claims, err)
		}
	}
	f("vaccination", "1.3.6.1.4.1.1847.2021.1.2")
	f("test", "1.3.6.1.4.1.1847.2021.1.1")
	f("recovery", "1.3.6.1.4.1.1847.2021.1.3")
}

func TestRefusals(t *testing.T) {
	key := signer(t, verifier.ES256)
	message := func(k *issuing.Key, payload []byte) string {
		t.Helper()
		m, err := k.Sign1(issuing.Message{KeyID: []byte("k"), Payload: payload})
		if err != nil {
			t.Fatal(err)
		}
		return issuing.ArmourHCERT(m)
	}
	f := func(text string, reason verifier.Reason, cause string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(text))
		var r *verifier.Refusal
		if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
			t.Fatalf("Decode(%.20s) = %v, %v, want %v with %q", text, c, err, reason, cause)
		}
	}
	text := genuine(t, "test")
	f("HC2:"+text[4:], verifier.ReasonUnsupportedVersion, "another version")
	f("HCX:"+text[4:], verifier.ReasonUnsupportedVersion, "another version")
	f("HC1:", verifier.ReasonMalformed, "not a zlib header")
	f("HC1:"+strings.ToLower(text[4:]), verifier.ReasonMalformed, "base45")
	f(text[:20]+" \n"+text[20:], verifier.ReasonMalformed, "base45")
	f(text+text[4:], verifier.ReasonMalformed, "")
	f("HC1:"+string(base45.Append(nil, []byte("plain"))), verifier.ReasonMalformed, "not a zlib header")
	f(issuing.ArmourHCERT(make([]byte, maxInflated+1)), verifier.ReasonTooLarge, "limit")
	f(issuing.ArmourHCERT(make([]byte, 4<<20)), verifier.ReasonTooLarge, "limit")
	f(issuing.ArmourHCERT([]byte{0}), verifier.ReasonMalformed, "array of four")
	f(issuing.ArmourHCERT(bytes.Repeat([]byte{0x81}, 5000)), verifier.ReasonMalformed, "nested deeper")
	f(issuing.ArmourHCERT([]byte("\xa2\x01\x01\x01\x01")), verifier.ReasonMalformed, "duplicate")
	f(message(key, []byte{0x80}), verifier.ReasonMalformed, "claims are not a map")
	f(message(key, []byte{0xa0}), verifier.ReasonMalformed, "no certificate")
	f(message(key, []byte{0xa1, 0x39, 0x01, 0x03, 0xa1, 0x02, 0xa0}), verifier.ReasonMalformed, "no certificate")
	f(message(key, []byte{0xa1, 0x39, 0x01, 0x03, 0xa1, 0x01, 0x80}), verifier.ReasonMalformed, "no certificate")
	f(message(key, []byte{0xa1, 0x01, 0x01}), verifier.ReasonMalformed, "claim 1")
	f(message(signer(t, verifier.EdDSA), []byte{0xa0}), verifier.ReasonUnsupportedAlgorithm, "-8")
	f(message(signer(t, verifier.ES384), []byte{0xa0}), verifier.ReasonUnsupportedAlgorithm, "-35")
	f(issuing.ArmourHCERT([]byte{0x84, 0x40, 0xa0, 0x40, 0x40}), verifier.ReasonUnsupportedAlgorithm, "0")
}

func TestSniff(t *testing.T) {
	f := func(payload string, want bool) {
		t.Helper()
		if got := (Format{}).Sniff([]byte(payload)); got != want {
			t.Fatalf("Sniff(%q) = %v, want %v", payload, got, want)
		}
	}
	f("HC1:", true)
	f(" HC1:6BF\n", true)
	f("HC2:6BF", true)
	f("HCX:6BF", true)
	f("", false)
	f("HC1", false)
	f("hc1:6BF", false)
	f("HL0:6BF", false)
	f("HC12:", false)
	f("VR1:6BF", false)
	p := []byte("HC1:6BF")
	if n := testing.AllocsPerRun(100, func() { (Format{}).Sniff(p) }); n != 0 {
		t.Fatalf("Sniff allocates %.0f times", n)
	}
}

// The credential outlives the payload and the next scan.
func TestSharesNoMemory(t *testing.T) {
	payload := []byte(genuine(t, "vaccination"))
	c, err := Format{}.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	before, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range payload {
		payload[i] = 'X'
	}
	for range 10 {
		if _, err := (Format{}).Decode([]byte(genuine(t, "recovery"))); err != nil {
			t.Fatal(err)
		}
	}
	if after, _ := json.Marshal(c); !bytes.Equal(before, after) {
		t.Fatalf("changed from %s to %s", before, after)
	}
}

func TestRevocationHashVectors(t *testing.T) {
	var all []vectors.Entry[struct {
		Issuer string            `json:"iss"`
		UVCI   string            `json:"uvci"`
		KeyID  string            `json:"kid_b64"`
		Hashes map[string]string `json:"revocation_hash_b64"`
	}]
	vectors.Read(t, "eu-dcc/revocation-hash-vectors.json", &all)
	for i := range all {
		e := &all[i]
		c, err := Format{}.Decode(e.Bytes(t))
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		var got []string
		for _, h := range c.RevocationHashes {
			got = append(got, base64.StdEncoding.EncodeToString(h))
		}
		want := []string{e.Expect.Hashes["SIGNATURE"], e.Expect.Hashes["UCI"], e.Expect.Hashes["COUNTRYCODEUCI"]}
		if !slices.Equal(got, want) || string(c.ID) != e.Expect.UVCI || c.Issuer != e.Expect.Issuer ||
			base64.StdEncoding.EncodeToString(c.Proof.KeyID) != e.Expect.KeyID {
			t.Errorf("%s: %v of %s, want %v", e.ID, got, c.ID, want)
		}
	}
}

// Whatever comes, there is either a credential or a refusal with a reason of decoding, and what it claims is
// JSON.
func FuzzDecode(f *testing.F) {
	for _, document := range []string{"vaccination", "test", "recovery"} {
		f.Add([]byte(genuine(f, document)))
	}
	f.Add([]byte("HC2:"))
	f.Add([]byte("HC1:"))
	f.Fuzz(func(t *testing.T, p []byte) {
		c, err := Format{}.Decode(p)
		check(t, c, err)
	})
}

// Mutations rarely survive Base45 and zlib, so what is behind both is fuzzed on its own.
func FuzzDecodeMessage(f *testing.F) {
	for _, document := range []string{"vaccination", "test", "recovery"} {
		packed, err := base45.AppendDecode(nil, []byte(genuine(f, document)[len(prefix):]))
		if err != nil {
			f.Fatal(err)
		}
		message, err := inflate.Zlib(nil, packed, maxInflated)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		c, err := decodeMessage(new(verifier.Arena), message)
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
	if _, err := cbor.Parse(c.Proof.Signed); err != nil {
		t.Fatalf("bytes under the signature: %v", err)
	}
}
