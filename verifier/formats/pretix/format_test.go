package pretix

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
)

// counting is a source of randomness that is the same on every run.
type counting struct{}

func (counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

func organiser(t testing.TB) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.EdDSA, counting{})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var begin = time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)

func genuine(t testing.TB) string {
	t.Helper()
	text, err := issuing.Pretix(organiser(t), issuing.PretixTicket{
		Seed: "kq3vWz0aP", Item: 42, Variation: 7, Subevent: 14, ValidFrom: begin, ValidUntil: begin.Add(6 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// armour wraps signed content as it is, with a signature of zeros.
func armour(t testing.TB, content string) string {
	t.Helper()
	text, err := issuing.ArmourPretix([]byte(content), make([]byte, 64))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecode(t *testing.T) {
	text := genuine(t)
	if !(Format{}).Sniff([]byte(text + "\r\n")) {
		t.Fatal("not recognised")
	}
	c, err := Format{}.Decode([]byte(text + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Format != "pretix" || c.Type != "ticket" || string(c.ID) != text || c.Proof.Algorithm != verifier.EdDSA ||
		!c.NotBefore.Equal(begin) || !c.ExpiresAt.Equal(begin.Add(6*time.Hour)) || len(c.Proof.KeyID) != 0 {
		t.Fatalf("%+v", c)
	}
	want := `{"seed":"kq3vWz0aP","item":42,"variation":7,"subevent":14,"validFromUnixTime":1772388000,"validUntilUnixTime":1772409600}`
	if string(c.Claims) != want || !json.Valid(c.Claims) {
		t.Fatalf("claims %s", c.Claims)
	}
}

// Ends of text of which each length has another padding.
func TestEveryPadding(t *testing.T) {
	for n := 1; n < 300; n++ {
		text := armour(t, "\n"+string(uvarint(n))+strings.Repeat("s", n)+"\x10\x01")
		c, err := Format{}.Decode([]byte(text))
		if err != nil || !(Format{}).Sniff([]byte(text)) || !c.ExpiresAt.IsZero() || !c.NotBefore.IsZero() {
			t.Fatalf("%d: %v", n, err)
		}
	}
}

func uvarint(n int) []byte {
	if n < 128 {
		return []byte{byte(n)}
	}
	return []byte{byte(n) | 128, byte(n >> 7)}
}

func TestRefusals(t *testing.T) {
	f := func(text string, reason verifier.Reason, cause string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(text))
		var r *verifier.Refusal
		if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
			t.Fatalf("Decode(%.40s) = %v, %v, want %v with %q", text, c, err, reason, cause)
		}
	}
	const malformed = verifier.ReasonMalformed
	const ok = "\n\x01s\x10\x01"
	if _, err := (Format{}).Decode([]byte(armour(t, ok))); err != nil {
		t.Fatal(err)
	}
	f("", malformed, "lengths")
	f("foo", malformed, "base64")
	f(strings.Repeat("A", 1025), verifier.ReasonTooLarge, "1024")
	text := genuine(t)
	f(text[1:], malformed, "base64")
	f(text[4:], malformed, "lengths")
	f("AAAA"+strings.TrimLeft(text, "="), malformed, "")
	f(text[:20]+"\n"+text[20:], malformed, "base64")
	f(armour(t, ok)+"=", malformed, "base64")
	f(armour(t, ""), malformed, "no seed")
	f(armour(t, "\n\x01s"), malformed, "no seed")
	f(armour(t, "\x10\x01"), malformed, "no seed")
	f(armour(t, ok+"\x10\x02"), malformed, "twice")
	f(armour(t, ok+"\n\x01t"), malformed, "twice")
	f(armour(t, ok+"\x1a\x01t"), malformed, "wrong type")
	f(armour(t, "\x08\x01"+ok), malformed, "wrong type")
	f(armour(t, ok+"\x18"), malformed, "protocol buffer")
	f(armour(t, ok+"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), malformed, "protocol buffer")
	f(armour(t, ok+"\x3a\x7fshort"), malformed, "protocol buffer")
	f(armour(t, ok+"\x00\x01"), malformed, "protocol buffer")
	f(armour(t, ok+"\x3b"), malformed, "protocol buffer") // a group
	f(armour(t, ok+"\x39abc"), malformed, "protocol buffer")
	f(armour(t, "\n\x01\xff\x10\x01"), malformed, "UTF-8")
	f(armour(t, ok+"\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), malformed, "out of range")
	f(armour(t, ok+"\x30\xff\xff\xff\xff\xff\xff\xff\x7f"), malformed, "out of range")
	if _, err := (Format{}).Decode([]byte(armour(t, ok+"\x3a\x01x\x45abcd\x49abcdefgh\x50\x01"))); err != nil {
		t.Fatalf("unknown fields: %v", err)
	}
}

func TestSniffIsNarrow(t *testing.T) {
	for _, text := range []string{"", "foo", "QA", "hello world AQA", strings.Repeat("0", 2000), "VR1:AAAAAAAAAQA",
		"https://a/KAEAPAQA", strings.ToLower(genuine(t))} {
		if (Format{}).Sniff([]byte(text)) {
			t.Errorf("%.40q is claimed", text)
		}
	}
}

// Whatever is accepted has exactly one spelling, because revocation goes by it.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(genuine(f)))
	f.Add([]byte(armour(f, "\n\x01s\x10\x01")))
	f.Add([]byte(armour(f, "\n\x01s\x10\x01\x3a\x01x\x45abcd\x49abcdefgh")))
	f.Add([]byte("foo"))
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
		again, err := issuing.ArmourPretix(c.Proof.Signed, c.Proof.Signature)
		if err != nil || again != string(bytes.Trim(payload, " \t\r\n")) || again != string(c.ID) {
			t.Fatalf("another spelling: %q, %v", again, err)
		}
		if !json.Valid(c.Claims) {
			t.Fatalf("claims %s", c.Claims)
		}
	})
}
