package ed25519

import (
	"crypto/ed25519"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
)

// The values of Path.
const (
	PathOff      = "off"      // crypto/ed25519 does everything
	PathPortable = "portable" // tables, in portable Go
	PathIFMA     = "ifma"     // tables, eight lanes of AVX-512 IFMA
)

// fastpath is the environment variable that chooses a path: off, portable, or ifma, which is what the machine is
// asked for by default.
const fastpath = "VRATAR_FASTPATH"

// samplePeriod says that one accepted signature of this many is verified by crypto/ed25519 again.
const samplePeriod = 4096

// engine is the way that signatures are verified, with what it has noticed.
type engine struct {
	path    atomic.Pointer[string]
	alarms  atomic.Uint64
	library func(public ed25519.PublicKey, message, signature []byte) bool
}

// running is the engine of this process, chosen at first use. The environment is read through syscall because
// package os, and the files behind it, are closed to a verifier.
var running = sync.OnceValue(func() *engine {
	choice, _ := syscall.Getenv(fastpath)
	return choose(choice)
})

// baseWindow is the window of the base point's table, 384 KiB: its digits fill the lanes of four rounds.
const baseWindow = 8

// basePoint is the table of B.
var basePoint = sync.OnceValue(func() *table {
	var p point
	b := [32]byte{0: 0x58}
	for i := range b[1:] {
		b[i+1] = 0x66 // y = 4/5
	}
	p.decode(&b)
	return newTable(&p, baseWindow)
})

// choose takes the fastest path that is asked for, that this processor has and that passes its self-test.
func choose(choice string) *engine {
	paths := []string{PathIFMA, PathPortable, PathOff}
	switch {
	case choice == PathOff:
		paths = paths[2:]
	case choice == PathPortable || !hasIFMA():
		paths = paths[1:]
	}
	for _, path := range paths {
		e := newEngine(path)
		if e.selfTest() {
			return e
		}
	}
	return newEngine(PathOff)
}

func newEngine(path string) *engine {
	e := &engine{library: ed25519.Verify}
	e.path.Store(&path)
	return e
}

// Path is how this process verifies signatures: PathOff, PathPortable or PathIFMA. It is chosen once, from the
// processor's features, a self-test and the environment variable VRATAR_FASTPATH, and becomes PathOff after an alarm.
func Path() string { return *running().path.Load() }

// Alarms is how often this package and crypto/ed25519 differed, which must never be: anything but 0 is a fault of
// the program or the processor.
func Alarms() uint64 { return running().alarms.Load() }

// verify is Key.Verify.
func (e *engine) verify(k *Key, message, signature []byte) bool {
	path := *e.path.Load()
	if path == PathOff {
		return e.library(k.public, message, signature)
	}
	return e.settle(k, message, signature, k.check(path, message, signature))
}

// settle takes what a fast path found and has the library look again at every refusal and at some acceptances.
func (e *engine) settle(k *Key, message, signature []byte, found bool) bool {
	if found && rand.Uint32()%samplePeriod != 0 {
		return true
	}
	right := e.library(k.public, message, signature)
	if right != found {
		e.alarms.Add(1)
		off := PathOff
		e.path.Store(&off)
	}
	return right
}
