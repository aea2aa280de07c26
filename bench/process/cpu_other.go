//go:build !linux

package process

import (
	"errors"
	"time"
)

// CPU is the processor time that the process has used so far. It is known on Linux only.
func (c *Child) CPU() (time.Duration, error) {
	return 0, errors.New("the processor time of another process is known on Linux only")
}
