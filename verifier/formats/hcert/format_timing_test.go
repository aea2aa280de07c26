package hcert

import (
	"testing"

	"vratar/verifier"
)

func BenchmarkDecodeVaccination(b *testing.B) {
	payload := []byte(genuine(b, "vaccination"))
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

// The same in an arena that is used again.
func BenchmarkDecodeInVaccination(b *testing.B) {
	payload := []byte(genuine(b, "vaccination"))
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	b.RunParallel(func(pb *testing.PB) {
		var a verifier.Arena
		for pb.Next() {
			if _, err := (Format{}).DecodeIn(&a, payload); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
