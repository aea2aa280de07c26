package proof

import (
	"crypto/sha256"
	"testing"

	"vratar/verifier"
	"vratar/verifier/brainpool"
	"vratar/verifier/vectors"
)

// Each curve goes with its own hash and no other, and no key of the standard library takes a brainpool signature.
func TestBrainpoolIsBound(t *testing.T) {
	var w wycheproof
	vectors.Read(t, "wycheproof/ecdsa_brainpoolP256r1_sha256_p1363_test.json", &w)
	g := w.TestGroups[0]
	k := &verifier.Key{Public: parse(t, unhex(t, g.PublicKeyDER))}
	for _, c := range g.Tests {
		if c.Result != "valid" {
			continue
		}
		p := verifier.Proof{Signed: unhex(t, c.Message), Signature: unhex(t, c.Sig)}
		for alg := verifier.AlgorithmNone; alg <= verifier.ES224; alg++ {
			p.Algorithm = alg
			if got := (Checker{}).Check(k, &p); got != (alg == verifier.ES256) {
				t.Fatalf("%s: %v", alg, got)
			}
		}
	}
}

func BenchmarkBrainpoolP256r1(b *testing.B) {
	der := append([]byte("\x30\x5a\x30\x14\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x07\x03\x42\x00\x04"),
		unhex(b, "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997")...)
	pub, err := brainpool.ParsePublicKey(der) // the base point, which is as good as any
	if err != nil {
		b.Fatal(err)
	}
	r, s := sha256.Sum256([]byte("r")), sha256.Sum256([]byte("s"))
	p := verifier.Proof{Algorithm: verifier.ES256, Signed: []byte("message"), Signature: append(r[:], s[:]...)}
	p.Signature[0], p.Signature[32] = 1, 1 // below the order
	b.ReportAllocs()
	for b.Loop() {
		Checker{}.Check(&verifier.Key{Public: pub}, &p)
	}
}
