package vdsnc

import "testing"

func BenchmarkDecode(b *testing.B) {
	text := []byte(genuine(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Format{}).Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}
