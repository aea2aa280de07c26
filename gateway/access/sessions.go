package access

import (
	"sync"
	"time"
)

// SessionOptions bound the sessions. Zero values get the defaults named here.
type SessionOptions struct {
	Idle     time.Duration // without a request for so long, a session ends. Default: Absolute
	Absolute time.Duration // a session ends so long after the sign-in. Default 12 h
	Max      int           // sessions at once; beyond it the one idle longest is ended. Default 10,000
}

// Sessions holds the browser sessions, in memory only. It may be used from any goroutine.
type Sessions struct {
	o SessionOptions

	mu   sync.Mutex
	open map[digest]*session // guarded by mu
}

type session struct {
	identity *Identity
	began    time.Time
	seen     time.Time // guarded by Sessions.mu
}

// NewSessions makes an empty set of sessions.
func NewSessions(o SessionOptions) *Sessions {
	if o.Absolute == 0 {
		o.Absolute = 12 * time.Hour
	}
	if o.Idle == 0 {
		o.Idle = o.Absolute
	}
	if o.Max == 0 {
		o.Max = 10_000
	}
	return &Sessions{o: o, open: map[digest]*session{}}
}

// Begin opens a session for the identity and returns its id, which only the browser keeps, and how long the
// session lasts at most.
func (s *Sessions) Begin(identity *Identity) (id string, lasts time.Duration) {
	now := time.Now()
	id = newSecret()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= s.o.Max {
		s.makeRoom(now)
	}
	s.open[hashOf(id)] = &session{identity: identity, began: now, seen: now}
	return id, s.o.Absolute
}

// makeRoom drops every session that has ended; when none has, the one that was idle longest. It walks all of
// them, which only a full house pays for.
func (s *Sessions) makeRoom(now time.Time) {
	var oldest digest
	oldestSeen := now.Add(time.Hour)
	ended := false
	for key, sess := range s.open {
		if s.over(sess, now) {
			delete(s.open, key)
			ended = true
		} else if sess.seen.Before(oldestSeen) {
			oldest, oldestSeen = key, sess.seen
		}
	}
	if !ended {
		delete(s.open, oldest)
	}
}

func (s *Sessions) over(sess *session, now time.Time) bool {
	return now.Sub(sess.began) >= s.o.Absolute || now.Sub(sess.seen) >= s.o.Idle
}

// Find returns whose session this is and counts as its use; nil when it is unknown or has ended.
func (s *Sessions) Find(id string) *Identity {
	now := time.Now()
	key := hashOf(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	sess := s.open[key]
	if sess == nil {
		return nil
	}
	if s.over(sess, now) {
		delete(s.open, key)
		return nil
	}
	sess.seen = now
	return sess.identity
}

// End closes a session. An unknown one is no error.
func (s *Sessions) End(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, hashOf(id))
}

// Len is how many sessions are kept, ended ones that nobody asked for since included.
func (s *Sessions) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}
