package trust

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

const (
	licence = "org.iso.18013.5.1.mDL"
	ageType = "eu.europa.ec.av.1"
	listUse = "1.0.18013.5.1.8"
)

// vical is a list of one root that stands for driving licences, signed by k.
func vical(t testing.TB, k, iaca *issuing.Key, types ...string) []byte {
	t.Helper()
	b, err := issuing.VICAL(k, issuing.AuthorityList{
		Provider: "Provider", Number: 7, IssuedAt: from, NextUpdate: from.AddDate(0, 1, 0),
		Authorities: []issuing.ListedAuthority{{Certificate: iaca.Certificate, Types: types, Name: "Utopia"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// named is our own trust list with one entry for a key, limited as stated.
func named(t testing.TB, k *issuing.Key, limits string) *Snapshot {
	t.Helper()
	jwk, err := k.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	return snapshotOf(t, []byte(`{"issuers":[{"id":"provider",`+limits+`"keys":[`+string(jwk)+`]}]}`))
}

const forLists = `"formats":["trustlist"],`

func loaded(t testing.TB, data []byte) Source {
	t.Helper()
	src, err := Load("list", data)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// proven is the snapshot of a signed list under the operator's own keys.
func proven(t testing.TB, src Source, own *Snapshot) *Snapshot {
	t.Helper()
	src, reason := src.Prove(own, proof.Checker{})
	if reason != verifier.ReasonOK || !src.Counts() || src.Signer() == nil {
		t.Fatalf("the list is not proven: %v", reason)
	}
	return New(src)
}

func signerList(signers ...*issuing.Key) issuing.SignerList {
	return issuing.SignerList{IssuedAt: from, ExpiresAt: from.AddDate(0, 0, 2), Signers: map[string][]*issuing.Key{"UT": signers}}
}

func ministry(t testing.TB, seed byte) *issuing.Key {
	t.Helper()
	return certify(t, newKey(t, seed), nil, issuing.CertificateOptions{Country: "UT", Organisation: "Ministry"})
}

// signedLists is every kind of signed list, signed by k.
func signedLists(t testing.TB, k *issuing.Key) map[string][]byte {
	t.Helper()
	k = certify(t, k, nil, issuing.CertificateOptions{Country: "UT", Organisation: "Provider", Uses: []string{listUse}})
	jws, err1 := issuing.SignerListJWS(k, signerList(ministry(t, 20)), false)
	x5c, err2 := issuing.SignerListJWS(k, signerList(ministry(t, 20)), true)
	text, err3 := issuing.SignerListText(k, signerList(ministry(t, 20)))
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, list, _ := bytes.Cut(text, []byte("\n"))
	message, err := issuing.SignedMessage(k, list)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"vical": vical(t, k, root(t, 1), licence), "jws": jws, "x5c": x5c, "text": text,
		"cms": message, "cms-text": []byte(base64.StdEncoding.EncodeToString(message) + "\n"),
	}
}

// A signed list counts when a key signed it that the operator named for lists, and not otherwise.
func TestSignedListCountsOnlyWhenProven(t *testing.T) {
	k := newKey(t, 8)
	wild := func(k *issuing.Key) *Snapshot {
		jwk, err := k.MarshalPublic()
		if err != nil {
			t.Fatal(err)
		}
		return snapshotOf(t, []byte(`{"keys":[`+string(jwk)+`]}`))
	}
	timeless := map[string]bool{"text": true, "cms": true, "cms-text": true} // so nobody can tell when they were signed
	for kind, data := range signedLists(t, k) {
		src := loaded(t, data)
		if src.Statement == nil || src.Counts() || len(src.Entries) != 1 || len(New(src).Keys()) != 0 {
			t.Fatalf("%s: %+v", kind, src)
		}
		f := func(name string, own *Snapshot, counts bool) {
			t.Helper()
			got, reason := src.Prove(own, proof.Checker{})
			if got.Counts() != counts || (reason == verifier.ReasonOK) != counts || (len(New(got).Keys()) == 1) != counts {
				t.Errorf("%s, %s: %v", kind, name, reason)
			}
		}
		f("nobody's", Empty(), false)
		f("named for lists", named(t, k, forLists), true)
		f("a bare file of keys", wild(k), true)
		f("another's", wild(newKey(t, 9)), false)
		f("named for something else", named(t, k, `"formats":["mdoc","hcert"],`), false)
		f("named for whatever it signs", named(t, k, ``), false)
		f("retired before", named(t, k, forLists+`"not_after":"2025-12-31T00:00:00Z",`), timeless[kind])
		if again, _ := src.Prove(wild(newKey(t, 9)), proof.Checker{}); again.Counts() {
			t.Errorf("%s: counts once proven and no longer", kind)
		}
		// A list vouches for no other list, not even for one that the same key signed.
		own, _ := src.Prove(wild(k), proof.Checker{})
		f("the list's own keys", New(own), false)
	}
}

func TestEveryFlippedByteOfASignedList(t *testing.T) {
	k := newKey(t, 8)
	own := named(t, k, forLists)
	for kind, data := range signedLists(t, k) {
		accepted := 0
		for i := range data {
			changed := bytes.Clone(data)
			changed[i] ^= 1
			src, err := Load("list", changed)
			if err != nil {
				continue
			}
			if src, _ = src.Prove(own, proof.Checker{}); src.Counts() && src.Statement != nil &&
				!bytes.Equal(src.Statement.Proof.Signed, loaded(t, data).Statement.Proof.Signed) {
				accepted++
			}
		}
		if accepted > 0 {
			t.Errorf("%s: %d changed lists are accepted", kind, accepted)
		}
	}
}

// An authority of a VICAL vouches for its types of document, through those it has certified.
func TestVICAL(t *testing.T) {
	iaca, provider := root(t, 1), newKey(t, 8)
	src := loaded(t, vical(t, provider, iaca, licence, ageType))
	if src.Kind != KindVICAL || src.Provider != "Provider" || !src.NextUpdate.Equal(from.AddDate(0, 1, 0)) || src.Wildcard ||
		!src.Statement.IssuedAt.Equal(from) || len(src.Refused) != 0 {
		t.Fatalf("%+v", src)
	}
	s := proven(t, src, named(t, provider, forLists))
	ds := certify(t, newKey(t, 2), iaca, issuing.CertificateOptions{Country: "UT", Organisation: "Signer", Uses: []string{signerUse}})
	f := func(docType, format string, chain []byte, want verifier.Reason) {
		t.Helper()
		c := shown(chain)
		c.Format, c.OwnType = format, docType
		keys, reason := s.Find(nil, c)
		if reason != want {
			t.Errorf("%s in %s: %v, want %v", docType, format, reason, want)
		}
		if want == verifier.ReasonOK && (keys[0].Issuer.Name != "Utopia" || keys[0].Issuer.ID == AnyIssuer || !keys[0].ListedUntil.IsZero()) {
			t.Errorf("%s: %+v", docType, keys[0].Issuer)
		}
	}
	f(licence, "mdoc", ds.Certificate, verifier.ReasonOK)
	f(ageType, "mdoc", ds.Certificate, verifier.ReasonOK)
	f("eu.europa.ec.eudi.pid.1", "mdoc", ds.Certificate, verifier.ReasonKeyNotAllowed)
	f("", "mdoc", ds.Certificate, verifier.ReasonKeyNotAllowed)
	f(licence, "vdsnc", ds.Certificate, verifier.ReasonKeyNotAllowed)
	f(licence, "mdoc", iaca.Certificate, verifier.ReasonKeyNotAllowed) // it signs nothing itself
	other := certify(t, newKey(t, 2), root(t, 5), issuing.CertificateOptions{Country: "UT", Uses: []string{signerUse}})
	f(licence, "mdoc", other.Certificate, verifier.ReasonIssuerUnknown)
}

// One authority that is wrongly described is left out; a list with none is no list.
func TestVICALFaults(t *testing.T) {
	iaca, k := root(t, 1), newKey(t, 8)
	refused := func(want string, change func(*issuing.ListedAuthority)) {
		t.Helper()
		wrong := issuing.ListedAuthority{Certificate: iaca.Certificate, Types: []string{licence}}
		change(&wrong)
		b, err := issuing.VICAL(k, issuing.AuthorityList{Provider: "P", IssuedAt: from, Authorities: []issuing.ListedAuthority{
			wrong, {Certificate: root(t, 3).Certificate, Types: []string{licence}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		src := loaded(t, b)
		if len(src.Entries) != 1 || len(src.Refused) != 1 || !strings.Contains(src.Refused[0].Error(), want) {
			t.Errorf("%q: %v", want, src.Refused)
		}
	}
	refused("docType", func(a *issuing.ListedAuthority) { a.Types = nil })
	refused("docType", func(a *issuing.ListedAuthority) { a.Types = []string{""} })
	refused("authority", func(a *issuing.ListedAuthority) {
		a.Certificate = certify(t, newKey(t, 2), iaca, issuing.CertificateOptions{Country: "UT"}).Certificate
	})
	good := vical(t, k, iaca, licence)
	broken := func(want, from, to string) {
		t.Helper()
		if !bytes.Contains(good, []byte(from)) {
			t.Fatalf("%q is not in the list", from)
		}
		_, err := Load("list", bytes.Replace(good, []byte(from), []byte(to), 1))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s to %s: %v, want %q", from, to, err, want)
		}
	}
	broken("version", "\x631.0", "\x631.1")
	broken("provider", "vicalProvider", "vicalProfider")
	broken("provider", "\x64date", "\x64dade")
	broken("nextUpdate", "2026-02-01", "2026-42-01")
	broken("provider", "certificateInfos", "certificateInfoz")
	broken("serialNumber", "serialNumber", "serialNumbe_")
	broken("ski", "\x63ski", "\x63skj")
	broken("algorithm", "\xa1\x01\x26", "\xa1\x01\x2d")
	if _, err := Load("list", good[:len(good)-1]); err == nil {
		t.Error("a list that is cut off is read")
	}
}

// Lists of document signers that expire vouch until then.
func TestSignedDocumentSigners(t *testing.T) {
	k, ds := newKey(t, 8), ministry(t, 20)
	jws, err := issuing.SignerListJWS(k, signerList(ds), false)
	if err != nil {
		t.Fatal(err)
	}
	s := proven(t, loaded(t, jws), named(t, k, forLists))
	keys, reason := s.Find(nil, credential("hcert", "UT", string(certificateID(s.Keys()[0].Certificate))))
	if reason != verifier.ReasonOK || !keys[0].ListedUntil.Equal(from.AddDate(0, 0, 2)) || keys[0].Issuer.Name != "Ministry" {
		t.Fatalf("%v %+v", reason, keys)
	}
	later := signerList(ds)
	later.ExpiresAt = from.AddDate(0, 0, 3)
	if jws, err = issuing.SignerListJWS(k, later, false); err != nil {
		t.Fatal(err)
	}
	if next := proven(t, loaded(t, jws), named(t, k, forLists)); next.Epoch() == s.Epoch() {
		t.Error("a list that lasts longer has the same epoch")
	}
	f := func(name string, l issuing.SignerList, want string) {
		t.Helper()
		text, err := issuing.SignerListJWS(k, l, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Load("list", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f("without a date", issuing.SignerList{Signers: later.Signers}, "iat")
	token, err := issuing.StatusListJWT(k, issuing.StatusList{URI: "x", Bits: 1, Size: 8, IssuedAt: from})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load("list", token); err == nil || !strings.Contains(err.Error(), "dsc_trust_list") {
		t.Errorf("another token: %v", err)
	}
	text, err := issuing.SignerListText(k, signerList(ds))
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][]byte{bytes.Replace(text, []byte("certificates"), []byte("certificatez"), 1), text[1:], append([]byte("!"), text[1:]...)} {
		if _, err := Load("list", wrong); err == nil {
			t.Errorf("%.60q is read", wrong)
		}
	}
}

// A signed message brings in document signers and nothing else.
func TestSignedMessageOfSomethingElse(t *testing.T) {
	k := certify(t, newKey(t, 8), nil, issuing.CertificateOptions{Country: "UT"})
	jwk, err := k.MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{`{"keys":[` + string(jwk) + `]}`, `{"issuers":[{"id":"x","keys":[` + string(jwk) + `]}]}`, string(pemOf(k.Certificate)), ``} {
		message, err := issuing.SignedMessage(k, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if src, err := Load("list", message); err == nil {
			t.Errorf("%.30s is read as %s", content, src.Kind)
		}
	}
}

// The certificate of who signs a list may itself be certified by whom the operator named.
func TestListSignerByChain(t *testing.T) {
	authority := root(t, 6)
	f := func(uses []string, own *Snapshot, counts bool) {
		t.Helper()
		k := certify(t, newKey(t, 8), authority, issuing.CertificateOptions{Country: "UT", Uses: uses})
		src, reason := loaded(t, vical(t, k, root(t, 1), licence)).Prove(own, proof.Checker{})
		if src.Counts() != counts {
			t.Errorf("%q: %v", uses, reason)
		}
	}
	bare := snapshotOf(t, pemOf(authority.Certificate))
	f([]string{listUse}, bare, true)
	f([]string{signerUse}, bare, false)
	f(nil, bare, false)
	limited := snapshotOf(t, []byte(`{"issuers":[{"id":"p","formats":["mdoc"],"keys":[{"pem":`+quoted(pemOf(authority.Certificate))+`}]}]}`))
	f([]string{listUse}, limited, false)
	chosen := snapshotOf(t, []byte(`{"issuers":[{"id":"p",`+forLists+`"keys":[{"pem":`+quoted(pemOf(authority.Certificate))+`}]}]}`))
	f([]string{listUse}, chosen, true)
}

// Nor does a certificate that the operator lists sign lists of authorities when it says that it is for something else.
func TestListSignerOfAnotherUse(t *testing.T) {
	f := func(uses []string, want verifier.Reason) {
		t.Helper()
		k := certify(t, newKey(t, 8), nil, issuing.CertificateOptions{Country: "UT", Uses: uses})
		data := vical(t, k, root(t, 1), licence)
		text := quoted(pemOf(k.Certificate))
		for _, own := range []*Snapshot{
			snapshotOf(t, pemOf(k.Certificate)),
			snapshotOf(t, []byte(`{"issuers":[{"id":"p",`+forLists+`"keys":[{"pem":`+text+`}]}]}`)),
		} {
			src, reason := loaded(t, data).Prove(own, proof.Checker{})
			if reason != want || src.Counts() != (want == verifier.ReasonOK) {
				t.Errorf("%q: %v, want %v", uses, reason, want)
			}
		}
	}
	f([]string{listUse}, verifier.ReasonOK)
	f(nil, verifier.ReasonOK)
	f([]string{signerUse, listUse}, verifier.ReasonOK)
	f([]string{signerUse}, verifier.ReasonKeyNotAllowed)
}

// Whatever bytes come, a list is read or refused, New takes nothing of a signed one that nobody proved, and no
// authority for mobile documents is without limits.
func FuzzLoadSigned(f *testing.F) {
	for _, data := range signedLists(f, newKey(f, 8)) {
		f.Add(data)
	}
	f.Add([]byte(`{"keys":[]}`))
	f.Add([]byte(`{"issuers":[{"id":"x","keys":[]}]}`))
	f.Add(pemOf(root(f, 1).Certificate))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		src, err := Load("fuzz", data)
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			return
		}
		if src.Kind == "" || (src.Statement != nil && (src.Counts() || len(New(src).Keys()) > 0)) {
			t.Fatalf("%+v", src)
		}
		for _, e := range src.Entries {
			if src.Kind == KindVICAL && (len(e.Documents) == 0 || len(e.Formats) != 1 || !e.OnlyCertifies) {
				t.Fatalf("an authority without limits: %+v", e)
			}
		}
	})
}
