package cose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"testing"

	"vratar/verifier/cbor"
)

// agreeOnParts: KeyParts reads what ParseKey reads, and beyond that only coordinates that are no point.
func agreeOnParts(t *testing.T, b []byte) {
	t.Helper()
	item, err := cbor.Parse(b)
	if err != nil {
		return
	}
	curve, x, y, ok := KeyParts(item)
	public, err := ParseKey(item)
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		if err != nil {
			break
		}
		if point, err := k.Bytes(); err != nil || !ok || curve != k.Curve || string(point[1:]) != string(x)+string(y) {
			t.Fatalf("%x: %v %x %x, as a key %x", b, ok, x, y, point)
		}
		return
	case ed25519.PublicKey:
		if !ok || curve != nil || string(k) != string(x) || y != nil {
			t.Fatalf("%x: %v %x, as a key %x", b, ok, x, k)
		}
		return
	}
	if !ok {
		return
	}
	if curve == nil {
		t.Fatalf("%x is a key of Ed25519, and is not read as one", b)
	}
	if _, err := ecdsa.ParseUncompressedPublicKey(curve, append(append([]byte{4}, x...), y...)); err == nil {
		t.Fatalf("%x is a key, and is not read as one", b)
	}
}

func TestKeyParts(t *testing.T) {
	for n, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		d := make([]byte, (curve.Params().BitSize+7)/8)
		d[len(d)-1] = byte(n + 1)
		k, err := ecdsa.ParseRawPrivateKey(curve, d)
		if err != nil {
			t.Fatal(err)
		}
		flipEach(t, k.Public())
	}
	flipEach(t, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())
	if _, _, _, ok := KeyParts(cbor.Item{}); ok {
		t.Error("nothing is a key")
	}
}

func flipEach(t *testing.T, public any) {
	t.Helper()
	b, err := AppendKey(nil, public)
	if err != nil {
		t.Fatal(err)
	}
	agreeOnParts(t, b)
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			agreeOnParts(t, b)
			b[i] ^= 1 << bit
		}
	}
}

func FuzzKeyParts(f *testing.F) {
	b, err := AppendKey(nil, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	d := make([]byte, 32)
	d[31] = 1
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	if err == nil {
		b, err = AppendKey(nil, k.Public())
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(agreeOnParts)
}
