package ed25519

import (
	"sync"

	"vratar/verifier/proof/fastpath"
)

// The values of Path.
const (
	PathOff      = fastpath.Off      // crypto/ed25519 does everything
	PathPortable = fastpath.Portable // tables, in portable Go
	PathIFMA     = fastpath.IFMA     // tables, eight lanes of AVX-512 IFMA
)

// engine is the way that signatures are verified.
type engine struct{ *fastpath.Switch }

// running is the engine of this process, chosen at first use.
var running = sync.OnceValue(func() engine { return choose(fastpath.Setting()) })

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

func choose(setting string) engine { return engine{fastpath.Choose(arithmetic(), setting)} }

// arithmetic is what this package offers. The gains are those over crypto/ed25519, one signature at a time.
func arithmetic() fastpath.Arithmetic {
	return fastpath.Arithmetic{HasIFMA: hasIFMA(), Portable: 3, IFMA: 8, SelfTest: selfTest}
}

// Path is how this process verifies signatures: PathOff, PathPortable or PathIFMA. It is chosen once, from the
// processor's features, a self-test and the environment variable VRATAR_FASTPATH, and becomes PathOff after an alarm.
func Path() string { return running().Path() }

// Alarms is how often this package and crypto/ed25519 differed, and of the paths that failed their self-test. Anything
// but 0 is a fault of the program or the processor.
func Alarms() uint64 { return running().Alarms() }

// Describe tells which path is in use, why, and what was asked of crypto/ed25519.
func Describe() fastpath.Standing { return running().Describe() }

// verify is Key.Verify.
func (e engine) verify(k *Key, message, signature []byte) bool {
	j := Job{k, message, signature}
	if !e.Try(&k.record) {
		return e.Ask(&k.record, j.library)
	}
	return e.Settle(&k.record, k.check(e.Path(), message, signature), j.library)
}
