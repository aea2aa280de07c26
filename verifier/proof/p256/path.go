package p256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"syscall"
)

// The values of Path.
const (
	PathOff      = "off"      // crypto/ecdsa alone
	PathPortable = "portable" // Go
	PathIFMA     = "ifma"     // eight lanes of AVX-512 PathIFMA
)

// state is what all keys of a process share.
type state struct {
	path   string
	base   *table // of the generator; nil when off
	off    atomic.Bool
	alarms atomic.Uint64
}

// current chooses at first use. The environment is asked through syscall: nothing below verifier opens files.
var current = sync.OnceValue(func() *state {
	setting, _ := syscall.Getenv("VRATAR_FASTPATH")
	return choose(setting)
})

// Path is the arithmetic in use: PathOff, PathPortable or PathIFMA. It is chosen at first use: the fastest that the processor
// has and that passes its self-test, at most the one that the environment variable VRATAR_FASTPATH names.
// It becomes PathOff after an alarm.
func Path() string {
	st := current()
	if st.off.Load() {
		return PathOff
	}
	return st.path
}

// Alarms counts how often crypto/ecdsa contradicted the fast arithmetic. It should be 0 for ever; anything else is
// a fault of this package or of the machine.
func Alarms() uint64 { return current().alarms.Load() }

func choose(setting string) *state {
	paths := []string{PathIFMA, PathPortable}
	switch setting {
	case PathOff:
		paths = nil
	case PathPortable:
		paths = paths[1:]
	}
	for _, path := range paths {
		if st := newState(path); st != nil && st.selfTest() {
			return st
		}
	}
	return &state{path: PathOff}
}

// newState is nil where the processor lacks what path needs.
func newState(path string) *state {
	if path == PathIFMA && !hasIFMA() {
		return nil
	}
	st := &state{path: path}
	if path != PathOff {
		st.base = newTable(generator(), baseWindow)
		st.adapt(st.base)
	}
	return st
}

func (st *state) alarm() {
	st.alarms.Add(1)
	st.off.Store(true)
}

// selfTest verifies two signatures of RFC 6979 §A.2.5, each also with a bit changed, alone and in a group.
func (st *state) selfTest() bool {
	raw := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			panic("BUG: " + err.Error())
		}
		return b
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw(selfTestKey))
	if err != nil {
		return false
	}
	k, err := prepare(pub, MinWindow, st)
	if err != nil {
		return false
	}
	for _, v := range selfTestVectors() {
		d, r, s := [32]byte(raw(v[0])), [32]byte(raw(v[1])), [32]byte(raw(v[2]))
		if k.fast(&d, &r, &s) != accepted {
			return false
		}
		d[31] ^= 1
		if k.fast(&d, &r, &s) != refused {
			return false
		}
	}
	return true
}

const selfTestKey = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

// selfTestVectors are digest, r and s of "sample" and "test".
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
