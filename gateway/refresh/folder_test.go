package refresh

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

func certified(t *testing.T, organisation string) *issuing.Key {
	t.Helper()
	return must[*issuing.Key](t)(newIssuer(t).Certified(issuing.CertificateOptions{
		Organisation: organisation, Country: "AT", NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}))
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestFolderOfCertificates(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first, second, third := certified(t, "First"), certified(t, "Second"), newIssuer(t)
	write("a.pem", pemOf("CERTIFICATE", first.Certificate))
	write("b.DER", second.Certificate)
	write("c.crt", pemOf("PUBLIC KEY", must[[]byte](t)(x509.MarshalPKIXPublicKey(third.Public()))))
	write("bad.cer", []byte("no certificate"))
	write("key.pem", pemOf("PRIVATE KEY", must[[]byte](t)(x509.MarshalPKCS8PrivateKey(third.Signer))))
	write("list.pem", trustIn(t, third))
	write("large.der", make([]byte, maxFileSize+1))
	write("README", []byte("not looked at"))

	folder := Folder{Path: dir, Binding: Binding{Issuer: "AT", Formats: []string{"hcert"}}}
	lists := Lists{Sources: []Origin{folder}, Every: time.Hour, MaxSize: 4 << 20}
	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	cfg := Config{Trust: lists, Checker: proof.Checker{}, Store: saved}
	r := newRefresher(t, cfg) // a folder is read before anything is asked of the network
	got := r.Sources()[0]
	if got.Error != "" || got.Entries != 3 || got.From != "folder" || got.Wildcard {
		t.Fatalf("source %+v", got)
	}
	if told := strings.Join(got.Refused, "\n"); len(got.Refused) != 4 || !strings.Contains(told, "bad.cer: ") ||
		!strings.Contains(told, "large.der: larger") || !strings.Contains(told, "key.pem: ") || !strings.Contains(told, "list.pem: ") {
		t.Errorf("refused: %s", told)
	}
	code := func(k *issuing.Key) string {
		now := time.Now()
		return must[string](t)(issuing.HCERT(k, issuing.HealthCertificate{
			Type: "vaccination", ID: "URN:UVCI:01:AT:1#2", Country: "AT", Surname: "Muster", Forename: "Anna",
			BirthDate: "1990-01-01", Date: now.Add(-30 * time.Minute), IssuedAt: now.Add(-time.Minute), ExpiresAt: now.Add(time.Hour),
		}))
	}
	expect(t, r, code(first), verifier.ReasonOK)
	expect(t, r, code(second), verifier.ReasonOK)
	epoch := r.Trust().Epoch()
	if look(t, r, 0); r.Trust().Epoch() != epoch {
		t.Error("a folder that nobody touched is another one")
	}

	for _, name := range []string{"bad.cer", "key.pem", "list.pem", "large.der", "a.pem"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := look(t, r, 0); got.Entries != 2 || len(got.Refused) != 0 {
		t.Errorf("after files were removed: %+v", got)
	}
	expect(t, r, code(first), verifier.ReasonSignatureInvalid) // tried with the key that has no name

	// An empty folder, and one that is gone, change nothing, also over a restart.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	wantError(t, r, 0, "no such file")
	r = newRefresher(t, cfg)
	expect(t, r, code(second), verifier.ReasonOK)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	wantError(t, r, 0, "not one certificate")
	expect(t, r, code(second), verifier.ReasonOK)
}

func TestFolderIsBounded(t *testing.T) {
	dir := t.TempDir()
	der := certified(t, "First").Certificate
	for _, name := range []string{"a.der", "b.der", "c.der"} {
		if err := os.WriteFile(filepath.Join(dir, name), der, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lists := Lists{Sources: []Origin{Folder{Path: dir}}, Every: time.Hour, MaxSize: int64(2*len(der) + 1)}
	if got := newRefresher(t, Config{Trust: lists}).Sources()[0]; !strings.Contains(got.Error, "max_size") {
		t.Errorf("source %+v", got)
	}
	lists.MaxSize = 1 << 20
	if got := newRefresher(t, Config{Trust: lists}).Sources()[0]; got.Entries != 3 || !got.Wildcard {
		t.Errorf("source %+v", got)
	}
}
