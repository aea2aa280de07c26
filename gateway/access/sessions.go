package access

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"vratar/cache/store"
)

// SessionOptions bound the sessions. Zero values get the defaults named here.
type SessionOptions struct {
	Idle     time.Duration // without a request for so long, a session ends. Default: Absolute
	Absolute time.Duration // a session ends so long after the sign-in. Default 12 h
	Max      int           // sessions at once; beyond it the one idle longest is ended. Default 10,000
}

// perAccount is how many sessions one account may have; a further one ends the one idle longest.
const perAccount = 100

// Sessions holds the browser sessions: in memory to be found, in the store to survive a restart.
type Sessions struct {
	accounts *Accounts
	o        SessionOptions

	mu   sync.RWMutex // written under core.change only
	open map[digest]*session
}

// Client is what is remembered of the browser of a session, for its owner to recognise it by.
type Client struct {
	Address string `json:"address"`
	Browser string `json:"browser"` // family and system from closed lists, never the header itself
}

// Way is how a session was opened.
type Way string

// The ways.
const (
	ByLink    Way = "link"
	ByPasskey Way = "passkey"
	ByScreen  Way = "screen" // by the approval of somebody signed in elsewhere
	ByCode    Way = "code"   // that was sent to an address of the account
	ByOpenID  Way = "openid" // by an OpenID provider
)

// Beginning says for whom and how a session is opened.
type Beginning struct {
	Account string
	Way     Way
	Client  Client
	Lasts   time.Duration // at most; 0: SessionOptions.Absolute, which is the longest anyway
	For     string        // name of the screen, for ByScreen
	OpenID  *Provenance   // for ByOpenID
}

// Provenance is what a session remembers of the OpenID provider that opened it: enough to end it when the provider says
// so, and no name, token or address.
type Provenance struct {
	Subject
	Session string   `json:"sid,omitempty"`   // at the provider
	Heads   []string `json:"heads,omitempty"` // see Identity.Heads
}

// Session is what its owner sees of a session.
type Session struct {
	ID      string    `json:"id"` // tells nothing of the secret
	Way     Way       `json:"way"`
	For     string    `json:"for,omitempty"` // the screen that was signed in
	Client  Client    `json:"client"`
	Began   time.Time `json:"began_at"`
	Seen    time.Time `json:"seen_at"`
	Ends    time.Time `json:"ends_at"` // unless it is idle for too long before
	Current bool      `json:"current"` // it is the one that asks
}

// session is one open session. What has no lock is not modified.
type session struct {
	key digest
	kept
	identity atomic.Pointer[Identity] // nil: it is over
	seen     atomic.Int64             // unix seconds
	guest    bool                     // it is not written down
}

// kept is the session's record.
type kept struct {
	Account string      `json:"account"`
	Way     Way         `json:"way"`
	For     string      `json:"for,omitempty"`
	Client  Client      `json:"client"`
	OpenID  *Provenance `json:"openid,omitempty"`
	Began   time.Time   `json:"began_at"`
	Ends    time.Time   `json:"ends_at"`
	Seen    int64       `json:"seen"` // when it was written; guarded by core.change
}

func newSessions(a *Accounts, o SessionOptions) *Sessions {
	o.Absolute = cmp.Or(o.Absolute, 12*time.Hour)
	o.Idle = cmp.Or(o.Idle, o.Absolute)
	o.Max = cmp.Or(o.Max, 10_000)
	return &Sessions{accounts: a, o: o, open: map[digest]*session{}}
}

// load takes up the sessions of accounts that there are; the others end with the first sweep.
func (s *Sessions) load() error {
	return load(s.accounts.core, store.PrefixSession, func(name []byte, is kept) {
		if len(name) == len(digest{}) {
			s.open[digest(name)] = s.make(digest(name), is)
		}
	})
}

// make needs the account to be there; a session without it is over.
func (s *Sessions) make(key digest, is kept) *session {
	one := &session{key: key, kept: is}
	one.seen.Store(is.Seen)
	if m := s.accounts.find(is.Account); m != nil {
		one.guest = m.guest
		one.identity.Store(one.as(m.identity()))
	}
	return one
}

// as is who the session acts as.
func (s *session) as(identity *Identity) *Identity {
	own := *identity
	switch {
	case s.Way == ByScreen:
		own.Delegated = true
	case s.OpenID != nil:
		own.Heads = s.OpenID.Heads
	default:
		return identity
	}
	return &own
}

// Begin opens a session and returns its secret, which only the browser keeps, and how long the session lasts at
// most. The error is ErrUnknown when the account is gone, or the store's.
func (s *Sessions) Begin(b Beginning) (secret string, lasts time.Duration, err error) {
	s.accounts.change.Lock()
	defer s.accounts.change.Unlock()
	return s.begin(b)
}

// begin needs core.change, so that no account changes between the look at it and its session.
func (s *Sessions) begin(b Beginning) (secret string, lasts time.Duration, err error) {
	if s.accounts.find(b.Account) == nil {
		return "", 0, ErrUnknown
	}
	now := time.Now()
	if err := s.makeRoom(b.Account, now); err != nil {
		return "", 0, err
	}
	lasts = s.o.Absolute
	if b.Lasts > 0 {
		lasts = min(lasts, b.Lasts)
	}
	secret = newSecret()
	one := s.make(hashOf(secret), kept{
		Account: b.Account, Way: b.Way, For: b.For, Client: b.Client, OpenID: b.OpenID, Began: now.UTC(), Ends: now.UTC().Add(lasts), Seen: now.Unix(),
	})
	if err := s.write(one); err != nil {
		return "", 0, err
	}
	s.mu.Lock()
	s.open[one.key] = one
	s.mu.Unlock()
	return secret, lasts, nil
}

// makeRoom ends the session that was idle longest: of the account when it has too many, of all when there are.
func (s *Sessions) makeRoom(account string, now time.Time) error {
	var own, oldest *session
	owned := 0
	older := func(x, than *session) bool { return than == nil || x.seen.Load() < than.seen.Load() }
	for _, one := range s.open {
		if older(one, oldest) {
			oldest = one
		}
		if one.Account == account {
			owned++
			if older(one, own) {
				own = one
			}
		}
	}
	switch {
	case owned >= perAccount:
		return s.end(own)
	case len(s.open) >= s.o.Max:
		return s.end(oldest)
	}
	return nil
}

// over reports whether the session has ended by itself, or by the end of its account.
func (s *Sessions) over(one *session, now time.Time) bool {
	return !now.Before(one.Ends) || now.Unix()-one.seen.Load() >= int64(s.o.Idle/time.Second) || one.identity.Load() == nil
}

// Find returns whose session this is and counts as its use; nil when it is unknown or has ended.
func (s *Sessions) Find(secret string) *Identity { return s.use(hashOf(secret)) }

func (s *Sessions) use(key digest) *Identity {
	s.mu.RLock()
	one := s.open[key]
	s.mu.RUnlock()
	if one == nil {
		return nil
	}
	now := time.Now()
	if s.over(one, now) {
		return nil
	}
	if unix := now.Unix(); one.seen.Load() != unix {
		one.seen.Store(unix)
	}
	return one.identity.Load()
}

func (s *Sessions) find(secret string) *session {
	key := hashOf(secret)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.open[key]
}

// Of lists an account's sessions that go on, the newest first; secret is of the one that asks.
func (s *Sessions) Of(account, secret string) []Session {
	now, asking := time.Now(), hashOf(secret)
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := []Session{}
	for key, one := range s.open {
		if one.Account == account && !s.over(one, now) {
			list = append(list, Session{
				ID: one.id(), Way: one.Way, For: one.For, Client: one.Client, Began: one.Began.Truncate(time.Second),
				Seen: time.Unix(one.seen.Load(), 0).UTC(), Ends: one.Ends.Truncate(time.Second), Current: key == asking,
			})
		}
	}
	slices.SortFunc(list, func(x, y Session) int { return cmp.Or(y.Began.Compare(x.Began), cmp.Compare(x.ID, y.ID)) })
	return list
}

// id names a session to its owner: part of the hash of what is kept, from which nothing can be found.
func (s *session) id() string {
	h := hashOf(string(s.key[:]))
	return hex.EncodeToString(h[:8])
}

// End closes a session. An unknown one is no error.
func (s *Sessions) End(secret string) error {
	s.accounts.change.Lock()
	defer s.accounts.change.Unlock()
	if one := s.find(secret); one != nil {
		return s.end(one)
	}
	return nil
}

// EndOf closes the session of this id of an account. The error is ErrUnknown when it has none, or the store's.
func (s *Sessions) EndOf(account, id string) error {
	n, err := s.endWhere(func(one *session) bool { return one.Account == account && one.id() == id })
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}

// EndAll closes all sessions of an account.
func (s *Sessions) EndAll(account string) error {
	_, err := s.endWhere(func(one *session) bool { return one.Account == account })
	return err
}

// EndOpenID closes what a provider's logout means (OpenID Connect Back-Channel Logout 1.0 §2.6): the session of this sid,
// else all sessions of the subject. Where both are given, both must fit.
func (s *Sessions) EndOpenID(p Provenance) (n int, err error) {
	return s.endWhere(func(one *session) bool {
		o := one.OpenID
		return o != nil && o.Issuer == p.Issuer && (p.Session != "" || p.Subject.Subject != "") &&
			(p.Session == "" || o.Session == p.Session) && (p.Subject.Subject == "" || o.Subject.Subject == p.Subject.Subject)
	})
}

// OpenID is which provider opened a session; nil when none did.
func (s *Sessions) OpenID(secret string) *Provenance {
	if one := s.find(secret); one != nil {
		return one.OpenID
	}
	return nil
}

func (s *Sessions) endWhere(which func(*session) bool) (int, error) {
	s.accounts.change.Lock()
	defer s.accounts.change.Unlock()
	return s.endEach(which)
}

// endEach ends all of them, also when the disk does not take it of some. It needs core.change.
func (s *Sessions) endEach(which func(*session) bool) (n int, err error) {
	for _, one := range s.open {
		if which(one) {
			err = errors.Join(err, s.end(one))
			n++
		}
	}
	return n, err
}

// end closes a session in memory first: whatever the disk says, nobody uses it any more. When the disk does not take
// it, the next sweep tries again, as it would come back with a restart. It needs core.change.
func (s *Sessions) end(one *session) error {
	one.identity.Store(nil)
	if !one.guest {
		if err := s.accounts.forget(sessionKey(one.key)); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, one.key)
	return nil
}

// accountChanged ends the sessions of an account that may do other things now, or gives them its new name.
func (s *Sessions) accountChanged(id string, now *Identity, same bool) error {
	if !same {
		_, err := s.endEach(func(one *session) bool { return one.Account == id })
		return err
	}
	for _, one := range s.open {
		if one.Account == id && one.identity.Load() != nil {
			one.identity.Store(one.as(now))
		}
	}
	return nil
}

// sweep removes what has ended and writes down what was used since the last time. Each write is short, so a
// sign-in never waits for all of them.
func (s *Sessions) sweep(now time.Time) error {
	s.mu.RLock()
	all := make([]*session, 0, len(s.open))
	for _, one := range s.open {
		all = append(all, one)
	}
	s.mu.RUnlock()
	slices.SortFunc(all, func(x, y *session) int { return bytes.Compare(x.key[:], y.key[:]) })
	for _, one := range all {
		if err := s.sweepOne(one, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sessions) sweepOne(one *session, now time.Time) error {
	s.accounts.change.Lock()
	defer s.accounts.change.Unlock()
	switch {
	case s.open[one.key] != one: // ended meanwhile; writing it would bring it back with the next start
		return nil
	case s.over(one, now):
		return s.end(one)
	case one.seen.Load() != one.Seen:
		one.Seen = one.seen.Load()
		return s.write(one)
	}
	return nil
}

func (s *Sessions) write(one *session) error {
	if one.guest {
		return nil
	}
	return save(s.accounts.core, sessionKey(one.key), one.kept)
}

// Len is how many sessions are kept, ended ones that were not swept yet included.
func (s *Sessions) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.open)
}

func sessionKey(key digest) []byte { return append(store.PrefixSession.Key(), key[:]...) }
