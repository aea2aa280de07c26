// Package p256 verifies ECDSA signatures over P-256 by keys that are known beforehand, several times as fast as a
// library that meets the key for the first time: Prepare computes multiples of the key once, after which a
// signature costs some sixty to a hundred additions of points and no doubling.
//
// It must never be used to sign, nor with any other secret: its time and its memory accesses depend on every input.
// All inputs of a verification are public, so here that is harmless.
//
// It accepts what crypto/ecdsa accepts. Every signature that the fast arithmetic refuses, or cannot decide, is
// asked of crypto/ecdsa, and the answer is that of crypto/ecdsa; where the two differ, the fast arithmetic is
// switched off for good and an alarm is counted (Alarms). A sample of what it accepts is asked again as well. A
// refused signature thus costs no less than without this package; a key whose signatures are mostly wrong is left to
// crypto/ecdsa altogether, so that it does not cost more either (see package fastpath).
//
// It may import the standard library, golang.org/x/sys/cpu and package fastpath, and decides nothing about whom to
// trust.
package p256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"math/big"

	"vratar/verifier/proof/fastpath"
)

// MinWindow and MaxWindow are the windows Prepare takes.
const (
	MinWindow = 4
	MaxWindow = 8
)

// Key is a public key with its table. Any number of goroutines may use it.
type Key struct {
	public *ecdsa.PublicKey
	table  *table // nil when the fast arithmetic was off when the key was prepared
	state  *state
	record fastpath.Record
}

// Prepare computes the table of pub. A wider window makes verification faster and the table larger: 4 bits take
// 32 KiB, 5 bits 51, 6 bits 85, 7 bits 145, 8 bits 256. It takes a fraction of a millisecond, or a few under load.
// The error says that pub is not a point of P-256 or that there is no such window.
func Prepare(pub *ecdsa.PublicKey, window int) (*Key, error) {
	return prepare(pub, window, current())
}

func prepare(pub *ecdsa.PublicKey, window int, st *state) (*Key, error) {
	if window < MinWindow || window > MaxWindow {
		return nil, fmt.Errorf("p256: no window of %d bits: %d to %d", window, MinWindow, MaxWindow)
	}
	if pub == nil || pub.Curve != elliptic.P256() {
		return nil, errors.New("p256: not a key of P-256")
	}
	encoded, err := pub.Bytes() // 4, x, y; refuses what is not on the curve
	if err != nil {
		return nil, fmt.Errorf("p256: %w", err)
	}
	own, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), encoded)
	if err != nil {
		return nil, fmt.Errorf("p256: %w", err)
	}
	k := &Key{public: own, state: st}
	if st.path != PathOff {
		k.table = newTable(affineFrom([64]byte(encoded[1:])), window)
		st.adapt(k.table)
	}
	return k, nil
}

// Size is the memory the table takes, in bytes.
func (k *Key) Size() int {
	if k.table == nil {
		return 0
	}
	return len(k.table.points) * pointSize
}

// Verify reports whether (r, s), most significant byte first, is a signature of digest, the SHA-256 of what was
// signed (SEC 1 §4.1.4). It does not allocate where it answers true, but for the sample that is asked again.
func (k *Key) Verify(digest, r, s *[32]byte) bool {
	var g signature
	if !g.parse(digest, r, s) {
		return k.library(digest, r, s)
	}
	if !k.try() {
		return k.leave(digest, r, s)
	}
	return k.settle(k.answer(&g), digest, r, s)
}

func (k *Key) isPrepared() bool { return k.table != nil }

// try reports whether the fast arithmetic is to be asked about a signature.
func (k *Key) try() bool { return k.isPrepared() && k.state.Try(&k.record) }

// leave leaves to crypto/ecdsa what the fast arithmetic was not to be asked about.
func (k *Key) leave(digest, r, s *[32]byte) bool {
	return k.state.Ask(&k.record, func() bool { return k.library(digest, r, s) })
}

// settle turns what the fast arithmetic makes of a signature into the answer.
func (k *Key) settle(a answer, digest, r, s *[32]byte) bool {
	if a == undecided {
		return k.library(digest, r, s)
	}
	return k.state.Settle(&k.record, a == accepted, func() bool { return k.library(digest, r, s) })
}

func (k *Key) library(digest, r, s *[32]byte) bool {
	return ecdsa.Verify(k.public, digest[:], new(big.Int).SetBytes(r[:]), new(big.Int).SetBytes(s[:]))
}

// answer is what the fast arithmetic makes of a signature. The zero value is no answer.
type answer uint8

const (
	undecided answer = iota // a sum met equal or opposite points, or a number is out of range
	accepted
	refused
)

// signature is one signature as numbers; w is 2^256/s.
type signature struct{ e, r, s, w scalar }

// parse reports whether r and s are in range, without which crypto/ecdsa refuses at once; the digest may be n or more.
func (g *signature) parse(digest, r, s *[32]byte) bool {
	g.e, g.r, g.s = words(digest), words(r), words(s)
	return g.r.inRange() && g.s.inRange()
}

// factors are u1 = e/s and u2 = r/s of SEC 1 §4.1.4: the multiples of the generator and of the key.
func (g *signature) factors() (u1, u2 scalar) {
	u1.mul(&g.e, &g.w)
	u2.mul(&g.r, &g.w)
	return u1, u2
}

// answer is what the fast arithmetic makes of a signature in range, alone.
func (k *Key) answer(g *signature) answer {
	g.w = g.s.inverse()
	return k.check(g)
}

// check is what the fast arithmetic makes of a signature whose w is known.
func (k *Key) check(g *signature) answer {
	if k.state.path == PathIFMA {
		return k.checkIFMA(g)
	}
	u1, u2 := g.factors()
	var ofBase, ofKey [maxDigits]digit
	base, key := k.state.base, k.table
	baseDigits, keyDigits := base.digits(&u1, &ofBase), key.digits(&u2, &ofKey)
	base.touch(baseDigits)
	key.touch(keyDigits)
	var a xyzz
	first := baseDigits[0]
	a.set(&base.points[first.place()])
	a.y.negateIf(&a.y, first.mask())
	for _, d := range baseDigits[1:] {
		a.add(&base.points[d.place()], d.mask())
	}
	for _, d := range keyDigits {
		a.add(&key.points[d.place()], d.mask())
	}
	return a.answer(&g.r)
}

// answer compares the x-coordinate of a with r modulo n, without dividing: x = r or x = r + n, times zz.
func (a *xyzz) answer(r *scalar) answer {
	if a.zz.isZero() {
		return undecided
	}
	r2 := r2()
	zz := a.zz
	zz.mul(&zz, &r2) // one factor of a product that is to be in Montgomery form again
	var x fe
	x.mul((*fe)(r), &zz)
	if x.equal(&a.x) {
		return accepted
	}
	if more, ok := r.plusOrder(); ok {
		x.mul((*fe)(&more), &zz)
		if x.equal(&a.x) {
			return accepted
		}
	}
	return refused
}
