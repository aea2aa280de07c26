package openid

import (
	"context"
	"errors"
	"sync"
	"time"

	"vratar/verifier/jose"
)

// LoggedOut is whose sessions a provider ends: the one of Session, else all of Subject. One of them may be empty.
type LoggedOut struct{ Issuer, Subject, Session string }

// loggedOut is what a logout token says.
type loggedOut struct{ subject, session, id string }

// logoutEvent is the one event that is understood (OpenID Connect Back-Channel Logout 1.0 §2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// Logout verifies a provider's logout token (OpenID Connect Back-Channel Logout 1.0 §2.6). Each counts once. The error
// is a *Failure.
func (p *Parties) Logout(ctx context.Context, id, token string) (LoggedOut, error) {
	one := p.find(id)
	if one == nil {
		return LoggedOut{}, &Failure{Outcome: NoProvider}
	}
	if !one.enter() {
		return LoggedOut{}, one.failed(Unreachable, "too many at once", nil)
	}
	defer one.leave()
	said, err := one.flow.logout(ctx, token)
	if err != nil {
		return LoggedOut{}, err
	}
	if !p.used.take(one.ID+" "+said.id, p.now()) {
		return LoggedOut{}, one.failed(BadAnswer, "logout token", errors.New("jti was used before"))
	}
	return LoggedOut{one.Issuer, said.subject, said.session}, nil
}

func (c *connect) logout(ctx context.Context, raw string) (loggedOut, error) {
	if len(raw) > maxToken {
		return loggedOut{}, c.failed(BadAnswer, "logout token", errToken)
	}
	m, err := c.discover(ctx)
	if err != nil {
		return loggedOut{}, err
	}
	// The library checks signature, iss, aud, exp, jti, that there is no nonce, and that somebody is named.
	if _, err := c.verifier(m).VerifyLogout(ctx, raw); err != nil {
		if errors.Is(err, errKeys) {
			return loggedOut{}, c.told("logout token", errKeys)
		}
		return loggedOut{}, c.failed(BadAnswer, "logout token", verifyError(err))
	}
	said, err := readLogout(raw, c.ClientID, time.Now())
	if err != nil {
		return loggedOut{}, c.failed(BadAnswer, "logout token", err)
	}
	return said, nil
}

// readLogout reads a logout token whose signature, issuer and audience are proven.
func readLogout(raw, client string, now time.Time) (said loggedOut, err error) {
	t, err := jose.ParseCompact([]byte(raw))
	if err != nil {
		return said, errToken
	}
	if t.Type != "" && t.Type != "JWT" && t.Type != "logout+jwt" {
		return said, errors.New("typ is of another kind of token")
	}
	claims, err := jose.ParseObject(t.Payload)
	if err != nil {
		return said, errors.New("claims are not one JSON object")
	}
	if err := checkToken(claims, client, now); err != nil {
		return said, err
	}
	events, err := claims.Object("events")
	if err != nil {
		return said, errors.New("events is not an object")
	}
	if _, err := jose.ParseObject(events.Get(logoutEvent)); err != nil {
		return said, errors.New("no logout event")
	}
	if claims.Get("nonce") != nil {
		return said, errors.New("nonce in a logout token")
	}
	for name, at := range map[string]*string{"sub": &said.subject, "sid": &said.session, "jti": &said.id} {
		if *at, err = claims.Text(name); err != nil || len(*at) > 255 {
			return loggedOut{}, errors.New("sub, sid or jti is not a text, or too long")
		}
	}
	if said.id == "" || (said.subject == "" && said.session == "") {
		return loggedOut{}, errors.New("nobody is named, or jti is missing")
	}
	return said, nil
}

// maxUsed is how many logout tokens are remembered; only a provider can fill it.
const maxUsed = 8192

// usedTokens remembers tokens for as long as they could be shown again.
type usedTokens struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func newUsedTokens() *usedTokens { return &usedTokens{until: map[string]time.Time{}} }

// take reports whether an id is new. When there is no room it is not: better a session that its owner has to end than a
// token that counts twice.
func (u *usedTokens) take(id string, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.until) >= maxUsed {
		for old, until := range u.until {
			if now.After(until) {
				delete(u.until, old)
			}
		}
	}
	if _, used := u.until[id]; used || len(u.until) >= maxUsed {
		return false
	}
	u.until[id] = now.Add(maxAge + maxAhead)
	return true
}
