package jose

import (
	"bytes"
	"testing"
)

// A health card's payload is about 30 KB of small objects.
func BenchmarkCheckJSON30K(b *testing.B) {
	entry := []byte(`{"resource":{"resourceType":"Immunization","status":"completed","lotNumber":"A1","code":[{"system":"x","value":207}]}}`)
	text := append([]byte(`{"entry":[`), bytes.Repeat(append(entry, ','), 250)...)
	text = append(append(text, entry...), `]}`...)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := CheckJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}
