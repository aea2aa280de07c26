//go:build unix

package gost

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is what this process has used of the processor: neighbours on the machine do not count.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// inCPU runs f as a benchmark does, and tells the processor's time beside the clock's.
func inCPU(b *testing.B, f func()) {
	b.ReportAllocs()
	from, n := cpuTime(b), 0
	for b.Loop() {
		f()
		n++
	}
	b.ReportMetric(float64(cpuTime(b)-from)/float64(n), "cpu-ns/op")
}
