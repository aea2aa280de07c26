package vds

import "testing"

func BenchmarkDecode(b *testing.B) {
	text := genuine(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Format{}).Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}
