package cose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"

	"vratar/verifier/cbor"
)

func TestKey(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		checkKey(t, &k.PublicKey)
	}
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	checkKey(t, public)
	for _, other := range []crypto.PublicKey{nil, &rsa.PublicKey{N: big.NewInt(1), E: 3}} {
		if _, err := AppendKey(nil, other); err == nil {
			t.Errorf("%T is written", other)
		}
	}
	if _, err := ParseKey(cbor.Item{}); err == nil {
		t.Error("nothing is a key")
	}
}

// checkKey writes and reads a key. Every damage to what was written is refused or gives another key.
func checkKey(t *testing.T, public interface{ Equal(crypto.PublicKey) bool }) {
	t.Helper()
	b, err := AppendKey(nil, public)
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) crypto.PublicKey {
		item, err := cbor.Parse(b)
		if err != nil {
			return nil
		}
		k, _ := ParseKey(item)
		return k
	}
	if got := read(b); got == nil || !public.Equal(got) {
		t.Fatalf("ParseKey = %v, want %v", got, public)
	}
	for i := range b {
		broken := append([]byte{}, b...)
		broken[i] ^= 1
		if got := read(broken); got != nil && public.Equal(got) {
			t.Fatalf("byte %d does not matter", i)
		}
	}
}

func TestDetached(t *testing.T) {
	attached := []byte{0x84, 0x40, 0xa0, 0x41, 0x01, 0x41, 0x02}
	detached := []byte{0x84, 0x40, 0xa0, 0xf6, 0x41, 0x02}
	if s, err := ParseDetached(detached); err != nil || s.Payload != nil || len(s.Signature) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	for name, bad := range map[string]error{
		"attached as detached": second(ParseDetached(attached)), "detached as attached": second(ParseSign1(detached)),
		"no payload at all": second(ParseDetached([]byte{0x84, 0x40, 0xa0, 0x01, 0x41, 0x02})),
	} {
		if bad == nil {
			t.Errorf("%s is opened", name)
		}
	}
}

func second(_ Sign1, err error) error { return err }

// A key name that is written as undefined is none.
func TestUndefinedKeyID(t *testing.T) {
	s, err := ParseSign1([]byte{0x84, 0x40, 0xa1, 0x04, 0xf7, 0x41, 0x01, 0x41, 0x02})
	if err != nil || s.KeyID != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

// A key that is read can be written, and is then read as the same key.
func FuzzParseKey(f *testing.F) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	for _, public := range []crypto.PublicKey{&k.PublicKey, ed25519.PublicKey(make([]byte, ed25519.PublicKeySize))} {
		b, err := AppendKey(nil, public)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		item, err := cbor.Parse(b)
		if err != nil {
			return
		}
		k, err := ParseKey(item)
		if (k == nil) == (err == nil) {
			t.Fatalf("%v, %v: want exactly one", k, err)
		}
		if err != nil {
			return
		}
		again, err := AppendKey(nil, k)
		if err != nil {
			t.Fatal(err)
		}
		if item, err = cbor.Parse(again); err != nil {
			t.Fatal(err)
		}
		if same, err := ParseKey(item); err != nil || !k.(interface{ Equal(crypto.PublicKey) bool }).Equal(same) {
			t.Fatalf("%v became %v, %v", k, same, err)
		}
	})
}
