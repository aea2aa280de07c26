package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newKey(t testing.TB) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func student() issuing.Document {
	return issuing.Document{
		ID: []byte("0123456789abcdef"), Issuer: "https://u.example", Type: "student", Number: `S-"7"`,
		Fields: map[string]any{"faculty": "Физика", "year": 3, "age_over_18": true, "portrait": []byte{1, 2}},
		Name:   "Ержанқызы Айгерім", BirthDate: "2004-02-29",
		IssuedAt: issued, NotBefore: issued.Add(time.Hour), ExpiresAt: issued.AddDate(1, 0, 0),
		Status: &verifier.StatusRef{URI: "https://u.example/1", Index: 42},
	}
}

func mustIssue(t testing.TB, d issuing.Document) string {
	t.Helper()
	text, err := issuing.VR1(newKey(t), d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecode(t *testing.T) {
	c, err := Format{}.Decode([]byte(mustIssue(t, student()) + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Format != "document" || c.Kind != verifier.KindCredential || c.Type != "student" || c.Issuer != "https://u.example" {
		t.Errorf("credential = %+v", c)
	}
	if string(c.ID) != "0123456789abcdef" || c.HolderProof != nil || c.SchemaFault != nil {
		t.Errorf("id %q, holder's proof %v, schema %v", c.ID, c.HolderProof, c.SchemaFault)
	}
	if want := (verifier.Holder{Name: "Ержанқызы Айгерім", BirthDate: "2004-02-29", DocumentNumber: `S-"7"`}); c.Holder != want {
		t.Errorf("holder %+v, want %+v", c.Holder, want)
	}
	if !c.IssuedAt.Equal(issued) || !c.NotBefore.Equal(issued.Add(time.Hour)) || !c.ExpiresAt.Equal(issued.AddDate(1, 0, 0)) {
		t.Errorf("times %v %v %v", c.IssuedAt, c.NotBefore, c.ExpiresAt)
	}
	if c.Status == nil || *c.Status != (verifier.StatusRef{URI: "https://u.example/1", Index: 42}) {
		t.Errorf("status %v", c.Status)
	}
	want := `{"document":{"number":"S-\"7\"","age_over_18":true,"faculty":"Физика","portrait":{"$b64":"AQI="},"year":3},` +
		`"identity":{"full_name":"Ержанқызы Айгерім","birth_date":"2004-02-29"}}`
	if string(c.Claims) != want {
		t.Errorf("claims\n%s, want\n%s", c.Claims, want)
	}
	if !(proof.Checker{}).Check(&verifier.Key{Public: newKey(t).Public()}, &c.Proof) {
		t.Error("the signature does not verify")
	}
}

func TestHolderFromFields(t *testing.T) {
	f := func(d issuing.Document, want verifier.Holder) {
		t.Helper()
		d.ID, d.Issuer, d.Type, d.IssuedAt = []byte("x"), "x", "x", issued
		c, err := Format{}.Decode([]byte(mustIssue(t, d)))
		if err != nil {
			t.Fatal(err)
		}
		if c.Holder != want {
			t.Errorf("holder %+v, want %+v", c.Holder, want)
		}
	}
	f(issuing.Document{}, verifier.Holder{})
	f(issuing.Document{Fields: map[string]any{"name": "A", "birth_date": "20000131"}}, verifier.Holder{Name: "A", BirthDate: "2000-01-31"})
	f(issuing.Document{Name: "B", BirthDate: "20000131", Fields: map[string]any{"name": "A", "birth_date": "1990-01-01"}},
		verifier.Holder{Name: "B", BirthDate: "2000-01-31"})
}

func TestUncompressedWhenShorter(t *testing.T) {
	d := issuing.Document{ID: []byte("x"), Issuer: "x", Type: "x", IssuedAt: issued}
	text := mustIssue(t, d)
	raw, err := base45.AppendDecode(nil, []byte(text[len(prefix):]))
	if err != nil || raw[0] != tagged {
		t.Fatalf("first byte %x, %v", raw[0], err)
	}
	if _, err := (Format{}).Decode([]byte(text)); err != nil {
		t.Error(err)
	}
}

// reasonOf is the reason of a refusal, none when the payload was opened.
func reasonOf(err error) verifier.Reason {
	var r *verifier.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return verifier.ReasonNone
}

func TestRefusedEnvelopes(t *testing.T) {
	good := mustIssue(t, student())
	f := func(payload string, want verifier.Reason) {
		t.Helper()
		if _, err := (Format{}).Decode([]byte(payload)); reasonOf(err) != want {
			t.Errorf("%.60q: %v, want %s", payload, err, want)
		}
	}
	f("VR2:"+good[4:], verifier.ReasonMalformed)
	f("VR3:"+good[4:], verifier.ReasonUnsupportedVersion)
	f("vr1:"+good[4:], verifier.ReasonUnsupportedVersion)
	f("VR1:", verifier.ReasonMalformed)
	f("VR1:A", verifier.ReasonMalformed)
	f(good+"00", verifier.ReasonMalformed)
	f(strings.ToLower(good), verifier.ReasonUnsupportedVersion)
	f("VR1:"+strings.ToLower(good[4:]), verifier.ReasonMalformed)
	f(issuing.ArmourVR1(nil), verifier.ReasonMalformed)
	f(issuing.ArmourVR1([]byte{0x84, 0x40, 0xa0, 0x40, 0x40}), verifier.ReasonMalformed) // without its tag
	f(issuing.ArmourVR1(append([]byte{tagged}, make([]byte, maxInflated-1)...)), verifier.ReasonMalformed)
	f(issuing.ArmourVR1(append([]byte{tagged}, make([]byte, maxInflated)...)), verifier.ReasonTooLarge)

	claims, _ := student().Claims()
	k := *newKey(t)
	message, err := k.Sign1(issuing.Message{Payload: claims})
	if err != nil {
		t.Fatal(err)
	}
	f(issuing.ArmourVR1(message), verifier.ReasonNone)
	es256 := []byte{0x43, 0xa1, 0x01, 0x26}
	for alg, want := range map[byte]verifier.Reason{0x28: verifier.ReasonUnsupportedAlgorithm, 0x05: verifier.ReasonUnsupportedAlgorithm} {
		other := bytes.Replace(message, es256, []byte{0x43, 0xa1, 0x01, alg}, 1)
		f(issuing.ArmourVR1(other), want)
	}
	f(issuing.ArmourVR1(bytes.Replace(message, es256, []byte{0x40}, 1)), verifier.ReasonUnsupportedAlgorithm)
	for n := range len(good) {
		if _, err := (Format{}).Decode([]byte(good[:n])); err == nil {
			t.Errorf("the first %d characters are accepted", n)
		}
	}
}

// claimsMap builds a claims set from label and encoded value, starting from the required ones.
func claimsMap(change map[int64][]byte) []byte {
	claims := map[int64][]byte{
		1:             cbor.AppendText(nil, "x"),
		6:             cbor.AppendInt(nil, issued.Unix()),
		7:             cbor.AppendBytes(nil, []byte("id")),
		claimDocument: documentMap(cbor.AppendInt(nil, 0), cbor.AppendText(nil, "student")),
	}
	for label, value := range change {
		claims[label] = value
		if value == nil {
			delete(claims, label)
		}
	}
	out := cbor.AppendMapHead(nil, len(claims))
	for label, value := range claims {
		out = append(cbor.AppendInt(out, label), value...)
	}
	return out
}

// documentMap builds a map from encoded keys and values.
func documentMap(items ...[]byte) []byte {
	return append(cbor.AppendMapHead(nil, len(items)/2), bytes.Join(items, nil)...)
}

func TestRefusedContent(t *testing.T) {
	k := newKey(t)
	f := func(change map[int64][]byte, accepted bool) {
		t.Helper()
		message, err := k.Sign1(issuing.Message{Payload: claimsMap(change)})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Format{}.Decode([]byte(issuing.ArmourVR1(message)))
		if accepted != (err == nil) || (err != nil && reasonOf(err) != verifier.ReasonMalformed) {
			t.Errorf("%x: %v", change, err)
		}
		if c != nil && !json.Valid(c.Claims) {
			t.Errorf("%x: claims %s", change, c.Claims)
		}
	}
	word := func(s string) []byte { return cbor.AppendText(nil, s) }
	number := func(n int64) []byte { return cbor.AppendInt(nil, n) }
	kind := documentMap(number(0), word("age"))
	f(nil, true)
	f(map[int64][]byte{1: nil}, false)
	f(map[int64][]byte{6: nil}, false)
	f(map[int64][]byte{7: nil}, false)
	f(map[int64][]byte{7: cbor.AppendBytes(nil, make([]byte, maxID+1))}, false)
	f(map[int64][]byte{7: word("id")}, false)
	f(map[int64][]byte{4: word("tomorrow")}, false)
	f(map[int64][]byte{65535: kind}, false)
	f(map[int64][]byte{99: word("a claim of somebody else")}, true)

	f(map[int64][]byte{claimDocument: nil}, false)
	f(map[int64][]byte{claimDocument: word("student")}, false)
	f(map[int64][]byte{claimDocument: documentMap()}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("Student"))}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word(strings.Repeat("x", maxType+1)))}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), number(1))}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("x"), number(1), number(7))}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("x"), number(3), word("only on Mondays"))}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("x"), word("0"), word("y"))}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("x"), number(2), word("y"))}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("x"), number(2), documentMap(number(5), word("y")))}, false)
	clash := documentMap(word("number"), word("2"))
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("x"), number(1), word("1"), number(2), clash)}, false)
	f(map[int64][]byte{claimDocument: documentMap(number(0), word("x"), number(2), clash)}, true)

	f(map[int64][]byte{169: kind}, true)
	f(map[int64][]byte{169: documentMap(number(4), word("N"), number(99), documentMap(word("k"), number(1)))}, true)
	f(map[int64][]byte{169: word("N")}, false)
	f(map[int64][]byte{169: documentMap(word("name"), word("N"))}, false)
	f(map[int64][]byte{169: documentMap(number(4), number(1))}, false)
	f(map[int64][]byte{169: documentMap(number(8), word("2004-02-30"))}, false)
	f(map[int64][]byte{169: documentMap(number(8), number(20040229))}, false)
}

func TestSniff(t *testing.T) {
	f := func(payload string, want bool) {
		t.Helper()
		if got := (Format{}).Sniff([]byte(payload)); got != want {
			t.Errorf("Sniff(%q) = %v", payload, got)
		}
	}
	f("VR1:X", true)
	f("VR2:X", true)
	f("\n VR1:X", true)
	f("VR1", false)
	f("VRX:X", false)
	f("vr1:X", false)
	f("HC1:X", false)
	f("", false)
}

// No change of a single byte yields another credential that is proven: it is refused, or its signature
// fails, or it says the same.
func TestFlipEveryByte(t *testing.T) {
	good := []byte(mustIssue(t, student()))
	original, err := Format{}.Decode(good)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for _, mask := range []byte{1, 2, 16, 128} {
			broken := bytes.Clone(good)
			broken[i] ^= mask
			c, err := Format{}.Decode(broken)
			checkMutation(t, c, err, original)
		}
	}
	// The same below Base45 and zlib, where every byte is of the message.
	claims, err := student().Claims()
	if err != nil {
		t.Fatal(err)
	}
	message, err := newKey(t).Sign1(issuing.Message{KeyID: []byte("kid"), Payload: claims})
	if err != nil {
		t.Fatal(err)
	}
	for i := range message {
		for mask := 1; mask < 256; mask <<= 1 {
			broken := bytes.Clone(message)
			broken[i] ^= byte(mask)
			c, err := decodeMessage(new(verifier.Arena), broken)
			checkMutation(t, c, err, original)
		}
	}
}

func checkMutation(t *testing.T, c *verifier.Credential, err error, original *verifier.Credential) {
	t.Helper()
	if err != nil {
		return
	}
	key := &verifier.Key{Public: newKey(t).Public()}
	proven := (proof.Checker{}).Check(key, &c.Proof)
	if proven && (!bytes.Equal(c.Claims, original.Claims) || !bytes.Equal(c.ID, original.ID) || c.Issuer != original.Issuer ||
		!c.ExpiresAt.Equal(original.ExpiresAt)) {
		t.Fatalf("it is proven and says something else: %s", c.Claims)
	}
}

func TestKeepsNothingOfThePayload(t *testing.T) {
	payload := []byte(mustIssue(t, student()))
	c, err := Format{}.Decode(payload)
	if err != nil {
		t.Fatal(err)
	}
	before := sha256.Sum256(bytes.Join([][]byte{c.Claims, c.ID, c.Proof.KeyID, c.Proof.Signed, c.Proof.Signature}, nil))
	clear(payload)
	d := student()
	d.Name, d.ID = "Somebody else entirely", []byte("fedcba9876543210")
	if _, err := (Format{}).Decode([]byte(mustIssue(t, d))); err != nil { // reuses the scratch memory
		t.Fatal(err)
	}
	after := sha256.Sum256(bytes.Join([][]byte{c.Claims, c.ID, c.Proof.KeyID, c.Proof.Signed, c.Proof.Signature}, nil))
	if before != after {
		t.Error("the credential changed with the payload")
	}
}

// Whatever the bytes: exactly one of credential and refusal, claims that are JSON, and nothing that the
// issuing side would not have had to sign.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(mustIssue(f, student())))
	f.Add([]byte(mustIssue(f, issuing.Document{ID: []byte("x"), Issuer: "x", Type: "x", IssuedAt: issued})))
	f.Add([]byte("VR2:ABC"))
	f.Add([]byte(mustPresent(f, issuing.Binding{IssuedAt: issued, Nonce: "n"})))
	f.Fuzz(func(t *testing.T, payload []byte) {
		c, err := Format{}.Decode(payload)
		if (c == nil) == (err == nil) {
			t.Fatalf("Decode = %v, %v: want exactly one", c, err)
		}
		if err != nil {
			if reasonOf(err) == verifier.ReasonNone {
				t.Fatalf("a refusal without reason: %v", err)
			}
			return
		}
		checkLaws(t, c)
	})
}

// FuzzMessage starts below Base45, where changes reach the content.
func FuzzMessage(f *testing.F) {
	for _, d := range []issuing.Document{student(), {ID: []byte("x"), Issuer: "x", Type: "x", IssuedAt: issued}} {
		claims, err := d.Claims()
		if err != nil {
			f.Fatal(err)
		}
		message, err := newKey(f).Sign1(issuing.Message{Payload: claims})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		if c, err := decodeMessage(new(verifier.Arena), message); err == nil {
			checkLaws(t, c)
		}
	})
}

func checkLaws(t *testing.T, c *verifier.Credential) {
	t.Helper()
	if !json.Valid(c.Claims) {
		t.Fatalf("claims %s", c.Claims)
	}
	if c.Issuer == "" || c.Type == "" || len(c.ID) == 0 || len(c.ID) > maxID || c.IssuedAt.IsZero() {
		t.Fatalf("credential %+v lacks what every document has", c)
	}
	if b := c.Holder.BirthDate; b != "" {
		if _, err := time.Parse(time.DateOnly, b); err != nil {
			t.Fatalf("birth date %q", b)
		}
	}
}
