package telemetry

import (
	"fmt"
	"sync/atomic"
	"time"

	"vratar/verifier/jsontext"
)

// Check answers one question of readiness: whether it is well, and what an operator should read either way.
// It waits for nothing, because load balancers ask often.
type Check func() (ok bool, detail string)

// Health is the list of checks a gateway must pass to be given work. It is built once and then only read.
type Health struct {
	names  []string
	checks []Check
}

// Add appends a check. It is for the time before the server starts.
func (h *Health) Add(name string, c Check) {
	h.names = append(h.names, name)
	h.checks = append(h.checks, c)
}

// AppendJSON asks every check and appends {"status":"ok"|"failing","checks":[{"name","ok","detail"}]}.
func (h *Health) AppendJSON(dst []byte) (out []byte, ready bool) {
	ready = true
	var checks []byte
	for i, check := range h.checks {
		ok, detail := check()
		ready = ready && ok
		if i > 0 {
			checks = append(checks, ',')
		}
		checks = jsontext.AppendString(append(checks, `{"name":`...), h.names[i])
		checks = fmt.Appendf(checks, `,"ok":%t,"detail":`, ok)
		checks = append(jsontext.AppendString(checks, detail), '}')
	}
	status := `{"status":"ok","checks":[`
	if !ready {
		status = `{"status":"failing","checks":[`
	}
	dst = append(dst, status...)
	return append(append(dst, checks...), `]}`...), ready
}

// Clock doubts the machine's clock: it is held against the newest record of ours and against what list
// servers tell. A wrong clock admits the expired and refuses the valid, so the gateway must not be ready.
type Clock struct {
	skew   time.Duration
	floor  atomic.Int64 // unix nanoseconds; our own newest record
	offset atomic.Int64 // nanoseconds by which the last list server was ahead of us
}

// NewClock tolerates skew in either direction.
func NewClock(skew time.Duration) *Clock { return &Clock{skew: skew} }

// NotBefore tells the clock of a moment that has passed for certain. The latest one counts.
func (c *Clock) NotBefore(t time.Time) {
	if t.IsZero() {
		return
	}
	for n := t.UnixNano(); ; {
		old := c.floor.Load()
		if n <= old || c.floor.CompareAndSwap(old, n) {
			return
		}
	}
}

// Told compares with the time that a server has just stated (RFC 9110 §6.6.1 Date, whole seconds).
func (c *Clock) Told(serverTime time.Time) {
	c.offset.Store(int64(time.Until(serverTime).Truncate(time.Second)))
}

// Check is the readiness check.
func (c *Clock) Check() (bool, string) {
	now := time.Now()
	if floor := c.floor.Load(); floor != 0 && now.Add(c.skew).UnixNano() < floor {
		return false, "the clock is behind our own newest record of " + time.Unix(0, floor).UTC().Format(time.RFC3339)
	}
	if off := time.Duration(c.offset.Load()); off > c.skew || -off > c.skew {
		return false, fmt.Sprintf("list servers are ahead of the clock by %s", off)
	}
	return true, now.UTC().Format(time.RFC3339)
}
