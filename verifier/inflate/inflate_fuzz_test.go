package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// library opens what one of ours opens with the standard library: exactly one stream, with nothing behind it.
func (w wrapping) library(src []byte) ([]byte, error) {
	in := bytes.NewReader(src)
	var r io.Reader
	var err error
	switch w.name {
	case "zlib":
		r, err = zlib.NewReader(in)
	case "gzip":
		var z *gzip.Reader
		if z, err = gzip.NewReader(in); err == nil {
			z.Multistream(false)
			r = z
		}
	default:
		r = flate.NewReader(in)
	}
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	if err == nil && in.Len() > 0 {
		err = errTrailing
	}
	return plain, err
}

// agree holds ours against the library: what we accept, it accepts with the same content. What it accepts and we
// refuse is refused for bits that mean nothing, or is too long.
func (w wrapping) agree(t *testing.T, src []byte, limit int) {
	t.Helper()
	dst := append(make([]byte, 0, 64), "kept"...)
	got, err := w.open(dst, src, limit)
	want, libraryErr := w.library(src)
	switch {
	case err != nil && string(got) != "kept":
		t.Fatalf("%s: %q left behind with %v", w.name, got, err)
	case err == nil && libraryErr != nil:
		t.Fatalf("%s: accepted %x, which the library refuses: %v", w.name, src, libraryErr)
	case err == nil && !bytes.Equal(got[4:], want):
		t.Fatalf("%s of %x = %x, the library has %x", w.name, src, got[4:], want)
	case err == nil && (string(got[:4]) != "kept" || len(got)-4 > limit):
		t.Fatalf("%s: %d bytes with limit %d", w.name, len(got)-4, limit)
	case errors.Is(err, ErrTooLarge) && libraryErr == nil && len(want) <= limit:
		t.Fatalf("%s: %d bytes are too large for %d", w.name, len(want), limit)
	case err != nil && libraryErr == nil && !errors.Is(err, ErrTooLarge) && !errors.Is(err, errSpare) && !errors.Is(err, errGzip):
		t.Fatalf("%s: %v, but the library accepts %x", w.name, err, src)
	}
}

// wrap puts a bare stream into each wrapping, with the checksum of what the library makes of it.
func wrap(name string, deflated []byte) []byte {
	plain, _ := io.ReadAll(flate.NewReader(bytes.NewReader(deflated)))
	switch name {
	case "zlib":
		return binary.BigEndian.AppendUint32(append([]byte{0x78, 0x9c}, deflated...), adler32.Checksum(plain))
	case "gzip":
		out := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, deflated...)
		out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(plain))
		return binary.LittleEndian.AppendUint32(out, uint32(len(plain)))
	}
	return deflated
}

// FuzzAgree changes bare streams, which are what can be wrong in many ways, and opens them in every wrapping.
func FuzzAgree(f *testing.F) {
	for _, s := range samples() {
		for _, level := range []int{flate.NoCompression, flate.BestSpeed, flate.BestCompression, flate.HuffmanOnly} {
			f.Add(deflated(f, s, level), uint16(4096))
		}
	}
	f.Add([]byte{0x03, 0x00}, uint16(0))
	f.Add([]byte{0x01, 0x00, 0x00, 0xff, 0xff}, uint16(0))
	f.Fuzz(func(t *testing.T, b []byte, limit uint16) {
		for _, w := range wrappings {
			w.agree(t, wrap(w.name, b), int(limit))
		}
	})
}

// FuzzWrapped changes the wrappings too.
func FuzzWrapped(f *testing.F) {
	for _, w := range wrappings {
		for _, s := range samples() {
			f.Add(w.packed(f, s))
		}
	}
	f.Add([]byte{0x78, 0x9c})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, w := range wrappings {
			w.agree(t, b, 4<<10)
			packed := w.packed(t, b)
			if back, err := w.open(nil, packed, len(b)); err != nil || !bytes.Equal(back, b) {
				t.Fatalf("inflate∘deflate of %x = %x, %v", b, back, err)
			}
		}
	})
}

// samples differ in how they compress: not at all, well, in long runs, with every symbol.
func samples() [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise, letters, all := make([]byte, 300), make([]byte, 700), make([]byte, 0, 5000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for i := range letters {
		letters[i] = "aaaaaaaaaaaaabbbbbbcccde"[r.IntN(24)]
	}
	for i := range 5000 { // codewords of very different lengths, some longer than a first level
		all = append(all, byte(r.IntN(1+i/20)))
	}
	return [][]byte{nil, {'a'}, noise, letters, all, []byte(strings.Repeat("ab", 900)), make([]byte, 3000), bytes.Repeat(noise, 9)}
}

func deflated(t testing.TB, plain []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every single bit of every sample, changed, is judged as the library judges it.
func TestEveryFlipAgrees(t *testing.T) {
	for _, s := range samples() {
		for _, level := range []int{flate.NoCompression, flate.BestCompression, flate.HuffmanOnly} {
			stream := deflated(t, s[:min(len(s), 150)], level)
			for i := range 8 * len(stream) {
				stream[i/8] ^= 1 << (i % 8)
				wrappings[1].agree(t, stream, 1<<14)
				stream[i/8] ^= 1 << (i % 8)
			}
		}
	}
}

// Streams of chance, behind the head of a block with codes of its own: most are no code at all.
func TestRandomBlocksAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		b := make([]byte, 8+r.IntN(120))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		b[0] = b[0]&^7 | byte(r.IntN(3))<<1 | 1
		wrappings[1].agree(t, b, 1<<12)
	}
}
