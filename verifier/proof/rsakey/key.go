package rsakey

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/big"
	"unsafe"

	"vratar/verifier/proof/fastpath"
)

const (
	minBits     = 2048
	maxBits     = 4096
	maxWords    = maxBits / 64
	maxExponent = 1<<31 - 1 // crypto/rsa takes none above
)

// ErrKey is the error of a public key that is not for this package; crypto/rsa may still take it.
var ErrKey = errors.New("rsakey: want an odd modulus of 2048 to 4096 bits and an odd exponent from 3 to 2³¹ − 1")

// Key is a public key prepared for verification. It may be used by many goroutines.
type Key struct {
	public  rsa.PublicKey
	bits    int
	modulus modulus
	lanes   lanes // where the processor has them
	record  fastpath.Record
}

// Prepare computes what signatures of a key need, in some microseconds. It returns ErrKey where only crypto/rsa can
// help.
func Prepare(pub *rsa.PublicKey) (*Key, error) {
	if pub.N == nil || pub.N.Sign() <= 0 || pub.N.Bit(0) == 0 || pub.E < 3 || pub.E > maxExponent || pub.E%2 == 0 {
		return nil, ErrKey
	}
	if n := pub.N.BitLen(); n < minBits || n > maxBits {
		return nil, ErrKey
	}
	k := &Key{public: rsa.PublicKey{N: new(big.Int).Set(pub.N), E: pub.E}, bits: pub.N.BitLen()}
	k.modulus.prepare(pub.N)
	if hasIFMA() {
		k.lanes.prepare(pub.N, k.modulus.inverse)
	}
	return k, nil
}

// Size is the most memory that the key can hold, in bytes.
func (k *Key) Size() int {
	const numbers = 2 * 8 * (maxWords + 80) // of modulus and lanes
	return int(unsafe.Sizeof(*k)) + k.public.Size() + numbers
}

// VerifyPKCS1v15 reports whether signature is k's over a message with that SHA-256 digest (RFC 8017 §8.2.2). It answers
// exactly as rsa.VerifyPKCS1v15 does, and allocates nothing for a signature that verifies.
func (k *Key) VerifyPKCS1v15(digest *[32]byte, signature []byte) bool {
	return running().verify(k, pkcs1v15, digest, signature)
}

// VerifyPSS reports whether signature is k's over a message with that SHA-256 digest, with MGF1 and SHA-256 and a salt
// of 32 bytes (RFC 8017 §8.1.2). It answers exactly as rsa.VerifyPSS does with PSSSaltLengthEqualsHash, and allocates
// nothing for a signature that verifies.
func (k *Key) VerifyPSS(digest *[32]byte, signature []byte) bool {
	return running().verify(k, pss, digest, signature)
}

// scheme is the encoding of a digest.
type scheme int

const (
	pkcs1v15 scheme = iota
	pss
)

// check verifies with the prepared modulus.
func (k *Key) check(path string, s scheme, digest *[32]byte, signature []byte) bool {
	var space [maxBits / 8]byte
	em := space[:(k.bits+7)/8]
	if !k.open(path, em, signature) {
		return false
	}
	if s == pss {
		return checkPSS(em, k.bits-1, digest)
	}
	return checkPKCS1v15(em, digest)
}

// open sets em to signatureᵉ mod N. It reports false for a signature of another length than the modulus, or that is
// not below it.
func (k *Key) open(path string, em, signature []byte) bool {
	if len(signature) != len(em) {
		return false
	}
	var s [maxWords]uint64
	rest := signature
	for i := 0; len(rest) > 0; i++ {
		var word [8]byte
		at := max(len(rest)-8, 0)
		copy(word[8-(len(rest)-at):], rest[at:])
		s[i], rest = binary.BigEndian.Uint64(word[:]), rest[:at]
	}
	if !k.modulus.above(s[:k.modulus.words]) {
		return false
	}
	if path == PathIFMA {
		k.lanes.power(&s, uint(k.public.E))
	} else {
		k.modulus.power(&s, uint(k.public.E))
	}
	for i := range em {
		em[len(em)-1-i] = byte(s[i/8] >> (8 * (i % 8)))
	}
	return true
}

// digestInfo is the DER before a SHA-256 digest (RFC 8017 §9.2, note 1).
const digestInfo = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"

// checkPKCS1v15 compares with the one encoding there is (RFC 8017 §9.2): 00 01 FF … FF 00 DigestInfo digest.
func checkPKCS1v15(em []byte, digest *[32]byte) bool {
	padding, tail := em[:len(em)-len(digestInfo)-len(digest)], em[len(em)-len(digestInfo)-len(digest):]
	last := len(padding) - 1
	for _, b := range padding[2:last] {
		if b != 0xff {
			return false
		}
	}
	return padding[0] == 0 && padding[1] == 1 && padding[last] == 0 &&
		string(tail[:len(digestInfo)]) == digestInfo && bytes.Equal(tail[len(digestInfo):], digest[:])
}

// checkPSS is EMSA-PSS-VERIFY with a salt as long as the digest (RFC 8017 §9.1.2).
func checkPSS(em []byte, emBits int, digest *[32]byte) bool {
	if emLen := (emBits + 7) / 8; len(em) > emLen { // the modulus has 8·i + 1 bits
		if em[0] != 0 {
			return false
		}
		em = em[1:]
	}
	last := len(em) - 1
	db, h := em[:last-sha256.Size], (*[32]byte)(em[last-sha256.Size:])
	unused := byte(0xff) << (8 - (8*len(em) - emBits)) // the bits above emBits, of which there may be none
	if em[last] != 0xbc || em[0]&unused != 0 {
		return false
	}
	unmask(db, h)
	db[0] &^= unused
	padding, salt := db[:len(db)-sha256.Size-1], db[len(db)-sha256.Size:]
	for _, b := range padding {
		if b != 0 {
			return false
		}
	}
	var m [8 + 2*sha256.Size]byte
	copy(m[8:], digest[:])
	copy(m[8+sha256.Size:], salt)
	return db[len(padding)] == 1 && sha256.Sum256(m[:]) == *h
}

// unmask adds MGF1 of h to db (RFC 8017 §B.2.1).
func unmask(db []byte, h *[32]byte) {
	var block [sha256.Size + 4]byte
	copy(block[:], h[:])
	for i := uint32(0); len(db) > 0; i++ {
		binary.BigEndian.PutUint32(block[sha256.Size:], i)
		mask := sha256.Sum256(block[:])
		n := min(len(db), len(mask))
		for j := range n {
			db[j] ^= mask[j]
		}
		db = db[n:]
	}
}
