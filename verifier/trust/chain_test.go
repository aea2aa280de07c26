package trust

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

const signerUse = "1.0.18013.5.1.2"

var from = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newKey(t testing.TB, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func certify(t testing.TB, k, by *issuing.Key, o issuing.CertificateOptions) *issuing.Key {
	t.Helper()
	o.NotBefore = from
	if o.NotAfter.IsZero() {
		o.NotAfter = from.AddDate(1, 0, 0)
	}
	var err error
	if by == nil {
		k, err = k.Certified(o)
	} else {
		k, err = k.CertifiedBy(by, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func root(t testing.TB, seed byte) *issuing.Key {
	t.Helper()
	return certify(t, newKey(t, seed), nil, issuing.CertificateOptions{
		Country: "UT", Organisation: "Root", Authority: true, NotAfter: from.AddDate(10, 0, 0),
	})
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func snapshotOf(t testing.TB, material []byte) *Snapshot {
	t.Helper()
	src, err := Load("test", material)
	if err != nil {
		t.Fatal(err)
	}
	return New(src)
}

// shown is a credential that brings certificates and names no key.
func shown(chain ...[]byte) *verifier.Credential {
	return &verifier.Credential{
		Format: "mdoc", Type: "age", KeyUse: verifier.KeyUse{Group: []string{signerUse}, Need: []string{signerUse}},
		Proof: verifier.Proof{Algorithm: verifier.ES256, Chain: chain},
	}
}

func TestFindByChain(t *testing.T) {
	iaca := root(t, 1)
	trusting := snapshotOf(t, pemOf(iaca.Certificate))
	usual := issuing.CertificateOptions{Country: "UT", Organisation: "Signer", Uses: []string{signerUse}}
	f := func(s *Snapshot, c *verifier.Credential, want verifier.Reason) *verifier.Key {
		t.Helper()
		keys, reason := s.Find(nil, c)
		if reason != want || (len(keys) == 1) != (want == verifier.ReasonOK) {
			t.Fatalf("Find = %v, %v, want %v", keys, reason, want)
		}
		if want == verifier.ReasonOK {
			return keys[0]
		}
		return nil
	}
	signer := certify(t, newKey(t, 2), iaca, usual)
	k := f(trusting, shown(signer.Certificate), verifier.ReasonOK)
	if k.Issuer.Name != "Root" || k.Issuer.Country != "UT" || len(k.ExtKeyUsage) != 1 || !k.NotAfter.Equal(from.AddDate(1, 0, 0)) {
		t.Errorf("%+v of %+v", k, k.Issuer)
	}

	// The signer does not outlive its authority.
	late := usual
	late.NotAfter = from.AddDate(20, 0, 0)
	if k := f(trusting, shown(certify(t, newKey(t, 2), iaca, late).Certificate), verifier.ReasonOK); !k.NotAfter.Equal(from.AddDate(10, 0, 0)) {
		t.Errorf("lasts until %v", k.NotAfter)
	}

	// What an authority issues for other purposes, or none, signs nothing here.
	other := usual
	other.Uses = []string{"1.3.6.1.5.5.7.3.1"}
	f(trusting, shown(certify(t, newKey(t, 2), iaca, other).Certificate), verifier.ReasonKeyNotAllowed)
	other.Uses = nil
	f(trusting, shown(certify(t, newKey(t, 2), iaca, other).Certificate), verifier.ReasonKeyNotAllowed)

	foreign := usual
	foreign.Country = "XX"
	f(trusting, shown(certify(t, newKey(t, 2), iaca, foreign).Certificate), verifier.ReasonKeyUnknown)
	f(trusting, shown([]byte("no certificate")), verifier.ReasonKeyUnknown)

	// An authority of the same name with another key, and one below the listed one.
	f(trusting, shown(certify(t, newKey(t, 2), root(t, 9), usual).Certificate), verifier.ReasonKeyUnknown)
	below := usual
	below.Authority = true
	middle := certify(t, newKey(t, 3), iaca, below)
	f(trusting, shown(middle.Certificate), verifier.ReasonKeyUnknown)
	f(trusting, shown(certify(t, newKey(t, 2), middle, usual).Certificate, middle.Certificate), verifier.ReasonKeyUnknown)
	f(Empty(), shown(signer.Certificate), verifier.ReasonIssuerUnknown)

	// A certificate that is no authority vouches for itself only.
	alone := snapshotOf(t, pemOf(signer.Certificate))
	f(alone, shown(signer.Certificate), verifier.ReasonOK)
	f(alone, shown(certify(t, newKey(t, 4), signer, usual).Certificate), verifier.ReasonKeyUnknown)
}

// A bare key on the list takes on the period of the certificate that comes along for it.
func TestChainNarrowsListedKey(t *testing.T) {
	signer := certify(t, newKey(t, 2), nil, issuing.CertificateOptions{Country: "UT", Organisation: "Signer"})
	jwk, err := newKey(t, 2).MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	s := snapshotOf(t, []byte(`{"keys":[`+string(jwk)+`]}`))
	keys, reason := s.Find(nil, shown(signer.Certificate))
	if reason != verifier.ReasonOK || len(keys) != 1 || !keys[0].NotAfter.Equal(from.AddDate(1, 0, 0)) || keys[0].Certificate == nil {
		t.Fatalf("%+v, %v", keys, reason)
	}
	if listed := s.Keys()[0]; listed.Certificate != nil || !listed.NotAfter.IsZero() {
		t.Fatalf("the list itself changed: %+v", listed)
	}
	c := shown(certify(t, newKey(t, 5), nil, issuing.CertificateOptions{Country: "UT"}).Certificate)
	if _, reason := s.Find(nil, c); reason != verifier.ReasonKeyUnknown {
		t.Fatalf("a stranger's certificate: %v", reason)
	}
}

// An authority vouches within the limits of its entry.
func TestChainObeysEntry(t *testing.T) {
	iaca := root(t, 1)
	signer := certify(t, newKey(t, 2), iaca, issuing.CertificateOptions{Country: "UT", Uses: []string{signerUse}})
	entry := func(limit string) *Snapshot {
		return snapshotOf(t, []byte(`{"issuers":[{"id":"utopia","name":"Utopia",`+limit+`"keys":[{"pem":`+quoted(pemOf(iaca.Certificate))+`}]}]}`))
	}
	f := func(limit, issuer string, want verifier.Reason) {
		t.Helper()
		c := shown(signer.Certificate)
		c.Issuer = issuer
		if _, reason := entry(limit).Find(nil, c); reason != want {
			t.Fatalf("%s for %q: %v, want %v", limit, issuer, reason, want)
		}
	}
	f(``, "", verifier.ReasonOK)
	f(``, "utopia", verifier.ReasonOK)
	f(``, "elsewhere", verifier.ReasonIssuerUnknown)
	f(`"formats":["mdoc"],"documents":["age"],`, "", verifier.ReasonOK)
	f(`"formats":["hcert"],`, "", verifier.ReasonKeyNotAllowed)
	f(`"documents":["identity"],`, "", verifier.ReasonKeyNotAllowed)
}

func quoted(pemText []byte) string {
	out := []byte{'"'}
	for _, c := range pemText {
		if c == '\n' {
			out = append(out, `\n`...)
			continue
		}
		out = append(out, c)
	}
	return string(append(out, '"'))
}

// Revocation points that the standard library cannot read do not hide the rest of a certificate, nor break the
// signature over it.
func TestParseBrokenRevocationPoints(t *testing.T) {
	iaca := root(t, 1)
	parent, err := x509.ParseCertificate(iaca.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	craft := func(id asn1.ObjectIdentifier, value []byte) []byte {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(7), Subject: pkix.Name{Country: []string{"UT"}}, NotBefore: from, NotAfter: from.AddDate(1, 0, 0),
			ExtraExtensions: []pkix.Extension{{Id: id, Value: value}},
		}
		der, err := x509.CreateCertificate(nil, template, parent, newKey(t, 2).Public(), iaca.Signer)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	der := craft(crlPoints, []byte{0x30, 0x02, 0x05, 0x00})
	if _, err := x509.ParseCertificate(der); err == nil {
		t.Fatal("the standard library reads it")
	}
	c, err := parseCertificate(der)
	if err != nil || string(c.Raw) != string(der) || c.SerialNumber.Int64() != 7 || !issued(parent, c) {
		t.Fatalf("%+v, %v", c, err)
	}
	der[len(der)-1] ^= 1
	if c, err := parseCertificate(der); err != nil || issued(parent, c) {
		t.Fatalf("a forged one: %v", err)
	}
	if _, err := parseCertificate(craft(asn1.ObjectIdentifier{2, 5, 29, 19}, []byte{0x05, 0x00})); err == nil {
		t.Fatal("broken basic constraints are read")
	}
	if _, err := parseCertificate([]byte{0x30}); err == nil {
		t.Fatal("no certificate is read")
	}
}

// Whatever is read has the identity of the bytes that came, and what the standard library reads is read alike.
func FuzzParseCertificate(f *testing.F) {
	f.Add(root(f, 1).Certificate)
	f.Add([]byte{0x30, 0x00})
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := parseCertificate(der)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v, %v: want exactly one", c, err)
		}
		if err == nil && string(c.Raw) != string(der) {
			t.Fatal("it is another certificate")
		}
		if usual, err := x509.ParseCertificate(der); err == nil && !usual.Equal(c) {
			t.Fatal("the standard library reads it otherwise")
		}
	})
}

// A listed key without name, which may be anybody's, does not stand in the way of a certificate.
func TestChainBesideNamelessKey(t *testing.T) {
	iaca := root(t, 1)
	signer := certify(t, newKey(t, 2), iaca, forDocuments)
	der, err := x509.MarshalPKIXPublicKey(newKey(t, 3).Public())
	if err != nil {
		t.Fatal(err)
	}
	nameless := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	f := func(own *Snapshot, keyID []byte, want int, byCertificate bool) {
		t.Helper()
		c := shown(signer.Certificate)
		c.Proof.KeyID = keyID
		keys, reason := own.Find(nil, c)
		if reason != verifier.ReasonOK || len(keys) != want {
			t.Fatalf("%d keys, %v", len(keys), reason)
		}
		if found := slices.ContainsFunc(keys, func(k *verifier.Key) bool { return k.Certificate != nil }); found != byCertificate {
			t.Errorf("%s: the certificate counts: %v", keyID, found)
		}
	}
	f(snapshotOf(t, nameless), []byte("another"), 1, false)
	f(snapshotOf(t, append(nameless, pemOf(iaca.Certificate)...)), []byte("another"), 2, true)
	f(snapshotOf(t, slices.Concat(nameless, pemOf(iaca.Certificate), pemOf(signer.Certificate))), certificateID(parsed(t, signer.Certificate)), 2, true)
}

// An issuer that calls itself like the entry for any issuer is named by no certificate.
func TestNobodyIsAnyIssuer(t *testing.T) {
	iaca := root(t, 1)
	own := snapshotOf(t, []byte(`{"issuers":[{"id":"*","formats":["sdjwt"],"keys":[{"pem":`+quoted(pemOf(iaca.Certificate))+`}]}]}`))
	signer := certify(t, newKey(t, 2), iaca, issuing.CertificateOptions{Country: "UT", Addresses: []string{"https://a.example"}})
	f := func(issuer string, want verifier.Reason) {
		t.Helper()
		c := shown(signer.Certificate)
		c.Format, c.Issuer, c.KeyUse = "sdjwt", issuer, verifier.KeyUse{}
		if _, reason := own.Find(nil, c); reason != want {
			t.Errorf("%q: %v, want %v", issuer, reason, want)
		}
	}
	f("https://a.example", verifier.ReasonOK)
	f("https://b.example", verifier.ReasonKeyNotAllowed)
	f(AnyIssuer, verifier.ReasonKeyNotAllowed)
	f("", verifier.ReasonOK) // whoever's authority it is
}

func parsed(t testing.TB, der []byte) *x509.Certificate {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
