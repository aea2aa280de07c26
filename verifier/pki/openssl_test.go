package pki

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vratar/verifier/cms"
)

// opensslFile reads a file that testdata/openssl/make.sh made.
func opensslFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "openssl", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func opensslCertificate(t testing.TB, name string) *Certificate {
	t.Helper()
	c, err := ParseCertificate(opensslFile(t, name+".crt"))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// opensslNow is after everything was made.
var opensslNow = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

// What openssl and its GOST engine signed, with a key on every curve and with the usual ones.
func TestOpenSSL(t *testing.T) {
	content := opensslFile(t, "content.xml")
	names := map[string]Algorithm{"rsa": RSASHA256, "ec256": ECDSASHA256, "ec384": ECDSASHA384}
	for set := range strings.FieldsSeq("A B C XA XB TCA TCB TCC TCD") {
		names["256-"+set] = GOST256
	}
	for set := range strings.FieldsSeq("A B C") {
		names["512-"+set] = GOST512
	}
	for name, algorithm := range names {
		c := opensslCertificate(t, name)
		o := Options{At: opensslNow, Trust: Trust{Roots: []*Certificate{c}, Algorithms: []Algorithm{algorithm}}}
		for _, kind := range []string{".sig", ".noattr.sig"} {
			sig := opensslFile(t, name+kind)
			s := Verify(content, sig, o)
			if s.Failure != FailureNone || s.Algorithm != algorithm || s.UnsignedAttributes != (kind == ".noattr.sig") || !s.Current {
				t.Errorf("%s%s: %s (%v) by %s", name, kind, s.Failure, s.Cause, s.Algorithm)
			}
			if s := Verify(append(bytes.Clone(content), '\n'), sig, o); s.Failure == FailureNone || s.Proven {
				t.Errorf("%s%s: content changed, accepted", name, kind)
			}
			if s := Verify(content, sig, Options{At: opensslNow, Trust: Trust{Algorithms: All()}}); s.Failure != FailureUntrusted {
				t.Errorf("%s%s: %s without roots", name, kind, s.Failure)
			}
		}
		if !c.Algorithm.proves(c.Public, c.X509.RawTBSCertificate, c.X509.Signature) || c.Algorithm != algorithm {
			t.Errorf("%s: its certificate, by %s", name, c.Algorithm)
		}
	}
	o := Options{At: opensslNow, Trust: Trust{Roots: []*Certificate{opensslCertificate(t, "256-XA")}, Algorithms: GOST()}}
	if s := Verify(content, opensslFile(t, "attached.pem"), o); s.Failure != FailureNone || !s.Attached {
		t.Errorf("attached, signer named by its key: %s (%v)", s.Failure, s.Cause)
	}
}

func TestOpenSSLChain(t *testing.T) {
	content, sig := opensslFile(t, "content.xml"), opensslFile(t, "chain.sig")
	f := func(list string, want Failure) {
		t.Helper()
		crl, err := ParseCRL(opensslFile(t, list))
		if err != nil {
			t.Fatal(err)
		}
		o := Options{At: opensslNow, Trust: Trust{Roots: []*Certificate{opensslCertificate(t, "root")}, CRLs: []*CRL{crl}, Algorithms: GOST()}}
		o.ExistedAt = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC) // when the list has it, whatever second the signer claims
		s := Verify(content, sig, o)
		if s.Failure != want || len(s.Chain) != 3 || s.Revocation.State == RevocationUnknown {
			t.Errorf("%s: %s (%v) %+v", list, s.Failure, s.Cause, s.Revocation)
		}
	}
	f("good.crl", FailureNone)
	f("revoked.crl", FailureRevoked)
}

func TestOpenSSLTimestamp(t *testing.T) {
	o := &Options{At: opensslNow, Trust: Trust{Roots: []*Certificate{opensslCertificate(t, "root")}, Algorithms: GOST()}}
	m := &message{trust: &o.Trust, signer: &cms.SignerInfo{Signature: opensslFile(t, "content.xml")}}
	token := opensslFile(t, "token.tst")
	at, err := m.readTimestamp(token, o)
	if err != nil || at.IsZero() || at.After(o.At) {
		t.Fatalf("%v, %v", at, err)
	}
	m.signer.Signature = append(bytes.Clone(m.signer.Signature), ' ')
	if _, err := m.readTimestamp(token, o); err == nil {
		t.Error("a timestamp of something else")
	}
}
