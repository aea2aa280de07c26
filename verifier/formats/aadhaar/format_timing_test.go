package aadhaar

import "testing"

func BenchmarkDecode(b *testing.B) {
	text := []byte(signed(fields + noise))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Format{}).Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}
