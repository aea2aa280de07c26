package ed25519

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// perRound is how many signatures of each way are verified in a round.
const perRound = 64

// way is one way to verify perRound signatures.
type way struct {
	name string
	do   func()
}

// BenchmarkRatios prints how many times faster than crypto/ed25519 each way is: medians of processor time, the
// candidates interleaved in one run. `go test -run - -bench Ratios -benchtime 1x`.
func BenchmarkRatios(b *testing.B) {
	library := signedJob(b, 8, 0)
	ways := []way{{"library", func() {
		for range perRound {
			library.library()
		}
	}}}
	for _, path := range paths() {
		for _, window := range []int{6, 7, 8} {
			ways = append(ways, waysOf(b, path, fmt.Sprintf("window %d", window), [groupSize]Job{
				signedJob(b, window, 0), signedJob(b, window, 1), signedJob(b, window, 2), signedJob(b, window, 3),
				signedJob(b, window, 4), signedJob(b, window, 5), signedJob(b, window, 6), signedJob(b, window, 7),
			})...)
		}
	}
	ratios(b, ways)
}

// BenchmarkWrong is BenchmarkRatios for signatures of one prepared key of which a share is wrong.
func BenchmarkWrong(b *testing.B) {
	ways := []way{}
	for _, path := range append([]string{PathOff}, paths()...) {
		for _, right := range []int{0, 1, 4} {
			if path == PathOff && right > 0 {
				continue
			}
			var jobs [groupSize]Job
			good := signedJob(b, 6, 0)
			for i := range jobs {
				if jobs[i] = good; i >= right {
					jobs[i].Message = []byte("another")
				}
			}
			ways = append(ways, waysOf(b, path, fmt.Sprintf("%d of 8 right", right), jobs)...)
		}
	}
	ratios(b, ways)
}

// waysOf are one signature after the other, and groups.
func waysOf(b *testing.B, path, name string, jobs [groupSize]Job) []way {
	b.Helper()
	e := newEngine(path)
	return []way{{path + " " + name + " single", func() {
		for i := range perRound {
			j := &jobs[i%groupSize]
			e.verify(j.Key, j.Message, j.Signature)
		}
	}}, {path + " " + name + " groups of 8", func() {
		var ok [groupSize]bool
		for range perRound / groupSize {
			e.verifyGroup(jobs[:], ok[:])
		}
	}}}
}

// ratios runs the ways in turn, and prints medians and how many times faster than the first they are.
func ratios(b *testing.B, ways []way) {
	const rounds = 151
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
		report += fmt.Sprintf("%-40s %7.2f µs  %5.2f×   (least %.2f µs)\n", w.name, m, base/m, float64(times[i][0])/perRound/1000)
	}
	fmt.Print("medians, and ratios to the first\n", report) // b.Log cuts long ones
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
