package proof

import (
	"strconv"
	"testing"

	"vratar/verifier"
)

// Groups of every size against one signature after the other; time is for one signature.
func BenchmarkCheckAll(b *testing.B) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.EdDSA} {
		k, p := listed(b, alg)
		NewPreparer(1 << 20).Prepare(k)
		for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 32} {
			jobs := make([]verifier.SignatureJob, n)
			for i := range jobs {
				jobs[i] = verifier.SignatureJob{Key: k, Proof: p}
			}
			b.Run(alg.String()+"/"+strconv.Itoa(n), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; i < b.N; i += n {
					Checker{}.CheckAll(jobs)
				}
			})
		}
	}
}
