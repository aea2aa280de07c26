package cms

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

var from = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func key(t testing.TB, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{seed}))
	if err == nil {
		k, err = k.Certified(issuing.CertificateOptions{Country: "UT", NotBefore: from, NotAfter: from.AddDate(1, 0, 0)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func message(t testing.TB, k *issuing.Key, content string) []byte {
	t.Helper()
	der, err := issuing.SignedMessage(k, []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func proven(k *issuing.Key, m Message) bool {
	return proof.Checker{}.Check(&verifier.Key{Public: k.Public()}, &verifier.Proof{
		Algorithm: verifier.AlgorithmByName(m.Algorithm), Signed: m.Signed, Signature: m.Signature,
	})
}

// opened writes every constructed element with an open length, and every string in pieces of a few bytes.
func opened(t testing.TB, der []byte) []byte {
	t.Helper()
	var out []byte
	for len(der) > 0 {
		h, body, err := readHead(der)
		if err != nil {
			t.Fatal(err)
		}
		content := body[:h.length]
		der = body[h.length:]
		switch {
		case h.id == 0xa0 && bytes.HasPrefix(content, []byte{0x30, 0x18, 0x06, 0x09}): // signed attributes stay as they are
			out = append(appendHead(out, h.id, h.length), content...)
		case h.id == octetString && h.length > 8:
			out = append(out, octetStringParts, 0x80)
			for len(content) > 0 {
				n := min(7, len(content))
				out = append(appendHead(out, octetString, n), content[:n]...)
				content = content[n:]
			}
			out = append(out, 0, 0)
		case h.id&constructed != 0:
			out = append(append(append(out, h.id, 0x80), opened(t, content)...), 0, 0)
		default:
			out = append(appendHead(out, h.id, h.length), content...)
		}
	}
	return out
}

func TestParse(t *testing.T) {
	k := key(t, 1)
	der := message(t, k, `{"country":"AT"}`)
	text := base64.StdEncoding.EncodeToString(der)
	for name, data := range map[string][]byte{
		"bytes": der, "text": []byte(text), "lines": []byte(text[:64] + "\n" + text[64:] + "\r\n"), "open lengths": opened(t, der),
		"open lengths as text": []byte(base64.StdEncoding.EncodeToString(opened(t, der))),
	} {
		if !Is(data) {
			t.Errorf("%s: not recognised", name)
		}
		m, err := Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if string(m.Content) != `{"country":"AT"}` || m.Algorithm != "ES256" || !proven(k, m) || proven(key(t, 2), m) {
			t.Errorf("%s: %s by %s", name, m.Content, m.Algorithm)
		}
		if len(m.Chain) != 1 || !bytes.Equal(m.Chain[0], k.Certificate) {
			t.Errorf("%s: %d certificates", name, len(m.Chain))
		}
	}
	rs, err := issuing.NewKey(verifier.RS256, rand.NewChaCha8([32]byte{1}))
	if err == nil {
		rs, err = rs.Certified(issuing.CertificateOptions{Country: "UT", NotBefore: from, NotAfter: from.AddDate(1, 0, 0)})
	}
	if err != nil {
		t.Fatal(err)
	}
	if m, err := Parse(message(t, rs, "x")); err != nil || m.Algorithm != "RS256" || !proven(rs, m) {
		t.Errorf("RSA: %v", err)
	}
}

func TestIs(t *testing.T) {
	der := message(t, key(t, 1), "x")
	for _, other := range [][]byte{nil, {0x30}, der[:7], key(t, 1).Certificate, []byte("MIIabc"), []byte("ticket-1"), []byte(strings.Repeat("M", 40))} {
		if Is(other) {
			t.Errorf("%.20x is taken for a message", other)
		}
	}
}

func TestFaults(t *testing.T) {
	der := message(t, key(t, 1), "content of the message")
	f := func(name string, data []byte) {
		t.Helper()
		if m, err := Parse(data); err == nil {
			t.Errorf("%s: %s", name, m.Content)
		}
	}
	change := func(from, to string) []byte {
		t.Helper()
		out := bytes.Replace(der, []byte(from), []byte(to), 1)
		if bytes.Equal(out, der) {
			t.Fatalf("%q is not there", from)
		}
		return out
	}
	f("nothing", nil)
	f("cut off", der[:len(der)-1])
	f("a byte more", append(bytes.Clone(der), 0))
	f("other content", change("content of", "contend of"))
	f("no digest", change("\x01\x09\x04", "\x01\x09\x05"))
	f("digest twice", change("\x01\x09\x03", "\x01\x09\x04"))
	f("another type of content", change("\x01\x07\x01\x30", "\x01\x07\x03\x30"))
	f("another hash", bytes.ReplaceAll(der, []byte("\x65\x03\x04\x02\x01"), []byte("\x65\x03\x04\x02\x04")))
	f("no plain data", change("\x01\x07\x01\xa0", "\x01\x07\x03\xa0"))
	deep := append(bytes.Clone(der[:4]), signedHead...)
	for range maxDepth + 1 {
		deep = append(deep, 0x30, 0x80)
	}
	f("nested", deep)
	for _, bad := range []string{"\x30\x80\x04\x80", "\x30\x85\x00", "\x3f\x01\x00", "\x30\x80\x24\x03\x02\x01\x00\x00\x00", "\x30\x02\x04\x05"} {
		if _, _, err := toDER(nil, []byte(bad), 0); err == nil {
			t.Errorf("%x is read", bad)
		}
	}
}

func TestEveryFlippedByte(t *testing.T) {
	k := key(t, 1)
	for _, good := range [][]byte{message(t, k, "content"), opened(t, message(t, k, "content"))} {
		for i := range good {
			for mask := 1; mask < 256; mask <<= 1 {
				changed := bytes.Clone(good)
				changed[i] ^= byte(mask)
				if m, err := Parse(changed); err == nil && string(m.Content) != "content" && proven(k, m) {
					t.Fatalf("byte %d with mask %x: proven, and says %q", i, mask, m.Content)
				}
			}
		}
	}
}

// What is read is read alike from its distinguished encoding, in bounded memory.
func FuzzParse(f *testing.F) {
	der := message(f, key(f, 1), `{"country":"AT"}`)
	f.Add(der)
	f.Add(opened(f, der))
	f.Add([]byte(base64.StdEncoding.EncodeToString(der)))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		if m.Algorithm == "" || len(m.Signed) == 0 && len(m.Content) > 0 {
			t.Fatalf("%+v", m)
		}
		if !isMessage(data) {
			return
		}
		canonical, rest, err := toDER(nil, data, 0)
		if err != nil || len(rest) > 0 || len(canonical) > 2*len(data)+16 {
			t.Fatalf("%v, %d bytes of %d", err, len(canonical), len(data))
		}
		again, err := Parse(canonical)
		if err != nil || !bytes.Equal(again.Content, m.Content) || !bytes.Equal(again.Signed, m.Signed) || !bytes.Equal(again.Signature, m.Signature) {
			t.Fatalf("its distinguished encoding: %v", err)
		}
	})
}
