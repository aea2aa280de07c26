package access

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// WaitError says that somebody failed too often and may try again after Wait.
type WaitError struct{ Wait time.Duration }

func (e *WaitError) Error() string {
	return fmt.Sprintf("access: too many failed attempts, wait %v", e.Wait.Round(time.Second))
}

// What a limiter allows. A gate's staff share one address, so nobody is kept out for long: the wait grows with
// each further ten failures, and a quiet quarter of an hour forgives everything.
const (
	maxFailures = 10
	firstWait   = time.Minute
	longestWait = 15 * time.Minute
	// maxFailing bounds the memory for those who fail. Beyond it all strangers share one count, so a flood from
	// many addresses is slowed down as a whole.
	maxFailing = 10_000
)

// forgiven reports whether it was quiet for long enough, a wait not counted.
func (f *failures) forgiven(now time.Time) bool {
	return now.Sub(f.last) >= longestWait && now.Sub(f.until) >= longestWait
}

// limiter slows down guessing, by account or by address. It may be used from any goroutine.
type limiter struct {
	mu      sync.Mutex
	failing map[string]*failures // "" for those beyond maxFailing
}

type failures struct {
	count int
	last  time.Time
	until time.Time // nothing is tried before
}

// allow returns a *WaitError while who has to wait.
func (l *limiter) allow(who string) error {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.failing[who]
	if f == nil && len(l.failing) >= maxFailing {
		f = l.failing[""]
	}
	if f != nil && now.Before(f.until) {
		return &WaitError{f.until.Sub(now)}
	}
	return nil
}

// failed counts a failure. Successes do not take failures off: else one good code in ten would buy nine guesses.
func (l *limiter) failed(who string) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.of(who, now)
	if f.forgiven(now) {
		*f = failures{}
	}
	f.count, f.last = f.count+1, now
	if f.count%maxFailures == 0 {
		f.until = now.Add(min(firstWait<<min(f.count/maxFailures-1, 10), longestWait))
	}
}

func (l *limiter) of(who string, now time.Time) *failures {
	if l.failing == nil {
		l.failing = map[string]*failures{}
	}
	if l.failing[who] == nil && len(l.failing) >= maxFailing {
		for name, f := range l.failing {
			if f.forgiven(now) {
				delete(l.failing, name)
			}
		}
		if len(l.failing) >= maxFailing {
			who = ""
		}
	}
	if l.failing[who] == nil {
		l.failing[who] = &failures{last: now}
	}
	return l.failing[who]
}

// Neighbourhood is what failures of an address count against: the address itself, or the /64 of an IPv6 address,
// of which one customer has all.
func Neighbourhood(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	network, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}
