package cms

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"testing"
)

func TestOpen(t *testing.T) {
	k := key(t, 1)
	der := message(t, k, "content")
	d, err := Open(der)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Attached || string(d.Content) != "content" || len(d.Signers) != 1 || len(d.Certificates) != 1 ||
		!bytes.Equal(d.Signers[0].SignedAttributes, m.Signed) || !d.ContentType.Equal(oidData) {
		t.Errorf("%+v", d)
	}
	if _, err := Open(opened(t, der)); err == nil {
		t.Error("open lengths are read")
	}
	if _, err := Open(append(bytes.Clone(der), 0)); err == nil {
		t.Error("a byte more is read")
	}
	for i := range der {
		if _, err := Open(der[:i]); err == nil {
			t.Errorf("cut at %d", i)
		}
	}
}

func TestDecode(t *testing.T) {
	der := message(t, key(t, 1), "content")
	text := base64.StdEncoding.EncodeToString(der)
	f := func(name, form string, limit int, want bool) {
		t.Helper()
		got, err := Decode([]byte(form), limit)
		if (err == nil) != want || want && !bytes.Equal(got, der) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f("DER", string(der), len(der), true)
	f("too long", string(der), len(der)-1, false)
	f("base64", "\ufeff"+text[:40]+"\r\n"+text[40:], len(der), true)
	f("base64 too long", text, len(der)-1, false)
	f("PEM", string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der})), len(der), true)
	f("PEM with headers", string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der, Headers: map[string]string{"a": "b"}})), len(der), false)
	f("text", "no signature", len(der), false)
	f("nothing", "", len(der), false)
}

// What opens is small for its bytes, and is the same in base64.
func FuzzOpen(f *testing.F) {
	der := message(f, key(f, 1), `{"country":"AT"}`)
	f.Add(der)
	f.Add(bytes.Replace(der, []byte("\x02\x01\x01"), []byte("\x02\x01\x03"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 16
		plain, err := Decode(data, limit)
		if err != nil {
			return
		}
		again, err := Decode([]byte(base64.StdEncoding.EncodeToString(plain)), limit)
		if err != nil || !bytes.Equal(again, plain) {
			t.Fatalf("as base64: %v", err)
		}
		d, err := Open(plain)
		if err != nil {
			return
		}
		if len(d.Certificates) > maxCertificates || len(d.Signers) > maxSigners || !d.Attached && d.Content != nil {
			t.Fatalf("%+v", d)
		}
		for _, s := range d.Signers {
			if (s.SignedAttributes == nil) != (s.Attributes == nil) || (s.KeyID == nil) == (s.Serial == nil) {
				t.Fatalf("%+v", s)
			}
		}
	})
}
