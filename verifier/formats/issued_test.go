package formats

import (
	"crypto/ed25519"
	"encoding/base64"
	"math/rand/v2"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// issued makes codes with our own issuing, so that a checkout without the official vectors tests the list too.
func issued(t *testing.T) []code {
	t.Helper()
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	k := newKey(t, verifier.ES256)
	var codes []code
	add := func(format, text string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		codes = append(codes, code{"issued", format, []byte(text)})
	}
	certified, err := k.Certified(issuing.CertificateOptions{Country: "AT", Organisation: "Test", NotBefore: day, NotAfter: day.AddDate(2, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := issuing.HCERT(certified, issuing.HealthCertificate{
		Type: "vaccination", ID: "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B", Country: "AT", Surname: "Musterfrau",
		Forename: "Gabriele", BirthDate: "1998-02-26", Date: day, IssuedAt: day, ExpiresAt: day.AddDate(1, 0, 0),
	})
	add("hcert", text, err)
	text, err = issuing.VR1(k, issuing.Document{Issuer: "https://u.example", Type: "student", IssuedAt: day})
	add("document", text, err)
	text, err = issuing.NZCP(k, issuing.Pass{
		Issuer: "did:web:pass.example", Given: "Jack", BirthDate: "1960-04-16", NotBefore: day, ExpiresAt: day.AddDate(1, 0, 0),
	})
	add("nzcp", text, err)
	printed, err := k.Thumbprinted()
	if err != nil {
		t.Fatal(err)
	}
	text, err = issuing.SHC(printed, issuing.HealthCard{
		Issuer: "https://h.example", Family: "Anyperson", Given: []string{"John"}, BirthDate: "1951-01-20",
		Vaccine: "207", Date: "2026-01-01", IssuedAt: day,
	})
	add("shc", text, err)
	selective, err := issuing.SDJWT(k, issuing.Selective{
		Issuer: "https://i.example", Type: "urn:example:id", IssuedAt: day, Claims: map[string]any{"name": issuing.Hidden{Value: "A"}},
	}, rand.NewChaCha8([32]byte{2}))
	add("sdjwt", selective.Present(selective.Disclosures...), err)
	text, err = issuing.Identity169(k, issuing.Identity{Issuer: "https://m.example", Entries: map[int64]any{4: "A"}, IssuedAt: day})
	add("claim169", text, err)
	part, err := issuing.IssuerSigned(certified, issuing.MobileDocument{
		Type: "org.iso.18013.5.1.mDL", Device: k, SignedAt: day, ValidFrom: day, ValidUntil: day.AddDate(1, 0, 0),
		Elements: map[string]map[string]any{"org.iso.18013.5.1": {"age_over_18": true}}, Random: rand.NewChaCha8([32]byte{3}),
	})
	add("mdoc", string(part), err)
	add("mdoc", base64.RawURLEncoding.EncodeToString(part), err)
	text, err = issuing.VDSNC(certified, issuing.SealNC{Type: "icao.vacc", Issuer: "UTO", Message: map[string]any{
		"uvci": "U32870", "pid": map[string]any{"n": "SMITH"}, "ve": []any{},
	}})
	add("vdsnc", text, err)
	text, err = issuing.Pretix(newKey(t, verifier.EdDSA), issuing.PretixTicket{Seed: "kq3vWz0aP", Item: 42})
	add("pretix", text, err)
	text, err = issuing.AadhaarQR(newKey(t, verifier.RS256), issuing.Aadhaar{
		Version: "V2", Last4: "2697", MadeAt: day, Name: "A", BirthDate: "1984", Photo: []byte("\xff\x4f\xff\x51"),
	})
	add("aadhaar", text, err)
	seal, err := issuing.VDS(k, issuing.Seal{Country: "UTO", Signer: "UTTS", Reference: "5B", IssuedOn: day, SignedOn: day, Feature: 0xfb, Kind: 6})
	add("vds", string(seal), err)
	add("notice", "ST00012|Name=A|PersonalAcc=40702810138250123017|BankName=B|BIC=044525225|CorrespAcc=30101810400000000225", nil)
	add("notice", "https://example.org/VR1:ABC", nil)
	add("notice", "WIFI:S:HC1;T:WPA;P:NZCP:/1/;;", nil)
	return codes
}

func newKey(t *testing.T, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([ed25519.SeedSize]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
