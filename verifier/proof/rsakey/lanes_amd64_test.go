package rsakey

import (
	"crypto/rsa"
	"math/big"
	mathrand "math/rand/v2"
	"testing"
)

// The generated code with factors at the ends of what they may be: 0 and 2N − 1, for moduli with the longest carries.
func TestMontgomeryAtTheBounds(t *testing.T) {
	if !hasIFMA() {
		t.Log("this processor has no AVX-512 IFMA: the code under test never runs on it")
		return
	}
	r := mathrand.NewChaCha8([32]byte{2})
	random := func(bits int) *big.Int {
		b := make([]byte, bits/8)
		r.Read(b)
		return new(big.Int).SetBytes(b)
	}
	for _, bits := range []int{2048, 2078, 2079, 3072, 3118, 3119, 4096} {
		top := new(big.Int).Lsh(big.NewInt(1), uint(bits))
		for round := range 20 {
			n := new(big.Int).Sub(top, big.NewInt(1)) // all ones
			switch round % 3 {
			case 1:
				n.Rsh(n, 1).Add(n, big.NewInt(2)) // 1, zeros, 1
			case 2:
				n.Sub(n, random(bits-8)).SetBit(n, 0, 1)
			}
			m := &prepare(t, &rsa.PublicKey{N: n, E: 65537}).lanes
			last := new(big.Int).Sub(new(big.Int).Lsh(n, 1), big.NewInt(1))
			factors := []*big.Int{new(big.Int), big.NewInt(1), n, last, new(big.Int).Mod(random(bits), n)}
			for _, a := range factors {
				for _, b := range factors {
					m.compare(t, n, a, b)
				}
			}
		}
	}
}

func (m *lanes) compare(t *testing.T, n, a, b *big.Int) {
	t.Helper()
	var x, y, z [maxLimbs]uint64
	copy(x[:], digitsOf(a, maxLimbs, limbBits))
	copy(y[:], digitsOf(b, maxLimbs, limbBits))
	m.times(&z, &x, &y)
	m.times(&x, &x, &y) // z may be a
	if x != z {
		t.Fatal("the result depends on where it goes")
	}
	got := new(big.Int)
	for i, l := range z {
		if l >= 1<<limbBits {
			t.Fatalf("limb %d is %#x", i, l)
		}
		got.Add(got, new(big.Int).Lsh(new(big.Int).SetUint64(l), uint(limbBits*i)))
	}
	r := new(big.Int).Lsh(big.NewInt(1), uint(limbBits*m.limbs))
	want := new(big.Int).Mul(a, b)
	want.Mul(want, r.ModInverse(r, n)).Mod(want, n)
	if got.Cmp(new(big.Int).Lsh(n, 1)) >= 0 || new(big.Int).Mod(got, n).Cmp(want) != 0 {
		t.Fatalf("%x·%x modulo %x = %x", a, b, n, got)
	}
}
