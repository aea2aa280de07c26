package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
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

// Bits that mean nothing are refused where the library takes them: behind the last block, before the length of a
// stored block, in the flags of gzip.
func TestSpareBitsRefused(t *testing.T) {
	f := func(w wrapping, src []byte, at, bit int, want error) {
		t.Helper()
		if got, err := w.open(nil, src, 1<<10); err != nil {
			t.Fatalf("%s: %q, %v", w.name, got, err)
		}
		src[at] |= 1 << bit
		if _, err := w.library(src); err != nil {
			t.Fatalf("%s: the library refuses it: %v", w.name, err)
		}
		if got, err := w.open(nil, src, 1<<10); !errors.Is(err, want) || got != nil {
			t.Fatalf("%s with bit %d of byte %d: %q, %v", w.name, bit, at, got, err)
		}
	}
	zlibbed, raw, gzipped := wrappings[0], wrappings[1], wrappings[2]
	for bit := 2; bit < 8; bit++ {
		f(raw, []byte{0x03, 0x00}, 1, bit, errSpare)
		f(zlibbed, []byte{0x78, 0x9c, 0x03, 0x00, 0, 0, 0, 1}, 3, bit, errSpare)
	}
	for bit := 3; bit < 8; bit++ {
		f(raw, []byte{0x01, 1, 0, 0xfe, 0xff, 'x'}, 0, bit, errSpare)
		f(raw, []byte{0x00, 1, 0, 0xfe, 0xff, 'x', 0x03, 0x00}, 0, bit, errSpare)
	}
	for bit := 5; bit < 8; bit++ {
		f(gzipped, gzipped.packed(t, []byte("plain")), 3, bit, errGzip)
	}
}

func TestGzipHeader(t *testing.T) {
	const flags = 3
	plain := wrappings[2].packed(t, []byte("plain"))
	with := func(flag byte, fields string) []byte {
		b := append(bytes.Clone(plain[:gzipHeader]), fields...)
		b[flags] |= flag
		return b
	}
	f := func(header []byte, ok bool) {
		t.Helper()
		src := append(header, plain[gzipHeader:]...)
		_, libraryErr := wrappings[2].library(src)
		if got, err := Gzip(nil, src, 1<<10); (err == nil) != ok || (libraryErr == nil) != ok || (ok && string(got) != "plain") {
			t.Fatalf("%x: %q, %v, the library %v", header, got, err, libraryErr)
		}
	}
	f(with(0, ""), true)
	f(with(flagText, ""), true)
	f(with(flagName, "name\x00"), true)
	f(with(flagComment, "\x00"), true)
	f(with(flagExtra, "\x03\x00abc"), true)
	f(with(flagExtra|flagName|flagComment, "\x00\x00a\x00b\x00"), true)
	f(with(flagName, strings.Repeat("n", maxGzipText-1)+"\x00"), true)
	f(with(flagName, strings.Repeat("n", maxGzipText)+"\x00"), false)
	f(with(flagExtra, "\xff\xffabc"), false)
	sum := binary.LittleEndian.AppendUint16(nil, uint16(crc32.ChecksumIEEE(with(flagCRC|flagName, "n\x00"))))
	f(with(flagCRC|flagName, "n\x00"+string(sum)), true)
	f(with(flagCRC|flagName, "m\x00"+string(sum)), false)
	for n := range gzipHeader {
		if _, err := Gzip(nil, plain[:n], 1<<10); err == nil {
			t.Fatalf("cut to %d bytes", n)
		}
	}
}
