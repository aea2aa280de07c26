package p256

import (
	"syscall"
	"time"
	"unsafe"
)

// cpuTime is the processor time of the calling thread: neighbours on the machine do not count. The caller keeps
// to one thread.
func cpuTime() time.Duration {
	const clockThreadCPUTime = 3 // CLOCK_THREAD_CPUTIME_ID
	var ts syscall.Timespec
	if _, _, e := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime, uintptr(unsafe.Pointer(&ts)), 0); e != 0 {
		panic(e)
	}
	return time.Duration(ts.Nano())
}
