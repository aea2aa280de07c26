package sdjwt_test

import (
	"encoding/json"
	"encoding/pem"
	"math/rand/v2"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/sdjwt"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

const address = "https://id.example/kz"

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func key(t testing.TB, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func certified(t testing.TB, k, by *issuing.Key, o issuing.CertificateOptions) *issuing.Key {
	t.Helper()
	o.Country, o.NotBefore, o.NotAfter = "KZ", at.AddDate(0, -1, 0), at.AddDate(1, 0, 0)
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

// believing trusts the material.
func believing(t testing.TB, material string, held ...status.Source) *verifier.Verifier {
	t.Helper()
	src, err := trust.Load("test", []byte(material))
	if err != nil {
		t.Fatal(err)
	}
	return &verifier.Verifier{
		Formats: []verifier.Format{sdjwt.Format{}}, Checker: proof.Checker{}, Lists: lists{trust.New(src), status.New(held...)},
	}
}

func issue(t testing.TB, k *issuing.Key, c issuing.Selective) string {
	t.Helper()
	c.IssuedAt = at
	i, err := issuing.SDJWT(k, c, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	return i.Present()
}

func entry(id, formats string, k *issuing.Key) string {
	text, _ := json.Marshal(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate})))
	return `{"issuers":[{"id":"` + id + `",` + formats + `"keys":[{"pem":` + string(text) + `}]}]}`
}

// A certificate in the header counts for whom the operator named, and for the issuer that it names itself.
func TestCertificateOfIssuer(t *testing.T) {
	root := certified(t, key(t, 1), nil, issuing.CertificateOptions{Organisation: "Root", Authority: true})
	named := certified(t, key(t, 2), root, issuing.CertificateOptions{Addresses: []string{address}})
	other := certified(t, key(t, 3), root, issuing.CertificateOptions{Addresses: []string{"https://other.example"}})
	const listed = `"formats":["sdjwt"],`
	f := func(name, material string, k *issuing.Key, iss string, want verifier.Reason) {
		t.Helper()
		code := issue(t, k, issuing.Selective{Type: "urn:x", Issuer: iss, Certificate: true})
		if out := believing(t, material).Verify(verifier.Scan{Payload: []byte(code), At: at}); out.Reason != want {
			t.Errorf("%s: %v, want %v", name, out.Reason, want)
		}
	}
	ok, barred, unknown := verifier.ReasonOK, verifier.ReasonKeyNotAllowed, verifier.ReasonIssuerUnknown
	anybody := entry("*", listed, root)
	f("names its issuer", anybody, named, address, ok)
	f("names another", anybody, other, address, barred)
	f("without issuer", anybody, named, "", ok)
	f("without issuer, another", anybody, other, "", ok)
	f("an authority of one issuer", entry(address, listed, root), other, address, ok)
	f("an authority of another issuer", entry("https://else.example", listed, root), named, address, unknown)
	f("an authority not named for the format", entry("*", "", root), named, address, barred)
	f("the certificate itself", entry(address, "", named), named, address, ok)
	f("a stranger's authority", anybody, certified(t, key(t, 2), certified(t, key(t, 9), nil, issuing.CertificateOptions{
		Organisation: "Root", Authority: true,
	}), issuing.CertificateOptions{Addresses: []string{address}}), address, verifier.ReasonKeyUnknown)
}

// What the issuer bound to a key needs its proof at a gate, whatever way it names the key.
func TestBoundCredentials(t *testing.T) {
	k, holder := key(t, 1), key(t, 4)
	jwk, err := k.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	v := believing(t, `{"keys":[`+string(jwk)+`]}`)
	anybodys := issue(t, k, issuing.Selective{Type: "urn:x", Issuer: address})
	bound := issue(t, k, issuing.Selective{Type: "urn:x", Issuer: address, Holder: holder})
	other := issue(t, k, issuing.Selective{Type: "urn:x", Issuer: address, Claims: map[string]any{"cnf": map[string]any{"x5t#S256": "AA"}}})
	shown, err := issuing.Bind(holder, bound, issuing.Binding{Audience: "gate", Nonce: "7", IssuedAt: at})
	if err != nil {
		t.Fatal(err)
	}
	f := func(code string, demand verifier.HolderDemand, want verifier.Reason, established bool) {
		t.Helper()
		out := v.Verify(verifier.Scan{Payload: []byte(code), At: at, Holder: demand})
		if out.Reason != want || established != (out.NotEstablished&verifier.HolderBinding == 0) {
			t.Errorf("%+v: %v, not established %v, want %v", demand, out.Reason, out.NotEstablished.Names(), want)
		}
	}
	none, gate := verifier.HolderDemand{}, verifier.HolderDemand{Bound: true}
	f(anybodys, none, verifier.ReasonOK, false)
	f(anybodys, gate, verifier.ReasonOK, false)
	for _, code := range []string{bound, other} {
		f(code, none, verifier.ReasonOK, false)
		f(code, gate, verifier.ReasonHolderProofMissing, false)
	}
	f(shown, verifier.HolderDemand{Bound: true, Audience: "gate"}, verifier.ReasonOK, true)
	f(shown, verifier.HolderDemand{Bound: true, Audience: "other"}, verifier.ReasonHolderProofInvalid, false)
	f(shown, gate, verifier.ReasonHolderProofInvalid, false) // for an audience, and none is set
}

// The status list of a verifiable credential is a JWT; another SD-JWT's may be either.
func TestStatusListIsJWT(t *testing.T) {
	k := key(t, 1)
	jwk, err := k.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	l := issuing.StatusList{URI: "https://s.example/1", Bits: 1, Size: 8, IssuedAt: at}
	jwt, err1 := issuing.StatusListJWT(k, l)
	cwt, err2 := issuing.StatusListCWT(k, l)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	f := func(vct string, list []byte, want verifier.Reason) {
		t.Helper()
		src, err := status.Load("list", list)
		if err != nil {
			t.Fatal(err)
		}
		v := believing(t, `{"keys":[`+string(jwk)+`]}`, src.ProvenBy(&verifier.Key{Issuer: &verifier.Issuer{ID: "*"}}))
		code := issue(t, k, issuing.Selective{Type: vct, Issuer: address, Status: &verifier.StatusRef{URI: l.URI, Index: 1}})
		if out := v.Verify(verifier.Scan{Payload: []byte(code), At: at}); out.Reason != want {
			t.Errorf("%q: %v, want %v", vct, out.Reason, want)
		}
	}
	f("urn:x", jwt, verifier.ReasonOK)
	f("urn:x", cwt, verifier.ReasonStatusUnknown)
	f("", jwt, verifier.ReasonOK)
	f("", cwt, verifier.ReasonOK)
}
