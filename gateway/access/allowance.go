package access

import (
	"slices"
	"sync"
	"time"
)

// allowance bounds how often something is done for somebody within an hour, and how soon again. It may be used from
// any goroutine.
type allowance struct {
	most int           // an hour
	gap  time.Duration // between two

	mu    sync.Mutex
	taken map[digest][]time.Time // at most `most` each, oldest first
	swept time.Time
}

const allowanceTime = time.Hour

// maxTaking bounds the memory for those who took lately, about 150 bytes each. Beyond it strangers wait: a flood from
// thousands of addresses is the only way there.
const maxTaking = 100_000

// take counts one more and returns from when on another may be taken; a *WaitError when it is too early.
func (a *allowance) take(who string) (next time.Time, err error) {
	now, key := time.Now(), hashOf(who)
	a.mu.Lock()
	defer a.mu.Unlock()
	times := slices.DeleteFunc(a.taken[key], func(t time.Time) bool { return now.Sub(t) >= allowanceTime })
	if until := a.next(times); now.Before(until) {
		a.taken[key] = times
		return until, &WaitError{until.Sub(now)}
	}
	if a.taken[key] == nil && !a.room(now) {
		return now, &WaitError{time.Minute}
	}
	times = append(times, now)
	a.taken[key] = times
	return a.next(times), nil
}

// next is from when on another may be taken after these.
func (a *allowance) next(times []time.Time) (until time.Time) {
	if len(times) > 0 {
		until = times[len(times)-1].Add(a.gap)
	}
	if len(times) >= a.most {
		if first := times[len(times)-a.most].Add(allowanceTime); first.After(until) {
			until = first
		}
	}
	return until
}

// room reports whether there is a place for somebody new. Those who took nothing for an hour are forgotten, which is
// looked for once a minute at most.
func (a *allowance) room(now time.Time) bool {
	if a.taken == nil {
		a.taken = map[digest][]time.Time{}
	}
	if len(a.taken) < maxTaking {
		return true
	}
	if now.Sub(a.swept) >= time.Minute {
		a.swept = now
		for key, times := range a.taken {
			if len(times) == 0 || now.Sub(times[len(times)-1]) >= allowanceTime {
				delete(a.taken, key)
			}
		}
	}
	return len(a.taken) < maxTaking
}
