package p256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
)

// selfTestKey and selfTestVectors are those of RFC 6979 §A.2.5 for SHA-256: the public key, and digest, r and s of
// "sample" and "test".
const selfTestKey = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

func selfTestVectors() [][3]string {
	return [][3]string{{
		"af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf",
		"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
		"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
	}, {
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
		"019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
	}}
}

// selfTest verifies the vectors, as they are and with a bit of each part changed, alone and in a group.
func (st *state) selfTest() bool {
	encoded, err := hex.DecodeString(selfTestKey)
	if err != nil {
		return false
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), encoded)
	if err != nil {
		return false
	}
	k, err := prepare(pub, MinWindow, st)
	if err != nil {
		return false
	}
	var jobs []Job
	for _, v := range selfTestVectors() {
		good := Job{k, unhex32(v[0]), unhex32(v[1]), unhex32(v[2])}
		digest, r, s := good, good, good
		digest.Digest[31] ^= 1
		r.R[31] ^= 2
		s.S[0] ^= 4
		jobs = append(jobs, good, digest, r, s)
	}
	g := group{jobs: jobs}
	g.answer((*Key).isPrepared)
	for i := range jobs {
		want := refused
		if i%4 == 0 {
			want = accepted
		}
		j := &jobs[i]
		if k.fast(&j.Digest, &j.R, &j.S) != want || g.answers[i] != want {
			return false
		}
	}
	return true
}

// fast is what the fast arithmetic makes of a signature, alone.
func (k *Key) fast(digest, r, s *[32]byte) answer {
	var g signature
	if !g.parse(digest, r, s) {
		return undecided
	}
	return k.answer(&g)
}

// unhex32 is zero for what is not 32 bytes in hexadecimal.
func unhex32(s string) (b [32]byte) {
	if raw, err := hex.DecodeString(s); err == nil {
		copy(b[:], raw)
	}
	return b
}
