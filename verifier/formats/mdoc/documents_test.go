package mdoc

import (
	"bytes"
	"crypto/x509/pkix"
	"testing"

	"vratar/verifier"
	"vratar/verifier/cbor"
)

// answer is a response with these documents, each a type with what its issuer signed.
func answer(documents ...[2][]byte) []byte {
	dst := cbor.AppendText(cbor.AppendText(cbor.AppendMapHead(nil, 3), "version"), "1.0")
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, "documents"), len(documents))
	for _, d := range documents {
		dst = cbor.AppendText(cbor.AppendText(cbor.AppendMapHead(dst, 2), "docType"), string(d[0]))
		dst = append(cbor.AppendText(dst, "issuerSigned"), d[1]...)
	}
	return cbor.AppendUint(cbor.AppendText(dst, "status"), 0)
}

// Of several documents one is judged, and shows nothing of the others.
func TestSeveralDocuments(t *testing.T) {
	made := func(docType, name string) [2][]byte {
		d := erika(t)
		d.Type, d.Elements = docType, map[string]map[string]any{docType: {"given_name": name}, licenceSpace: {"given_name": name}}
		return [2][]byte{[]byte(docType), issuerSigned(t, d)}
	}
	wallet, mdl, pid := made("org.example.loyalty", "Otto"), made(licence, "Erika"), made("eu.europa.ec.eudi.pid.1", "Maria")
	f := func(want, name string, documents ...[2][]byte) {
		t.Helper()
		c, err := Format{}.Decode(answer(documents...))
		if err != nil {
			t.Fatal(err)
		}
		others := 0
		for _, other := range []string{"Otto", "Erika", "Maria"} {
			others += bytes.Count(c.Claims, []byte(other))
		}
		if c.OwnType != want || !proven(t, c) || bytes.Count(c.Claims, []byte(name)) != 2 || others != 2 || c.SchemaFault != nil {
			t.Errorf("%s: %s, %v", c.OwnType, c.Claims, c.SchemaFault)
		}
	}
	f(licence, "Erika", mdl, pid)
	f("eu.europa.ec.eudi.pid.1", "Maria", pid, mdl)
	f(licence, "Erika", wallet, mdl, pid)
	f("org.example.loyalty", "Otto", wallet)
	f("org.example.loyalty", "Otto", wallet, wallet)

	refused := func(documents ...[2][]byte) {
		t.Helper()
		if c, err := (Format{}).Decode(answer(documents...)); err == nil {
			t.Errorf("opened: %s", c.Claims)
		}
	}
	refused()
	refused(mdl, [2][]byte{[]byte(licence), {0x80}})
	refused(mdl, [2][]byte{nil, pid[1]})
	refused(mdl, mdl, mdl, mdl, mdl, mdl, mdl, mdl, mdl)
	// Signatures of one document are none of another: its type is held against what its issuer signed.
	c, err := Format{}.Decode(answer([2][]byte{[]byte(licence), pid[1]}))
	if err != nil || c.SchemaFault == nil {
		t.Errorf("a document under another type: %+v, %v", c, err)
	}
}

// The country and the jurisdiction of the elements are those of the signer's certificate, where both are stated.
func TestPlaceOfIssue(t *testing.T) {
	f := func(country, jurisdiction string, fits bool) {
		t.Helper()
		d := erika(t)
		elements := map[string]any{"age_over_18": true}
		if country != "" {
			elements["issuing_country"] = country
		}
		if jurisdiction != "" {
			elements["issuing_jurisdiction"] = jurisdiction
		}
		d.Elements = map[string]map[string]any{licenceSpace: elements, licenceSpace + ".XX": {"issuing_country": "XX"}}
		c, err := Format{}.Decode(issuerSigned(t, d))
		if err != nil || (c.SchemaFault == nil) != fits || !proven(t, c) {
			t.Errorf("%q %q: %v %v", country, jurisdiction, c.SchemaFault, err)
		}
	}
	f("", "", true)
	f("UT", "", true)
	f("ut", "", true)
	f("XX", "", false)
	f("UT", "UT-1", true) // the certificate names no province
	subject := pkix.RDNSequence{{{Type: countryName, Value: "US"}}, {{Type: provinceName, Value: "US-NY"}}}
	for stated, differ := range map[string]bool{"US-NY": false, "US-CA": true, "": false} {
		if got := differs(stated, subject, provinceName); got != differ {
			t.Errorf("%q differs: %v", stated, got)
		}
	}
	if subjectOf(nil) != nil || subjectOf([]byte{0x30, 0x00}) != nil {
		t.Error("a subject without certificate")
	}
}

// When the issuer means to sign anew is a date or nothing, and changes nothing.
func TestExpectedUpdate(t *testing.T) {
	info := func(update []byte) cbor.Item {
		dst := cbor.AppendMapHead(nil, 4)
		for _, name := range []string{"signed", "validFrom", "validUntil"} {
			dst = cbor.AppendText(cbor.AppendTag(cbor.AppendText(dst, name), 0), "2026-03-01T10:00:00Z")
		}
		item, err := cbor.Parse(append(cbor.AppendText(dst, "expectedUpdate"), update...))
		if err != nil {
			t.Fatal(err)
		}
		return item
	}
	var m securityObject
	if err := m.readValidity(new(verifier.Arena), info(cbor.AppendText(cbor.AppendTag(nil, 0), "2026-04-01T10:00:00Z"))); err != nil || !m.validUntil.Equal(issued) {
		t.Errorf("%v, until %v", err, m.validUntil)
	}
	for _, wrong := range [][]byte{cbor.AppendUint(nil, 7), cbor.AppendText(nil, "2026-04-01T10:00:00Z"), cbor.AppendText(cbor.AppendTag(nil, 0), "soon")} {
		if err := m.readValidity(new(verifier.Arena), info(wrong)); err == nil {
			t.Errorf("%x is a date", wrong)
		}
	}
}
