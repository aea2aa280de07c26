package main

import (
	"encoding/json"
	"testing"
	"time"

	"vratar/verifier"
)

// A line is answered or refused, and its id is JSON either way, because it is written back as it came.
func FuzzParseLine(f *testing.F) {
	for _, text := range []string{
		`{"id":"a","payload":"VR1:X"}`, `{"id":[1,{"b":2}],"payload_b64":"AAECAw=="}`,
		`{"payload":"x","at":"2026-03-01T10:00:00Z"}`, `{"payload":"x","audience":"a","holder_nonce":"n","transcript":"gw"}`, `{"id":`, `{"id":"a","payload":1}`, `{} {}`, "\xff", "",
	} {
		f.Add([]byte(text))
	}
	question := verifier.Scan{At: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	f.Fuzz(func(t *testing.T, text []byte) {
		q, scan, err := parseLine(text, question)
		if !json.Valid(q.ID) {
			t.Fatalf("id %q is not JSON", q.ID)
		}
		if err == nil && (q.Payload == nil) == (q.PayloadB64 == nil) {
			t.Fatalf("accepted with %v and %v", q.Payload, q.PayloadB64)
		}
		if err == nil && scan.At.IsZero() && q.At == nil {
			t.Fatal("no moment to judge for")
		}
	})
}
