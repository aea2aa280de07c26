package cose

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"vratar/verifier/cbor"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The signed CWT of RFC 8392 appendix A.3.
const rfcCWT = `d28443a10126a104524173796d6d657472696345434453413235365850a70175
636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c696768742e6578616d706c652e636f6d
041a5612aeb0051a5610d9f0061a5610d9f007420b7158405427c1ff28d23fbad1f29c4c7c6a555e601d6fa29f9179bc3d7438bacaca5acd
08c8d4d4f96131680c429a01f85951ecee743a52b9b63632c57209120e1c9e30`

func TestRFC8392Example(t *testing.T) {
	in := unhex(t, strings.ReplaceAll(rfcCWT, "\n", ""))
	s, err := ParseSign1(in)
	if err != nil {
		t.Fatal(err)
	}
	if s.Algorithm != ES256 || string(s.KeyID) != "AsymmetricECDSA256" || len(s.Signature) != 64 || s.CWT {
		t.Fatalf("Sign1 = %+v", s)
	}
	c, err := ParseClaims(s.Payload)
	if err != nil {
		t.Fatal(err)
	}
	if c.Issuer != "coap://as.example.com" || c.Subject != "erikw" || c.Audience[0] != "coap://light.example.com" ||
		!c.ExpiresAt.Equal(time.Unix(1444064944, 0)) || !c.NotBefore.Equal(time.Unix(1443944944, 0)) ||
		!c.IssuedAt.Equal(c.NotBefore) || !bytes.Equal(c.ID, []byte{0x0b, 0x71}) || c.HasStatus {
		t.Fatalf("Claims = %+v", c)
	}
	unprotected := cbor.AppendBytes(cbor.AppendInt(cbor.AppendMapHead(nil, 1), 4), s.KeyID)
	if again := AppendSign1(nil, s, unprotected); !bytes.Equal(again, in) {
		t.Fatalf("AppendSign1 = %x", again)
	}
}

func TestSigStructure(t *testing.T) {
	got := AppendSigStructure(nil, unhex(t, "a10126"), unhex(t, "00"))
	if want := "846a5369676e61747572653143a10126404100"; hex.EncodeToString(got) != want {
		t.Fatalf("AppendSigStructure = %x, want %s", got, want)
	}
}

func TestHeaders(t *testing.T) {
	f := func(in string) Sign1 {
		t.Helper()
		s, err := ParseSign1(unhex(t, in))
		if err != nil {
			t.Fatalf("ParseSign1(%s): %v", in, err)
		}
		return s
	}
	if s := f("8440a0 4100 4101"); s.Algorithm != 0 || s.KeyID != nil {
		t.Fatalf("empty protected header: %+v", s)
	}
	if s := f("8441a0a0 4100 4101"); len(s.Protected) != 1 {
		t.Fatalf("protected header as received: %x", s.Protected)
	}
	if s := f("d83dd28440a20126044101 4100 40"); s.Algorithm != 0 || s.UnprotectedAlgorithm != ES256 || !s.CWT {
		t.Fatalf("unprotected: %+v", s)
	}
	if s := f("8446a20126044101a1044102 40 40"); string(s.KeyID) != "\x01" {
		t.Fatalf("protected kid does not win: %x", s.KeyID)
	}
	if s := f("8448a104656b65792d31a0 40 40"); string(s.KeyID) != "key-1" {
		t.Fatalf("text kid: %q", s.KeyID)
	}
	if s := f("8440a1182141aa 40 40"); len(s.Chain) != 1 || s.Chain[0][0] != 0xaa {
		t.Fatalf("single certificate: %x", s.Chain)
	}
	if s := f("8440a118218241aa41bb 40 40"); len(s.Chain) != 2 || s.Chain[1][0] != 0xbb {
		t.Fatalf("chain: %x", s.Chain)
	}
	if s := f("8445a110626162a0 40 40"); s.Type != "ab" {
		t.Fatalf("type: %q", s.Type)
	}
	if s := f("8445a101626161a0 40 40"); s.Algorithm != 0 {
		t.Fatalf("text algorithm: %d", s.Algorithm)
	}
}

func TestParseSign1Refused(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		_, err := ParseSign1(unhex(t, in))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("ParseSign1(%s) = %v, want %q", in, err, want)
		}
	}
	f("", "ends inside an item")
	f("8440a040", "ends inside an item")
	f("8440a0404000", "bytes after the item")
	f("8340a040", "array of four")
	f("8540a0404040", "array of four")
	f("a0", "array of four")
	f("d18440a04040", "tag")       // COSE_Mac0
	f("d2d83d8440a04040", "array") // tags the wrong way round
	f("d83dd83d8440a04040", "tag") // CWT twice
	f("8440a0f640", "not in the message")
	f("84a0a04040", "array of four") // protected header not wrapped
	f("8440404040", "not a map")
	f("844180a04040", "not a map")
	f("8444a1028101a04040", "critical")
	f("8443a10141a04040", "protected header")
	f("8443a101f5a04040", "wrong type")
	f("8443a10401a04040", "wrong type")
	f("8440a118218040 40", "wrong type")
	f("8440a118218101 40 40", "wrong type")
	f("8445a201260126a04040", "duplicate")
}

func TestParseClaimsRefused(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		_, err := ParseClaims(unhex(t, in))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("ParseClaims(%s) = %v, want %q", in, err, want)
		}
	}
	f("80", "not a map")
	f("a10101", "claim 1 is not a text")
	f("a103f5", "claim 3 is not texts")
	f("a1038101", "claim 3 is not texts")
	f("a1046161", "claim 4 is not a date")
	f("a104fb7ff8000000000000", "claim 4 is not a date")
	f("a1076161", "claim 7 is not a byte string")
	f("a119ffff01", "claim 65535")
	f("a119ffffa16b7374617475735f6c697374a0", "claim 65535")
	f("a119ffff80", "claim 65535")
	f("a119ffffa1617801", "claim 65535") // a mechanism we do not know
	f("a1038120", "claim 3 is not texts")
	f("a2010101", "ends inside")
}

func TestStatusReference(t *testing.T) {
	c, err := ParseClaims(unhex(t, "a119ffffa16b7374617475735f6c697374a263696478190100637572696161"))
	if err != nil || !c.HasStatus || c.Status.Index != 256 || c.Status.URI != "a" {
		t.Fatalf("Status = %+v, %v", c.Status, err)
	}
}

func TestAudience(t *testing.T) {
	c, err := ParseClaims(unhex(t, "a103826161 6162"))
	if err != nil || len(c.Audience) != 2 || c.Audience[1] != "b" {
		t.Fatalf("Audience = %v, %v", c.Audience, err)
	}
}

func TestProtectedHeader(t *testing.T) {
	s := Sign1{Algorithm: ES256, KeyID: []byte{1}, Type: "application/statuslist+cwt", Payload: []byte{0xa0}, CWT: true}
	s.Protected = AppendProtected(nil, s)
	got, err := ParseSign1(AppendSign1(nil, s, nil))
	if err != nil || got.Algorithm != ES256 || string(got.KeyID) != "\x01" || got.Type != s.Type || !got.CWT {
		t.Fatalf("ParseSign1 = %+v, %v", got, err)
	}
}

func TestAlgorithmNames(t *testing.T) {
	for id, want := range map[int64]string{ES256: "ES256", ES384: "ES384", ES512: "ES512", PS256: "PS256", RS256: "RS256",
		EdDSA: "EdDSA", 0: "", 5: "", -47: ""} {
		if got := AlgorithmName(id); got != want {
			t.Errorf("AlgorithmName(%d) = %q, want %q", id, got, want)
		}
	}
}

func FuzzParseSign1(f *testing.F) {
	f.Add(unhex(f, strings.ReplaceAll(rfcCWT, "\n", "")))
	f.Add(unhex(f, "8440a118218241aa41bb4040"))
	f.Add(unhex(f, "d83dd28440a20126044101410040"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSign1(b)
		if err != nil {
			return
		}
		again, err := ParseSign1(AppendSign1(nil, s, nil))
		if err != nil || !bytes.Equal(again.Payload, s.Payload) || !bytes.Equal(again.Signature, s.Signature) ||
			!bytes.Equal(again.Protected, s.Protected) || again.Algorithm != s.Algorithm {
			t.Fatalf("rebuilt %+v as %+v, %v", s, again, err)
		}
		if _, err := cbor.Parse(AppendSigStructure(nil, s.Protected, s.Payload)); err != nil {
			t.Fatalf("bytes under the signature: %v", err)
		}
		_, _ = ParseClaims(s.Payload)
	})
}
