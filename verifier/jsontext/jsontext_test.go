package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendString(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(AppendString(nil, in)); got != want {
			t.Errorf("AppendString(%q) = %s, want %s", in, got, want)
		}
		if got := string(AppendString(nil, []byte(in))); got != want {
			t.Errorf("AppendString of bytes %q = %s, want %s", in, got, want)
		}
	}
	f("", `""`)
	f("Проходите", `"Проходите"`)
	f(`a"b\c`, `"a\"b\\c"`)
	f("\x00\n\r\t\x1f", `"\u0000\n\r\t\u001f"`)
	f("\u2028 \u2029", `"\u2028 \u2029"`)
	f("a\xffb", `"a\ufffdb"`)
	f("\xf0\x9f\x98", `"\ufffd\ufffd\ufffd"`)
	f("😀", `"😀"`)
	// A byte that is escaped, in each place among plain ones.
	for n := range 20 {
		for b := range 256 {
			in := strings.Repeat(" ", n) + string([]byte{byte(b)}) + strings.Repeat("~", 19-n)
			if got, want := plainLen(in), n; got != want && !plain[b] || got != 20 && plain[b] {
				t.Errorf("%q: %d plain bytes, want %d", in, got, want)
			}
		}
	}
}

// The law: whatever goes in, standard JSON reads it back, with broken UTF-8 replaced.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "abc", "\x80", "\u2028", "Ә\"\\", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := AppendString([]byte("x"), s)
		var back string
		if err := json.Unmarshal(out[1:], &back); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Fatalf("read back %q, want %q", back, want)
		}
	})
}

func BenchmarkAppendString(b *testing.B) {
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf = AppendString(buf[:0], "Musterfrau-Gößinger Gabriele")
	}
}
