package inflate

import (
	"math/rand/v2"
	"testing"
)

// 400 bytes that hardly compress, as a signed certificate does.
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
