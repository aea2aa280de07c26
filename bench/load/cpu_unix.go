//go:build unix

package load

import (
	"syscall"
	"time"
)

// ProcessCPU is the processor time this process has used, in user and kernel mode.
func ProcessCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
