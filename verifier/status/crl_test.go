package status

import (
	"crypto/x509"
	"encoding/pem"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func seeded(t testing.TB, alg verifier.Algorithm, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// authority is a root that may issue and revoke.
func authority(t testing.TB, alg verifier.Algorithm, seed byte) *issuing.Key {
	t.Helper()
	k, err := seeded(t, alg, seed).Certified(issuing.CertificateOptions{
		Country: "UT", Organisation: "Root", NotBefore: start.AddDate(-1, 0, 0), NotAfter: start.AddDate(9, 0, 0), Authority: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func certified(t testing.TB, by *issuing.Key, seed byte) *issuing.Key {
	t.Helper()
	k, err := seeded(t, verifier.ES256, seed).CertifiedBy(by, issuing.CertificateOptions{
		Country: "UT", Organisation: "Signer", NotBefore: start, NotAfter: start.AddDate(1, 0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func crlOf(t testing.TB, by *issuing.Key, issued time.Time, revoked ...issuing.Revocation) []byte {
	t.Helper()
	der, err := issuing.RevokedCertificates(by, issuing.RevocationOptions{
		Number: 1, ThisUpdate: issued, NextUpdate: issued.AddDate(0, 0, 7),
	}, revoked...)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func trusting(t testing.TB, keys ...*issuing.Key) *trust.Snapshot {
	t.Helper()
	var text []byte
	for _, k := range keys {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate})...)
	}
	src, err := trust.Load("roots", text)
	if err != nil {
		t.Fatal(err)
	}
	return trust.New(src)
}

func loaded(t testing.TB, data []byte) Source {
	t.Helper()
	src, err := Load("list", data)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// provenBy is the source as it counts where by is trusted.
func provenBy(t testing.TB, src Source, by *trust.Snapshot) Source {
	t.Helper()
	key, _ := verifier.Prove(by, proof.Checker{}, src.Statement)
	return src.ProvenBy(key)
}

func keyOf(t testing.TB, k *issuing.Key) *verifier.Key {
	t.Helper()
	c, err := x509.ParseCertificate(k.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return &verifier.Key{Issuer: &verifier.Issuer{ID: "*"}, Public: c.PublicKey, Certificate: c}
}

func TestCRLRevokesSigners(t *testing.T) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.ES384, verifier.ES512, verifier.EdDSA} {
		root := authority(t, alg, 1)
		good, bad, held := certified(t, root, 2), certified(t, root, 3), certified(t, root, 4)
		der := crlOf(t, root, start.AddDate(0, 1, 0),
			issuing.Revocation{Certificate: bad.Certificate, At: start, Reason: 1},
			issuing.Revocation{Certificate: held.Certificate, At: start, Reason: 6})
		text := pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
		for _, data := range [][]byte{der, text} {
			src := loaded(t, data)
			if src.Kind != KindCRL || src.Len() != 2 || src.URI == "" || !src.Statement.IssuedAt.Equal(start.AddDate(0, 1, 0)) {
				t.Fatalf("%v: %+v", alg, src)
			}
			s := New(provenBy(t, src, trusting(t, root)))
			f := func(k *issuing.Key, want verifier.StatusState) verifier.StatusAnswer {
				t.Helper()
				a := s.Lookup(&verifier.Credential{}, keyOf(t, k))
				if a.State != want {
					t.Errorf("%v: %+v, want %v", alg, a, want)
				}
				return a
			}
			f(bad, verifier.StatusRevoked)
			f(held, verifier.StatusSuspended)
			if a := f(good, verifier.StatusNotChecked); !a.ListExpires.Equal(start.AddDate(0, 1, 7)) {
				t.Errorf("the answer lasts until %v", a.ListExpires)
			}
			f(certified(t, authority(t, alg, 9), 2), verifier.StatusNotChecked) // of another authority with the same name
		}
	}
}

// A list that nobody proved leaves its authority's signers unknown; only the authority's own certificate proves it.
func TestCRLCountsOnlyWhenProven(t *testing.T) {
	root, other := authority(t, verifier.ES256, 1), authority(t, verifier.ES256, 9)
	bad, good := certified(t, root, 2), certified(t, root, 3)
	src := loaded(t, crlOf(t, root, start, issuing.Revocation{Certificate: bad.Certificate, At: start}))
	f := func(name string, src Source, want verifier.StatusState) {
		t.Helper()
		if src.Counts() != (want == verifier.StatusRevoked) {
			t.Errorf("%s: counts %v", name, src.Counts())
		}
		for _, k := range []*issuing.Key{bad, good} {
			a := New(src).Lookup(&verifier.Credential{}, keyOf(t, k))
			if wanted := want; a.State != wanted && !(k == good && want == verifier.StatusRevoked && a.State == verifier.StatusNotChecked) {
				t.Errorf("%s: %+v, want %v", name, a, want)
			}
		}
	}
	f("by its authority", provenBy(t, src, trusting(t, root)), verifier.StatusRevoked)
	f("by nobody", src, verifier.StatusUnknown)
	f("by another of that name", provenBy(t, src, trusting(t, other)), verifier.StatusUnknown)
	jwk, err := root.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.Replace(string(jwk), `"x5c"`, `"unused"`, 1)
	material, err := trust.Load("bare", []byte(`{"keys":[`+bare+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	f("by the bare key", provenBy(t, src, trust.New(material)), verifier.StatusUnknown)
}

// The newest list of an authority answers, and the answer joins what is said of the credential itself.
func TestCRLJoins(t *testing.T) {
	root := authority(t, verifier.ES256, 1)
	k := certified(t, root, 2)
	by := trusting(t, root)
	older := provenBy(t, loaded(t, crlOf(t, root, start)), by)
	newer := provenBy(t, loaded(t, crlOf(t, root, start.AddDate(0, 0, 1), issuing.Revocation{Certificate: k.Certificate, At: start})), by)
	ids := loaded(t, []byte("ticket-1\n"))
	f := func(c *verifier.Credential, want verifier.StatusState, sources ...Source) {
		t.Helper()
		if a := New(sources...).Lookup(c, keyOf(t, k)); a.State != want {
			t.Errorf("%+v, want %v", a, want)
		}
	}
	any, gone := &verifier.Credential{}, &verifier.Credential{ID: []byte("ticket-1")}
	named := &verifier.Credential{Status: &verifier.StatusRef{URI: "https://absent.example"}}
	f(any, verifier.StatusRevoked, older, newer)
	f(any, verifier.StatusRevoked, newer, older)
	f(any, verifier.StatusNotChecked, older)
	f(gone, verifier.StatusRevoked, older, ids)
	f(named, verifier.StatusUnknown, older)
	f(named, verifier.StatusRevoked, newer)
}

func TestCRLFaults(t *testing.T) {
	root := authority(t, verifier.ES256, 1)
	der := crlOf(t, root, start)
	block := pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
	f := func(name string, data []byte) {
		t.Helper()
		if _, err := Load("list", data); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	f("cut off", der[:len(der)-1])
	f("with a byte more", append(append([]byte{}, der...), 0))
	f("two of them", append(append([]byte{}, block...), block...))
	f("a certificate", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
	f("a certificate, DER", root.Certificate)
	for id, critical := range map[string]string{"delta": "\x55\x1d\x1b", "unknown": "\x55\x1d\x63"} {
		f(id, []byte(strings.Replace(string(der), "\x55\x1d\x14\x04", critical+"\x01\x01\xff\x04", 1)))
	}
	if err := checkDistribution([]byte{0x30, 0x03, 0x81, 0x01, 0xff}); err != nil {
		t.Errorf("for users' certificates: %v", err)
	}
	for _, part := range []string{"\x30\x03\x82\x01\xff", "\x30\x03\x84\x01\xff", "\x30\x03\x85\x01\xff", "\x30\x04\x83\x02\x06\x40", "\x30\x03\x81", ""} {
		if err := checkDistribution([]byte(part)); err == nil {
			t.Errorf("%x: taken for a list of signers", part)
		}
	}
}

// Whatever bytes come, a list of revoked certificates names its authority, says until when it holds and revokes
// nobody before it is proven.
func FuzzCRL(f *testing.F) {
	root := authority(f, verifier.ES256, 1)
	bad := certified(f, root, 2)
	der := crlOf(f, root, start, issuing.Revocation{Certificate: bad.Certificate, At: start, Reason: 6})
	f.Add(der)
	f.Add(crlOf(f, authority(f, verifier.EdDSA, 1), start))
	k, by := keyOf(f, bad), trusting(f, root)
	signed := loaded(f, der).Statement.Proof.Signed
	f.Fuzz(func(t *testing.T, data []byte) {
		src, err := loadCRL(data)
		if err != nil {
			return
		}
		if src.Statement.ExpiresAt.IsZero() || len(src.Statement.Proof.KeyID) == 0 {
			t.Fatalf("%+v", src.Statement)
		}
		if a := New(src).Lookup(&verifier.Credential{}, k); a.State == verifier.StatusRevoked || a.State == verifier.StatusSuspended {
			t.Fatalf("nobody proved it: %+v", a)
		}
		if src = provenBy(t, src, by); src.authority != nil && string(src.Statement.Proof.Signed) != string(signed) {
			t.Fatal("another list is proven")
		}
	})
}
