package p256

import (
	"sync"
	"sync/atomic"
	"syscall"
)

// The values of Path.
const (
	PathOff      = "off"      // crypto/ecdsa does everything
	PathPortable = "portable" // tables, in portable Go
	PathIFMA     = "ifma"     // tables, in eight lanes of AVX-512 IFMA
)

// state is what all keys of a process share.
type state struct {
	path   string
	base   *table // of the generator; nil when off
	off    atomic.Bool
	alarms atomic.Uint64
}

// current chooses at first use. The environment is asked through syscall because package os, and the files behind it,
// are closed to a verifier.
var current = sync.OnceValue(func() *state {
	setting, _ := syscall.Getenv("VRATAR_FASTPATH")
	return choose(setting)
})

// Path is the arithmetic in use: PathOff, PathPortable or PathIFMA. It is chosen at first use: the fastest that the
// processor has and that passes its self-test, but none faster than the one the environment variable
// VRATAR_FASTPATH names. After an alarm it is PathOff.
func Path() string {
	st := current()
	if st.off.Load() {
		return PathOff
	}
	return st.path
}

// Alarms counts how often crypto/ecdsa contradicted the fast arithmetic, and the paths that failed their self-test.
// It should be 0 for ever; anything else is a fault of this package or of the machine.
func Alarms() uint64 { return current().alarms.Load() }

func choose(setting string) *state {
	paths := []string{PathIFMA, PathPortable, PathOff}
	switch setting {
	case PathOff:
		paths = paths[2:]
	case PathPortable:
		paths = paths[1:]
	}
	return firstSound(paths, newState)
}

// firstSound is the first of the paths that exists here and passes its self-test; PathOff, the last, always does.
func firstSound(paths []string, newState func(path string) *state) *state {
	failed := uint64(0)
	for _, path := range paths {
		st := newState(path)
		if st == nil {
			continue
		}
		if path == PathOff || st.selfTest() {
			st.alarms.Store(failed)
			return st
		}
		failed++
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
