package mdoc

import "testing"

func BenchmarkDecodeResponse(b *testing.B) {
	payload := response(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := (Format{}).Decode(payload); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
