package gateway

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
	"vratar/gateway/sender"
)

// signInWays serves GET /v1/signin/ways: how the page may offer to sign in, before anybody is signed in.
func (g *Gateway) signInWays(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	return respond(ctx, struct {
		Codes *access.CodeWays `json:"codes"`
	}{g.desk.Codes.Ways()})
}

// beginCode serves POST /v1/signin/code/begin {"inn"?, "phone"?|"email"?, "language"}. The answer is the same whether
// there is such an account or not, and is given before anybody looks. The ticket in the cookie makes the code good in
// this browser alone.
func (g *Gateway) beginCode(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	var form struct {
		INN      string `json:"inn"`
		Phone    string `json:"phone"`
		Email    string `json:"email"`
		Language string `json:"language"`
	}
	if p := readForm(ctx, &form); p != nil {
		return p
	}
	answer, err := g.desk.Codes.Ask(access.CodeQuestion{
		INN: form.INN, Phone: form.Phone, Email: form.Email, Language: form.Language,
		Client: ctx.RemoteIP().String(), Before: string(ctx.Request.Header.Cookie(g.codeCookie())),
	})
	if err != nil {
		return g.refusal(err)
	}
	g.cookie(ctx, g.codeCookie(), answer.Ticket, time.Until(answer.Expires)+time.Minute)
	p := respond(ctx, struct {
		Expires time.Time `json:"expires_at"`
		Resend  time.Time `json:"resend_at"`
	}{answer.Expires, answer.Resend})
	ctx.SetStatusCode(fasthttp.StatusAccepted)
	return p
}

// codeSignIn serves POST /v1/signin/code {"code"}.
func (g *Gateway) codeSignIn(ctx *fasthttp.RequestCtx, before *visitor) *problem.Problem {
	var form struct {
		Code string `json:"code"`
	}
	if p := readForm(ctx, &form); p != nil {
		return p
	}
	identity, err := g.desk.Codes.Redeem(access.CodeTry{
		Ticket: string(ctx.Request.Header.Cookie(g.codeCookie())), Code: form.Code, Client: ctx.RemoteIP().String(),
	})
	if err != nil {
		return g.signInRefused(ctx, err)
	}
	g.cookie(ctx, g.codeCookie(), "", -1)
	return g.enter(ctx, before, access.Beginning{Account: identity.ID, Way: access.ByCode})
}

// codeCookie is the name of the cookie that holds the ticket of a code.
func (g *Gateway) codeCookie() string { return cookieName("vratar-code", g.secureOnly) }

// Channels by which codes go, as metrics and the log call them.
const (
	channelEmail   = "email"
	channelSMS     = "sms"
	channelConsole = "console"
)

// couriers take codes to people: a queue for each way there is.
type couriers struct {
	name   string
	queues map[string]*sender.Queue // by channel
}

// openCodes makes the couriers and tells the desk what they can do.
func (g *Gateway) openCodes() (access.CodeOptions, error) {
	c := &g.cfg.Access.Codes
	g.couriers = &couriers{name: c.Name, queues: map[string]*sender.Queue{}}
	ways, err := g.senders()
	if err != nil || len(ways) == 0 {
		return access.CodeOptions{}, err
	}
	timeouts := map[string]time.Duration{channelEmail: c.Email.Timeout.Duration, channelSMS: c.SMS.Timeout.Duration}
	metrics := sender.NewMetrics(g.registry, channelEmail, channelSMS, channelConsole)
	for channel, way := range ways {
		g.couriers.queues[channel] = sender.NewQueue(sender.QueueOptions{
			Sender: way, Channel: channel, Timeout: timeouts[channel], Metrics: metrics, Warn: g.throttle.Warn,
		})
	}
	return access.CodeOptions{
		Send: g.couriers.send, Email: ways[channelEmail] != nil || ways[channelConsole] != nil, Phone: ways[channelSMS] != nil,
		AddressAlone: c.AddressAlone || ways[channelConsole] != nil, PerAccount: c.PerHour, PerClient: c.PerClientHour,
		Unclear: func(accounts []string) {
			g.throttle.Warn("a sign-in code was not sent, because several accounts have the address", slog.Any("accounts", accounts))
		},
	}, nil
}

// senders are the ways that are configured. The demonstration prints what others send.
func (g *Gateway) senders() (map[string]sender.Sender, error) {
	c := &g.cfg.Access.Codes
	all := map[string]sender.Sender{}
	if g.cfg.Demo != nil && g.cfg.Demo.Console != nil {
		all[channelConsole] = sender.Console{Out: g.cfg.Demo.Console}
	}
	if e := &c.Email; e.Server != "" {
		roots, err := certifiers(e.CA)
		if err != nil {
			return nil, fmt.Errorf("access.codes.email.ca: %w", err)
		}
		all[channelEmail], err = sender.NewSMTP(sender.SMTPOptions{
			Address: e.Server, Security: sender.Security(e.Security), Roots: roots, User: e.User, PasswordFile: e.PasswordFile, From: e.From,
		})
		if err != nil {
			return nil, fmt.Errorf("access.codes.email: %w", err)
		}
	}
	if s := &c.SMS; s.URL != "" {
		var err error
		all[channelSMS], err = sender.NewHTTP(sender.HTTPOptions{
			URL: s.URL, Headers: slices.Clone(s.Headers), Body: s.Body, SecretFile: s.SecretFile, Timeout: s.Timeout.Duration,
		})
		if err != nil {
			return nil, fmt.Errorf("access.codes.sms: %w", err)
		}
	}
	return all, nil
}

// certifiers reads a file of certificates; nil for no file.
func certifiers(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("no certificate in PEM")
	}
	return pool, nil
}

// send hands a code to the courier for its address, and returns at once.
func (c *couriers) send(m access.CodeMessage) {
	says := sender.SignIn{Language: m.Language, Name: c.name, Code: m.Code, Minutes: int(access.CodeTime / time.Minute)}
	if m.Phone != "" {
		c.queues[channelSMS].Put(sender.Message{To: m.Phone, Text: says.Short(), Expires: m.Expires})
		return
	}
	if q := c.queues[channelConsole]; q != nil {
		q.Put(sender.Message{To: m.Email, Text: says.Short(), Expires: m.Expires})
		return
	}
	subject, text := says.Mail()
	c.queues[channelEmail].Put(sender.Message{To: m.Email, Subject: subject, Text: text, Expires: m.Expires})
}

// runCodes looks up whom codes are for and sends them, until ctx ends.
func (g *Gateway) runCodes(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { g.desk.Codes.Run(ctx) })
	for _, q := range g.couriers.queues {
		all.Go(func() { q.Run(ctx) })
	}
	all.Wait()
}
