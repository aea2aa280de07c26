package access

import (
	"errors"
	"time"

	"vratar/cache/store"
)

// Links are one-time sign-in links: who has one becomes its account once. Their secrets cannot be guessed (256
// bits), so nothing slows down who tries, and nobody is kept out because his neighbour tried.
type Links struct {
	accounts *Accounts
	byKey    map[digest]link // guarded by core.change
	limit    limiter         // of what cannot be a link and was typed
}

type link struct {
	Account string    `json:"account"`
	Expires time.Time `json:"expires_at"`
}

// maxLinks is how many unused links an account may have; a further one makes the oldest void.
const maxLinks = 16

func newLinks(a *Accounts) *Links { return &Links{accounts: a, byKey: map[digest]link{}} }

func (l *Links) load() error {
	return load(l.accounts.core, store.PrefixLink, func(name []byte, is link) {
		if len(name) == len(digest{}) {
			l.byKey[digest(name)] = is
		}
	})
}

// Mint makes a secret that signs the account in once, within ttl. The error is ErrUnknown or the store's.
func (l *Links) Mint(account string, ttl time.Duration) (secret string, expires time.Time, err error) {
	l.accounts.change.Lock()
	defer l.accounts.change.Unlock()
	m := l.accounts.find(account)
	if m == nil {
		return "", time.Time{}, ErrUnknown
	}
	if err := l.makeRoom(account); err != nil {
		return "", time.Time{}, err
	}
	secret = newSecret()
	key, is := hashOf(secret), link{account, time.Now().UTC().Add(ttl)}
	if !m.guest {
		if err := save(l.accounts.core, linkKey(key), is); err != nil {
			return "", time.Time{}, err
		}
	}
	l.byKey[key] = is
	return secret, is.Expires, nil
}

func (l *Links) makeRoom(account string) error {
	var oldest digest
	n := 0
	for key, is := range l.byKey {
		if is.Account != account {
			continue
		}
		if n++; n == 1 || is.Expires.Before(l.byKey[oldest].Expires) {
			oldest = key
		}
	}
	if n < maxLinks {
		return nil
	}
	return l.drop(oldest)
}

// Redeem takes a link's secret and returns whom it signs in. client is the address that asks: short guesses, which
// are no link's secret, count against its neighbourhood. The error is ErrCode, a *WaitError, or the store's.
func (l *Links) Redeem(secret, client string) (*Identity, error) {
	if len(secret) < secretLength {
		client = Neighbourhood(client)
		if err := l.limit.allow(client); err != nil {
			return nil, err
		}
		l.limit.failed(client)
		return nil, ErrCode
	}
	l.accounts.change.Lock()
	defer l.accounts.change.Unlock()
	key := hashOf(secret)
	is, known := l.byKey[key]
	if !known {
		return nil, ErrCode
	}
	if err := l.drop(key); err != nil {
		return nil, err // else it could be used again after a restart
	}
	m := l.accounts.find(is.Account)
	if m == nil || !time.Now().Before(is.Expires) {
		return nil, ErrCode
	}
	return m.identity(), nil
}

func (l *Links) drop(key digest) error {
	if err := l.accounts.forget(linkKey(key)); err != nil {
		return err
	}
	delete(l.byKey, key)
	return nil
}

// sweep removes what has expired.
func (l *Links) sweep(now time.Time) error {
	l.accounts.change.Lock()
	defer l.accounts.change.Unlock()
	return l.dropAll(func(is link) bool { return !now.Before(is.Expires) })
}

// dropAll makes links void, also when the disk does not take it: the next sweep tries again. It needs core.change.
func (l *Links) dropAll(over func(link) bool) (err error) {
	for key, is := range l.byKey {
		if over(is) {
			l.byKey[key] = link{Account: is.Account}
			err = errors.Join(err, l.drop(key))
		}
	}
	return err
}

// accountChanged makes the links of an account void: they were minted for what it was then.
func (l *Links) accountChanged(id string, _ *Identity, same bool) error {
	if same {
		return nil
	}
	return l.dropAll(func(is link) bool { return is.Account == id })
}

func linkKey(key digest) []byte { return append(store.PrefixLink.Key(), key[:]...) }
