package shc

import (
	"bytes"
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

// The largest claims that are opened, packed small: what one hostile code may cost.
func BenchmarkDecodeLargest(b *testing.B) {
	head := `{"iss":"https://x","nbf":1,"vc":{"type":["` + healthCard + `"],"credentialSubject":{"fhirVersion":"4","fhirBundle":{"entry":[`
	entry := []byte(`{"resource":{"resourceType":"Patient","a":[]}},`)
	tail := `{}]}}}}`
	claims := append([]byte(head), bytes.Repeat(entry, (maxInflated-len(head)-len(tail))/len(entry))...)
	payload := []byte(issuing.ArmourSHC(signed(b, append(claims, tail...))))
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := (Format{}).Decode(payload); err != nil {
			b.Fatal(err)
		}
	}
}
