package shc

import (
	"testing"

	"vratar/verifier/issuing"
)

func BenchmarkDecodeVaccination(b *testing.B) {
	payload := []byte(issuing.ArmourSHC(genuine(b)))
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
