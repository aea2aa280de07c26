package access

import (
	"errors"
	"sync"
	"time"
)

// Why a sign-in code is not taken.
var (
	// ErrCode: the code is unknown, used up or expired. Which of them is nobody's business.
	ErrCode = errors.New("access: sign-in code unknown, used or expired")
	// ErrTooManyAttempts: this client failed too often lately.
	ErrTooManyAttempts = errors.New("access: too many failed sign-ins")
)

// CodeOptions bound sign-in codes and guessing. Zero values get the defaults named here.
type CodeOptions struct {
	MaxFailures int           // failures one client may have within Window. Default 10
	Window      time.Duration // Default 1 min
	MaxCodes    int           // codes waiting at once; further ones cannot be minted. Default 10,000
}

// maxClients bounds the memory for failing clients. Beyond it all strangers share one count, so a flood from
// many addresses is slowed down as a whole.
const maxClients = 10_000

// Codes holds one-time sign-in codes. It may be used from any goroutine.
type Codes struct {
	o CodeOptions

	mu       sync.Mutex
	waiting  map[digest]code      // guarded by mu
	failures map[string]*failures // guarded by mu; by client, "" for those beyond maxClients
}

type code struct {
	identity *Identity
	expires  time.Time
}

type failures struct {
	count int
	since time.Time
}

// NewCodes makes an empty set.
func NewCodes(o CodeOptions) *Codes {
	if o.MaxFailures == 0 {
		o.MaxFailures = 10
	}
	if o.Window == 0 {
		o.Window = time.Minute
	}
	if o.MaxCodes == 0 {
		o.MaxCodes = 10_000
	}
	return &Codes{o: o, waiting: map[digest]code{}, failures: map[string]*failures{}}
}

// Mint makes a code that signs this identity in once, within ttl.
func (c *Codes) Mint(identity *Identity, ttl time.Duration) (string, error) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) >= c.o.MaxCodes {
		for key, w := range c.waiting {
			if now.After(w.expires) {
				delete(c.waiting, key)
			}
		}
	}
	if len(c.waiting) >= c.o.MaxCodes {
		return "", errors.New("access: too many sign-in codes wait to be used")
	}
	secret := newSecret()
	c.waiting[hashOf(secret)] = code{identity, now.Add(ttl)}
	return secret, nil
}

// Redeem takes a code and returns whom it signs in. client is the address that asks; only its failures count
// against it. The error is ErrCode or ErrTooManyAttempts.
func (c *Codes) Redeem(secret, client string) (*Identity, error) {
	now := time.Now()
	key := hashOf(secret)
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.failuresOf(client, now)
	if f.count >= c.o.MaxFailures {
		return nil, ErrTooManyAttempts
	}
	w, known := c.waiting[key]
	delete(c.waiting, key)
	if !known || now.After(w.expires) {
		f.count++
		return nil, ErrCode
	}
	return w.identity, nil
}

// failuresOf is the client's count in the current window.
func (c *Codes) failuresOf(client string, now time.Time) *failures {
	f := c.failures[client]
	if f == nil {
		if len(c.failures) >= maxClients {
			c.forgetOld(now)
		}
		if len(c.failures) >= maxClients {
			client = ""
		}
		if f = c.failures[client]; f == nil {
			f = &failures{since: now}
			c.failures[client] = f
		}
	}
	if now.Sub(f.since) >= c.o.Window {
		*f = failures{since: now}
	}
	return f
}

func (c *Codes) forgetOld(now time.Time) {
	for client, f := range c.failures {
		if now.Sub(f.since) >= c.o.Window {
			delete(c.failures, client)
		}
	}
}
