package shc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
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

func signer(t testing.TB) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	if k, err = k.Thumbprinted(); err != nil {
		t.Fatal(err)
	}
	return k
}

func card() issuing.HealthCard {
	return issuing.HealthCard{
		Issuer: "https://clinic.example/cards", RevocationID: "aB3-_xyz", Family: "Anyperson", Given: []string{"John", "B."},
		BirthDate: "1951-01-20", Vaccine: "207", Date: "2021-01-01", IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
	}
}

// genuine is the JWS of a card.
func genuine(t testing.TB) []byte {
	t.Helper()
	claims, err := card().Claims()
	if err != nil {
		t.Fatal(err)
	}
	return signed(t, claims)
}

func signed(t testing.TB, claims []byte) []byte {
	t.Helper()
	jws, err := issuing.HealthCardJWS(signer(t), claims)
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

func TestDecode(t *testing.T) {
	text, err := issuing.SHC(signer(t), card())
	if err != nil {
		t.Fatal(err)
	}
	for _, payload := range []string{text, " " + text + "\r\n", strings.Join(issuing.ArmourSHCParts(genuine(t), 300), "\n")} {
		c, err := Format{}.Decode([]byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if c.Format != "shc" || c.Kind != verifier.KindCredential || c.Type != "vaccination" || c.Issuer != "https://clinic.example/cards" ||
			c.RevocationID != "aB3-_xyz" || c.RevocationMethod != "rid" || c.ID != nil || c.SchemaFault != nil ||
			c.Holder != (verifier.Holder{Name: "Anyperson John B.", BirthDate: "1951-01-20"}) || c.KeyUse.SubjectURI != c.Issuer ||
			!c.IssuedAt.Equal(issued) || !c.NotBefore.Equal(issued) || !c.ExpiresAt.Equal(issued.AddDate(1, 0, 0)) {
			t.Fatalf("%+v", c)
		}
		if !(proof.Checker{}).Check(&verifier.Key{Public: signer(t).Public()}, &c.Proof) || string(c.Proof.KeyID) != signer(t).ID {
			t.Fatalf("proof %+v", c.Proof)
		}
		var vc struct {
			RID     string `json:"rid"`
			Subject struct {
				Bundle struct {
					Entry []any `json:"entry"`
				} `json:"fhirBundle"`
			} `json:"credentialSubject"`
		}
		if err := json.Unmarshal(c.Claims, &vc); err != nil || vc.RID != "aB3-_xyz" || len(vc.Subject.Bundle.Entry) != 2 {
			t.Fatalf("claims %s: %v", c.Claims, err)
		}
	}
}

func refused(t *testing.T, payload string, reason verifier.Reason, cause string) {
	t.Helper()
	c, err := Format{}.Decode([]byte(payload))
	var r *verifier.Refusal
	if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
		t.Fatalf("Decode(%.30s) = %v, %v, want %v with %q", payload, c, err, reason, cause)
	}
}

func TestRefusedTexts(t *testing.T) {
	f := func(payload, cause string) {
		t.Helper()
		refused(t, payload, verifier.ReasonMalformed, cause)
	}
	text := issuing.ArmourSHC(genuine(t))
	digits := text[len(prefix):]
	f("shc:", "begin")
	f("shc:/", "no digits")
	f("shc:"+digits, "begin")
	f("SHC:/"+digits, "begin")
	f(text+"0", "odd number")
	f("shc:/78"+digits[2:], "offset 0")
	f("shc:/99"+digits[2:], "offset 0")
	f("shc:/ab"+digits[2:], "offset 0")
	f("shc:/"+digits[:20]+" "+digits[20:], "begin") // a blank ends a text
	f(text+" "+text+"00", "one card")
	f("shc:/"+digits[:30], "three parts")
	f("shc:/1/"+digits, "out of range")
	f("shc:/0/1/"+digits, "out of range")
	f("shc:/2/1/"+digits, "out of range")
	f("shc:/01/1/"+digits, "out of range")
	f("shc:/1/100/"+digits, "out of range")
	f("shc:/+1/1/"+digits, "out of range")
	f("shc:/1/1/1/"+digits, "offset 0")
}

func TestRefusedJWS(t *testing.T) {
	k := signer(t)
	packed := bytes.Split(genuine(t), []byte("."))[1]
	jws := func(header, payload string) string {
		return issuing.ArmourSHC([]byte(b64(header) + "." + payload + "." + b64("signature")))
	}
	raw := func(payload string) string { return b64(payload) }
	head := `{"zip":"DEF","alg":"ES256","kid":"` + k.ID + `"}`
	f := func(payload string, reason verifier.Reason, cause string) {
		t.Helper()
		refused(t, payload, reason, cause)
	}
	bad := verifier.ReasonMalformed
	f(jws(`{"zip":"DEF","kid":"x"}`, string(packed)), bad, "no algorithm")
	f(jws(`{"zip":"DEF","alg":"none","kid":"x"}`, string(packed)), verifier.ReasonUnsupportedAlgorithm, "none")
	f(jws(`{"zip":"DEF","alg":"ES384","kid":"x"}`, string(packed)), verifier.ReasonUnsupportedAlgorithm, "ES384")
	f(jws(`{"zip":"DEF","alg":"ES256"}`, string(packed)), bad, "names no key")
	f(jws(`{"alg":"ES256","kid":"x"}`, string(packed)), bad, "zip")
	f(jws(`{"zip":"GZ","alg":"ES256","kid":"x"}`, string(packed)), bad, "zip")
	f(jws(`{"zip":7,"alg":"ES256","kid":"x"}`, string(packed)), bad, "zip")
	f(jws(`{"zip":"DEF","alg":"ES256","kid":"x","crit":["x"]}`, string(packed)), bad, "critical")
	f(jws(`{"zip":"DEF","zip":"DEF","alg":"ES256","kid":"x"}`, string(packed)), bad, "twice")
	f(jws(head, raw("{}")), bad, "inflate")
	f(jws(head, raw("\x78\x9c\x03\x00\x00\x00\x00\x01")), bad, "inflate") // zlib, not raw
	f(issuing.ArmourSHC(signed(t, []byte("\ufeff{}"))), bad, "JSON")
	f(issuing.ArmourSHC(signed(t, []byte(`"{}"`))), bad, "object")
	f(issuing.ArmourSHC(signed(t, []byte(`{"iss":1,"iss":1}`))), bad, "twice")
	f(issuing.ArmourSHC(signed(t, []byte(`{}{}`))), bad, "goes on")
	f(issuing.ArmourSHC(signed(t, bytes.Repeat([]byte(" "), maxInflated+1))), verifier.ReasonTooLarge, "limit")
}

func b64(s string) string {
	head := jose.AppendSigningInput(nil, []byte(s), nil)
	return string(head[:len(head)-1])
}

// What breaks the specification behind a good envelope is told apart from a code that cannot be read.
func TestSchemaFaults(t *testing.T) {
	claims, err := card().Claims()
	if err != nil {
		t.Fatal(err)
	}
	f := func(old, new, cause string) {
		t.Helper()
		broken := bytes.Replace(claims, []byte(old), []byte(new), 1)
		if bytes.Equal(broken, claims) {
			t.Fatalf("%s is not in %s", old, claims)
		}
		c, err := Format{}.Decode([]byte(issuing.ArmourSHC(signed(t, broken))))
		if err != nil {
			t.Fatalf("%s: %v", new, err)
		}
		if c.SchemaFault == nil || !strings.Contains(c.SchemaFault.Error(), cause) {
			t.Errorf("%s: %v, want %q", new, c.SchemaFault, cause)
		}
	}
	f(`"https://clinic`, `"http://clinic`, "https URL")
	f(`/cards"`, `/cards/"`, "trailing slash")
	f(`"iss":`, `"is":`, "https URL")
	f(`"nbf":`, `"nbx":`, "nbf")
	f(`"nbf":1`, `"nbf":"x","y":1`, "nbf")
	f(`"exp":1`, `"exp":"x","y":1`, "exp")
	f(`"vc":{`, `"vx":{`, "vc")
	f(`"vc":{`, `"vc":7,"vx":{`, "vc")
	f(`#health-card"`, `#wrong-health-card"`, "health card")
	f(`"aB3-_xyz"`, `"aB3-_xyz."`, "rid")
	f(`"aB3-_xyz"`, `"0123456789012345678901234"`, "rid")
	f(`"aB3-_xyz"`, `""`, "rid")
	f(`"aB3-_xyz"`, `7`, "rid")
	f(`"fhirVersion":`, `"fhir":`, "fhirVersion")
	f(`"fhirBundle":{`, `"fhirBundle":7,"x":{`, "fhirBundle")
	f(`"credentialSubject":{`, `"subject":{`, "credentialSubject")
}

func TestDocumentAndHolder(t *testing.T) {
	f := func(entries, kind string, h verifier.Holder) {
		t.Helper()
		claims := `{"iss":"https://x","nbf":1.5,"vc":{"type":["` + healthCard + `"],"credentialSubject":{"fhirVersion":"4.0.1","fhirBundle":{"entry":[` + entries + "]\n}}}}"
		c, err := Format{}.Decode([]byte(issuing.ArmourSHC(signed(t, []byte(claims)))))
		if err != nil || c.SchemaFault != nil {
			t.Fatalf("%v, %v", err, c)
		}
		if c.Type != kind || c.Holder != h || c.NotBefore.Nanosecond() != 5e8 || c.RevocationMethod != methodHashFHIR || len(c.RevocationID) != 11 {
			t.Errorf("%s: %q of %+v", entries, c.Type, c.Holder)
		}
		if bytes.IndexByte(c.Claims, '\n') >= 0 {
			t.Errorf("claims of several lines: %s", c.Claims)
		}
	}
	resource := func(s string) string { return `{"resource":{` + s + `}}` }
	none := verifier.Holder{}
	immunisation, observation := resource(`"resourceType":"Immunization"`), resource(`"resourceType":"Observation"`)
	f("", "health_card", none)
	f(`7,{"resource":7}`, "health_card", none)
	f(immunisation+","+immunisation, "vaccination", none)
	f(observation, "test", none)
	f(observation+","+immunisation, "health_card", none)
	f(observation+","+immunisation+","+observation, "health_card", none)
	f(immunisation+","+observation+","+immunisation+","+immunisation, "health_card", none)
	patient := `"resourceType":"Patient",`
	f(resource(patient+`"name":[{},{"text":"N. N."}],"birthDate":"1951"`), "health_card", verifier.Holder{Name: "N. N.", BirthDate: "1951"})
	f(resource(patient+`"name":[{"given":["A"]}]`), "health_card", verifier.Holder{Name: "A"})
	f(resource(patient+`"name":[{"family":"F"},{"family":"G"}]`), "health_card", verifier.Holder{Name: "F"})
}

func TestSniff(t *testing.T) {
	f := func(payload string, want bool) {
		t.Helper()
		if got := (Format{}).Sniff([]byte(payload)); got != want {
			t.Fatalf("Sniff(%q) = %v, want %v", payload, got, want)
		}
	}
	f("shc:/56", true)
	f(" \t\nshc:/1/2/56", true)
	f("shc:56", true)
	f("", false)
	f("shc", false)
	f("eyJ6aXAi", false)
	p := []byte("shc:/5676")
	if n := testing.AllocsPerRun(100, func() { (Format{}).Sniff(p) }); n != 0 {
		t.Fatalf("Sniff allocates %.0f times", n)
	}
}

// No change of a digit or of a byte of the JWS yields another card that is proven.
func TestFlipEveryByte(t *testing.T) {
	jws := genuine(t)
	text := []byte(issuing.ArmourSHC(jws))
	key := &verifier.Key{Public: signer(t).Public()}
	accepted := func(payload []byte) bool {
		c, err := Format{}.Decode(payload)
		return err == nil && (proof.Checker{}).Check(key, &c.Proof)
	}
	if !accepted(text) {
		t.Fatal("the genuine card is not accepted")
	}
	for i := range text {
		for _, mask := range []byte{1, 2, 16, 128} {
			broken := bytes.Clone(text)
			broken[i] ^= mask
			if accepted(broken) {
				t.Fatalf("accepted with byte %d changed by %d", i, mask)
			}
		}
	}
	for i := range jws {
		broken := bytes.Clone(jws)
		broken[i] = 'A' + (broken[i]-'A'+1)%26
		if !bytes.Equal(broken, jws) && accepted([]byte(issuing.ArmourSHC(broken))) {
			t.Fatalf("accepted with character %d of the JWS changed", i)
		}
	}
}

// The credential outlives the payload and the next scan.
func TestSharesNoMemory(t *testing.T) {
	payload := []byte(issuing.ArmourSHC(genuine(t)))
	c, err := Format{}.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprintf("%+v", *c)
	clear(payload)
	for range 10 {
		if _, err := (Format{}).Decode([]byte(issuing.ArmourSHC(signed(t, []byte(`{"iss":"https://other.example","vc":{}}`))))); err != nil {
			t.Fatal(err)
		}
	}
	if after := fmt.Sprintf("%+v", *c); after != before {
		t.Fatalf("changed from %s to %s", before, after)
	}
}

// FuzzDecode: whatever comes, there is either a credential or a refusal with a reason of decoding.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(issuing.ArmourSHC(genuine(f))))
	f.Add([]byte(strings.Join(issuing.ArmourSHCParts(genuine(f), 200), " ")))
	f.Add([]byte("shc:/2/3/5676"))
	var a verifier.Arena
	f.Fuzz(func(t *testing.T, payload []byte) {
		formatstest.Agree(t, Format{}, &a, payload)
		c, err := Format{}.Decode(payload)
		checkLaws(t, c, err)
	})
}

// FuzzClaims starts behind the signature and the compression, where changes reach the content.
func FuzzClaims(f *testing.F) {
	claims, err := card().Claims()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(claims)
	f.Add([]byte(`{"iss":"https://x","nbf":1.5,"vc":{"type":[],"credentialSubject":{"fhirBundle":{"entry":[{"resource":{}}]}}}}`))
	f.Fuzz(func(t *testing.T, claims []byte) {
		c, err := Format{}.Decode([]byte(issuing.ArmourSHC(signed(t, claims))))
		checkLaws(t, c, err)
		if c != nil && !(proof.Checker{}).Check(&verifier.Key{Public: signer(t).Public()}, &c.Proof) {
			t.Fatal("what was signed is not what is checked")
		}
	})
}

func checkLaws(t *testing.T, c *verifier.Credential, err error) {
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
	if c.Claims != nil && (!json.Valid(c.Claims) || bytes.IndexByte(c.Claims, '\n') >= 0) {
		t.Fatalf("claims %s", c.Claims)
	}
	if c.SchemaFault == nil && (c.Claims == nil || c.NotBefore.IsZero() || !isIssuer(c.Issuer)) {
		t.Fatalf("%+v obeys the schema", c)
	}
}
