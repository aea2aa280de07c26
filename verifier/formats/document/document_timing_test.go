package document

import (
	"testing"
	"time"

	"vratar/verifier/issuing"
)

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

func BenchmarkDecodePresented(b *testing.B) {
	payload := []byte(mustPresent(b, issuing.Binding{IssuedAt: issued.Add(time.Second), Nonce: "0123456789abcdef"}))
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := (Format{}).Decode(payload); err != nil {
			b.Fatal(err)
		}
	}
}
