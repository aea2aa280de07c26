package pki

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vratar/verifier/vectors"
)

// vectorFile reads a file of the GOST vectors.
func vectorFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectors.Dir(t), "gost", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func vectorCertificates(t testing.TB, name string) []*Certificate {
	t.Helper()
	c, err := ParseCertificates(vectorFile(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

type manifest struct {
	At    time.Time `json:"reference_time"`
	Cases []struct {
		Sig, XML, Outcome, Why string
		Crypto                 *bool
		Chain                  any
	}
}

// vectorTrust is what the manifest wants configured; local adds the issuing authority.
func vectorTrust(t testing.TB, local bool) Trust {
	t.Helper()
	list, err := ParseCRL(vectorFile(t, "pki/ca.crl.pem"))
	if err != nil {
		t.Fatal(err)
	}
	trust := Trust{Roots: vectorCertificates(t, "pki/root.crt.pem"), CRLs: []*CRL{list}, Algorithms: GOST()}
	if local {
		trust.Intermediates = vectorCertificates(t, "pki/ca.crt.pem")
	}
	return trust
}

// outcomes are those of the manifest that are for this package to find.
func outcomes() map[string]Failure {
	return map[string]Failure{
		"reject_cert_revoked": FailureRevoked, "reject_cert_expired_at_signing": FailureValidity,
		"reject_untrusted": FailureUntrusted, "reject_algorithm": FailureAlgorithm, "reject_signature": FailureSignature,
	}
}

func TestManifest(t *testing.T) {
	var m manifest
	vectors.Read(t, "gost/mchd/manifest.json", &m)
	judged := 0
	for _, c := range m.Cases {
		if c.Sig == "" {
			continue
		}
		judged++
		xml, sig := vectorFile(t, "mchd/"+c.XML), vectorFile(t, "mchd/"+c.Sig)
		chain, certain := c.Chain.(bool)
		s := Verify(xml, sig, Options{Trust: vectorTrust(t, true), At: m.At})
		wide := vectorTrust(t, true)
		wide.Algorithms = All()
		any := Verify(xml, sig, Options{Trust: wide, At: m.At})
		if any.Proven != *c.Crypto {
			t.Errorf("%s: crypto %v, %s: %v", c.Sig, any.Proven, any.Failure, any.Cause)
		}
		if !certain {
			chain = true
		}
		if any.Trusted != chain {
			t.Errorf("%s: chain %v, %s: %v", c.Sig, any.Trusted, any.Failure, any.Cause)
		}
		want, refused := outcomes()[c.Outcome]
		if !refused {
			want = FailureNone
		}
		if s.Failure != want && (want != FailureSignature || s.Failure != FailureContent) {
			t.Errorf("%s: %s (%v), want %s", c.Sig, s.Failure, s.Cause, want)
		}
		if strings.Contains(c.Sig, "nochain") || strings.Contains(c.Sig, "noattr") {
			if alone := Verify(xml, sig, Options{Trust: vectorTrust(t, false), At: m.At}); alone.Trusted || alone.Failure != FailureUntrusted {
				t.Errorf("%s without the authority: %s", c.Sig, alone.Failure)
			}
		}
	}
	if judged != 30 {
		t.Errorf("%d signatures", judged)
	}
}

func TestManifestDetails(t *testing.T) {
	o := Options{Trust: vectorTrust(t, true), At: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	verify := func(sig, xml string) *Signed {
		return Verify(vectorFile(t, "mchd/"+xml), vectorFile(t, "mchd/"+sig), o)
	}
	s := verify("01_ok.sig", "01_ok.xml")
	id := Identity{CommonName: "ООО «РОМАШКА-ТЕСТ»", Organization: "ООО «РОМАШКА-ТЕСТ»", Surname: "Тестова", GivenName: "Анна Примеровна",
		Title: "Генеральный директор", Country: "RU", INN: "990000000115", OrgINN: "9900000017", OGRN: "1199900000013", SNILS: "99000000153"}
	if s.Certificate.Identity != id {
		t.Errorf("%+v", s.Certificate.Identity)
	}
	if s.Evidence != EvidenceClaimed || !s.Time.Equal(time.Date(2026, 11, 22, 3, 39, 36, 0, time.UTC)) || !s.Current ||
		s.Revocation.State != RevocationGood || s.Authorities.State != RevocationUnknown || len(s.Chain) != 3 || s.Algorithm != GOST256 || s.Attached {
		t.Errorf("%+v", s)
	}
	if s = verify("01_ok.noattr.sig", "01_ok.xml"); !s.UnsignedAttributes || s.Evidence != EvidenceNone || !s.Time.Equal(o.At) {
		t.Errorf("noattr: %+v", s)
	}
	if s = verify("01_ok.attached.sig", "01_ok.xml"); !s.Attached {
		t.Errorf("attached: %+v", s)
	}
	if s = verify("01_ok.attached.sig", "02_expired.xml"); s.Failure != FailureContent || s.Proven {
		t.Errorf("attached to another: %+v", s)
	}
	if s = verify("01_ok.gost512.sig", "01_ok.xml"); s.Algorithm != GOST512 {
		t.Errorf("512: %s", s.Algorithm)
	}
	if s = verify("01_ok.BAD_cert_revoked.sig", "01_ok.xml"); !s.Trusted || s.Revocation.State != RevocationRevoked || s.Current {
		t.Errorf("revoked: %+v", s)
	}
	if s = verify("16_issued_2020.sig", "16_issued_2020.xml"); s.Failure != FailureNone || s.Evidence != EvidenceClaimed || s.Current {
		t.Errorf("2020: %+v", s)
	}
	o.ExistedAt = time.Date(2020, 7, 1, 0, 0, 0, 0, time.UTC)
	if s = verify("16_issued_2020.sig", "16_issued_2020.xml"); s.Failure != FailureNone || s.Evidence != EvidenceKnown {
		t.Errorf("2020, registered: %+v", s)
	}
	o.ExistedAt = time.Date(2022, 7, 1, 0, 0, 0, 0, time.UTC)
	if s = verify("16_issued_2020.sig", "16_issued_2020.xml"); s.Failure != FailureValidity {
		t.Errorf("2020, registered too late: %+v", s)
	}
}

// The examples of the standards body: content inside, 512 bits with signed attributes and 256 without.
func TestStandardExamples(t *testing.T) {
	for name, want := range map[string]Algorithm{"a111": GOST512, "a121": GOST256} {
		sig := vectorFile(t, "tc26/signed_"+name+".pem")
		block, _ := pem.Decode(sig)
		content := []byte("\xca\xee\xed\xf2\xf0\xee\xeb\xfc\xed\xfb\xe9 \xef\xf0\xe8\xec\xe5\xf0 \xe4\xeb\xff \xf1\xf2\xf0\xf3\xea\xf2\xf3\xf0\xfb SignedData.")
		trust := Trust{Roots: vectorCertificates(t, "tc26/root256_cert.pem"), Algorithms: GOST()}
		s := Verify(content, sig, Options{Trust: trust, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
		if s.Failure != FailureNone || !s.Attached || s.Algorithm != want || s.UnsignedAttributes != (name == "a121") {
			t.Errorf("%s: %s %v %+v", name, s.Failure, s.Cause, s)
		}
		size := map[Algorithm]string{GOST512: "512", GOST256: "256"}[want]
		if !bytes.Equal(s.Certificate.X509.Raw, vectorCertificates(t, "tc26/sender"+size+"_cert.pem")[0].X509.Raw) {
			t.Errorf("%s: another signer", name)
		}
		if s := Verify(append(content, '.'), block.Bytes, Options{Trust: trust}); s.Failure != FailureContent {
			t.Errorf("%s: other content: %s", name, s.Failure)
		}
	}
}
