// Package waiting keeps what was begun and is to be finished once, soon, by whoever knows its secret: ceremonies, codes,
// sign-ins that have gone to a provider. Nothing of it outlives the process, and secrets are kept as hashes only.
package waiting

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Bounds of what waits: in all, and for one owner. An owner may be a whole house at the beginning of a shift.
const (
	most        = 10_000
	mostOfOwner = 256
)

// Room holds what waits. Nobody can crowd out the others: each owner has few places, and what is oldest gives way. It
// may be used from any goroutine.
type Room[T any] struct {
	life    time.Duration
	most    int
	ofOwner int

	mu    sync.Mutex
	byKey map[[sha256.Size]byte]*pending[T]
}

type pending[T any] struct {
	owner   string
	expires time.Time
	value   T // guarded by Room.mu
}

// New makes a room in which everything waits for at most life.
func New[T any](life time.Duration) *Room[T] {
	return &Room[T]{life: life, most: most, ofOwner: mostOfOwner, byKey: map[[sha256.Size]byte]*pending[T]{}}
}

// Add keeps value for owner until the returned moment.
func (w *Room[T]) Add(owner, secret string, value T) (expires time.Time) {
	now := time.Now()
	expires = now.Add(w.life)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.makeRoom(owner, now)
	w.byKey[sha256.Sum256([]byte(secret))] = &pending[T]{owner, expires, value}
	return expires
}

// makeRoom drops what has expired, and what is oldest where there is no place left.
func (w *Room[T]) makeRoom(owner string, now time.Time) {
	var own, oldest [sha256.Size]byte
	owned := 0
	older := func(key, than [sha256.Size]byte) bool {
		return w.byKey[than] == nil || w.byKey[key].expires.Before(w.byKey[than].expires)
	}
	for key, p := range w.byKey {
		if !now.Before(p.expires) {
			delete(w.byKey, key)
			continue
		}
		if older(key, oldest) {
			oldest = key
		}
		if p.owner == owner {
			owned++
			if older(key, own) {
				own = key
			}
		}
	}
	if owned >= w.ofOwner {
		delete(w.byKey, own)
	}
	if len(w.byKey) >= w.most {
		delete(w.byKey, oldest)
	}
}

// With calls f with what waits under the secret and reports whether anything did; f says whether it goes on
// waiting.
func (w *Room[T]) With(secret string, f func(value *T) (keep bool)) bool {
	key := sha256.Sum256([]byte(secret))
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.byKey[key]
	if p == nil || !time.Now().Before(p.expires) {
		return false
	}
	if !f(&p.value) {
		delete(w.byKey, key)
	}
	return true
}

// Take removes what waits under the secret.
func (w *Room[T]) Take(secret string) (value T, ok bool) {
	ok = w.With(secret, func(v *T) bool { value = *v; return false })
	return value, ok
}

// Drop removes what waits for an owner.
func (w *Room[T]) Drop(owner string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, p := range w.byKey {
		if p.owner == owner {
			delete(w.byKey, key)
		}
	}
}

// Len is how much waits, expired or not.
func (w *Room[T]) Len() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.byKey)
}
