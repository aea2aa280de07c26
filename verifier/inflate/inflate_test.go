package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

type wrapping struct {
	name string
	pack func(io.Writer) io.WriteCloser
	open func(dst, src []byte, limit int) ([]byte, error)
}

var wrappings = []wrapping{
	{"zlib", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, Zlib},
	{"raw", func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 9); return f }, Raw},
	{"gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, Gzip},
}

func (w wrapping) packed(t testing.TB, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := w.pack(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTripAndLimit(t *testing.T) {
	for _, w := range wrappings {
		for _, plain := range []string{"", "a", strings.Repeat("quite compressible ", 500)} {
			in := w.packed(t, []byte(plain))
			got, err := w.open([]byte("x"), in, len(plain))
			if err != nil || string(got) != "x"+plain {
				t.Fatalf("%s of %d bytes: %d bytes, %v", w.name, len(plain), len(got), err)
			}
			if plain == "" {
				continue
			}
			got, err = w.open([]byte("x"), in, len(plain)-1)
			if !errors.Is(err, ErrTooLarge) || string(got) != "x" {
				t.Fatalf("%s beyond the limit: %q, %v", w.name, got, err)
			}
		}
	}
}

func TestEveryTruncationAndTrailerRefused(t *testing.T) {
	for _, w := range wrappings {
		in := w.packed(t, []byte("some plain text, some plain text"))
		for n := range in {
			if got, err := w.open(nil, in[:n], 1<<10); err == nil || got != nil {
				t.Fatalf("%s cut to %d of %d bytes: %q, %v", w.name, n, len(in), got, err)
			}
		}
		for _, trailer := range [][]byte{{0}, in} {
			if got, err := w.open(nil, append(bytes.Clone(in), trailer...), 1<<10); err == nil || got != nil {
				t.Fatalf("%s with %d bytes after it: %q, %v", w.name, len(trailer), got, err)
			}
		}
	}
}

func TestZlibRefused(t *testing.T) {
	good := wrappings[0].packed(t, []byte("plain"))
	f := func(at int, value byte, want error) {
		t.Helper()
		bad := bytes.Clone(good)
		bad[at] = value
		if _, err := Zlib(nil, bad, 1<<10); !errors.Is(err, want) {
			t.Fatalf("byte %d = %x: %v, want %v", at, value, err, want)
		}
	}
	f(0, 0x79, errHeader)
	f(0, 0x88, errHeader)
	f(1, 0x00, errHeader)
	f(1, 0xbb, errPreset)
	f(len(good)-1, good[len(good)-1]^1, errChecksum)
}

// A bomb costs the limit, not its size.
func TestBombMemory(t *testing.T) {
	const limit = 64 << 10
	bomb := wrappings[0].packed(t, make([]byte, 4<<20))
	dst := make([]byte, 0, limit+1)
	if _, err := Zlib(dst, bomb, limit); !errors.Is(err, ErrTooLarge) { // fills the pool
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Zlib(dst, bomb, limit); !errors.Is(err, ErrTooLarge) {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > limit {
		t.Fatalf("a bomb of %d bytes made us allocate %d", len(bomb), spent)
	}
}
