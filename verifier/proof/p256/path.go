package p256

import (
	"sync"

	"vratar/verifier/proof/fastpath"
)

// The values of Path.
const (
	PathOff      = fastpath.Off      // crypto/ecdsa does everything
	PathPortable = fastpath.Portable // tables, in portable Go
	PathIFMA     = fastpath.IFMA     // tables, in eight lanes of AVX-512 IFMA
)

// How many times as fast as crypto/ecdsa the paths are: see fastpath.Record.
const (
	gainPortable = 4
	gainIFMA     = 14
)

// state is what all keys of a process share.
type state struct {
	*fastpath.Switch
	path string // the one that the tables are made for
	base *table // of the generator; nil when off
}

// current chooses at first use.
var current = sync.OnceValue(func() *state { return choose(fastpath.Setting()) })

// Path is the arithmetic in use: PathOff, PathPortable or PathIFMA. It is chosen at first use: the fastest that the
// processor has and that passes its self-test, but none faster than the one the environment variable
// VRATAR_FASTPATH names. After an alarm it is PathOff.
func Path() string { return current().Path() }

// Alarms counts how often crypto/ecdsa contradicted the fast arithmetic, and the paths that failed their self-test.
// It should be 0 for ever; anything else is a fault of this package or of the machine.
func Alarms() uint64 { return current().Alarms() }

// Describe tells which path is in use, why, and what was asked of crypto/ecdsa.
func Describe() fastpath.Standing { return current().Describe() }

func choose(setting string) *state { return chooseOf(setting, newState) }

// chooseOf makes the tables of each path with newState before it tests the path.
func chooseOf(setting string, newState func(path string) *state) *state {
	made := newState(PathOff)
	chosen := fastpath.Choose(fastpath.Arithmetic{
		HasIFMA: hasIFMA(), Portable: gainPortable, IFMA: gainIFMA,
		SelfTest: func(path string) bool {
			made = newState(path)
			return made.selfTest()
		},
	}, setting)
	if chosen.Path() == PathOff {
		made = newState(PathOff)
	}
	made.Switch = chosen
	return made
}

// newState makes what a path needs, but for the switch.
func newState(path string) *state {
	st := &state{path: path}
	if path != PathOff {
		st.base = newTable(generator(), baseWindow)
		st.adapt(st.base)
	}
	return st
}
