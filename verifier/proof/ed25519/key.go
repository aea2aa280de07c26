package ed25519

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"errors"
	"fmt"
	"unsafe"

	"vratar/verifier/proof/fastpath"
)

// ErrKey is the error of a public key that no signature verifies with: not 32 bytes, or not a point.
var ErrKey = errors.New("ed25519: not a public key")

// Key is a public key prepared for verification. It may be used by many goroutines.
type Key struct {
	public ed25519.PublicKey
	bytes  [32]byte
	minusA *table
	record fastpath.Record
}

// The smallest and the largest window that Prepare takes. A window of 4 bits costs 48 KiB a key, 6 bits 129 KiB,
// 8 bits 384 KiB; a larger one is faster while its table stays in the processor's caches.
const (
	MinWindow = minWindow
	MaxWindow = maxWindow
)

// Prepare computes the table of a public key, which takes about a millisecond. The window is the table's number of
// bits a digit, between MinWindow and MaxWindow. It returns ErrKey for a key that crypto/ed25519 would refuse every
// signature of.
func Prepare(pub ed25519.PublicKey, window int) (*Key, error) {
	if window < minWindow || window > maxWindow {
		return nil, fmt.Errorf("ed25519: a window of %d bits, want %d to %d", window, minWindow, maxWindow)
	}
	if len(pub) != ed25519.PublicKeySize {
		return nil, ErrKey
	}
	k := &Key{public: bytes.Clone(pub)}
	copy(k.bytes[:], pub)
	var p point
	if !p.decode(&k.bytes) {
		return nil, ErrKey
	}
	p.negate()
	k.minusA = newTable(&p, window)
	return k, nil
}

// Size is the memory that the key holds, in bytes.
func (k *Key) Size() int {
	return int(unsafe.Sizeof(*k)) + len(k.public) + tableSize(k.minusA.window)
}

// Verify reports whether signature is k's over message. It answers exactly as crypto/ed25519 does, and allocates
// nothing for a signature that verifies.
func (k *Key) Verify(message, signature []byte) bool {
	return running().verify(k, message, signature)
}

// request is one signature on its way: what is multiplied, and the encoding that must come out of
// R′ = s·B + h·(−A).
type request struct {
	s, h scalar
	r    [4]uint64
}

// parse reads a signature of the right length. It reports false for an S that is not below L, which is refused
// (RFC 8032 §5.1.7).
func (q *request) parse(k *Key, message, signature []byte) bool {
	if len(signature) != ed25519.SignatureSize || !q.s.setCanonical((*[32]byte)(signature[32:])) {
		return false
	}
	q.r = wordsOf((*[32]byte)(signature))
	h := sha512.New()
	h.Write(signature[:32])
	h.Write(k.bytes[:])
	h.Write(message)
	var digest [64]byte
	h.Sum(digest[:0])
	q.h.setDigest(&digest)
	return true
}

// sum is R′ in portable Go.
func (q *request) sum(k *Key) point {
	p := neutral()
	basePoint().addMultiple(&p, &q.s)
	k.minusA.addMultiple(&p, &q.h)
	return p
}

// checkPortable verifies with the tables, in portable Go.
func (k *Key) checkPortable(message, signature []byte) bool {
	var q request
	if !q.parse(k, message, signature) {
		return false
	}
	p := q.sum(k)
	p.z.invert(&p.z)
	return encode(&p.x, &p.y, &p.z) == q.r
}
