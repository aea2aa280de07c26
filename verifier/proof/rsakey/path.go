package rsakey

import (
	"crypto"
	"crypto/rsa"
	"sync"

	"vratar/verifier/proof/fastpath"
)

// The values of Path.
const (
	PathOff      = fastpath.Off      // crypto/rsa does everything
	PathPortable = fastpath.Portable // prepared moduli in portable Go
	PathIFMA     = fastpath.IFMA     // prepared moduli in eight lanes of AVX-512 IFMA
)

// libraryBits is the largest modulus that crypto/rsa has assembly for, which portable Go does not beat.
const libraryBits = 2048

// engine is the way that signatures are verified.
type engine struct{ *fastpath.Switch }

// running is the engine of this process, chosen at first use.
var running = sync.OnceValue(func() engine { return choose(fastpath.Setting()) })

func choose(setting string) engine { return engine{fastpath.Choose(arithmetic(), setting)} }

// arithmetic is what this package offers. The gains are those over crypto/rsa with the shortest modulus of each path.
func arithmetic() fastpath.Arithmetic {
	return fastpath.Arithmetic{HasIFMA: hasIFMA(), Portable: 2, IFMA: 4, SelfTest: selfTest}
}

func libraryVerify(public *rsa.PublicKey, s scheme, digest *[32]byte, signature []byte) bool {
	own := *digest // the library's slice leads to the heap, and this is seldom called
	if s == pkcs1v15 {
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, own[:], signature) == nil
	}
	o := rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	return rsa.VerifyPSS(public, crypto.SHA256, own[:], signature, &o) == nil
}

// Path is how this process verifies signatures: PathOff, PathPortable or PathIFMA. It is chosen once, from the
// processor's features, a self-test and the environment variable VRATAR_FASTPATH, and becomes PathOff after an alarm.
func Path() string { return running().Path() }

// Alarms is how often this package and crypto/rsa differed, and of the paths that failed their self-test. Anything but
// 0 is a fault of the program or the processor.
func Alarms() uint64 { return running().Alarms() }

// Describe tells which path is in use, why, and what was asked of crypto/rsa.
func Describe() fastpath.Standing { return running().Describe() }

// verify is VerifyPKCS1v15 or VerifyPSS.
func (e engine) verify(k *Key, s scheme, digest *[32]byte, signature []byte) bool {
	library := func() bool { return libraryVerify(&k.public, s, digest, signature) }
	path := e.Path()
	if path == PathPortable && k.bits <= libraryBits {
		return library()
	}
	if !e.Try(&k.record) {
		return e.Ask(&k.record, library)
	}
	return e.Settle(&k.record, k.check(path, s, digest, signature), library)
}
