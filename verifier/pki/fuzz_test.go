package pki_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "vratar/verifier/pki"
	"vratar/verifier/pki/certify"
	"vratar/verifier/pki/pkitest"
)

// FuzzVerify: whatever the bytes are there is an answer, it is the same the second time, and no other content than
// the one that was signed has a signature.
func FuzzVerify(f *testing.F) {
	w := newWorld()
	w.trust.CRLs = []*CRL{w.authority.List(start, now.AddDate(1, 0, 0), certify.Revoked{Serial: 5, At: start})}
	for _, s := range []certify.Signature{
		{At: signed}, {NoAttributes: true}, {Attached: true}, {At: signed, Along: []*Certificate{w.authority.Certificate, w.root.Certificate}},
		{At: signed, Stamped: w.head, StampedAt: signed}, {NoCertificate: true},
	} {
		f.Add(w.head.Sign(content, s))
	}
	for _, name := range []string{"attached.pem", "rsa.sig", "ec256.sig", "512-C.sig", "chain.sig", "token.tst"} {
		b, err := os.ReadFile(filepath.Join("testdata", "openssl", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	o := w.options()
	o.Trust.Algorithms = All()
	f.Fuzz(func(t *testing.T, signature []byte) {
		s := Verify(content, signature, o)
		if s.Failure == FailureUnchecked || (s.Failure == FailureNone) != (s.Cause == nil) {
			t.Fatalf("%+v", s)
		}
		if s.Failure == FailureNone && (!s.Proven || !s.Trusted || s.Certificate == nil || len(s.Chain) == 0) {
			t.Fatalf("%+v", s)
		}
		other := Verify(append(bytes.Clone(content), 'x'), signature, o)
		if other.Failure == FailureNone || other.Proven && s.Proven {
			t.Fatalf("two contents: %+v", other)
		}
		if again := Verify(content, signature, o); again.Failure != s.Failure || !again.Time.Equal(s.Time) || again.Evidence != s.Evidence {
			t.Fatalf("%s, then %s", s.Failure, again.Failure)
		}
	})
}

// FuzzParseCertificate: what is read has a key, and is read alike from PEM.
func FuzzParseCertificate(f *testing.F) {
	w := newWorld()
	f.Add(w.root.Certificate.X509.Raw)
	f.Add(w.head.Certificate.X509.Raw)
	f.Add(w.authority.Issue(pkitest.ECDSAKey("x"), head(certify.Template{})).Certificate.X509.Raw)
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := ParseCertificate(der)
		if err != nil {
			return
		}
		if c.Public == nil || !bytes.Equal(c.X509.Raw, der) {
			t.Fatalf("%+v", c)
		}
		again, err := ParseCertificates(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		if err != nil || len(again) != 1 || again[0].Identity != c.Identity || again[0].Algorithm != c.Algorithm {
			t.Fatalf("as PEM: %v", err)
		}
		for name, number := range map[string]int{c.Identity.INN: 12, c.Identity.OrgINN: 10, c.Identity.OGRN: 13, c.Identity.OGRNIP: 15, c.Identity.SNILS: 11} {
			if name != "" && len(name) != number {
				t.Fatalf("%+v", c.Identity)
			}
		}
	})
}

// FuzzParseCRL: what is read is read alike from PEM.
func FuzzParseCRL(f *testing.F) {
	w := newWorld()
	f.Add(w.authority.List(start, now, certify.Revoked{Serial: 5, At: start}).List.Raw)
	f.Add(w.authority.List(start, time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)).List.Raw)
	f.Fuzz(func(t *testing.T, der []byte) {
		l, err := ParseCRL(der)
		if err != nil {
			return
		}
		again, err := ParseCRL(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l.List.Raw}))
		if err != nil || again.Algorithm != l.Algorithm || len(again.List.RevokedCertificateEntries) != len(l.List.RevokedCertificateEntries) {
			t.Fatalf("as PEM: %v", err)
		}
	})
}
