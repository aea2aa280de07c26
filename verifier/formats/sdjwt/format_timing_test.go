package sdjwt

import (
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/jose"
)

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

// As much as a payload may hold, nested as deep as it may be: what one hostile code may cost.
func BenchmarkDecodeDeepest(b *testing.B) {
	const depth = jose.MaxDepth - 3
	inner := strings.Repeat(`{"a":1},`, (verifier.MaxPayload*3/4-20*depth)/10)
	claims := strings.Repeat(`{"a":`, depth) + "[" + inner + "1]" + strings.Repeat("}", depth)
	payload := []byte(token(header, claims) + "~")
	if len(payload) > verifier.MaxPayload {
		b.Fatalf("%d bytes", len(payload))
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := (Format{}).Decode(payload); err != nil {
			b.Fatal(err)
		}
	}
}
