//go:build !linux

package main

import "time"

// processTime stands for the processor time of this process: here only the wall's clock is known.
func processTime() time.Duration { return time.Duration(time.Now().UnixNano()) }

// timeThread is the time that f takes, in nanoseconds.
func timeThread(f func()) float64 {
	began := time.Now()
	f()
	return float64(time.Since(began))
}
