package gateway

import (
	"errors"
	"time"

	"vratar/cache/store"
	"vratar/gateway/access"
)

// Invitation is a link that signs an account in once.
type Invitation struct {
	Account access.Account
	Link    string
	Expires time.Time
}

// InviteAdmin makes a sign-in link for an administrator: for a new one of this name, or for the account of this id,
// which must be an administrator's. It needs the database for itself, so the gateway must be stopped; store.ErrInUse
// says that it is not. It is for the first administrator, and for the day when nobody can sign in any more: who may
// read and write the data folder can do no more by it than before.
func InviteAdmin(cfg Config, name, id string) (invitation Invitation, err error) {
	s, err := store.Open(StoreDir(cfg.DataDir), store.Options{})
	if err != nil {
		return Invitation{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	desk, err := access.Open(access.Options{Store: s})
	if err != nil {
		return Invitation{}, err
	}
	account, err := adminAccount(desk, name, id)
	if err != nil {
		return Invitation{}, err
	}
	secret, expires, err := desk.Links.Mint(account.ID, accountLink)
	if err != nil {
		return Invitation{}, err
	}
	return Invitation{account, cfg.url(cfg.Listen) + signInPath + secret, expires}, nil
}

func adminAccount(desk *access.Desk, name, id string) (access.Account, error) {
	if id == "" {
		return desk.Accounts.Create(access.Account{Name: name, Role: access.RoleAdmin, Checkpoints: []string{"*"}, Confirmed: true})
	}
	account, err := desk.Accounts.Find(id)
	if err == nil && account.Role != access.RoleAdmin {
		err = errors.New("that account is no administrator's")
	}
	return account, err
}
