package access

import (
	"crypto/subtle"
	"strings"
	"time"

	"vratar/gateway/waiting"
)

// screenTime is how long the code on a screen is good for: the screen asks for another one then.
const screenTime = 2 * time.Minute

// Screens sign a browser in from another one: a screen shows a code, somebody who is signed in elsewhere reads it,
// sees which screen asks, and approves. The code alone is worth nothing: only the browser that asked has the other
// secret with which the session is collected.
type Screens struct {
	accounts *Accounts
	sessions *Sessions
	asking   *waiting.Room[asking]
	limit    limiter // of reading codes, by account
}

// Screen is who asks, as the approver sees it.
type Screen struct {
	Name    string    `json:"name"` // what the screen calls itself, e.g. "Till 3"
	Client  Client    `json:"client"`
	Asked   time.Time `json:"asked_at"`
	Expires time.Time `json:"expires_at"`
}

type asking struct {
	screen   Screen
	ticket   digest // of the asking browser's secret
	refused  bool
	approved *approval
}

type approval struct {
	account Account // as it was then
	lasts   time.Duration
}

func newScreens(a *Accounts, s *Sessions) *Screens {
	return &Screens{accounts: a, sessions: s, asking: waiting.New[asking](screenTime)}
}

// Ask makes a code to be shown and a ticket that the asking browser alone keeps. The error is a *FieldError.
func (s *Screens) Ask(name string, client Client) (code, ticket string, screen Screen, err error) {
	if !isName(name) {
		return "", "", Screen{}, &FieldError{"name", "1 to 200 printed characters"}
	}
	code, secret := newSecret(), newSecret()
	screen = Screen{Name: name, Client: client, Asked: time.Now().UTC().Truncate(time.Second)}
	screen.Expires = screen.Asked.Add(screenTime)
	s.asking.Add(Neighbourhood(client.Address), code, asking{screen: screen, ticket: hashOf(secret)})
	return code, code + "." + secret, screen, nil
}

// Look tells the signed-in account by which screen a code is shown, while it waits for an answer. The error is
// ErrCode or a *WaitError.
func (s *Screens) Look(account, code string) (screen Screen, err error) {
	err = s.answer(account, code, func(a *asking) bool { screen = a.screen; return true })
	return screen, err
}

// Approve lets the screen sign in as the account, for as long as lasts says. The error is ErrCode or a *WaitError.
func (s *Screens) Approve(account, code string, lasts time.Duration) error {
	m := s.accounts.find(account)
	if m == nil {
		return ErrUnknown
	}
	return s.answer(account, code, func(a *asking) bool {
		a.approved = &approval{m.Account, lasts}
		return true
	})
}

// Refuse ends the code; the screen is told. The error is ErrCode or a *WaitError.
func (s *Screens) Refuse(account, code string) error {
	return s.answer(account, code, func(a *asking) bool { a.refused = true; return true })
}

// answer does something with a code that waits for its answer. Wrong codes count against the account.
func (s *Screens) answer(account, code string, f func(*asking) (keep bool)) error {
	if err := s.limit.allow(account); err != nil {
		return err
	}
	done := false
	s.asking.With(code, func(a *asking) bool {
		if a.refused || a.approved != nil {
			return true
		}
		done = true
		return f(a)
	})
	if !done {
		s.limit.failed(account)
		return ErrCode
	}
	return nil
}

// Collected is what became of a screen's question.
type Collected struct {
	Waiting  bool // nobody has answered yet
	Identity *Identity
	Secret   string // of the session, once
	Lasts    time.Duration
}

// Collect asks with the ticket what became of the question, and opens the session that was approved, once. The error
// is ErrCode when the question was refused, has expired or was answered before; or the store's.
func (s *Screens) Collect(ticket string) (Collected, error) {
	code, secret, _ := strings.Cut(ticket, ".")
	hash := hashOf(secret)
	var is asking
	known := s.asking.With(code, func(a *asking) bool {
		if subtle.ConstantTimeCompare(hash[:], a.ticket[:]) != 1 {
			return true
		}
		is = *a
		return !a.refused && a.approved == nil
	})
	switch {
	case !known || is.ticket != hash || is.refused:
		return Collected{}, ErrCode
	case is.approved == nil:
		return Collected{Waiting: true}, nil
	}
	return s.open(is)
}

// open opens the approved session, unless the account has changed since.
func (s *Screens) open(is asking) (Collected, error) {
	s.accounts.change.Lock()
	defer s.accounts.change.Unlock()
	then := &is.approved.account
	m := s.accounts.find(then.ID)
	if m == nil || !mayTheSame(&m.Account, then) {
		return Collected{}, ErrCode
	}
	secret, lasts, err := s.sessions.begin(Beginning{
		Account: then.ID, Way: ByScreen, Client: is.screen.Client, Lasts: is.approved.lasts, For: is.screen.Name,
	})
	if err != nil {
		return Collected{}, err
	}
	return Collected{Identity: s.sessions.find(secret).identity.Load(), Secret: secret, Lasts: lasts}, nil
}
