package vdsnc

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
)

// counting is a source of randomness that is the same on every run.
type counting struct{}

func (counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

var issued = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func signer(t testing.TB, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, counting{})
	if err != nil {
		t.Fatal(err)
	}
	k, err = k.Certified(issuing.CertificateOptions{
		Country: "UT", Organisation: "Test", NotBefore: issued, NotAfter: issued.AddDate(2, 0, 0), Uses: []string{useSeals},
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

type object = map[string]any

func vaccination() issuing.SealNC {
	return issuing.SealNC{Type: "icao.vacc", Issuer: "UTO", Message: object{
		"uvci": "U32870", "pid": object{"n": "SMITH  <BILL>", "dob": "1990-01-02", "i": "A1234567Z"},
		"ve": []object{{"des": "XM68M6", "dis": "RA01.0", "nam": "Comirnaty", "vd": []object{{"dvc": "2021-03-03", "seq": 1}}}},
	}}
}

func genuine(t testing.TB) string {
	t.Helper()
	text, err := issuing.VDSNC(signer(t, verifier.ES256), vaccination())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecode(t *testing.T) {
	text := genuine(t)
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte("["+text+"]"), "", "  "); err != nil {
		t.Fatal(err)
	}
	for _, payload := range []string{text, "\r\n " + text + "\n", pretty.String()} {
		if !(Format{}).Sniff([]byte(payload)) {
			t.Fatal("not recognised")
		}
		c, err := Format{}.Decode([]byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if c.Format != "vdsnc" || c.Type != "vaccination" || c.Issuer != "UTO" || string(c.ID) != "U32870" || c.SchemaFault != nil ||
			c.Holder != (verifier.Holder{Name: "SMITH  <BILL>", BirthDate: "1990-01-02", DocumentNumber: "A1234567Z"}) ||
			len(c.Proof.KeyID) != 8 || len(c.Proof.Chain) != 1 || c.Proof.Algorithm != verifier.ES256 {
			t.Fatalf("%+v", c)
		}
		if !strings.HasPrefix(string(c.Claims), `{"pid":{"dob":"1990-01-02","i":"A1234567Z","n":"SMITH  <BILL>"},"uvci":"U32870","ve":[`) {
			t.Fatalf("claims %s", c.Claims)
		}
	}
}

// What is shown is what is signed: digits beyond a double's precision are under no signature.
func TestClaimsAreCanonical(t *testing.T) {
	text := strings.Replace(genuine(t), `"seq":1`, `"seq":1.00000000000000000001`, 1)
	c, err := Format{}.Decode([]byte(text))
	if err != nil || !strings.Contains(string(c.Claims), `"seq":1}`) {
		t.Fatalf("%v %s", err, c.Claims)
	}
}

func TestSchema(t *testing.T) {
	f := func(s issuing.SealNC, kind, fault string) {
		t.Helper()
		text, err := issuing.VDSNC(signer(t, verifier.ES256), s)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Format{}.Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if c.Type != kind || (c.SchemaFault == nil) != (fault == "") || fault != "" && !strings.Contains(c.SchemaFault.Error(), fault) {
			t.Errorf("%s: %v, want %q", c.Type, c.SchemaFault, fault)
		}
	}
	person := object{"n": "Cook Gerald", "dn": "E1234567P"}
	f(issuing.SealNC{Type: "icao.test", Issuer: "D", Message: object{"utci": "U01932", "pid": person}}, "test", "")
	f(issuing.SealNC{Type: "icao.eta", Issuer: "AUS", Message: object{}}, "icao.eta", "")
	f(issuing.SealNC{Type: "icao.eta", Issuer: "aus", Message: object{}}, "icao.eta", "capitals")
	f(issuing.SealNC{Type: "icao.eta", Issuer: "AUST", Message: object{}}, "icao.eta", "capitals")
	f(issuing.SealNC{Type: "icao.test", Issuer: "UTO", Message: object{"uvci": "U01932", "pid": person}}, "test", "identifier")
	f(issuing.SealNC{Type: "icao.test", Issuer: "UTO", Message: object{"utci": "1234567890123", "pid": person}}, "test", "identifier")
	f(issuing.SealNC{Type: "icao.test", Issuer: "UTO", Message: object{"utci": 7, "pid": person}}, "test", "utci")
	f(issuing.SealNC{Type: "icao.test", Issuer: "UTO", Message: object{"utci": "U", "pid": object{}}}, "test", "name")
	f(issuing.SealNC{Type: "icao.test", Issuer: "UTO", Message: object{"utci": "U"}}, "test", "name")
	f(issuing.SealNC{Type: "icao.test", Issuer: "UTO", Message: object{"utci": "U", "pid": 7}}, "test", "pid")
	f(issuing.SealNC{Type: "icao.test", Issuer: "UTO", Message: object{"utci": "U", "pid": object{"n": "N", "dob": "02.01.1990"}}}, "test", "dob")
}

func TestRefusals(t *testing.T) {
	f := func(text string, reason verifier.Reason, cause string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(text))
		var r *verifier.Refusal
		if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
			t.Fatalf("Decode(%.60s) = %v, %v, want %v with %q", text, c, err, reason, cause)
		}
	}
	const malformed = verifier.ReasonMalformed
	const data = `"data":{"hdr":{"t":"icao.x","v":1,"is":"UTO"},"msg":{}}`
	const sig = `"sig":{"alg":"ES256","sigvl":"AAAA"}`
	if _, err := (Format{}).Decode([]byte("{" + data + "," + sig + "}")); err != nil {
		t.Fatal(err)
	}
	f("", malformed, "")
	f("[]", malformed, "not one seal")
	f("[{"+data+","+sig+"},{"+data+","+sig+"}]", malformed, "not one seal")
	f("[7]", malformed, "object")
	f("{"+data+"}", malformed, "missing")
	f("{"+sig+"}", malformed, "missing")
	f("{"+data+","+sig+`,"note":"x"}`, malformed, "unsigned")
	f("{"+data+","+sig+","+sig+"}", malformed, "twice")
	f("{"+data+`,"sig":{"alg":"ES256","sigvl":"AAAA","x":1}}`, malformed, "unsigned")
	f("{"+data+`,"sig":7}`, malformed, "object")
	f("{"+data+`,"sig":{"alg":"RS256","sigvl":"AAAA"}}`, verifier.ReasonUnsupportedAlgorithm, "RS256")
	f("{"+data+`,"sig":{"alg":"none","sigvl":""}}`, verifier.ReasonUnsupportedAlgorithm, "none")
	f("{"+data+`,"sig":{"alg":"ES256","sigvl":"A"}}`, malformed, "base64")
	f("{"+data+`,"sig":{"alg":"ES256","sigvl":"AA==="}}`, malformed, "base64")
	f("{"+data+`,"sig":{"alg":"ES256","sigvl":"AAA=="}}`, malformed, "base64")
	f("{"+data+`,"sig":{"alg":"ES256","sigvl":"A+-A"}}`, malformed, "base64")
	f("{"+data+`,"sig":{"alg":"ES256","sigvl":"AA\nAA"}}`, malformed, "base64")
	f("{"+data+`,"sig":{"alg":"ES256","sigvl":"AAAA","cer":"*"}}`, malformed, "base64")
	f("{"+data+`,"sig":{"alg":7,"sigvl":"AAAA"}}`, malformed, "alg")
	f(strings.Replace("{"+data+","+sig+"}", `"v":1`, `"v":2`, 1), verifier.ReasonUnsupportedVersion, "2")
	f(strings.Replace("{"+data+","+sig+"}", `"v":1`, `"v":"1"`, 1), verifier.ReasonUnsupportedVersion, "1")
	f(strings.Replace("{"+data+","+sig+"}", `"v":1`, `"w":1`, 1), verifier.ReasonUnsupportedVersion, "")
	f(strings.Replace("{"+data+","+sig+"}", `"icao.x"`, `""`, 1), malformed, "no type")
	f(strings.Replace("{"+data+","+sig+"}", `"UTO"`, `7`, 1), malformed, "is")
	f(strings.Replace("{"+data+","+sig+"}", `"msg":{}`, `"msg":7`, 1), malformed, "msg")
	f(strings.Replace("{"+data+","+sig+"}", `"msg":{}`, `"mes":{}`, 1), malformed, "missing")
	f(strings.Replace("{"+data+","+sig+"}", `"msg":{}`, `"msg":{"a":1e999}`, 1), malformed, "range")
	f(strings.Repeat(" ", verifier.MaxPayload+1), verifier.ReasonTooLarge, "bytes")
}

func TestSniffIsNarrow(t *testing.T) {
	for _, text := range []string{"", "{", "[", "{}", "[]", `{"data":1}`, `{"data":{"x":1}}`, `{"sig":[]}`, `[[{"data":{"hdr":1}}]]`, `{"keys":[]}`, "data"} {
		if (Format{}).Sniff([]byte(text)) {
			t.Errorf("%q is claimed", text)
		}
	}
	if !(Format{}).Sniff([]byte("\n[ {\t\"sig\" : {\"sigvl\"")) {
		t.Error("sig first is not recognised")
	}
}

// Whatever is accepted is signed by its canonical form, of which the claims are a part.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(genuine(f)))
	f.Add([]byte(`[{"sig":{"alg":"ES 384","sigvl":"AAA=","cer":"A+/A"},"data":{"msg":{"pid":{},"uvci":"1"},"hdr":{"t":"icao.vacc","v":1,"is":"D"}}}]`))
	var a verifier.Arena
	f.Fuzz(func(t *testing.T, payload []byte) {
		formatstest.Agree(t, Format{}, &a, payload)
		(Format{}).Sniff(payload)
		c, err := Format{}.Decode(payload)
		if (c == nil) == (err == nil) {
			t.Fatal("neither credential nor refusal, or both")
		}
		if err != nil {
			return
		}
		again, err := jose.AppendCanonical(nil, c.Proof.Signed)
		if err != nil || !bytes.Equal(again, c.Proof.Signed) || !bytes.Contains(c.Proof.Signed, c.Claims) {
			t.Fatalf("signed %s, claims %s", c.Proof.Signed, c.Claims)
		}
	})
}
