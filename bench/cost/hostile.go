package cost

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/issuing"
)

// Hostile is what somebody might hold before a reader to make it work: as much as a payload can hold, packed as
// small or nested as deep as it will go, in the armour of each format.
func Hostile() ([]Case, error) {
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8(sha256.Sum256([]byte("hostile"))))
	if err != nil {
		return nil, err
	}
	a := arsenal{key: k}
	for _, c := range contents() {
		if err := a.addCBOR(c); err != nil {
			return nil, err
		}
	}
	for _, c := range texts() {
		if err := a.addJSON(c); err != nil {
			return nil, err
		}
	}
	a.add("sdjwt", "disclosures", disclosures())
	a.add("vds", "messages", seal())
	a.add("pretix", "header and base64", append(bytes.Repeat([]byte("A"), 1000), "AQABAAAB"...))
	for _, digits := range []int{700, 7089, verifier.MaxPayload} {
		a.add("aadhaar", fmt.Sprintf("%d digits", digits), bytes.Repeat([]byte("7"), digits))
	}
	for _, size := range []int{7 << 10, 64 << 10} {
		a.add("aadhaar", fmt.Sprintf("zeros, %d bytes", size), []byte(issuing.ArmourAadhaar(make([]byte, size))))
	}
	for _, c := range notices() {
		a.add("notice", c.name, c.data)
	}
	return a.cases, nil
}

// arsenal gathers cases.
type arsenal struct {
	key   *issuing.Key
	cases []Case
}

func (a *arsenal) add(format, name string, payload []byte) {
	if len(payload) <= verifier.MaxPayload { // more is refused before any format sees it
		a.cases = append(a.cases, Case{name, named(format), payload})
	}
}

// addCBOR puts content into the formats that carry CBOR, as a message and as what a message signs.
func (a *arsenal) addCBOR(c content) error {
	message, err := a.key.Sign1(issuing.Message{KeyID: []byte("k"), Payload: c.data})
	if err != nil {
		return err
	}
	for _, form := range []content{{"bare", c.data}, {"signed", message}} {
		name := fmt.Sprintf("%s %s, %d bytes", form.name, c.name, len(c.data))
		a.add("hcert", name, []byte(issuing.ArmourHCERT(form.data)))
		a.add("claim169", name, []byte(issuing.ArmourIdentity169(form.data)))
		a.add("document", name, []byte(issuing.ArmourVR1(form.data)))
		a.add("document", name+", twice", []byte(issuing.ArmourVR2(form.data, form.data)))
		a.add("nzcp", name, []byte(issuing.ArmourNZCP(form.data)))
	}
	a.add("mdoc", c.name, slices.Concat([]byte("\xa2\x67version\x631.0\x69documents"), c.data))
	a.add("mdoc", "name space of "+c.name, slices.Concat([]byte("\xa1\x6anameSpaces"), c.data))
	return nil
}

// addJSON puts content into the formats that carry JSON.
func (a *arsenal) addJSON(c content) error {
	jws, err := issuing.HealthCardJWS(a.key, c.data)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s, %d bytes", c.name, len(c.data))
	a.add("shc", name, []byte(issuing.ArmourSHC(jws)))
	a.add("sdjwt", name, slices.Concat(token(`{"alg":"ES256","typ":"dc+sd-jwt"}`, c.data), []byte("~")))
	a.add("vdsnc", name, slices.Concat([]byte(`{"data":{"hdr":`), c.data, []byte(`,"msg":`), c.data, []byte(`},"sig":{}}`)))
	return nil
}

type content struct {
	name string
	data []byte
}

// contents are CBOR, or not quite.
func contents() []content {
	var all []content
	for _, size := range []int{4 << 10, 8 << 10, 30 << 10, 60 << 10} {
		all = append(all,
			content{"zeros", make([]byte, size)},
			content{"array of numbers", append(cbor.AppendArrayHead(nil, size), make([]byte, size)...)},
			content{"arrays in arrays", bytes.Repeat([]byte{0x81}, size)},
			content{"endless arrays", bytes.Repeat([]byte{0x9f}, size)},
			content{"map", manyKeys(size / 4)},
			content{"text", append(cbor.AppendMapHead(nil, 1), cbor.AppendText([]byte{1}, strings.Repeat("\x01", size))...)},
			content{"identity", append(cbor.AppendInt(cbor.AppendMapHead(nil, 1), 169), manyKeys(size/4)...)},
			content{"document", append(cbor.AppendInt(cbor.AppendMapHead(nil, 1), -70001), manyKeys(size/4)...)},
		)
	}
	return all
}

// manyKeys is a map of n pairs.
func manyKeys(n int) []byte {
	b := cbor.AppendMapHead(nil, n)
	for i := range n {
		b = cbor.AppendInt(cbor.AppendInt(b, int64(i)), 0)
	}
	return b
}

// texts are JSON, or not quite.
func texts() []content {
	var all []content
	for _, size := range []int{4 << 10, 11 << 10, 60 << 10} {
		depth := min(28, size/8)
		inner := "[" + strings.Repeat(`{"a":1},`, max(size-10*depth, 16)/8) + "1]"
		all = append(all,
			content{"blanks", bytes.Repeat([]byte(" "), size)},
			content{"array of objects", []byte(inner)},
			content{"deep array of objects", []byte(strings.Repeat(`{"a":`, depth) + inner + strings.Repeat("}", depth))},
			content{"escapes", []byte(`{"a":"` + strings.Repeat(`\u0001`, size/6) + `"}`)},
			content{"brackets", bytes.Repeat([]byte("["), size)},
			content{"members", []byte(members(size / 10))},
			content{"resources", []byte(`{"iss":"https://x","nbf":1,"vc":{"type":["https://smarthealth.cards#health-card"],"credentialSubject":{"fhirVersion":"4","fhirBundle":{"entry":[` +
				strings.Repeat(`{"resource":{"resourceType":"Patient","a":[]}},`, size/48) + `{}]}}}}`)},
		)
	}
	return all
}

func members(n int) string {
	var b strings.Builder
	b.WriteString(`{"iss":"https://x"`)
	for i := range n {
		fmt.Fprintf(&b, `,"%04x":1`, i)
	}
	b.WriteString("}")
	return b.String()
}

// token is a JWT without a proper signature.
func token(header string, claims []byte) []byte {
	b := base64.RawURLEncoding.AppendEncode(nil, []byte(header))
	b = base64.RawURLEncoding.AppendEncode(append(b, '.'), claims)
	return base64.RawURLEncoding.AppendEncode(append(b, '.'), make([]byte, 64))
}

// disclosures are as many as fit, none of which anything refers to until the last is read.
func disclosures() []byte {
	text := append(token(`{"alg":"ES256","typ":"dc+sd-jwt"}`, []byte(`{"iss":"https://x","iat":1,"vct":"x","_sd_alg":"sha-256"}`)), '~')
	for i := 0; len(text) < verifier.MaxPayload-32; i++ {
		text = append(base64.RawURLEncoding.AppendEncode(text, fmt.Appendf(nil, `["s","%x",1]`, i)), '~')
	}
	return text
}

// seal is a VDS of as many messages as fit.
func seal() []byte {
	text, err := issuing.AppendC40([]byte{0xdc, 3}, "UTO")
	if err != nil {
		return nil
	}
	text, err = issuing.AppendC40(text, "UTTS025B")
	if err != nil {
		return nil
	}
	text = append(text, 0x0f, 0x60, 0x90, 0x0f, 0x60, 0x90, 0xfb, 0x06)
	for tag := byte(1); tag < 0xff && len(text) < 4000; tag++ {
		text = append(text, tag, 13)
		text = append(text, make([]byte, 13)...)
	}
	return text
}

// notices are codes that are no credentials, made long.
func notices() []content {
	const size = verifier.MaxPayload - 64
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression) // the level is a known one
	_, _ = w.Write(make([]byte, size))
	_ = w.Close()
	return []content{
		{"payment order of fields", []byte("ST00012|" + strings.Repeat("a=b|", size/4))},
		{"payment order, windows-1251", []byte("ST00011|Name=" + strings.Repeat("\xd6", size))},
		{"merchant's code", []byte("000201" + strings.Repeat("0100", size/4))},
		{"payment link", []byte("https://qr.nspk.ru/A?" + strings.Repeat("a=b&", size/4))},
		{"goods marking", []byte("]d2" + strings.Repeat("10a\x1d", size/4))},
		{"goods in brackets", []byte("(01)04600439931256" + strings.Repeat("(21", size/3))},
		{"goods link", []byte("https://a/01/09506000134352" + strings.Repeat("/10/a", size/5))},
		{"contact", []byte("BEGIN:VCARD\n" + strings.Repeat("A:\\n\n", size/5))},
		{"wifi", []byte("WIFI:" + strings.Repeat("S:\\;;", size/5))},
		{"link", []byte("https://a/" + strings.Repeat("%41", size/3))},
		{"number", new(big.Int).SetBytes(packed.Bytes()).Append(nil, 10)},
	}
}
