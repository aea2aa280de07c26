package proof

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/proof/rsakey"
	"vratar/verifier/vectors"
)

// A prepared RSA key says what the key says, with either algorithm and with those of other keys.
func TestPreparedRSA(t *testing.T) {
	if rsakey.Path() == rsakey.PathOff {
		return // nothing is prepared
	}
	for _, file := range []string{"rsa_pss_2048_sha256_mgf1_32_test.json", "rsa_signature_2048_sha256_test.json"} {
		var w wycheproof
		vectors.Read(t, "wycheproof/"+file, &w)
		for _, g := range w.TestGroups {
			k := &verifier.Key{Public: parse(t, unhex(t, g.PublicKeyDER)), Preparation: new(verifier.Preparation)}
			ready := prepared(k, usualWindow)
			if ready == nil {
				t.Fatal("not prepared")
			}
			for _, c := range g.Tests {
				for _, alg := range []verifier.Algorithm{verifier.PS256, verifier.RS256, verifier.ES256, verifier.EdDSA} {
					p := verifier.Proof{Algorithm: alg, Signed: unhex(t, c.Message), Signature: unhex(t, c.Sig)}
					if got, want := ready.Check(&p), check(k, &p); got != want {
						t.Errorf("%s %d with %v: %v, want %v", file, c.ID, alg, got, want)
					}
				}
			}
		}
	}
}
