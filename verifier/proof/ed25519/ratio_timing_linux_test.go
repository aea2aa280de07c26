package ed25519

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"crypto/ed25519"
)

// BenchmarkRatios prints how many times faster than crypto/ed25519 each way is: medians of processor time, the
// candidates interleaved in one run. `go test -run - -bench Ratios -benchtime 1x`.
func BenchmarkRatios(b *testing.B) {
	const rounds, perRound = 151, 64 // signatures of each way in a round
	type way struct {
		name string
		do   func()
	}
	library := signedJob(b, 8, 0)
	ways := []way{{"library", func() {
		for range perRound {
			ed25519.Verify(library.Key.public, library.Message, library.Signature)
		}
	}}}
	for _, path := range paths() {
		e := newEngine(path)
		for _, window := range []int{6, 7, 8} {
			var jobs [groupSize]Job
			var ok [groupSize]bool
			for i := range jobs {
				jobs[i] = signedJob(b, window, i)
			}
			ways = append(ways, way{fmt.Sprintf("%s window %d single", path, window), func() {
				for range perRound {
					e.verify(jobs[0].Key, jobs[0].Message, jobs[0].Signature)
				}
			}}, way{fmt.Sprintf("%s window %d groups of 8", path, window), func() {
				for range perRound / groupSize {
					e.verifyGroup(jobs[:], ok[:])
				}
			}})
		}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	times := make([][]time.Duration, len(ways))
	for range rounds {
		for i, w := range ways {
			start := threadTime(b)
			w.do()
			times[i] = append(times[i], threadTime(b)-start)
		}
	}
	median := func(i int) float64 {
		slices.Sort(times[i])
		return float64(times[i][rounds/2]) / perRound / 1000
	}
	base, report := median(0), ""
	for i, w := range ways {
		m := median(i)
		report += fmt.Sprintf("%-32s %7.2f µs  %5.1f×   (least %.2f µs)\n", w.name, m, base/m, float64(times[i][0])/perRound/1000)
	}
	fmt.Print("medians, and ratios to the library's\n", report) // b.Log cuts long ones
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
