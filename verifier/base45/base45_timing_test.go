package base45

import (
	"bytes"
	"testing"
)

var sink []byte

// A certificate of usual size: 400 bytes, 600 characters.
func BenchmarkAppendDecode600(b *testing.B) {
	text := Append(nil, bytes.Repeat([]byte{0x12, 0xa7, 0xff, 0x00}, 100))
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	b.RunParallel(func(pb *testing.PB) {
		var buf []byte
		for pb.Next() {
			var err error
			if buf, err = AppendDecode(buf[:0], text); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkAppend400(b *testing.B) {
	plain := bytes.Repeat([]byte{0x12, 0xa7, 0xff, 0x00}, 100)
	b.ReportAllocs()
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		sink = Append(sink[:0], plain)
	}
}
