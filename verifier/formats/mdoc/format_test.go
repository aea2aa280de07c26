package mdoc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

const licence, licenceSpace = "org.iso.18013.5.1.mDL", "org.iso.18013.5.1"

var (
	issued     = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	transcript = []byte{0x83, 0xf6, 0xf6, 0x61, 'x'}
)

func newKey(t testing.TB, alg verifier.Algorithm, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signer(t testing.TB, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := newKey(t, alg, 1).Certified(issuing.CertificateOptions{
		Country: "UT", Organisation: "Test", NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0), Uses: []string{documentSigner},
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// erika is a driving licence with an element of every kind.
func erika(t testing.TB) issuing.MobileDocument {
	t.Helper()
	return issuing.MobileDocument{
		Type: licence, Device: newKey(t, verifier.ES256, 2), Random: rand.NewChaCha8([32]byte{3}),
		SignedAt: issued, ValidFrom: issued.Add(time.Hour), ValidUntil: issued.AddDate(0, 3, 0),
		Status: &verifier.StatusRef{URI: "https://s.example/1", Index: 9},
		Elements: map[string]map[string]any{
			licenceSpace: {
				"family_name": "Mustermann", "given_name": "Erika", "birth_date": time.Date(1971, 9, 1, 0, 0, 0, 0, time.UTC),
				"document_number": "D1", "issuing_country": "UT", "age_over_18": true, "height": 175, "portrait": []byte{1, 2},
			},
			licenceSpace + ".UT": {"family_name": "of no account"},
		},
	}
}

func issuerSigned(t testing.TB, d issuing.MobileDocument) []byte {
	t.Helper()
	b, err := issuing.IssuerSigned(signer(t, verifier.ES256), d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func response(t testing.TB) []byte {
	t.Helper()
	d := erika(t)
	b, err := issuing.DeviceResponse(issuing.Presentation{
		Type: d.Type, IssuerSigned: issuerSigned(t, d), Device: d.Device, Transcript: transcript,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func text(b []byte) []byte { return []byte(base64.RawURLEncoding.EncodeToString(b)) }

func proven(t testing.TB, c *verifier.Credential) bool {
	t.Helper()
	return proof.Checker{}.Check(&verifier.Key{Public: newKey(t, c.Proof.Algorithm, 1).Public()}, &c.Proof)
}

func TestDecode(t *testing.T) {
	f := func(payload []byte, session bool) {
		t.Helper()
		if !(Format{}).Sniff(payload) {
			t.Fatalf("%.20q is not recognised", payload)
		}
		c, err := Format{}.Decode(payload)
		if err != nil {
			t.Fatal(err)
		}
		if c.Format != "mdoc" || c.Kind != verifier.KindCredential || c.Type != "driving_licence" || c.Country != "UT" || c.Issuer != "" ||
			c.Holder != (verifier.Holder{Name: "Erika Mustermann", BirthDate: "1971-09-01", DocumentNumber: "D1"}) ||
			!c.IssuedAt.Equal(issued) || !c.NotBefore.Equal(issued.Add(time.Hour)) || !c.ExpiresAt.Equal(issued.AddDate(0, 3, 0)) ||
			c.SchemaFault != nil || c.Status == nil || *c.Status != (verifier.StatusRef{URI: "https://s.example/1", Index: 9}) {
			t.Fatalf("%+v", c)
		}
		want := `{"org.iso.18013.5.1":{"age_over_18":true,"birth_date":"1971-09-01","document_number":"D1","family_name":"Mustermann",` +
			`"given_name":"Erika","height":175,"issuing_country":"UT","portrait":{"$b64":"AQI="}},` +
			`"org.iso.18013.5.1.UT":{"family_name":"of no account"}}`
		if string(c.Claims) != want {
			t.Fatalf("claims\n%s, want\n%s", c.Claims, want)
		}
		if len(c.Proof.Chain) != 1 || !bytes.Equal(c.Proof.Chain[0], signer(t, verifier.ES256).Certificate) || !proven(t, c) {
			t.Fatal("the signature does not verify")
		}
		if (c.HolderProof != nil) != session {
			t.Fatalf("holder's proof %+v", c.HolderProof)
		}
		if session {
			checkDevice(t, c.HolderProof)
		}
	}
	f(issuerSigned(t, erika(t)), false)
	f(text(issuerSigned(t, erika(t))), false)
	f(response(t), true)
	f(append(text(response(t)), '\r', '\n'), true)
}

func checkDevice(t *testing.T, h *verifier.HolderProof) {
	t.Helper()
	p := h.Proof
	p.Signed = h.Session(nil, h, transcript)
	if !(proof.Checker{}).Check(&verifier.Key{Public: h.Key}, &p) {
		t.Fatal("the device's signature does not verify")
	}
	p.Signed = h.Session(nil, h, []byte{0x80})
	if (proof.Checker{}).Check(&verifier.Key{Public: h.Key}, &p) {
		t.Fatal("the device's signature verifies in another session")
	}
}

func TestTypes(t *testing.T) {
	f := func(docType, want string) {
		t.Helper()
		d := erika(t)
		d.Type, d.Elements = docType, map[string]map[string]any{docType: {"age_over_18": true}}
		c, err := Format{}.Decode(issuerSigned(t, d))
		if err != nil || c.Type != want || c.Holder != (verifier.Holder{}) {
			t.Fatalf("%+v, %v, want %s", c, err, want)
		}
	}
	f("eu.europa.ec.av.1", "age")
	f("eu.europa.ec.eudi.pid.1", "identity")
	f("org.example", "other")
}

// Elements may be left out; one that is changed, or that the issuer never saw, takes the signature with it.
func TestDigests(t *testing.T) {
	good := issuerSigned(t, erika(t))
	f := func(from, to string, covered bool) {
		t.Helper()
		bad := bytes.Replace(good, []byte(from), []byte(to), 1)
		if bytes.Equal(bad, good) != (from == to) {
			t.Fatalf("%q is not there", from)
		}
		c, err := Format{}.Decode(bad)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.Proof.Signature) > 0 && proven(t, c); got != covered {
			t.Fatalf("%q for %q: proven %v", to, from, got)
		}
	}
	f("Erika", "Erika", true)
	f("Erika", "Elisa", false)
	f("elementValue\xf5", "elementValue\xf4", false)
	f("age_over_18", "age_over_21", false)
	f("\x68digestID\x07", "\x68digestID\x08", false)
	f("\x71"+licenceSpace+"\x88", "\x71org.iso.18013.5.9\x88", false)

	d := erika(t)
	d.Elements = nil
	c, err := Format{}.Decode(issuerSigned(t, d))
	if err != nil || string(c.Claims) != "{}" || !proven(t, c) {
		t.Fatalf("without elements: %+v, %v", c, err)
	}
}

func TestRefusals(t *testing.T) {
	f := func(payload []byte, reason verifier.Reason, cause string) {
		t.Helper()
		c, err := Format{}.Decode(payload)
		var r *verifier.Refusal
		if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
			t.Fatalf("Decode(%.40q) = %v, %v, want %v with %q", payload, c, err, reason, cause)
		}
	}
	good, alone := response(t), issuerSigned(t, erika(t))
	change := func(b []byte, from, to string) []byte {
		t.Helper()
		out := bytes.Replace(b, []byte(from), []byte(to), 1)
		if bytes.Equal(out, b) {
			t.Fatalf("%q is not there", from)
		}
		return out
	}
	version, malformed := verifier.ReasonUnsupportedVersion, verifier.ReasonMalformed
	f(nil, malformed, "cbor")
	f(good[:len(good)-1], malformed, "cbor")
	f(append(bytes.Clone(good), 0), malformed, "after")
	f([]byte("o2d2ZXJzaW9uYzEuMGlkb2N1bWVudHM="), malformed, "base64url")
	f(change(good, "\x631.0", "\x632.0"), version, "1.0")
	f(change(good, "version", "versiom"), malformed, "base64url")
	f(change(good, "\x66status\x00", "\x66status\x0a"), malformed, "status")
	f(change(good, "\x66status\x00", "\x66status\x20"), malformed, "status")
	f(change(good, "documents", "documentz"), malformed, "no document")
	f(change(alone, "\x68digestID\x00", "\x68digestID\x01"), malformed, "twice")
	f(change(good, "issuerSigned", "issuerSignet"), malformed, "signed by the issuer")
	f(change(good, "issuerAuth", "issuerAuto"), malformed, "")
	f(change(good, "deviceSignature", "deviceSignaturf"), malformed, "device")
	f(change(good, "deviceAuth", "deviceAuto"), malformed, "device")
	f(change(alone, "nameSpaces\xa2", "nameSpacez\xa2"), malformed, "")
}

func TestMandatoryParts(t *testing.T) {
	good := issuerSigned(t, erika(t))
	f := func(from, to string) {
		t.Helper()
		bad := bytes.Replace(good, []byte(from), []byte(to), 1)
		if bytes.Equal(bad, good) {
			t.Fatalf("%q is not there", from)
		}
		if c, err := (Format{}).Decode(bad); err == nil {
			t.Fatalf("%q for %q is opened: %+v", to, from, c)
		}
	}
	f("digestAlgorithm\x67SHA-256", "digestAlgorithm\x67SHA-001")
	f("valueDigests", "valueDigestz")
	f("deviceKeyInfo", "deviceKeyInfp")
	f("docType", "docTypf")
	f("validityInfo", "validityInfp")
	f("validUntil", "validUntim")
	f("2026-03-01T", "2026-13-01T")
	f("elementValue", "elementValuf")
	f("elementIdentifier", "elementIdentifies")
	f("\x66random\x58\x20", "\x66random\x78\x20")
	f("\x18\x21\x59", "\x18\x22\x59")         // x5chain
	f("\x43\xa1\x01\x26", "\x43\xa1\x01\x28") // ES256
	f("\x67version\x631.0", "\x67version\x631.1")
}

// A type that the answer states otherwise than the issuer signed it is a fault of the content.
func TestTypeMismatch(t *testing.T) {
	bad := bytes.Replace(response(t), []byte("docType\x75"+licence), []byte("docType\x75org.iso.18013.5.1.mDX"), 1)
	c, err := Format{}.Decode(bad)
	if err != nil || c.SchemaFault == nil || c.Type != "driving_licence" {
		t.Fatalf("%+v, %v", c, err)
	}
}

// A status that cannot be asked for must not pass for none.
func TestUnknownStatus(t *testing.T) {
	bad := bytes.Replace(issuerSigned(t, erika(t)), []byte("status_list"), []byte("status_lisu"), 1)
	c, err := Format{}.Decode(bad)
	if err != nil || c.Status == nil || c.Status.URI != "" {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestSniff(t *testing.T) {
	f := func(payload string, want bool) {
		t.Helper()
		if got := (Format{}).Sniff([]byte(payload)); got != want {
			t.Fatalf("Sniff(%q) = %v, want %v", payload, got, want)
		}
	}
	f("\xa3\x67version\x631.0", true)
	f("\xb9\x00\x02\x6anameSpaces", true)
	f("\xbf\x6aissuerAuth", true)
	f("\xb8\x02\x69documents", true)
	f("o2d2ZXJzaW9uYzEuMGlkb2N1bWVudHOB", true)
	f(" omppc3N1ZXJBdXRohEOhASahGCFZ\n", true)
	f("", false)
	f("\xa3", false)
	f("\xb9\x00\x02", false)
	f("\xa3\x67versiox\x631.0", false)
	f("\xd2\x84", false)
	f("o2d2ZXJzaW9u", false)
	f("o2d2ZXJzaW9uYzEuMGlkb2N1bWVudHM=", false)
	f("o2d2ZXJzaW9uYzEuMGlkb2N1b+WVudHOB", false)
	f("eyJhbGciOiJFUzI1NiIsInR5cCI6", false)
	for _, p := range [][]byte{[]byte("o2d2ZXJzaW9uYzEuMGlkb2N1bWVudHOB"), []byte("\xa3\x67version\x631.0")} {
		if n := testing.AllocsPerRun(100, func() { (Format{}).Sniff(p) }); n != 0 {
			t.Fatalf("Sniff allocates %.0f times", n)
		}
	}
}

// No changed byte yields a document that is proven and says something else, nor a device's signature that
// verifies for it.
func TestFlipEveryByte(t *testing.T) {
	good := response(t)
	original, err := Format{}.Decode(good)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for mask := 1; mask < 256; mask <<= 1 {
			broken := bytes.Clone(good)
			broken[i] ^= byte(mask)
			c, err := Format{}.Decode(broken)
			if err != nil || c.Proof.Algorithm != verifier.ES256 || !proven(t, c) {
				continue
			}
			if c.SchemaFault == nil && !bytes.Equal(c.Claims, original.Claims) || !c.ExpiresAt.Equal(original.ExpiresAt) || c.Type != original.Type {
				t.Fatalf("byte %d with mask %x: proven, and says %s", i, mask, c.Claims)
			}
		}
	}
}

// The credential outlives the payload.
func TestSharesNoMemory(t *testing.T) {
	payload := response(t)
	c, err := Format{}.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	shown := func() []byte {
		h := c.HolderProof
		return bytes.Join([][]byte{c.Claims, []byte(c.Holder.Name), c.Proof.Signed, c.Proof.Signature, c.Proof.Chain[0], []byte(c.Status.URI),
			h.Proof.Signature, h.Session(nil, h, transcript)}, []byte{0})
	}
	before := shown()
	clear(payload)
	if !bytes.Equal(before, shown()) {
		t.Fatal("the credential changed with the payload")
	}
}

// What is opened as bytes is opened alike as text, and the other way round; claims are JSON, and whatever is
// under the signatures is CBOR.
func FuzzDecode(f *testing.F) {
	f.Add(response(f))
	f.Add(issuerSigned(f, erika(f)))
	f.Add(text(issuerSigned(f, erika(f))))
	f.Add([]byte{0xa2, 0x6a})
	var a verifier.Arena
	f.Fuzz(func(t *testing.T, payload []byte) {
		formatstest.Agree(t, Format{}, &a, payload)
		c, err := Format{}.Decode(payload)
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
		dated := !c.IssuedAt.IsZero() && !c.NotBefore.IsZero() && !c.ExpiresAt.IsZero()
		if !json.Valid(c.Claims) || c.Type == "" || !dated || len(c.Proof.Chain) == 0 {
			t.Fatalf("%+v lacks what every mdoc has", c)
		}
		if _, err := cbor.Parse(c.Proof.Signed); err != nil {
			t.Fatalf("bytes under the signature: %v", err)
		}
		if !c.Bound || c.OwnType == "" {
			t.Fatal("an mdoc that is anybody's, or of no type")
		}
		if h := c.HolderProof; h != nil && h.Session != nil {
			if _, err := cbor.Parse(h.Session(nil, h, transcript)); err != nil {
				t.Fatalf("bytes under the device's signature: %v", err)
			}
		}
		if !isMap(payload) {
			return
		}
		again, err := Format{}.Decode(text(payload))
		if err != nil || !bytes.Equal(again.Claims, c.Claims) || !bytes.Equal(again.Proof.Signed, c.Proof.Signed) {
			t.Fatalf("the same as text: %+v, %v", again, err)
		}
	})
}
