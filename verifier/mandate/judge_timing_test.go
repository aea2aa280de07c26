package mandate_test

import (
	"fmt"
	"testing"

	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
)

func BenchmarkJudge(b *testing.B) {
	f := func(name string, make func(*bench) (*mandate.Proven, *mandate.Question)) {
		b.Run(name, func(b *testing.B) {
			p, q := make(newBench(b))
			b.ReportAllocs()
			for b.Loop() {
				if r := mandate.Judge(p, q); !r.OK() {
					b.Fatalf("%s", r.AppendJSON(nil))
				}
			}
		})
	}
	f("Original", func(b *bench) (*mandate.Proven, *mandate.Question) { return b.original(1, nil), b.question() })
	f("TwoLevels", func(b *bench) (*mandate.Proven, *mandate.Question) { return b.twoLevels(nil), b.question() })
	f("Restricted100Powers", func(b *bench) (*mandate.Proven, *mandate.Question) {
		q := b.question()
		q.Limits = []mandate.Limit{{Code: "SHOP", Value: "1"}}
		return b.original(1, func(m *draft.Mandate) {
			m.Powers = nil
			for i := range 99 {
				m.Powers = append(m.Powers, mandate.Power{Code: fmt.Sprintf("TEST_SCAN_%03d", i)})
			}
			m.Powers = append(m.Powers, mandate.Power{Code: "TEST_SCAN", Restrictions: []mandate.Restriction{{Code: "SHOP", Value: "1"}}})
		}), q
	})
}

func BenchmarkProve(b *testing.B) {
	bb := newBench(b)
	file := draft.Signed(usual(1), signed, bb.office.Signer(flower, head))
	o := mandate.Options{Trust: bb.office.Trust(), At: noon}
	b.ReportAllocs()
	for b.Loop() {
		if p, r := mandate.Prove(file, o); p == nil {
			b.Fatalf("%s", r.AppendJSON(nil))
		}
	}
}

func BenchmarkParse(b *testing.B) {
	data := usual(1).XML()
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := mandate.Parse(data, ""); err != nil {
			b.Fatal(err)
		}
	}
}
