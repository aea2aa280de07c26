package brainpool

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
)

// keyOf is the key dG.
func keyOf(c *Curve, d *big.Int) *PublicKey {
	base, f := &PublicKey{c, c.g}, &field{Curve: c}
	x := base.CombinedX(d, new(big.Int))
	y := new(big.Int).ModSqrt(new(big.Int).Mod(new(big.Int).Add(f.mul(x, f.mul(x, x)), new(big.Int).Add(f.mul(c.a, x), c.b)), c.p), c.p)
	return &PublicKey{c, point{x, y, big.NewInt(1)}}
}

func TestCurves(t *testing.T) {
	for i, c := range []*Curve{P224r1(), P256r1(), P384r1(), P512r1()} {
		if c != curves[i] || !c.p.ProbablyPrime(20) || !c.N.ProbablyPrime(20) || c.p.BitLen() != 8*c.Size || c.N.BitLen() != 8*c.Size {
			t.Errorf("%s: numbers", c.Name)
		}
		if !(&field{Curve: c}).contains(c.g.x, c.g.y) {
			t.Errorf("%s: the base point is not on the curve", c.Name)
		}
		base := &PublicKey{c, c.g}
		zero, one := new(big.Int), big.NewInt(1)
		if base.CombinedX(c.N, zero) != nil || base.CombinedX(zero, c.N) != nil || base.CombinedX(new(big.Int).Sub(c.N, one), one) != nil ||
			base.CombinedX(zero, zero) != nil {
			t.Errorf("%s: the order of the base point", c.Name)
		}
		if base.CombinedX(one, zero).Cmp(c.g.x) != 0 || base.CombinedX(new(big.Int).Sub(c.N, one), zero).Cmp(c.g.x) != 0 {
			t.Errorf("%s: G and -G", c.Name)
		}
		// uG + v(dG) = (u + vd)G
		u, v, d := big.NewInt(0x123456789), big.NewInt(0xabcdef), big.NewInt(0x777777777)
		k := keyOf(c, d)
		if minus := new(big.Int).Sub(c.p, k.point.y); k.CombinedX(zero, v).Cmp(base.CombinedX(new(big.Int).Mul(v, d), zero)) != 0 || minus.Sign() <= 0 {
			t.Errorf("%s: multiplication does not associate", c.Name)
		}
		sum := new(big.Int).Add(u, new(big.Int).Mul(v, d))
		difference := new(big.Int).Sub(new(big.Int).Mul(v, d), u) // the square root may be that of -Q
		if got := k.CombinedX(u, v); got.Cmp(base.CombinedX(sum, zero)) != 0 && got.Cmp(base.CombinedX(difference, zero)) != 0 {
			t.Errorf("%s: addition does not distribute", c.Name)
		}
	}
}

func TestPublicKeys(t *testing.T) {
	for _, c := range curves {
		k := keyOf(c, big.NewInt(12345))
		der, err := MarshalPublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParsePublicKey(der)
		if err != nil || !again.Equal(k) || !k.Equal(again) {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if k.Equal(keyOf(c, big.NewInt(12346))) || k.Equal(7) {
			t.Errorf("%s: other keys are equal", c.Name)
		}
		for i := range der { // no other bytes are this key, and none are another by accident
			bad := bytes.Clone(der)
			bad[i] ^= 1
			if other, err := ParsePublicKey(bad); err == nil {
				t.Errorf("%s: byte %d changed gives %v", c.Name, i, other)
			}
			if _, err := ParsePublicKey(der[:i]); err == nil {
				t.Errorf("%s: cut at %d", c.Name, i)
			}
		}
		if _, err := ParsePublicKey(append(der, 0)); err == nil {
			t.Errorf("%s: bytes behind the end", c.Name)
		}
	}
}

func TestOtherKeys(t *testing.T) {
	own, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der, err := x509.MarshalPKIXPublicKey(own.Public())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParsePublicKey(der); !errors.Is(err, ErrNotBrainpool) {
		t.Errorf("P-256: %v", err)
	}
	// Curve parameters that are written out are refused whatever they are.
	k := keyOf(P256r1(), big.NewInt(5))
	x, y := k.Coordinates()
	type algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters asn1.RawValue
	}
	explicit, err := asn1.Marshal(struct {
		Algorithm algorithm
		Key       asn1.BitString
	}{algorithm{ecPublicKey, asn1.RawValue{FullBytes: []byte{0x30, 0x03, 0x02, 0x01, 0x01}}}, asn1.BitString{Bytes: append(append([]byte{4}, x...), y...), BitLength: 520}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParsePublicKey(explicit); !errors.Is(err, ErrNotBrainpool) {
		t.Errorf("explicit parameters: %v", err)
	}
}

// A key that is read is written as it was.
func FuzzParsePublicKey(f *testing.F) {
	for _, c := range curves {
		der, err := MarshalPublicKey(keyOf(c, big.NewInt(99)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		k, err := ParsePublicKey(der)
		if err != nil {
			return
		}
		if again, err := MarshalPublicKey(k); err != nil || !bytes.Equal(again, der) {
			t.Fatalf("%x becomes %x", der, again)
		}
	})
}
