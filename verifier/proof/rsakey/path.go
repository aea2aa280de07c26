package rsakey

import (
	"crypto"
	"crypto/rsa"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
)

// The values of Path.
const (
	PathOff      = "off"      // crypto/rsa does everything
	PathPortable = "portable" // prepared moduli in portable Go
	PathIFMA     = "ifma"     // prepared moduli in eight lanes of AVX-512 IFMA
)

// fastpath is the environment variable that chooses a path: off, portable, or ifma, which is what is taken otherwise.
const fastpath = "VRATAR_FASTPATH"

// libraryBits is the largest modulus that crypto/rsa has assembly for, which portable Go does not beat.
const libraryBits = 2048

// samplePeriod says that one accepted signature of this many is verified by crypto/rsa again.
const samplePeriod = 4096

// engine is the way that signatures are verified, with what it has noticed.
type engine struct {
	path    atomic.Pointer[string]
	alarms  atomic.Uint64
	library func(public *rsa.PublicKey, s scheme, digest *[32]byte, signature []byte) bool
}

// running is the engine of this process, chosen at first use. The environment is read through syscall because
// package os, and the files behind it, are closed to a verifier.
var running = sync.OnceValue(func() *engine {
	choice, _ := syscall.Getenv(fastpath)
	return choose(choice)
})

// choose takes the fastest path that is asked for, that this processor has and that passes its self-test.
func choose(choice string) *engine {
	paths := []string{PathIFMA, PathPortable}
	switch {
	case choice == PathOff:
		paths = nil
	case choice == PathPortable || !hasIFMA():
		paths = paths[1:]
	}
	for _, path := range paths {
		if selfTest(path) {
			return newEngine(path)
		}
	}
	return newEngine(PathOff)
}

func newEngine(path string) *engine {
	e := &engine{library: libraryVerify}
	e.path.Store(&path)
	return e
}

func libraryVerify(public *rsa.PublicKey, s scheme, digest *[32]byte, signature []byte) bool {
	if s == pkcs1v15 {
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) == nil
	}
	o := rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	return rsa.VerifyPSS(public, crypto.SHA256, digest[:], signature, &o) == nil
}

// Path is how this process verifies signatures: PathOff, PathPortable or PathIFMA. It is chosen once, from the
// processor's features, a self-test and the environment variable VRATAR_FASTPATH, and becomes PathOff after an alarm.
func Path() string { return *running().path.Load() }

// Alarms is how often this package and crypto/rsa differed, which must never be: anything but 0 is a fault of the
// program or the processor.
func Alarms() uint64 { return running().alarms.Load() }

// verify asks crypto/rsa about every refusal and about some acceptances.
func (e *engine) verify(k *Key, s scheme, digest *[32]byte, signature []byte) bool {
	path := *e.path.Load()
	if path == PathOff || path == PathPortable && k.bits <= libraryBits {
		return e.library(&k.public, s, digest, signature)
	}
	found := k.check(path, s, digest, signature)
	if found && rand.Uint32()%samplePeriod != 0 {
		return true
	}
	right := e.library(&k.public, s, digest, signature)
	if right != found {
		e.alarms.Add(1)
		off := PathOff
		e.path.Store(&off)
	}
	return right
}
