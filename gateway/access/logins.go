package access

import (
	"slices"
	"time"
)

// Subject is somebody as an OpenID provider names him: that name is good for this issuer only, and never given to
// somebody else (OpenID Connect Core §2, sub).
type Subject struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
}

// Login is a link between an account and a subject of a provider.
type Login struct {
	Subject
	Created time.Time `json:"created_at"`
	Used    time.Time `json:"used_at"`
}

// maxLogins is how many logins an account may have.
const maxLogins = 20

// Logins are the subjects of OpenID providers that sign accounts in. A subject is of one account, and an account has
// one subject of an issuer.
type Logins struct {
	accounts *Accounts
	owner    map[Subject]string // account; guarded by core.change
}

func newLogins(a *Accounts) *Logins { return &Logins{accounts: a, owner: map[Subject]string{}} }

func (l *Logins) load() error {
	for id, m := range l.accounts.byID {
		for _, one := range m.Logins {
			l.owner[one.Subject] = id
		}
	}
	return nil
}

// Of lists an account's logins, oldest first.
func (l *Logins) Of(account string) []Login {
	if m := l.accounts.find(account); m != nil {
		return slices.Clone(m.Logins)
	}
	return nil
}

// Put links an account to a subject, in the place of the one that it had of the same issuer. The error is ErrUnknown
// without the account, ErrCode when the subject is somebody else's, ErrFull, a *FieldError or the store's.
func (l *Logins) Put(account string, s Subject) (Login, error) {
	if s.Issuer == "" || s.Subject == "" || len(s.Subject) > 255 { // OpenID Connect Core §2
		return Login{}, &FieldError{"subject", "1 to 255 characters"}
	}
	l.accounts.change.Lock()
	defer l.accounts.change.Unlock()
	m := l.accounts.find(account)
	switch owner := l.owner[s]; {
	case m == nil:
		return Login{}, ErrUnknown
	case owner != "" && owner != account:
		return Login{}, ErrCode
	}
	now := time.Now().UTC().Truncate(time.Second)
	one := Login{Subject: s, Created: now, Used: now}
	list := slices.DeleteFunc(slices.Clone(m.Logins), func(old Login) bool { return old.Issuer == s.Issuer })
	if len(list) >= maxLogins {
		return Login{}, ErrFull
	}
	return one, l.keep(m, append(list, one))
}

// Remove takes an issuer's subject off an account. The error is ErrUnknown when it has none, or the store's.
func (l *Logins) Remove(account, issuer string) error {
	l.accounts.change.Lock()
	defer l.accounts.change.Unlock()
	m := l.accounts.find(account)
	if m == nil {
		return ErrUnknown
	}
	list := slices.DeleteFunc(slices.Clone(m.Logins), func(one Login) bool { return one.Issuer == issuer })
	if len(list) == len(m.Logins) {
		return ErrUnknown
	}
	return l.keep(m, list)
}

// keep needs core.change.
func (l *Logins) keep(m *member, list []Login) error {
	next := *m
	next.Logins = list
	if err := l.accounts.keep(&next); err != nil {
		return err
	}
	for _, one := range m.Logins {
		delete(l.owner, one.Subject)
	}
	for _, one := range list {
		l.owner[one.Subject] = m.ID
	}
	return nil
}

// Contact is how a provider knows somebody beside the subject. What is empty is not looked for.
type Contact struct {
	INN   string // tax number, digits
	SNILS string // insurance number, digits
	Phone string // + and digits
	Email string
}

// SignIn returns the account of a subject: the one it is linked to, else the only one that has what the contact says.
// A contact that fits two accounts fits none, and neither does one whose parts fit different accounts, or whose numbers
// are others than the account's. An account that is linked to another subject of the issuer is not the one: addresses
// are given to other people in time. The error is ErrCode without an account, or the store's.
func (l *Logins) SignIn(s Subject, by Contact) (account string, err error) {
	l.accounts.change.Lock()
	defer l.accounts.change.Unlock()
	account, linked := l.owner[s]
	if !linked {
		return l.accounts.only(s, by)
	}
	m := l.accounts.find(account)
	list := slices.Clone(m.Logins)
	for i := range list {
		if list[i].Subject == s {
			list[i].Used = time.Now().UTC().Truncate(time.Second)
		}
	}
	return account, l.keep(m, list)
}

// only is the account to which a contact of a subject belongs without any doubt.
func (a *Accounts) only(s Subject, by Contact) (string, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var found *member
	for _, m := range a.byID {
		if !by.meets(&m.Account) {
			continue
		}
		if found != nil {
			return "", ErrCode
		}
		found = m
	}
	of := func(l Login) bool { return l.Issuer == s.Issuer }
	if found == nil || by.contradicts(&found.Account) || slices.ContainsFunc(found.Logins, of) {
		return "", ErrCode
	}
	return found.ID, nil
}

// meets reports whether any part of the contact is the account's.
func (c *Contact) meets(a *Account) bool {
	same := func(x, y string) bool { return x != "" && x == y }
	return same(c.INN, a.INN) || same(c.SNILS, a.SNILS) || same(c.Phone, a.Phone) ||
		same(lower(c.Email), lower(a.Email))
}

// contradicts reports whether a number of the contact is another than the account's: nobody has two.
func (c *Contact) contradicts(a *Account) bool {
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	return differ(c.INN, a.INN) || differ(c.SNILS, a.SNILS)
}

// accountChanged forgets the logins of an account that is gone.
func (l *Logins) accountChanged(id string, now *Identity, _ bool) error {
	if now != nil {
		return nil
	}
	for s, account := range l.owner {
		if account == id {
			delete(l.owner, s)
		}
	}
	return nil
}
