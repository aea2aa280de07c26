package proof

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"testing"

	"vratar/verifier"
	"vratar/verifier/brainpool"
	"vratar/verifier/vectors"
)

// wycheproof is the part of C2SP/wycheproof's schema that signature files share.
type wycheproof struct {
	TestGroups []struct {
		PublicKeyDER string `json:"publicKeyDer"`
		Tests        []struct {
			ID      int    `json:"tcId"`
			Comment string `json:"comment"`
			Message string `json:"msg"`
			Sig     string `json:"sig"`
			Result  string `json:"result"`
		} `json:"tests"`
	} `json:"testGroups"`
}

func TestWycheproof(t *testing.T) {
	f := func(file string, alg verifier.Algorithm) {
		t.Helper()
		var w wycheproof
		vectors.Read(t, "wycheproof/"+file, &w)
		n := 0
		for _, g := range w.TestGroups {
			pub := parse(t, unhex(t, g.PublicKeyDER))
			for _, c := range g.Tests {
				p := verifier.Proof{Algorithm: alg, Signed: unhex(t, c.Message), Signature: unhex(t, c.Sig)}
				got := Checker{}.Check(&verifier.Key{Public: pub}, &p)
				if c.Result != "acceptable" && got != (c.Result == "valid") {
					t.Errorf("%s %d (%s) = %v, want %s", file, c.ID, c.Comment, got, c.Result)
				}
				n++
			}
		}
		t.Logf("%s: %d cases", file, n)
	}
	f("ecdsa_secp256r1_sha256_p1363_test.json", verifier.ES256)
	f("ecdsa_secp384r1_sha384_p1363_test.json", verifier.ES384)
	f("ecdsa_brainpoolP224r1_sha224_p1363_test.json", verifier.ES224)
	f("ecdsa_brainpoolP256r1_sha256_p1363_test.json", verifier.ES256)
	f("ed25519_test.json", verifier.EdDSA)
	f("rsa_pss_2048_sha256_mgf1_32_test.json", verifier.PS256)
	f("rsa_signature_2048_sha256_test.json", verifier.RS256)
}

// A DER signature is never taken, however valid: formats carry r‖s.
func TestDERIsRefused(t *testing.T) {
	f := func(file string, alg verifier.Algorithm) {
		t.Helper()
		var w wycheproof
		vectors.Read(t, "wycheproof/"+file, &w)
		for _, g := range w.TestGroups {
			pub, err := x509.ParsePKIXPublicKey(unhex(t, g.PublicKeyDER))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, c := range g.Tests {
				p := verifier.Proof{Algorithm: alg, Signed: unhex(t, c.Message), Signature: unhex(t, c.Sig)}
				if (Checker{}).Check(&verifier.Key{Public: pub}, &p) {
					t.Errorf("%s %d (%s): accepted", file, c.ID, c.Comment)
				}
			}
		}
	}
	f("ecdsa_secp256r1_sha256_test.json", verifier.ES256)
	f("ecdsa_secp384r1_sha384_test.json", verifier.ES384)
}

func parse(t testing.TB, der []byte) crypto.PublicKey {
	t.Helper()
	if pub, err := brainpool.ParsePublicKey(der); !errors.Is(err, brainpool.ErrNotBrainpool) {
		if err != nil {
			t.Fatal(err)
		}
		return pub
	}
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
