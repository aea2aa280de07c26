package vds

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
)

// counting is a source of randomness that is the same on every run.
type counting struct{}

func (counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

var (
	issued = time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)
	signed = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
)

func c40(t testing.TB, text string) []byte {
	t.Helper()
	b, err := issuing.AppendC40(nil, text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const zone72 = "ARD<<FOLKS<<TALLULAH<<<<<<<<<<<<<<<<" + "6525845096USA7008038M2201018<<<<<<06"

func genuine(t testing.TB) []byte {
	t.Helper()
	return sealed(t, issuing.Seal{
		Country: "D", Signer: "DETS", Reference: "32", Feature: 0xfb, Kind: 6,
		Messages: []issuing.SealMessage{{Tag: 2, Value: c40(t, zone72)}, {Tag: 3, Value: c40(t, "UFO001979")}},
	})
}

func sealed(t testing.TB, s issuing.Seal) []byte {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, counting{})
	if err != nil {
		t.Fatal(err)
	}
	s.IssuedOn, s.SignedOn = issued, signed
	b, err := issuing.VDS(k, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecode(t *testing.T) {
	c, err := Format{}.Decode(genuine(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Format != "vds" || c.Type != "residence_permit" || c.Issuer != "DETS" || c.Country != "DE" || string(c.Proof.KeyID) != "DETS32" ||
		c.Proof.Algorithm != verifier.ES256 || !c.SignedAt.Equal(signed) || !c.IssuedAt.IsZero() || !c.ExpiresAt.IsZero() || c.SchemaFault != nil ||
		c.Holder != (verifier.Holder{Name: "FOLKS TALLULAH", BirthDate: "1970-08-03", DocumentNumber: "UFO001979"}) {
		t.Fatalf("%+v", c)
	}
	want := `{"country":"D","signer":"DETS","certificate_reference":"32","issuing_date":"2026-02-28","signature_date":"2026-03-01",` +
		`"document_reference":"fb06","MRZ":"` + zone72 + `","PASSPORT_NUMBER":"UFO001979"}`
	if string(c.Claims) != want {
		t.Fatalf("claims %s", c.Claims)
	}
}

func TestContent(t *testing.T) {
	f := func(s issuing.Seal, document string, holder verifier.Holder, fault string, claims ...string) {
		t.Helper()
		s.Country, s.Signer, s.Reference = "UTO", "UTTS", "0005B"
		c, err := Format{}.Decode(sealed(t, s))
		if err != nil {
			t.Fatal(err)
		}
		if c.Type != document || c.Holder != holder || (c.SchemaFault == nil) != (fault == "") ||
			fault != "" && !strings.Contains(c.SchemaFault.Error(), fault) || !json.Valid(c.Claims) || string(c.Proof.KeyID) != "UTTS5B" {
			t.Errorf("%s %+v %v %s", c.Type, c.Holder, c.SchemaFault, c.Claims)
		}
		for _, want := range claims {
			if !strings.Contains(string(c.Claims), want) {
				t.Errorf("%s lacks %s", c.Claims, want)
			}
		}
	}
	type m = issuing.SealMessage
	nobody := verifier.Holder{}
	f(issuing.Seal{Feature: 0xee, Kind: 1, Messages: []m{{Tag: 0, Value: nil}, {Tag: 0xfe, Value: []byte{1, 2}}}}, "seal", nobody, "", `"00":{"$b64":""}`, `"fe":{"$b64":"AQI="}`)
	f(issuing.Seal{Feature: 0xfc, Kind: 4, Messages: []m{{Tag: 1, Value: c40(t, "65170839J003")}, {Tag: 2, Value: []byte("Perschweiß")}, {Tag: 3, Value: []byte("Oscar")}}},
		"social_insurance_card", verifier.Holder{Name: "Perschweiß Oscar"}, "", `"SOCIAL_INSURANCE_NUMBER":"65170839J003"`)
	f(issuing.Seal{Feature: 0xfc, Kind: 4, Messages: []m{{Tag: 2, Value: []byte{0xff}}}}, "social_insurance_card", nobody, "SURNAME: not UTF-8", `"SURNAME":{"$b64"`)
	f(issuing.Seal{Feature: 0xfb, Kind: 6, Messages: []m{{Tag: 3, Value: []byte{1}}}}, "residence_permit", nobody, "PASSPORT_NUMBER: vds: not C40")
	f(issuing.Seal{Feature: 0xfb, Kind: 6, Messages: []m{{Tag: 2, Value: c40(t, zone72+"A")}}}, "residence_permit", nobody, "longer")
	// A visa of the larger size, whose filler at the end was left out.
	f(issuing.Seal{Feature: 0x5d, Kind: 1, Messages: []m{{Tag: 1, Value: c40(t, "VCD<<DENT<<ARTHUR<PHILIP<<<<<<<<<<<<<<<<<<<<"+"1625844<<6GBR9901017M1902025")}, {Tag: 3, Value: []byte{2}}}},
		"visa", verifier.Holder{Name: "DENT ARTHUR PHILIP", BirthDate: "1999-01-01", DocumentNumber: "1625844"}, "", `"NUMBER_OF_ENTRIES":{"$b64":"Ag=="}`)
}

func TestBirthDate(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := birthDate(new(verifier.Arena), text, signed); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	f("700803", "1970-08-03")
	f("260301", "2026-03-01")
	f("260302", "1926-03-02")
	f("7008<<", "1970-08")
	f("70<<<<", "1970")
	f("<<<<<<", "")
	f("709999", "")
}

func TestC40(t *testing.T) {
	f := func(want string, b ...byte) {
		t.Helper()
		if got, err := appendC40(nil, b); err != nil || string(got) != want {
			t.Errorf("%x is %q (%v), want %q", b, got, err, want)
		}
	}
	f("")
	f("XK", 0xeb, 0x01) // the third is padding
	f("D", 0xfe, 0x45)
	for _, text := range []string{"A", "AB", "ABC", "ABCD", "Z9 8", "0", "  ", "UTO"} {
		if text == "  " {
			continue // ends in blanks, which is padding to whoever reads the header
		}
		f(text, c40(t, text)...)
	}
	bad := func(b ...byte) {
		t.Helper()
		if got, err := appendC40(nil, b); err == nil {
			t.Errorf("%x is %q", b, got)
		}
	}
	bad(1)
	bad(0, 0)
	bad(0xfe)
	bad(0xfe, 0x45, 0x59, 0xbf) // a lone character before the end
	bad(0xfe, 0x00)
	bad(0xfe, 'a'+1)
	bad(0xfd, 0xff)             // above 64,000
	bad(0xeb, 0x01, 0x59, 0xbf) // padding before the end
	bad(0x00, 0x01)             // nothing but padding
}

func TestRefusals(t *testing.T) {
	f := func(seal []byte, reason verifier.Reason, cause string) {
		t.Helper()
		c, err := Format{}.Decode(seal)
		var r *verifier.Refusal
		if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
			t.Fatalf("Decode(%.20x) = %v, %v, want %v with %q", seal, c, err, reason, cause)
		}
	}
	const malformed = verifier.ReasonMalformed
	seal := genuine(t)
	change := func(at int, b ...byte) []byte { return slices.Replace(bytes.Clone(seal), at, at+len(b), b...) }
	body := len(seal) - 66 // up to the signature
	with := func(more ...byte) []byte { return append(bytes.Clone(seal[:body]), more...) }
	f(nil, malformed, "cut off")
	f(make([]byte, maxSeal+1), verifier.ReasonTooLarge, "bytes")
	f(change(0, 0xdd), malformed, "")
	f(change(1, 1), verifier.ReasonUnsupportedVersion, "version")
	f(change(1, 4), verifier.ReasonUnsupportedVersion, "version")
	f(change(2, 0, 0), malformed, "C40")
	f(change(2, c40(t, "   ")...), malformed, "missing")
	f(change(4, c40(t, "DE S02")...), malformed, "missing")
	f(change(4, c40(t, "DETS00")...), malformed, "length of the certificate")
	f(change(4, c40(t, "DETS03")...), malformed, "length of the certificate")
	f(change(4, c40(t, "DETS0G")...), malformed, "length of the certificate")
	f(change(4, c40(t, "DETSFF")...), malformed, "cut off")
	f(change(10, 0xff, 0xff, 0xff), malformed, "not a date")
	f(change(10, 0, 0, 0), malformed, "not a date")
	f(seal[:15], malformed, "cut off")
	f(seal[:len(seal)-1], malformed, "cut off")
	f(append(bytes.Clone(seal), 0), malformed, "behind the signature")
	f(with(2, 0), malformed, "twice")
	f(with(7), malformed, "cut off")
	f(with(7, 1), malformed, "cut off")
	f(with(7, 0x80), malformed, "shortest")
	f(with(7, 0x81, 1, 0), malformed, "shortest")
	f(with(7, 0x82, 0, 0x90), malformed, "shortest")
	f(with(7, 0x83, 0, 1, 0), malformed, "cut off")
	f(with(0xff, 0), verifier.ReasonUnsupportedAlgorithm, "length")
	f(append(with(0xff, 63), make([]byte, 63)...), verifier.ReasonUnsupportedAlgorithm, "length")
	c, err := Format{}.Decode(seal[:body])
	if err != nil || c.Proof.Algorithm != verifier.AlgorithmNone || c.Proof.Signature != nil {
		t.Fatalf("unsigned: %v", err)
	}
	// DEZV writes the length in decimal and names no key.
	long := sealed(t, issuing.Seal{Country: "D", Signer: "DEZV", Reference: strings.Repeat("0123456789", 4), Feature: 1, Kind: 0xc8})
	if c, err := (Format{}).Decode(long); err != nil || c.Proof.KeyID != nil || c.Issuer != "DEZV" {
		t.Fatalf("DEZV: %v %+v", err, c)
	}
}

// A signature's length tells hash and size; the seal decides nothing else.
func TestAlgorithms(t *testing.T) {
	for size, want := range map[int]verifier.Algorithm{56: verifier.ES224, 64: verifier.ES256, 96: verifier.ES384, 128: verifier.ES512, 132: verifier.ES512} {
		if got, err := algorithm(make([]byte, size)); err != nil || got != want {
			t.Errorf("%d: %v %v", size, got, err)
		}
	}
}

func TestSniffIsNarrow(t *testing.T) {
	for _, b := range []string{"", "\xdc", "\xdc\x03", "\xdc\x80text", "܀ syriac", "DC03 as text", "\x03\xdc\x00"} {
		if (Format{}).Sniff([]byte(b)) {
			t.Errorf("%q is claimed", b)
		}
	}
}

// Whatever is accepted is its signed part and its signature, and nothing else; the claims are JSON.
func FuzzDecode(f *testing.F) {
	seal := genuine(f)
	f.Add(seal)
	f.Add(seal[:len(seal)-66])
	old := bytes.Clone(seal) // version 3, whose header has nine characters
	old[1] = 2
	f.Add(append(append(old[:4:4], c40(f, "DETS00032")...), old[10:]...))
	var a verifier.Arena
	f.Fuzz(func(t *testing.T, payload []byte) {
		formatstest.Agree(t, Format{}, &a, payload)
		(Format{}).Sniff(payload)
		c, err := Format{}.Decode(payload)
		if (c == nil) == (err == nil) {
			t.Fatal("neither credential nor refusal, or both")
		}
		if err != nil {
			return
		}
		again := bytes.Clone(c.Proof.Signed)
		if c.Proof.Signature != nil {
			again = append(appendHead(again, tagSignature, len(c.Proof.Signature)), c.Proof.Signature...)
		}
		if !bytes.Equal(again, payload) || !json.Valid(c.Claims) {
			t.Fatalf("%x becomes %x, claims %s", payload, again, c.Claims)
		}
	})
}

// appendHead appends tag and length.
func appendHead(dst []byte, tag byte, size int) []byte {
	switch headSize(size) {
	case 2:
		return append(dst, tag, byte(size))
	case 3:
		return append(dst, tag, 0x81, byte(size))
	}
	return append(dst, tag, 0x82, byte(size>>8), byte(size))
}
