package cbor

import "testing"

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

func BenchmarkAppendJSONEntry(b *testing.B) {
	i, err := Parse(entry())
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = i.AppendJSON(buf[:0])
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
