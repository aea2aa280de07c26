package mdoc_test

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/proof"
)

// BenchmarkVerifyOfCertifiedSigner is a whole judgement of a document whose signer's certificate came with it, after
// others of the same signer.
func BenchmarkVerifyOfCertifiedSigner(b *testing.B) {
	root, signer := country(b)
	part, _ := licence(b, signer, issued)
	f := func(name string, prepare bool) {
		b.Run(name, func(b *testing.B) {
			v := house(b, root)
			var a verifier.Arena
			scan := verifier.Scan{Payload: part, At: issued, Arena: &a}
			if k := v.Verify(scan).Key; prepare {
				proof.NewPreparer(1 << 20).Prepare(k)
			}
			b.ReportAllocs()
			for b.Loop() {
				if out := v.Verify(scan); out.Reason != verifier.ReasonOK {
					b.Fatal(out.Reason)
				}
			}
		})
	}
	f("prepared", true)
	f("unprepared", false)
}
