package cost

import (
	"strings"
	"testing"

	"vratar/verifier/formats"
)

// BenchmarkDecode opens a genuine credential of each format, as a gateway does that has been judging for a while.
func BenchmarkDecode(b *testing.B) {
	cases, err := Genuine()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range cases {
		b.Run(c.Name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.Payload)))
			decode := c.decoder()
			for b.Loop() {
				decode()
			}
			b.ReportMetric(float64(len(c.Payload)), "payload-B")
		})
	}
}

// BenchmarkDecodeHostile opens, or refuses, what is made to be dear.
func BenchmarkDecodeHostile(b *testing.B) {
	cases, err := Hostile()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range cases {
		b.Run(c.Format.Name()+"/"+strings.ReplaceAll(c.Name, " ", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.Format.Decode(c.Payload)
			}
			b.ReportMetric(float64(len(c.Payload)), "payload-B")
		})
	}
}

func TestGenuineIsOpened(t *testing.T) {
	cases, err := Genuine()
	if err != nil {
		t.Fatal(err)
	}
	opened := map[string]bool{}
	for _, c := range cases {
		if got, err := c.Format.Decode(c.Payload); err != nil || got.Format != c.Format.Name() {
			t.Errorf("%s: %v", c.Name, err)
		}
		opened[c.Format.Name()] = true
	}
	hostile, err := Hostile()
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, c := range hostile {
		tried[c.Format.Name()]++
		if !c.Format.Sniff(c.Payload) && c.Name != "number" {
			t.Logf("%s: %s is not even recognised", c.Format.Name(), c.Name)
		}
	}
	for _, f := range formats.All() {
		if !opened[f.Name()] || tried[f.Name()] == 0 {
			t.Errorf("%s: opened %v, %d hostile payloads", f.Name(), opened[f.Name()], tried[f.Name()])
		}
	}
}

func TestMarkdown(t *testing.T) {
	got := string(Markdown([]Row{{Figure{"hcert", 400, 12345, 3, 900, 5000}, 70000, "zeros"}}))
	if !strings.HasSuffix(got, "| hcert | 400 | 12.3 | 3 | 900 | 5000 | 70000 | zeros |\n") {
		t.Errorf("%s", got)
	}
}
