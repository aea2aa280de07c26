package process

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the processor time that the process has used so far, all its threads together, in user and kernel mode.
// It is exact to less than a microsecond, where /proc counts in hundredths of a second.
func (c *Child) CPU() (time.Duration, error) {
	// Every process has a clock of its own; clock_getcpuclockid(3) makes its number in this way.
	const scheduled = 2
	clock := int32(^c.PID())<<3 | scheduled
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0, fmt.Errorf("processor time of process %d: %w", c.PID(), err)
	}
	return time.Duration(t.Nano()), nil
}
