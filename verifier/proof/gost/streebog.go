package gost

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// BlockSize of Streebog in bytes, whatever the length of its digest.
const BlockSize = 64

// Lengths of digests in bytes.
const (
	Size256 = 32
	Size512 = 64
)

// block is 512 bits as words, the lowest first. RFC 6986 writes numbers with the highest byte first; in memory it is
// the last.
type block [8]uint64

// streebog is the digest under way.
type streebog struct {
	size    int
	h       block // state
	length  block // bits that were digested, modulo 2⁵¹²
	sum     block // of the blocks, modulo 2⁵¹²
	rest    [BlockSize]byte
	resting int // bytes in rest
}

var _ hash.Hash = (*streebog)(nil)

// New256 digests to 32 bytes.
func New256() hash.Hash { return newStreebog(Size256) }

// New512 digests to 64 bytes.
func New512() hash.Hash { return newStreebog(Size512) }

// Sum256 is the digest of data, in the order of bytes in which it is written to files and printed by tools.
func Sum256(data []byte) (digest [Size256]byte) {
	s := newStreebog(Size256)
	s.Write(data)
	s.Sum(digest[:0])
	return digest
}

// Sum512 is the digest of data, ordered as that of Sum256.
func Sum512(data []byte) (digest [Size512]byte) {
	s := newStreebog(Size512)
	s.Write(data)
	s.Sum(digest[:0])
	return digest
}

func newStreebog(size int) *streebog {
	s := &streebog{size: size}
	s.Reset()
	return s
}

// Reset begins anew (RFC 6986 §8.1: the initial value is 512 zero bits, or 64 bytes of one).
func (s *streebog) Reset() {
	*s = streebog{size: s.size}
	if s.size == Size256 {
		for i := range s.h {
			s.h[i] = 0x0101010101010101
		}
	}
}

// Size is the length of the digest.
func (s *streebog) Size() int { return s.size }

// BlockSize is 64.
func (s *streebog) BlockSize() int { return BlockSize }

// Write digests more. It never fails.
func (s *streebog) Write(data []byte) (int, error) {
	written := len(data)
	if s.resting > 0 {
		n := copy(s.rest[s.resting:], data)
		s.resting += n
		data = data[n:]
		if s.resting < BlockSize {
			return written, nil
		}
		s.stage(&s.rest, 8*BlockSize)
		s.resting = 0
	}
	for len(data) >= BlockSize {
		s.stage((*[BlockSize]byte)(data), 8*BlockSize)
		data = data[BlockSize:]
	}
	s.resting = copy(s.rest[:], data)
	return written, nil
}

// stage digests one block of which so many bits are of the message (RFC 6986 §8.2, 8.3).
func (s *streebog) stage(data *[BlockSize]byte, bitCount uint64) {
	var m block
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(data[8*i:])
	}
	s.compress(&s.length, &m)
	s.length.add(&block{bitCount})
	s.sum.add(&m)
}

// Sum appends the digest of what was written so far, and leaves the state as it is.
func (s *streebog) Sum(dst []byte) []byte {
	end := *s
	bitCount := uint64(8 * end.resting)
	clear(end.rest[end.resting:])
	end.rest[end.resting] = 1
	end.stage(&end.rest, bitCount)
	var zero block
	end.compress(&zero, &end.length)
	end.compress(&zero, &end.sum)
	var digest [Size512]byte
	for i, w := range end.h {
		binary.LittleEndian.PutUint64(digest[8*i:], w)
	}
	return append(dst, digest[Size512-s.size:]...)
}

// compress is g_N (RFC 6986 §7): a cipher whose key is the state, with what goes in added to what comes out.
func (s *streebog) compress(n, m *block) {
	var key, state block
	mixed(&key, &s.h, n)
	state = *m
	for i := range rounds {
		mixed(&state, &state, &key)
		mixed(&key, &key, &rounds[i])
	}
	for i := range s.h {
		s.h[i] ^= state[i] ^ key[i] ^ m[i]
	}
}

// mixed is LPS of a and b added bit by bit (RFC 6986 §6): every word takes one byte of each.
func mixed(out, a, b *block) {
	w0, w1, w2, w3 := a[0]^b[0], a[1]^b[1], a[2]^b[2], a[3]^b[3]
	w4, w5, w6, w7 := a[4]^b[4], a[5]^b[5], a[6]^b[6], a[7]^b[7]
	t := &table
	out[0] = t[0][uint8(w0)] ^ t[1][uint8(w1)] ^ t[2][uint8(w2)] ^ t[3][uint8(w3)] ^
		t[4][uint8(w4)] ^ t[5][uint8(w5)] ^ t[6][uint8(w6)] ^ t[7][uint8(w7)]
	out[1] = t[0][uint8(w0>>8)] ^ t[1][uint8(w1>>8)] ^ t[2][uint8(w2>>8)] ^ t[3][uint8(w3>>8)] ^
		t[4][uint8(w4>>8)] ^ t[5][uint8(w5>>8)] ^ t[6][uint8(w6>>8)] ^ t[7][uint8(w7>>8)]
	out[2] = t[0][uint8(w0>>16)] ^ t[1][uint8(w1>>16)] ^ t[2][uint8(w2>>16)] ^ t[3][uint8(w3>>16)] ^
		t[4][uint8(w4>>16)] ^ t[5][uint8(w5>>16)] ^ t[6][uint8(w6>>16)] ^ t[7][uint8(w7>>16)]
	out[3] = t[0][uint8(w0>>24)] ^ t[1][uint8(w1>>24)] ^ t[2][uint8(w2>>24)] ^ t[3][uint8(w3>>24)] ^
		t[4][uint8(w4>>24)] ^ t[5][uint8(w5>>24)] ^ t[6][uint8(w6>>24)] ^ t[7][uint8(w7>>24)]
	out[4] = t[0][uint8(w0>>32)] ^ t[1][uint8(w1>>32)] ^ t[2][uint8(w2>>32)] ^ t[3][uint8(w3>>32)] ^
		t[4][uint8(w4>>32)] ^ t[5][uint8(w5>>32)] ^ t[6][uint8(w6>>32)] ^ t[7][uint8(w7>>32)]
	out[5] = t[0][uint8(w0>>40)] ^ t[1][uint8(w1>>40)] ^ t[2][uint8(w2>>40)] ^ t[3][uint8(w3>>40)] ^
		t[4][uint8(w4>>40)] ^ t[5][uint8(w5>>40)] ^ t[6][uint8(w6>>40)] ^ t[7][uint8(w7>>40)]
	out[6] = t[0][uint8(w0>>48)] ^ t[1][uint8(w1>>48)] ^ t[2][uint8(w2>>48)] ^ t[3][uint8(w3>>48)] ^
		t[4][uint8(w4>>48)] ^ t[5][uint8(w5>>48)] ^ t[6][uint8(w6>>48)] ^ t[7][uint8(w7>>48)]
	out[7] = t[0][uint8(w0>>56)] ^ t[1][uint8(w1>>56)] ^ t[2][uint8(w2>>56)] ^ t[3][uint8(w3>>56)] ^
		t[4][uint8(w4>>56)] ^ t[5][uint8(w5>>56)] ^ t[6][uint8(w6>>56)] ^ t[7][uint8(w7>>56)]
}

// add is addition modulo 2⁵¹².
func (b *block) add(other *block) {
	var carry uint64
	for i := range b {
		b[i], carry = bits.Add64(b[i], other[i], carry)
	}
}
