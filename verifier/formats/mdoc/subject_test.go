package mdoc

import (
	"testing"

	"vratar/verifier"
)

// What agrees says of a certificate, the library says too.
func FuzzSubject(f *testing.F) {
	der := signer(f, verifier.ES256).Certificate
	f.Add(der, "UT", "")
	f.Add(der, "ut", "UT-1")
	f.Add(der, "XX", "")
	f.Add(der[:40], "UT", "")
	f.Add([]byte("\x30\x02\x30\x00"), "UT", "x")
	f.Fuzz(func(t *testing.T, der []byte, country, jurisdiction string) {
		if !agrees(der, []byte(country), []byte(jurisdiction)) {
			return
		}
		subject := subjectOf(der)
		if differs(country, subject, countryName) || differs(jurisdiction, subject, provinceName) {
			t.Fatalf("%x agrees with %q and %q", der, country, jurisdiction)
		}
	})
}

// The ordinary certificate takes the way that allocates nothing.
func TestAgrees(t *testing.T) {
	der := signer(t, verifier.ES256).Certificate
	if !agrees(der, []byte("UT"), nil) || !agrees(der, []byte("ut"), []byte("anywhere")) || agrees(der, []byte("XX"), nil) {
		t.Error("the country of the certificate is not read")
	}
}
