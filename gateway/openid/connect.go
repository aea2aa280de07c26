package openid

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// How long what a provider says of itself is good for, and how soon it is asked again when it did not answer. Behind
// the first the old word still counts while the provider is away.
const (
	metadataLife = time.Hour
	retryAfter   = 5 * time.Second
)

// connect speaks OpenID Connect (Core 1.0, code flow with PKCE of RFC 7636).
type connect struct {
	*provider
	busy chan struct{} // one is in it while somebody looks at what follows, or asks the provider for it

	known *metadata // nil: nothing yet
	tried time.Time
	cause error // of the last try; nil: it went well
}

// metadata is what a provider says of itself (OpenID Connect Discovery 1.0 §3).
type metadata struct {
	at   time.Time
	keys *keySet

	Authorize string   `json:"authorization_endpoint"`
	Token     string   `json:"token_endpoint"`
	Keys      string   `json:"jwks_uri"`
	UserInfo  string   `json:"userinfo_endpoint"`
	SignOut   string   `json:"end_session_endpoint"`
	NamesSelf bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207
	Auth      []string `json:"token_endpoint_auth_methods_supported"`
}

// discover asks a provider about itself, unless it did lately.
func (c *connect) discover(ctx context.Context) (*metadata, error) {
	select {
	case c.busy <- struct{}{}:
		defer func() { <-c.busy }()
	case <-ctx.Done():
		return nil, c.failed(Unreachable, "discovery", ctx.Err())
	}
	now := time.Now()
	fresh := c.known != nil && now.Sub(c.known.at) < metadataLife
	failed := c.cause != nil && now.Sub(c.tried) < retryAfter
	if !fresh && !failed {
		c.tried = now
		c.cause = c.renew(ctx)
	}
	if c.known == nil {
		return nil, c.cause
	}
	return c.known, nil
}

// renew asks the provider. Its keys stay known as long as they are in the same place.
func (c *connect) renew(ctx context.Context) error {
	m, err := c.ask(ctx)
	if err != nil {
		return err
	}
	if c.known != nil && c.known.Keys == m.Keys {
		m.keys = c.known.keys
	}
	c.known = m
	return nil
}

func (c *connect) ask(ctx context.Context) (*metadata, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, c.client), c.Issuer)
	if err != nil {
		var mismatch *oidc.IssuerMismatchError
		if errors.As(err, &mismatch) {
			return nil, c.failed(BadAnswer, "discovery", errors.New("it calls itself by another issuer"))
		}
		return nil, c.asked("discovery", err)
	}
	m := &metadata{at: time.Now()}
	if err := found.Claims(m); err != nil {
		return nil, c.failed(BadAnswer, "discovery", errors.New("not as described"))
	}
	for _, address := range [...]struct {
		is       string
		required bool
	}{{m.Authorize, true}, {m.Token, true}, {m.Keys, true}, {m.UserInfo, false}, {m.SignOut, false}} {
		u, err := url.Parse(address.is)
		if (address.required || address.is != "") && (err != nil || !safeAddress(u)) {
			return nil, c.failed(BadAnswer, "discovery", errors.New("an address is missing or not https"))
		}
	}
	m.keys = &keySet{address: m.Keys, client: c.client}
	return m, nil
}

func (c *connect) authorize(ctx context.Context, d *dialogue) (string, error) {
	m, err := c.discover(ctx)
	if err != nil {
		return "", err
	}
	address, err := withQuery(m.Authorize, url.Values{
		"response_type": {"code"}, "client_id": {c.ClientID}, "redirect_uri": {d.redirect}, "scope": {strings.Join(c.Scopes, " ")},
		"state": {d.state}, "nonce": {d.nonce}, "code_challenge": {challenge(d.verifier)}, "code_challenge_method": {"S256"},
	})
	if err != nil {
		return "", c.failed(BadAnswer, "discovery", err)
	}
	return address, nil
}

func (c *connect) finish(ctx context.Context, d *dialogue, a Answer) (Person, error) {
	m, err := c.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	// Before anything else is believed, its error included: the answer may be another provider's (RFC 9207 §2.4).
	if (a.Issuer != "" || m.NamesSelf) && a.Issuer != c.Issuer {
		return Person{}, c.failed(BadAnswer, "iss of the answer", nil)
	}
	if a.Error != "" || a.Code == "" {
		return Person{}, c.failed(Cancelled, "authorization", nil)
	}
	token, err := c.trade(ctx, m, d, a.Code)
	if err != nil {
		return Person{}, err
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Person{}, c.failed(BadAnswer, "ID token", errors.New("missing"))
	}
	person, err := c.readIDToken(ctx, m, raw, expected{d.nonce, token.AccessToken})
	if err != nil {
		return Person{}, c.told("ID token", err)
	}
	return c.complete(ctx, m, token.AccessToken, person)
}

// told is the failure of a token that was read: either it is no good, or its keys could not be had.
func (c *connect) told(step string, err error) error {
	if errors.Is(err, errKeys) {
		return c.failed(Unreachable, step, errKeys)
	}
	return c.failed(BadAnswer, step, err)
}

// trade trades the code for tokens.
func (c *connect) trade(ctx context.Context, m *metadata, d *dialogue, code string) (*oauth2.Token, error) {
	config := oauth2.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, RedirectURL: d.redirect,
		// Said, because the library would otherwise try one after the other, and a code counts once.
		Endpoint: oauth2.Endpoint{TokenURL: m.Token, AuthStyle: c.authStyle(m)},
	}
	options := []oauth2.AuthCodeOption{oauth2.VerifierOption(d.verifier)}
	if c.ClientKey != nil {
		assertion, err := c.assertion(time.Now())
		if err != nil {
			return nil, c.failed(Unreachable, "client key", err)
		}
		options = append(options, oauth2.SetAuthURLParam("client_assertion", assertion),
			oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
	}
	token, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, c.client), code, options...)
	if err != nil {
		return nil, c.asked("token", err)
	}
	return token, nil
}

// authStyle is how the client says who it is: as the provider prefers (Discovery §3: client_secret_basic unless told).
func (c *connect) authStyle(m *metadata) oauth2.AuthStyle {
	basic := len(m.Auth) == 0 || slices.Contains(m.Auth, "client_secret_basic")
	if c.ClientSecret != "" && basic {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

func (c *connect) signOut(ctx context.Context, back string) string {
	m, err := c.discover(ctx)
	if err != nil || m.SignOut == "" {
		return ""
	}
	address, err := withQuery(m.SignOut, url.Values{"client_id": {c.ClientID}, "post_logout_redirect_uri": {back}})
	if err != nil {
		return ""
	}
	return address
}
