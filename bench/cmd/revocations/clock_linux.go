package main

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// processTime is the processor time of this process so far.
func processTime() time.Duration { return clock(unix.CLOCK_PROCESS_CPUTIME_ID) }

// timeThread is the processor time that f takes on its own thread, in nanoseconds.
func timeThread(f func()) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := clock(unix.CLOCK_THREAD_CPUTIME_ID)
	f()
	return float64(clock(unix.CLOCK_THREAD_CPUTIME_ID) - began)
}

func clock(id int32) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(id, &t); err != nil {
		panic("revocations: BUG: a clock that Linux always has: " + err.Error())
	}
	return time.Duration(t.Nano())
}
