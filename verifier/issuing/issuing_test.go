package issuing_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/document"
	"vratar/verifier/formats/hcert"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
)

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// seeded is randomness that is the same in every run.
func seeded(n byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{n}) }

func newKey(t testing.TB, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, seeded(byte(alg)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func trusting(t testing.TB, issuers ...issuing.TrustedIssuer) *trust.Snapshot {
	t.Helper()
	list, err := issuing.TrustList(issuers...)
	if err != nil {
		t.Fatal(err)
	}
	src, err := trust.Load("trust.json", list)
	if err != nil {
		t.Fatalf("%v\n%s", err, list)
	}
	return trust.New(src)
}

func student() issuing.Document {
	return issuing.Document{
		ID: []byte("0123456789abcdef"), Issuer: "https://university.example", Type: "student", Number: "S-7",
		Fields: map[string]any{"faculty": "Физика", "year": 3, "age_over_18": true, "portrait": []byte{1, 2}},
		Name:   "Айгерім Ержанқызы", BirthDate: "2004-02-29",
		IssuedAt: issued, NotBefore: issued, ExpiresAt: issued.AddDate(1, 0, 0),
		Status: &verifier.StatusRef{URI: "https://university.example/status/1", Index: 42},
	}
}

var algorithms = []verifier.Algorithm{verifier.ES256, verifier.ES384, verifier.ES512, verifier.PS256, verifier.EdDSA}

func TestDocumentIsProvenByEveryAlgorithm(t *testing.T) {
	for _, alg := range algorithms {
		k := newKey(t, alg)
		text, err := issuing.VR1(k, student())
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		c, err := document.Format{}.Decode([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		s := trusting(t, issuing.TrustedIssuer{ID: "https://university.example", Name: "University", Keys: []*issuing.Key{k}})
		if key, reason := verifier.Prove(s, proof.Checker{}, c); key == nil || key.ID != k.ID {
			t.Errorf("%s: %s", alg, reason)
		}
		if alg == verifier.ES256 && len(text) > 550 {
			t.Errorf("a small document takes %d characters", len(text))
		}
	}
}

func TestEqualInputsGiveEqualBytes(t *testing.T) {
	for _, alg := range algorithms {
		first, second := newKey(t, alg), newKey(t, alg)
		if alg == verifier.PS256 {
			second = first // RSA keys cannot be chosen
		}
		a, err := issuing.VR1(first, student())
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := issuing.VR1(second, student()); a != b {
			t.Errorf("%s: two texts of one document", alg)
		}
		o := issuing.CertificateOptions{Country: "AT", Organisation: "A", NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0)}
		c1, err := first.Certified(o)
		if err != nil {
			t.Fatal(err)
		}
		if c2, _ := second.Certified(o); alg != verifier.PS256 && !bytes.Equal(c1.Certificate, c2.Certificate) {
			t.Errorf("%s: two certificates of one key", alg)
		}
	}
	d := student()
	d.ID = nil
	k := newKey(t, verifier.ES256)
	a, _ := issuing.VR1(k, d)
	if b, _ := issuing.VR1(k, d); a == b {
		t.Error("two documents without a given id have the same one")
	}
}

func TestHealthCertificates(t *testing.T) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.PS256} {
		k, err := newKey(t, alg).Certified(issuing.CertificateOptions{
			Country: "AT", Organisation: "Ministry", NotBefore: issued, NotAfter: issued.AddDate(2, 0, 0),
			Uses: []string{"1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.1847.2021.1.2", "1.3.6.1.4.1.1847.2021.1.3"},
		})
		if err != nil {
			t.Fatal(err)
		}
		s := trusting(t, issuing.TrustedIssuer{ID: "AT", Formats: []string{"hcert"}, Keys: []*issuing.Key{k}})
		if uses := s.Keys()[0].ExtKeyUsage; len(uses) != 3 {
			t.Errorf("key usages %q", uses)
		}
		for _, kind := range []string{"vaccination", "test", "recovery"} {
			text, err := issuing.HCERT(k, issuing.HealthCertificate{
				Type: kind, ID: "URN:UVCI:01:AT:TEST#1", Country: "AT", Surname: "Musterfrau-Gössinger", Forename: "Gabriele",
				BirthDate: "1998-02-26", Date: issued.AddDate(0, -1, 0), IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
			})
			if err != nil {
				t.Fatal(err)
			}
			c, err := hcert.Format{}.Decode([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if c.SchemaFault != nil || c.Type != kind || string(c.ID) != "URN:UVCI:01:AT:TEST#1" {
				t.Errorf("%s: type %s, id %s, schema %v", kind, c.Type, c.ID, c.SchemaFault)
			}
			if key, reason := verifier.Prove(s, proof.Checker{}, c); key == nil {
				t.Errorf("%s %s: %s", alg, kind, reason)
			}
		}
	}
}

func TestTrustListCarriesEverything(t *testing.T) {
	s := trusting(t, issuing.TrustedIssuer{
		ID: "x", Name: "Имя", Country: "KZ", Formats: []string{"document"}, Documents: []string{"student"},
		NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0), StatusMaxAge: 15 * time.Minute,
		Keys: []*issuing.Key{newKey(t, verifier.ES256), newKey(t, verifier.EdDSA)},
	})
	i, keys := s.Issuers()[0], s.Keys()
	if i.ID != "x" || i.Name != "Имя" || i.Country != "KZ" || i.StatusMaxAge != 15*time.Minute || len(keys) != 2 {
		t.Errorf("issuer = %+v with %d keys", i, len(keys))
	}
	if !keys[0].NotBefore.Equal(issued) || !keys[0].NotAfter.Equal(issued.AddDate(1, 0, 0)) {
		t.Errorf("period %v to %v", keys[0].NotBefore, keys[0].NotAfter)
	}
}

func TestKeySurvivesItsText(t *testing.T) {
	for _, alg := range algorithms {
		k, err := newKey(t, alg).Certified(issuing.CertificateOptions{Country: "AT", NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		text, err := k.MarshalPrivate()
		if err != nil {
			t.Fatal(err)
		}
		if shown := fmt.Sprintf("%v %+v %s", k, k, k); strings.Count(shown, k.String()) != 3 {
			t.Errorf("%s: printing the key shows %s", alg, shown)
		}
		again, err := issuing.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		if again.ID != k.ID || again.Algorithm != alg || !bytes.Equal(again.Certificate, k.Certificate) {
			t.Errorf("%s: key became %+v", alg, again)
		}
		a, _ := issuing.VR1(k, student())
		if b, _ := issuing.VR1(again, student()); a != b {
			t.Errorf("%s: the key signs differently", alg)
		}
		bare, _ := k.MarshalPublic()
		if strings.Contains(string(bare), `"d"`) {
			t.Errorf("%s: the public text holds the private key", alg)
		}
		if _, err := issuing.ParseKey(bare); err == nil {
			t.Errorf("%s: a public key passes for a private one", alg)
		}
		noAlg := strings.Replace(string(text), `"alg":"`+alg.String()+`",`, "", 1)
		if guessed, err := issuing.ParseKey([]byte(noAlg)); err != nil || guessed.Algorithm != alg {
			t.Errorf("%s: without alg: %v", alg, err)
		}
		wrong := strings.Replace(string(text), `"alg":"`+alg.String()+`"`, `"alg":"RS512"`, 1)
		if _, err := issuing.ParseKey([]byte(wrong)); err == nil {
			t.Errorf("%s: an algorithm that does not fit is accepted", alg)
		}
	}
}

func TestWhatCannotBeIssued(t *testing.T) {
	k := newKey(t, verifier.ES256)
	f := func(change func(*issuing.Document)) {
		t.Helper()
		d := student()
		change(&d)
		if text, err := issuing.VR1(k, d); err == nil {
			t.Errorf("issued %s", text)
		}
	}
	f(func(d *issuing.Document) { d.Issuer = "" })
	f(func(d *issuing.Document) { d.Type = "" })
	f(func(d *issuing.Document) { d.IssuedAt = time.Time{} })
	f(func(d *issuing.Document) { d.Fields = map[string]any{"x": 1.5} })
	if _, err := issuing.HCERT(k, issuing.HealthCertificate{}); err == nil {
		t.Error("an EU certificate of a key without certificate")
	}
	if _, err := issuing.NewKey(verifier.AlgorithmNone, seeded(1)); err == nil {
		t.Error("a key for no algorithm")
	}
	for _, l := range []issuing.StatusList{
		{URI: "u", IssuedAt: issued, Bits: 3, Size: 1},
		{URI: "u", Bits: 1, Size: 1},
		{IssuedAt: issued, Bits: 1, Size: 1},
		{URI: "u", IssuedAt: issued, Bits: 1, Size: 8, Values: map[uint64]byte{8: 1}},
		{URI: "u", IssuedAt: issued, Bits: 1, Size: 8, Values: map[uint64]byte{7: 2}},
	} {
		if _, err := issuing.StatusListCWT(k, l); err == nil {
			t.Errorf("signed %+v", l)
		}
	}
	for _, bad := range []string{"", "1..2", "1.2.x", "-1"} {
		if _, err := k.Certified(issuing.CertificateOptions{Uses: []string{bad}}); err == nil {
			t.Errorf("key usage %q is accepted", bad)
		}
	}
}

// Filler is written as blank, also where it is the character that is left over at the end.
func TestC40(t *testing.T) {
	f := func(text, like string) {
		t.Helper()
		got, err := issuing.AppendC40(nil, text)
		want, errWant := issuing.AppendC40(nil, like)
		if err != nil || errWant != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: %x, %v; %q: %x, %v", text, got, err, like, want, errWant)
		}
	}
	f("AB<", "AB ")
	f("ABC<", "ABC ")
	f("ABC<D", "ABC D")
}
