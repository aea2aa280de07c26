package access

import (
	"cmp"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"vratar/cache/store"
)

// Account is a person who may sign in. Numbers hold digits only; what is not known is empty.
type Account struct {
	ID           string    `json:"id"`
	Role         Role      `json:"role"`
	Name         string    `json:"name"`
	INN          string    `json:"inn,omitempty"`   // tax number (ИНН), 12 digits
	SNILS        string    `json:"snils,omitempty"` // insurance number (СНИЛС), 11 digits
	Phone        string    `json:"phone,omitempty"` // + and digits (E.164)
	Email        string    `json:"email,omitempty"`
	Organisation string    `json:"organisation,omitempty"` // id; empty: acts for himself
	Checkpoints  []string  `json:"checkpoints"`            // where he may scan; "*" is everywhere
	Confirmed    bool      `json:"confirmed"`              // somebody vouches that he is who he says
	Created      time.Time `json:"created_at"`
	Changed      time.Time `json:"changed_at"`
}

func (a *Account) identity() *Identity {
	return &Identity{
		ID: a.ID, Name: a.Name, Role: a.Role, Organisation: a.Organisation, Checkpoints: slices.Clone(a.Checkpoints),
		INN: a.INN, SNILS: a.SNILS, Confirmed: a.Confirmed,
	}
}

// check tells the first value that cannot be taken.
func (a *Account) check() error {
	switch {
	case a.Role == RoleNone || a.Role == RoleDevice:
		return &FieldError{"role", "holder, checker, supervisor, auditor or admin"}
	case !isName(a.Name):
		return &FieldError{"name", "1 to 200 printed characters"}
	case a.INN != "" && !isINN(a.INN):
		return &FieldError{"inn", "12 digits whose check digits fit"}
	case a.SNILS != "" && !isSNILS(a.SNILS):
		return &FieldError{"snils", "11 digits whose check digits fit"}
	case a.Phone != "" && !isPhone(a.Phone):
		return &FieldError{"phone", "+ and 8 to 15 digits"}
	case a.Email != "" && !isEmail(a.Email):
		return &FieldError{"email", "an address such as name@example.kz"}
	}
	return nil
}

// isName reports whether s can stand on a screen as a name of a person or thing.
func isName(s string) bool {
	printed := func(r rune) bool { return unicode.IsPrint(r) }
	return utf8.ValidString(s) && strings.TrimSpace(s) == s && s != "" && utf8.RuneCountInString(s) <= 200 &&
		!strings.ContainsFunc(s, func(r rune) bool { return !printed(r) })
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254
}

// lower is s with the letters A to Z in lower case and all others as they are: two addresses that merely look alike
// in Unicode must not become one.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Accounts are the people who may sign in.
type Accounts struct {
	*core
	// changed is told of every account that was changed, or removed (now is nil), under core.change. same says
	// that nothing but names and addresses is different.
	changed []func(id string, now *Identity, same bool) error

	mu   sync.RWMutex       // written under core.change only
	byID map[string]*member // a member is replaced, never modified
}

// member is an account as it is kept.
type member struct {
	Account
	Passkeys []passkey `json:"passkeys,omitempty"`
	Logins   []Login   `json:"logins,omitempty"`
	// guest says that it lasts as long as this process, with all that belongs to it.
	guest bool
}

func (a *Accounts) load() error {
	return load(a.core, store.PrefixAccount, func(_ []byte, m member) { a.byID[m.ID] = &m })
}

func (a *Accounts) find(id string) *member {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.byID[id]
}

// Find returns one account.
func (a *Accounts) Find(id string) (Account, error) {
	if m := a.find(id); m != nil {
		return m.Account, nil
	}
	return Account{}, ErrUnknown
}

// List returns all accounts, oldest first.
func (a *Accounts) List() []Account {
	a.mu.RLock()
	defer a.mu.RUnlock()
	list := make([]Account, 0, len(a.byID))
	for _, m := range a.byID {
		list = append(list, m.Account)
	}
	slices.SortFunc(list, func(x, y Account) int {
		return cmp.Or(x.Created.Compare(y.Created), strings.Compare(x.ID, y.ID))
	})
	return list
}

// Create keeps a new account and returns it with its id. The error may be a *FieldError.
func (a *Accounts) Create(account Account) (Account, error) {
	a.change.Lock()
	defer a.change.Unlock()
	account.ID, account.Created = newID("u"), time.Now().UTC().Truncate(time.Second)
	account.Changed = account.Created
	if account.Checkpoints == nil {
		account.Checkpoints = []string{}
	}
	if err := account.check(); err != nil {
		return Account{}, err
	}
	return account, a.keep(&member{Account: account})
}

// Guest keeps an account under an id of the caller's until the process ends, for the demonstration. An account of
// that id stays as it is.
func (a *Accounts) Guest(account Account) error {
	a.change.Lock()
	defer a.change.Unlock()
	if a.find(account.ID) != nil {
		return nil
	}
	account.Created = time.Now().UTC().Truncate(time.Second)
	account.Changed = account.Created
	return a.keep(&member{Account: account, guest: true})
}

// Change applies f to an account. Its sessions end at once unless only its name or how to reach it is different.
// The error is ErrUnknown, a *FieldError, or the store's.
func (a *Accounts) Change(id string, f func(*Account)) (Account, error) {
	a.change.Lock()
	defer a.change.Unlock()
	before := a.find(id)
	if before == nil {
		return Account{}, ErrUnknown
	}
	now := *before
	now.Checkpoints = slices.Clone(before.Checkpoints)
	f(&now.Account)
	now.ID, now.Created, now.Changed = before.ID, before.Created, time.Now().UTC().Truncate(time.Second)
	if err := now.check(); err != nil {
		return Account{}, err
	}
	if err := a.keep(&now); err != nil {
		return Account{}, err
	}
	return now.Account, a.tell(id, &now, mayTheSame(&before.Account, &now.Account))
}

// mayTheSame reports whether two states of an account may do the same things.
func mayTheSame(x, y *Account) bool {
	return x.Role == y.Role && x.INN == y.INN && x.SNILS == y.SNILS && x.Organisation == y.Organisation &&
		x.Confirmed == y.Confirmed && slices.Equal(x.Checkpoints, y.Checkpoints)
}

// Remove ends an account with its sessions, links and passkeys. The error is ErrUnknown or the store's.
func (a *Accounts) Remove(id string) error {
	a.change.Lock()
	defer a.change.Unlock()
	m := a.find(id)
	if m == nil {
		return ErrUnknown
	}
	if !m.guest {
		if err := a.forget(store.PrefixAccount.Name(id)); err != nil {
			return err
		}
	}
	a.mu.Lock()
	delete(a.byID, id)
	a.mu.Unlock()
	return a.tell(id, nil, false)
}

// keep writes a member and puts it in the place of the one before.
func (a *Accounts) keep(m *member) error {
	if !m.guest {
		if err := save(a.core, store.PrefixAccount.Name(m.ID), m); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byID[m.ID] = m
	return nil
}

func (a *Accounts) tell(id string, m *member, same bool) error {
	var now *Identity
	if m != nil {
		now = m.identity()
	}
	var errs []error
	for _, f := range a.changed {
		errs = append(errs, f(id, now, same))
	}
	return errors.Join(errs...)
}
