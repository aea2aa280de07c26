package load

import (
	"syscall"
	"time"
)

// preciseSleep is for waits of about a millisecond, where the kernel's timer is some fifty microseconds late
// and the runtime's up to a thousand. It holds a thread for that long.
func preciseSleep(d time.Duration) {
	left := syscall.NsecToTimespec(int64(d))
	for syscall.Nanosleep(&left, &left) == syscall.EINTR { // signals of the runtime's preemption wake it early
	}
}
