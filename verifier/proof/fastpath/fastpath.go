// Package fastpath holds what all packages with fast arithmetic for prepared keys have in common: which path is taken
// and why, and what keeps a fault of the arithmetic from becoming a wrong answer.
//
// A path is the library alone, tables in portable Go, or tables in the lanes of AVX-512 IFMA. Choose takes the fastest
// that the setting allows, the processor has and that passes its self-test. From then on the library is asked again
// about every signature that the path refuses and about a sample of those it accepts. Where they differ the library's
// answer stands, an alarm is counted, and the library does all further work of the process.
//
// It knows no curve and sees no key. It may import the standard library, and reads one environment variable.
package fastpath

import (
	"math/rand/v2"
	"sync/atomic"
	"syscall"
)

// The paths.
const (
	Off      = "off"      // the library does everything
	Portable = "portable" // prepared keys, in portable Go
	IFMA     = "ifma"     // prepared keys, in eight lanes of AVX-512 IFMA
)

// Variable is the environment variable that bounds the choice: Off, Portable, or IFMA, which is the same as nothing.
const Variable = "VRATAR_FASTPATH"

// Setting is the value of Variable. It is asked through syscall because package os, and the files behind it, are
// closed to a verifier.
func Setting() string {
	s, _ := syscall.Getenv(Variable)
	return s
}

// SamplePeriod says that the library is asked again about one accepted signature of this many.
const SamplePeriod = 4096

// Arithmetic is what a package offers to choose from.
type Arithmetic struct {
	HasIFMA bool // whether the processor and the system have what the IFMA path uses
	// Portable and IFMA say how many times as fast as the library each path is, rounded down: see Record.
	Portable, IFMA int32
	// SelfTest reports whether a path, which is not Off, gives known answers.
	SelfTest func(path string) bool
}

// Switch is the path of one kind of keys in this process. Any number of goroutines may use it.
type Switch struct {
	chosen, reason string
	gain           int32

	off                               atomic.Bool
	alarms, refusals, samples, spared atomic.Uint64
}

// Choose makes the switch. A path that fails its self-test is passed over and counts as an alarm.
func Choose(a Arithmetic, setting string) *Switch {
	s := &Switch{chosen: Off, reason: "the fastest there is"}
	switch setting {
	case Off:
		s.reason = "switched off by " + Variable
		return s
	case Portable:
		s.reason = "asked for by " + Variable
		a.HasIFMA = false
	case IFMA, "":
	default:
		s.reason = Variable + " names no path: the fastest there is"
	}
	if a.HasIFMA && s.take(IFMA, a.IFMA, a.SelfTest) {
		return s
	}
	if !a.HasIFMA && setting != Portable {
		s.reason = "no AVX-512 IFMA"
	}
	s.take(Portable, a.Portable, a.SelfTest)
	return s
}

// take makes path the chosen one if it passes its self-test.
func (s *Switch) take(path string, gain int32, selfTest func(path string) bool) bool {
	if !selfTest(path) {
		s.alarms.Add(1)
		s.reason = "self-test of " + path + " failed"
		return false
	}
	s.chosen, s.gain = path, gain
	return true
}

// Path is Off, Portable or IFMA. After an alarm it is Off.
func (s *Switch) Path() string {
	if s.off.Load() {
		return Off
	}
	return s.chosen
}

// Alarms counts how often the library contradicted the path, and the paths that failed their self-test. It should be
// 0 for ever; anything else is a fault of the program or of the machine.
func (s *Switch) Alarms() uint64 { return s.alarms.Load() }

// Standing is how a Switch stands, for logs and metrics.
type Standing struct {
	Path, Reason string
	Alarms       uint64
	Refusals     uint64 // refused by the path, so that the library was asked again
	Samples      uint64 // accepted by the path, and the library was asked again
	Spared       uint64 // taken to the library at once, because the key's signatures are mostly wrong: see Record
}

// Describe tells how s stands.
func (s *Switch) Describe() Standing {
	d := Standing{s.chosen, s.reason, s.alarms.Load(), s.refusals.Load(), s.samples.Load(), s.spared.Load()}
	if s.off.Load() {
		d.Path, d.Reason = Off, "contradicted by the library"
	}
	return d
}

// Try reports whether the path is to be asked about a signature of the key whose record r is. If so Settle answers,
// given what the path found; if not, Ask does. A signature that no path can tell anything of is the library's alone.
func (s *Switch) Try(r *Record) bool {
	return !s.off.Load() && s.chosen != Off && r.debt.Load() < s.gain*patience
}

// Ask is the library's answer.
func (s *Switch) Ask(r *Record, library func() bool) bool {
	right := library()
	if s.chosen != Off && !s.off.Load() {
		s.spared.Add(1)
		r.note(right, s.gain)
	}
	return right
}

// Settle is the answer where a path has found a signature right or wrong.
func (s *Switch) Settle(r *Record, found bool, library func() bool) bool {
	if found {
		r.note(true, s.gain)
		if rand.Uint32()%SamplePeriod != 0 {
			return true
		}
		s.samples.Add(1)
	} else {
		r.note(false, s.gain)
		s.refusals.Add(1)
	}
	right := library()
	if right != found {
		s.alarms.Add(1)
		s.off.Store(true)
	}
	return right
}
