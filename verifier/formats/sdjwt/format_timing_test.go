package sdjwt

import "testing"

func BenchmarkDecodeBoundIdentity(b *testing.B) {
	i := mustIssue(b)
	payload := []byte(bound(b, i.Present(i.Disclosures...)))
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
