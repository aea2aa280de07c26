package proof

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"math/big"
	"testing"

	"vratar/verifier"
)

var message = []byte("what was signed")

func signECDSA(t *testing.T, k *ecdsa.PrivateKey, digest []byte) []byte {
	t.Helper()
	r, s, err := ecdsa.Sign(rand.Reader, k, digest)
	if err != nil {
		t.Fatal(err)
	}
	half := (k.Curve.Params().BitSize + 7) / 8
	sig := make([]byte, 2*half)
	r.FillBytes(sig[:half])
	s.FillBytes(sig[half:])
	return sig
}

func ecKey(t *testing.T, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Every algorithm against a key of every kind: only the pairs that belong together verify.
func TestAlgorithmFitsKey(t *testing.T) {
	h256, h384, h512 := sha256.Sum256(message), sha512.Sum384(message), sha512.Sum512(message)
	p256, p384, p521 := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384()), ecKey(t, elliptic.P521())
	edPub, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pss, err := rsa.SignPSS(rand.Reader, r, crypto.SHA256, h256[:], &rsa.PSSOptions{SaltLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	pkcs, err := rsa.SignPKCS1v15(nil, r, crypto.SHA256, h256[:])
	if err != nil {
		t.Fatal(err)
	}
	f := func(pub crypto.PublicKey, sig []byte, fits ...verifier.Algorithm) {
		t.Helper()
		for alg := verifier.AlgorithmNone; alg <= verifier.EdDSA+1; alg++ {
			want := len(fits) == 1 && fits[0] == alg
			p := verifier.Proof{Algorithm: alg, Signed: message, Signature: sig}
			if got := (Checker{}).Check(&verifier.Key{Public: pub}, &p); got != want {
				t.Fatalf("%v with %T = %v, want %v", alg, pub, got, want)
			}
			p.Signed = []byte("something else")
			if (Checker{}).Check(&verifier.Key{Public: pub}, &p) {
				t.Fatalf("%v with %T verified another message", alg, pub)
			}
		}
	}
	f(&p256.PublicKey, signECDSA(t, p256, h256[:]), verifier.ES256)
	f(&p384.PublicKey, signECDSA(t, p384, h384[:]), verifier.ES384)
	f(&p384.PublicKey, signECDSA(t, p384, h256[:]), verifier.ES256)
	f(&p521.PublicKey, signECDSA(t, p521, h512[:]), verifier.ES512)
	f(&p521.PublicKey, signECDSA(t, p521, h256[:])) // SHA-256 with P-521 belongs to no algorithm of ours
	f(&p256.PublicKey, signECDSA(t, p256, h384[:]))
	f(edPub, ed25519.Sign(ed, message), verifier.EdDSA)
	f(&r.PublicKey, pss, verifier.PS256)
	f(&r.PublicKey, pkcs, verifier.RS256)
	f(nil, pkcs)
	f(edPub[:31], ed25519.Sign(ed, message))
	if (Checker{}).Check(nil, &verifier.Proof{Algorithm: verifier.ES256}) {
		t.Fatal("verified without a key")
	}
}

// A point proves what the key proves that it is, and nothing when it is none.
func TestPointIsTheKey(t *testing.T) {
	h256, h384, h512 := sha256.Sum256(message), sha512.Sum384(message), sha512.Sum512(message)
	f := func(k *ecdsa.PrivateKey, digest []byte, fits verifier.Algorithm) {
		t.Helper()
		b, err := k.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		half := (len(b) - 1) / 2
		x, y := b[1:1+half], b[1+half:]
		sig := signECDSA(t, k, digest)
		check := func(pub *verifier.Point, alg verifier.Algorithm) bool {
			return Checker{}.Check(&verifier.Key{Public: pub}, &verifier.Proof{Algorithm: alg, Signed: message, Signature: sig})
		}
		for alg := verifier.AlgorithmNone; alg <= verifier.ES224; alg++ {
			if got := check(&verifier.Point{Curve: k.Curve, X: x, Y: y}, alg); got != (alg == fits) {
				t.Fatalf("%s with %v = %v", k.Curve.Params().Name, alg, got)
			}
		}
		other := append([]byte{x[0] ^ 1}, x[1:]...)
		for _, none := range []verifier.Point{
			{}, {Curve: k.Curve}, {Curve: k.Curve, X: other, Y: y}, {Curve: k.Curve, X: x[1:], Y: y}, {Curve: k.Curve, X: x, Y: append(y[:half:half], 0)},
			{Curve: elliptic.P224(), X: x, Y: y}, {X: x, Y: y}, {Curve: k.Curve, X: make([]byte, half), Y: make([]byte, half)},
		} {
			if check(&none, fits) {
				t.Fatalf("%+v has signed", none)
			}
		}
	}
	f(ecKey(t, elliptic.P256()), h256[:], verifier.ES256)
	f(ecKey(t, elliptic.P384()), h384[:], verifier.ES384)
	f(ecKey(t, elliptic.P521()), h512[:], verifier.ES512)
}

// Signatures reach the library in the one form that it takes, whatever their numbers.
func TestAppendDER(t *testing.T) {
	f := func(half int, r, s *big.Int) {
		t.Helper()
		sig := make([]byte, 2*half)
		r.FillBytes(sig[:half])
		s.FillBytes(sig[half:])
		want, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			t.Fatal(err)
		}
		if got := appendDER([]byte("before"), sig); string(got) != "before"+string(want) || len(want) > maxDER {
			t.Fatalf("%x: %x, want %x", sig, got, want)
		}
	}
	for _, half := range []int{32, 48, 66} {
		for bits := uint(0); bits <= 8*uint(half); bits++ {
			n := new(big.Int).Lsh(big.NewInt(1), bits)
			below := new(big.Int).Sub(n, big.NewInt(1))
			f(half, below, below)
			f(half, below, big.NewInt(0))
			if bits < 8*uint(half) {
				f(half, n, below)
				f(half, big.NewInt(1), n)
			}
		}
	}
}

// Signatures of any other length are refused, the one that only lacks or gains zero bytes included.
func TestLengthIsExact(t *testing.T) {
	k := ecKey(t, elliptic.P256())
	h := sha256.Sum256(message)
	good := signECDSA(t, k, h[:])
	f := func(sig []byte) {
		t.Helper()
		p := verifier.Proof{Algorithm: verifier.ES256, Signed: message, Signature: sig}
		if (Checker{}).Check(&verifier.Key{Public: &k.PublicKey}, &p) {
			t.Fatalf("accepted %d bytes", len(sig))
		}
	}
	for n := range good {
		f(good[:n])
	}
	f(append(good[:64:64], 0))
	f(append([]byte{0}, good...))
	padded := append(append(append([]byte{0}, good[:32]...), 0), good[32:]...)
	f(padded)
	f(make([]byte, 64))
}

// A modulus below 2048 bits is not believed, whatever the signature says.
func TestShortRSAIsRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(message)
	sig, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, h[:])
	if err != nil {
		t.Fatal(err)
	}
	p := verifier.Proof{Algorithm: verifier.RS256, Signed: message, Signature: sig}
	if (Checker{}).Check(&verifier.Key{Public: &k.PublicKey}, &p) {
		t.Fatal("accepted an RSA key of 1024 bits")
	}
}
