package document

import "testing"

func BenchmarkDecodeStudent(b *testing.B) {
	payload := []byte(mustIssue(b, student()))
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := (Format{}).Decode(payload); err != nil {
				b.Error(err)
			}
		}
	})
}
