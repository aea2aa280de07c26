package inflate

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"testing"

	"vratar/verifier/base45"
	"vratar/verifier/vectors"
)

// certificates are the compressed messages of the official EU certificates, of which the median has 367 bytes.
func certificates(b *testing.B) (packed [][]byte) {
	var all []vectors.Entry[struct{}]
	vectors.Read(b, "eu-dcc/vectors.json", &all)
	for i := range all {
		text, ok := bytes.CutPrefix(all[i].Bytes(b), []byte("HC1:"))
		p, err := base45.AppendDecode(nil, text)
		if _, bad := Zlib(nil, p, 8<<10); ok && err == nil && bad == nil {
			packed = append(packed, p)
		}
	}
	return packed
}

func BenchmarkZlibCertificates(b *testing.B) {
	all := certificates(b)
	var buf []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		var err error
		if buf, err = Zlib(buf[:0], all[i%len(all)], 8<<10); err != nil {
			b.Fatal(err)
		}
	}
}

// The same with compress/zlib and a reader that is used again.
func BenchmarkZlibCertificatesLibrary(b *testing.B) {
	all := certificates(b)
	in := bytes.NewReader(all[0])
	r, err := zlib.NewReader(in)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 8<<10)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		in.Reset(all[i%len(all)])
		if err := r.(zlib.Resetter).Reset(in, nil); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(r, buf); err != io.ErrUnexpectedEOF {
			b.Fatal(err)
		}
	}
}

// 400 bytes that hardly compress, on all cores.
func BenchmarkZlib400(b *testing.B) {
	plain := make([]byte, 400)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range plain {
		plain[i] = byte('a' + r.IntN(26))
	}
	packed := wrappings[0].packed(b, plain)
	b.ReportAllocs()
	b.SetBytes(int64(len(plain)))
	b.RunParallel(func(pb *testing.PB) {
		var buf []byte
		for pb.Next() {
			var err error
			if buf, err = Zlib(buf[:0], packed, 64<<10); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// Four megabytes of a status list in which every hundredth bit is set, and the same with the library.
func BenchmarkZlibList4M(b *testing.B)        { benchmarkList(b, Zlib) }
func BenchmarkZlibList4MLibrary(b *testing.B) { benchmarkList(b, libraryZlib) }

func libraryZlib(dst, src []byte, _ int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(src))
	if err != nil {
		return nil, err
	}
	_, err = io.ReadFull(r, dst[:4<<20])
	return dst[:4<<20], err
}

func benchmarkList(b *testing.B, open func(dst, src []byte, limit int) ([]byte, error)) {
	list := make([]byte, 4<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for range len(list) * 8 / 100 {
		bit := r.IntN(len(list) * 8)
		list[bit/8] |= 1 << (bit % 8)
	}
	packed := wrappings[0].packed(b, list)
	buf := make([]byte, 0, 4<<20)
	b.SetBytes(int64(len(list)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := open(buf, packed, 4<<20); err != nil || len(got) != len(list) {
			b.Fatal(err)
		}
	}
}

// What a bomb of 16 MiB costs until the limit stops it.
func BenchmarkZlibBomb16M(b *testing.B) {
	bomb := wrappings[0].packed(b, make([]byte, 16<<20))
	buf := make([]byte, 0, 65<<10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Zlib(buf, bomb, 64<<10); err == nil {
			b.Fatal("accepted")
		}
	}
}
