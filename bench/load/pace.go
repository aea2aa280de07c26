package load

import (
	"context"
	"time"
)

// fineWait is how long before the planned moment the runtime's timer hands over to the kernel's: the former
// is up to a millisecond late in an idle process.
const fineWait = 1500 * time.Microsecond

// pace hands out every arrival at its moment to a worker that is free. When none is, it waits for one, and so
// do all arrivals behind: their latency counts from the plan, so that wait is told.
//
// One goroutine keeps the time for all. Were each worker to keep its own, those in the kernel's timer would
// hold the threads that read the answers, and a busy run would measure itself.
func (r *run) pace(ctx context.Context) {
	defer close(r.due)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for i := range r.count {
		at := r.schedule.at(i)
		slept, ok := r.sleepUntil(ctx, timer, at)
		if !ok {
			return
		}
		if slept {
			r.late.lag(time.Since(r.start) - at)
		}
		select {
		case r.due <- i:
		case <-ctx.Done():
			return
		}
	}
}

// sleepUntil waits for the moment at after the start of the run. slept is false when it had already passed,
// ok is false when ctx ended first.
func (r *run) sleepUntil(ctx context.Context, timer *time.Timer, at time.Duration) (slept, ok bool) {
	if ctx.Err() != nil {
		return false, false
	}
	left := at - time.Since(r.start)
	if left <= 0 {
		return false, true
	}
	if left > fineWait {
		timer.Reset(left - fineWait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return true, false
		}
	}
	if left = at - time.Since(r.start); left > 0 {
		r.sleep(left)
	}
	return true, true
}
