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
func BenchmarkRatios(b *testing.B) { ratios(b, true) }

// BenchmarkWrong is BenchmarkRatios for signatures that are all wrong.
func BenchmarkWrong(b *testing.B) { ratios(b, false) }

func ratios(b *testing.B, right bool) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, bits := range []int{2048, 3072, 4096} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			b.Fatal(err)
		}
		digest := sha256.Sum256([]byte("m"))
		for s, name := range []string{"RS256", "PS256"} {
			c := signed{prepare(b, &private.PublicKey), scheme(s), digest, sign(b, private, scheme(s), &digest, 32)}
			if !right {
				c.digest[0] ^= 1
			}
			c.ratios(b, fmt.Sprintf("%s %d bits", name, bits))
		}
	}
}

// signed is a signature to verify again and again.
type signed struct {
	key       *Key
	scheme    scheme
	digest    [32]byte
	signature []byte
}

func (c *signed) ratios(b *testing.B, name string) {
	const rounds, perRound = 51, 16
	ways := append([]string{PathOff}, paths()...)
	times := make([][]time.Duration, len(ways))
	keys := make([]Key, len(ways)) // one for each, as each has a record
	for i := range keys {
		keys[i].public, keys[i].bits, keys[i].modulus, keys[i].lanes = c.key.public, c.key.bits, c.key.modulus, c.key.lanes
	}
	for range rounds {
		for i, way := range ways {
			e, start := newEngine(way), threadTime(b)
			for range perRound {
				e.verify(&keys[i], c.scheme, &c.digest, c.signature)
			}
			times[i] = append(times[i], threadTime(b)-start)
		}
	}
	for i, way := range ways {
		slices.Sort(times[i])
		median := float64(times[i][rounds/2]) / perRound / 1000
		ratio := float64(times[0][rounds/2]) / float64(times[i][rounds/2])
		fmt.Printf("%s, %-8s %6.1f µs %6.2f×\n", name, way, median, ratio)
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
