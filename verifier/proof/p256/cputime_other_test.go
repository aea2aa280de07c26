//go:build !linux

package p256

import "time"

// cpuTime falls back to the wall clock.
func cpuTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
