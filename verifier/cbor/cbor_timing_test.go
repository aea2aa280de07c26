package cbor

import (
	"bytes"
	"testing"

	"vratar/verifier/base45"
	"vratar/verifier/inflate"
	"vratar/verifier/vectors"
)

// certificates are the claims of the official EU certificates.
func certificates(b *testing.B) (claims [][]byte) {
	var all []vectors.Entry[struct{}]
	vectors.Read(b, "eu-dcc/vectors.json", &all)
	for i := range all {
		text, _ := bytes.CutPrefix(all[i].Bytes(b), []byte("HC1:"))
		packed, _ := base45.AppendDecode(nil, text)
		plain, _ := inflate.Zlib(nil, packed, 8<<10)
		if message, err := Parse(plain); err == nil {
			if payload, ok := message.Untagged().At(2).Bytes(); ok {
				if _, err := Parse(payload); err == nil {
					claims = append(claims, payload)
				}
			}
		}
	}
	return claims
}

func BenchmarkParseCertificates(b *testing.B) {
	all := certificates(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := Parse(all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
	}
}

// The same with the usual library, which only checks in one and builds maps in the other.
func BenchmarkParseCertificatesLibraryWellformed(b *testing.B) {
	all, ref := certificates(b), reference(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := ref.Wellformed(all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCertificatesLibrary(b *testing.B) {
	all, ref := certificates(b), reference(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		var v map[int64]any
		if err := ref.Unmarshal(all[i%len(all)], &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSONCertificates(b *testing.B) {
	all := certificates(b)
	var buf []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		buf = Item{all[i%len(all)]}.Get(-260).Get(1).AppendJSON(buf[:0])
	}
}

// entry is a map like the one in a health certificate: ten text keys with texts and numbers.
func entry() []byte {
	b := AppendMapHead(nil, 10)
	for _, k := range []string{"tg", "vp", "mp", "ma", "dt", "co", "is", "ci"} {
		b = AppendText(AppendText(b, k), "a text of usual length")
	}
	b = AppendInt(AppendText(b, "dn"), 2)
	return AppendInt(AppendText(b, "sd"), 2)
}

func BenchmarkParseEntry(b *testing.B) {
	raw := entry()
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// The most expensive map that is allowed: as many keys as items allow, to be told apart.
func BenchmarkParseManyKeys(b *testing.B) {
	const n = MaxItems/2 - 1
	raw := AppendMapHead(nil, n)
	for i := range n {
		raw = AppendNull(AppendInt(raw, int64(i*7919%n)))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}
