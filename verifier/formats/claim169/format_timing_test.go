package claim169

import "testing"

func BenchmarkDecode(b *testing.B) {
	payload := []byte(genuine(b, jane()))
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
