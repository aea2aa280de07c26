package access

import (
	"sync"
	"time"
)

// waiting holds what was begun and is to be finished once, soon, by whoever knows its secret. Nobody can crowd
// out the others: each owner has few places, and what is oldest gives way.
type waiting[T any] struct {
	life     time.Duration
	max      int // in all
	perOwner int // a neighbourhood may be a whole house at the beginning of a shift

	mu    sync.Mutex
	byKey map[digest]*pending[T]
}

type pending[T any] struct {
	owner   string
	expires time.Time
	value   T // guarded by waiting.mu
}

func newWaiting[T any](life time.Duration) *waiting[T] {
	return &waiting[T]{life: life, max: 10_000, perOwner: 256, byKey: map[digest]*pending[T]{}}
}

// add keeps value for owner until the returned moment.
func (w *waiting[T]) add(owner, secret string, value T) (expires time.Time) {
	now := time.Now()
	expires = now.Add(w.life)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.makeRoom(owner, now)
	w.byKey[hashOf(secret)] = &pending[T]{owner, expires, value}
	return expires
}

// makeRoom drops what has expired, and what is oldest where there is no place left.
func (w *waiting[T]) makeRoom(owner string, now time.Time) {
	var own, oldest digest
	owned := 0
	older := func(key, than digest) bool {
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
	if owned >= w.perOwner {
		delete(w.byKey, own)
	}
	if len(w.byKey) >= w.max {
		delete(w.byKey, oldest)
	}
}

// with calls f with what waits under the secret and reports whether anything did; f says whether it goes on
// waiting.
func (w *waiting[T]) with(secret string, f func(value *T) (keep bool)) bool {
	key := hashOf(secret)
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

// take removes what waits under the secret.
func (w *waiting[T]) take(secret string) (value T, ok bool) {
	ok = w.with(secret, func(v *T) bool { value = *v; return false })
	return value, ok
}

// drop removes what waits for an owner.
func (w *waiting[T]) drop(owner string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, p := range w.byKey {
		if p.owner == owner {
			delete(w.byKey, key)
		}
	}
}
