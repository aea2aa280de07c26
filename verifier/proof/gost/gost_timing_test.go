//go:build unix

package gost

import (
	"fmt"
	"math/big"
	"testing"
)

func BenchmarkStreebog(b *testing.B) {
	for _, n := range []int{64, 4 << 10, 64 << 10} {
		data := make([]byte, n)
		b.Run(fmt.Sprintf("256/%d", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			inCPU(b, func() { Sum256(data) })
		})
	}
}

// BenchmarkMul is one multiplication of each kind of field.
func BenchmarkMul(b *testing.B) {
	for _, c := range Curves() {
		b.Run(c.Name, func(b *testing.B) {
			x, y := c.field.fromBig(c.y), c.a
			inCPU(b, func() { c.field.mul(&x, &x, &y) })
		})
	}
}

// BenchmarkVerify is one signature by a key that is already read.
func BenchmarkVerify(b *testing.B) {
	for _, c := range Curves() {
		b.Run(c.Name, func(b *testing.B) {
			d := new(big.Int).Rsh(c.q, 1)
			x, y := multiplied(c, d)
			k := keyAt(b, c, x, y)
			e, n := new(big.Int).Rsh(c.p, 5), new(big.Int).Rsh(c.p, 3)
			e, n = e.Mod(e, c.q), n.Mod(n, c.q)
			rx, _ := multiplied(c, n)
			r := rx.Mod(rx, c.q)
			s := new(big.Int).Mul(r, d)
			s.Mod(s.Add(s, new(big.Int).Mul(n, e)), c.q)
			inCPU(b, func() {
				if !k.verify(e, r, s) {
					b.Fatal("not verified")
				}
			})
		})
	}
}
