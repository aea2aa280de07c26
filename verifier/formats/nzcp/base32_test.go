package nzcp

import (
	"bytes"
	"encoding/base32"
	"testing"
)

// encoding is how the library writes what appendBase32 reads.
var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// FuzzBase32: what is taken is what the standard library takes, and has no other spelling.
func FuzzBase32(f *testing.F) {
	for _, seed := range []string{"", "MY", "MZXW6YTBOI", "MZ", "M", "MZXW6===", "mzxw6", "MZXW6\nYQ", "MZXW6YQ1"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := appendBase32(nil, text)
		want, libraryErr := encoding.AppendDecode(nil, text)
		good := libraryErr == nil && bytes.Equal(encoding.AppendEncode(nil, want), text)
		if good != (err == nil) || good && !bytes.Equal(got, want) {
			t.Fatalf("%q: %x, %v; the library %x, %v", text, got, err, want, libraryErr)
		}
	})
}
