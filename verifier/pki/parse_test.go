package pki_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"testing"

	. "vratar/verifier/pki"
	"vratar/verifier/pki/certify"
	"vratar/verifier/pki/pkitest"
)

// withSubject is the identity of a certificate whose subject has those values.
func withSubject(id Identity) Identity {
	w := newWorld()
	t := head(certify.Template{})
	t.Identity = id
	return w.authority.Issue(pkitest.GOSTKey(curve(1), "head"), t).Certificate.Identity
}

func TestIdentity(t *testing.T) {
	full := Identity{CommonName: "Иванов Иван", Organization: "ООО", Surname: "Иванов", GivenName: "Иван Иванович", Title: "Директор", Country: "RU",
		INN: "990000000115", OrgINN: "9900000017", OGRN: "1199900000013", OGRNIP: "319990000000011", SNILS: "99000000153"}
	if got := withSubject(full); got != full {
		t.Errorf("%+v", got)
	}
	f := func(name string, written, want Identity) {
		t.Helper()
		if got := withSubject(written); got != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	f("number of an organisation among persons'", Identity{INN: "009900000017"}, Identity{OrgINN: "9900000017"})
	f("twelve digits for an organisation", Identity{OrgINN: "009900000017"}, Identity{OrgINN: "9900000017"})
	f("the same number twice", Identity{INN: "009900000017", OrgINN: "9900000017"}, Identity{OrgINN: "9900000017"})
	f("two numbers", Identity{INN: "009900000017", OrgINN: "9900000024"}, Identity{})
	f("as people write it", Identity{SNILS: "990-000-001 53"}, Identity{SNILS: "99000000153"})
	f("a digit short", Identity{SNILS: "9900000015", INN: "99000000011", OrgINN: "990000001", OGRN: "119990000001"}, Identity{})
	f("letters", Identity{SNILS: "9900000015x", INN: "99000000011O"}, Identity{})
	f("twelve digits of a person for an organisation", Identity{OrgINN: "990000000115"}, Identity{})
}

func TestParseFiles(t *testing.T) {
	w := newWorld()
	der := w.root.Certificate.X509.Raw
	block := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	two := append(block("CERTIFICATE", der), block("CERTIFICATE", w.head.Certificate.X509.Raw)...)
	if all, err := ParseCertificates(two); err != nil || len(all) != 2 || all[1].Identity != w.head.Certificate.Identity {
		t.Errorf("two blocks: %d, %v", len(all), err)
	}
	if all, err := ParseCertificates(der); err != nil || len(all) != 1 {
		t.Errorf("DER: %v", err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("certificate"), "a byte more": append(bytes.Clone(der), 0), "a key": block("PRIVATE KEY", der),
		"damaged": bytes.Replace(two, []byte("END"), []byte("ENB"), 1), "too large": append(bytes.Clone(der), make([]byte, MaxCertificate)...),
	} {
		if all, err := ParseCertificates(data); err == nil {
			t.Errorf("%s: %d certificates", name, len(all))
		}
	}
	list := w.authority.List(start, now).List.Raw
	if l, err := ParseCRL(block("X509 CRL", list)); err != nil || l.Algorithm != GOST256 {
		t.Errorf("list: %v", err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "a certificate": der, "two": append(block("X509 CRL", list), block("X509 CRL", list)...), "a byte more": append(bytes.Clone(list), 0),
		"an amendment": bytes.Replace(list, []byte("\x55\x1d\x14"), []byte("\x55\x1d\x1b"), 1),
		"a part":       bytes.Replace(list, []byte("\x55\x1d\x14"), []byte("\x55\x1d\x1c"), 1),
	} {
		if _, err := ParseCRL(data); err == nil {
			t.Errorf("list, %s: read", name)
		}
	}
}

// A key that is of no kind to be believed makes no certificate, and a message with one in it has no signer.
func TestUnknownKey(t *testing.T) {
	w := newWorld()
	der := bytes.Clone(w.head.Certificate.X509.Raw)
	curveName := asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 1, 2}
	oid, err := asn1.Marshal(curveName)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(der, oid)
	if at < 0 {
		t.Fatal("no curve")
	}
	der[at+len(oid)-1] = 9
	if _, err := ParseCertificate(der); err == nil {
		t.Error("a certificate on an unknown curve")
	}
	message := w.head.Sign(content, certify.Signature{})
	message[bytes.Index(message, oid)+len(oid)-1] = 9
	expect(t, "unknown curve", message, w.options(), FailureCertificate)
}
