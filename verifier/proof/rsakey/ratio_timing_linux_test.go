package rsakey

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// BenchmarkRatios prints how many times faster than crypto/rsa prepared keys are: medians of processor time, the
// candidates interleaved in one run. `go test -run - -bench Ratios -benchtime 1x`.
func BenchmarkRatios(b *testing.B) {
	const rounds, perRound = 51, 16
	digest := sha256.Sum256([]byte("m"))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, bits := range []int{2048, 3072, 4096} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			b.Fatal(err)
		}
		k := prepare(b, &private.PublicKey)
		for s, name := range []string{"RS256", "PS256"} {
			signature := sign(b, private, scheme(s), &digest, 32)
			ways := append([]string{"library"}, paths()...)
			times := make([][]time.Duration, len(ways))
			for range rounds {
				for i, way := range ways {
					start := threadTime(b)
					for range perRound {
						if i == 0 {
							libraryVerify(&k.public, scheme(s), &digest, signature)
						} else {
							k.check(way, scheme(s), &digest, signature)
						}
					}
					times[i] = append(times[i], threadTime(b)-start)
				}
			}
			for i, way := range ways {
				slices.Sort(times[i])
				median := float64(times[i][rounds/2]) / perRound / 1000
				ratio := float64(times[0][rounds/2]) / float64(times[i][rounds/2])
				fmt.Printf("%s %d bits, %-8s %6.1f µs %5.1f×\n", name, bits, way, median, ratio)
			}
		}
	}
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
