package base45

import (
	"bytes"
	"strings"
	"testing"
)

// The examples of RFC 9285 §4.3 and §4.4, and its borders.
func TestExamples(t *testing.T) {
	f := func(plain, text string) {
		t.Helper()
		if got := string(Append(nil, []byte(plain))); got != text {
			t.Fatalf("Append(%q) = %q, want %q", plain, got, text)
		}
		got, err := AppendDecode(nil, []byte(text))
		if err != nil || string(got) != plain {
			t.Fatalf("AppendDecode(%q) = %q, %v, want %q", text, got, err, plain)
		}
		if len(text) != EncodedLen(len(plain)) || len(plain) != DecodedLen(len(text)) {
			t.Fatalf("lengths of %q and %q", plain, text)
		}
	}
	f("", "")
	f("AB", "BB8")
	f("Hello!!", "%69 VD92EX0")
	f("base-45", "UJCLQE7W581")
	f("ietf!", "QED8WEX0")
	f("\xff\xff", "FGW")
	f("\xff", "U5")
	f("\x00", "00")
	f("\x00\x00", "000")
}

func TestRefused(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		dst := []byte("kept")
		got, err := AppendDecode(dst, []byte(in))
		if err == nil || !strings.Contains(err.Error(), want) || string(got) != "kept" {
			t.Fatalf("AppendDecode(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	f("0", "left over")
	f("0000", "left over")
	f("GGW", "too large at offset 0") // 65536
	f("000:::", "too large at offset 3")
	f("V5", "too large at offset 0") // 256
	f("::", "too large at offset 0")
	f("aB8", "alphabet at offset 0")
	f("BB8Bb", "alphabet at offset 4")
	f("BB8B\x00", "alphabet at offset 4")
	f("00\xc3", "alphabet at offset 2")
	f("00\n", "alphabet at offset 2")
}

func FuzzAppendDecode(f *testing.F) {
	f.Add([]byte("QED8WEX0"))
	f.Add([]byte("%69 VD92EX0"))
	f.Add([]byte("GGW"))
	f.Fuzz(func(t *testing.T, text []byte) {
		plain, err := AppendDecode(nil, text)
		if err == nil && !bytes.Equal(Append(nil, plain), text) {
			t.Fatalf("%q decodes to %x, which encodes to %q", text, plain, Append(nil, plain))
		}
		back, err := AppendDecode(nil, Append(nil, text))
		if err != nil || !bytes.Equal(back, text) {
			t.Fatalf("decode∘encode of %x = %x, %v", text, back, err)
		}
	})
}
