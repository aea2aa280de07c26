package fastpath_test

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"vratar/verifier"
)

// BenchmarkAttacks prints what hostile codes cost where all keys are prepared and where none is, in turn in one run:
// medians of processor time, and the ratio. `go test -run - -bench Attacks -benchtime 1x`.
func BenchmarkAttacks(b *testing.B) {
	i := newIssuer(b)
	genuine := i.code(b, i.key)
	named, unknown := i.naming(b, genuine), make([][]byte, 100_000)
	for n := range unknown {
		unknown[n] = named(n)
	}
	forged := make([][]byte, 100)
	for n := range forged {
		forged[n] = i.code(b, newIssuer(b).key)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	f := func(name string, payloads [][]byte, want verifier.Reason) {
		plain, prepared := newGate(b, i, false), newGate(b, i, true)
		var times [2][]time.Duration
		for n, rounds := 0, len(payloads)/10*10; n < max(rounds, 3000); n += 10 {
			for k, g := range []*gate{plain, prepared} {
				start := threadTime(b)
				for j := range 10 {
					if got := g.judge(payloads[(n+j)%len(payloads)]); got != want {
						b.Fatalf("%s: %s", name, got)
					}
				}
				times[k] = append(times[k], (threadTime(b)-start)/10)
			}
		}
		slices.Sort(times[0])
		slices.Sort(times[1])
		middle := len(times[0]) / 2
		fmt.Printf("%-13s library %v, prepared %v: %.2f of the library\n", name, times[0][middle], times[1][middle],
			float64(times[1][middle])/float64(times[0][middle]))
	}
	f("unknown keys", unknown, verifier.ReasonKeyUnknown)
	f("forged", forged, verifier.ReasonSignatureInvalid)
}

// threadTime is the processor time of this thread, which neighbours do not lengthen.
func threadTime(b *testing.B) time.Duration {
	const threadCPU = 3 // CLOCK_THREAD_CPUTIME_ID
	var t syscall.Timespec
	if _, _, err := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadCPU, uintptr(unsafe.Pointer(&t)), 0); err != 0 {
		b.Fatal(err)
	}
	return time.Duration(t.Nano())
}
