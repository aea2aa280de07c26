package verifier_test

import (
	"testing"

	"vratar/verifier"
)

func BenchmarkVerifyHCERTES256(b *testing.B) { benchmarkVerify(b, verifier.ES256, false) }

func BenchmarkVerifyHCERTPS256(b *testing.B) { benchmarkVerify(b, verifier.PS256, false) }

func BenchmarkVerifyHCERTRepeated(b *testing.B) { benchmarkVerify(b, verifier.ES256, true) }

// The same in an arena that is used again.
func BenchmarkVerifyHCERTES256InArena(b *testing.B) {
	v, payload := house(b, verifier.ES256)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var a verifier.Arena
		for pb.Next() {
			if out := judgeIn(v, &a, payload); out.Outcome != verifier.Valid {
				b.Error(out.Reason)
				return
			}
		}
	})
}

// oneProven remembers one credential.
type oneProven struct{ p *verifier.Proven }

func (m *oneProven) Get([]byte, uint64) *verifier.Proven { return m.p }
func (m *oneProven) Wants([]byte) bool                   { return true }
func (m *oneProven) Put(p *verifier.Proven)              { m.p = p }

func benchmarkVerify(b *testing.B, alg verifier.Algorithm, remember bool) {
	v, payload := house(b, alg)
	if remember {
		v.Memo = &oneProven{}
	}
	if out := judge(v, payload); out.Outcome != verifier.Valid {
		b.Fatal(out.Reason)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if out := judge(v, payload); out.Outcome != verifier.Valid {
				b.Error(out.Reason)
				return
			}
		}
	})
}
