package gateway

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
	"vratar/verifier/jose"
)

// Where the page takes up the codes of links.
const (
	signInPath  = "/#/signin/"
	pairPath    = "/#/pair/"
	approvePath = "/#/approve/"
)

// SignInLink makes a link that signs a guest in once, with this role, within ttl; a guest is forgotten when the
// process ends. The secret is in the fragment, which browsers do not send, so it reaches no log on the way.
func (g *Gateway) SignInLink(role string, ttl time.Duration) (string, error) {
	r := access.ParseRole(role)
	if r == access.RoleNone {
		return "", errors.New("there is no role " + role)
	}
	guest := access.Account{ID: role, Name: role, Role: r, Confirmed: true, Checkpoints: []string{}}
	if len(g.cfg.Organisations) > 0 {
		guest.Organisation = g.cfg.Organisations[0].ID
	}
	if r != access.RoleHolder {
		guest.Checkpoints = []string{"*"}
	}
	if g.cfg.Demo != nil && r == access.RoleChecker {
		guest.INN, guest.SNILS = g.cfg.Demo.Checker.INN, g.cfg.Demo.Checker.SNILS
	}
	if g.cfg.Demo != nil {
		guest.Email = role + "@demo.example"
	}
	if err := g.desk.Accounts.Guest(guest); err != nil {
		return "", err
	}
	code, _, err := g.desk.Links.Mint(guest.ID, ttl)
	if err != nil {
		return "", err
	}
	return g.URL() + signInPath + code, nil
}

// signIn serves POST /v1/session {"code"}: it trades a link's one-time code for a session cookie.
func (g *Gateway) signIn(ctx *fasthttp.RequestCtx, before *visitor) *problem.Problem {
	code, p := readCode(ctx)
	if p != nil {
		return p
	}
	identity, err := g.desk.Links.Redeem(code, ctx.RemoteIP().String())
	if err != nil {
		return g.signInRefused(ctx, err)
	}
	if p := g.enter(ctx, before, access.Beginning{Account: identity.ID, Way: access.ByLink}); p != nil {
		return p
	}
	guest := identity.ID == identity.Role.String()
	if guest && g.cfg.Demo != nil && g.cfg.Demo.LinkUsed != nil {
		g.cfg.Demo.LinkUsed(identity.ID)
	}
	return nil
}

// signInRefused answers who is not let in, with nothing that tells why.
func (g *Gateway) signInRefused(ctx *fasthttp.RequestCtx, err error) *problem.Problem {
	p := g.refusal(err)
	if p.Code == problem.CodeRefused {
		p = problem.New(problem.SignInFailed, "")
	}
	if p.Status < fasthttp.StatusInternalServerError {
		g.metrics.signInFailures.Inc()
		g.throttle.Warn("sign-in refused", slog.String("client", ctx.RemoteIP().String()), slog.Any("error", err))
	}
	return p
}

// enter opens a session for an account that has proved who it is.
func (g *Gateway) enter(ctx *fasthttp.RequestCtx, before *visitor, b access.Beginning) *problem.Problem {
	b.Client = clientOf(ctx)
	secret, lasts, err := g.desk.Sessions.Begin(b)
	if err != nil {
		return g.signInRefused(ctx, err)
	}
	return g.entered(ctx, before, session{g.desk.Sessions.Find(secret), secret, lasts})
}

// session is one that was just opened.
type session struct {
	identity *access.Identity // nil when it has ended already
	secret   string
	lasts    time.Duration
}

// entered hands a session to its browser. The one that the browser had before ends: whoever handed it over or
// copied it is not to stay signed in unseen.
func (g *Gateway) entered(ctx *fasthttp.RequestCtx, before *visitor, s session) *problem.Problem {
	if s.identity == nil {
		return g.signInRefused(ctx, access.ErrCode)
	}
	g.log.Info("signed in", slog.String("id", s.identity.ID), slog.String("role", s.identity.Role.String()),
		slog.String("client", ctx.RemoteIP().String()))
	if before != nil {
		if err := g.desk.Sessions.End(before.credentials.Cookie); err != nil {
			return g.refusal(err)
		}
	}
	g.cookie(ctx, g.sessionCookie, s.secret, s.lasts)
	return g.me(ctx, &visitor{Identity: s.identity})
}

func readCode(ctx *fasthttp.RequestCtx) (string, *problem.Problem) {
	const limit = 1 << 10
	if ctx.Request.Header.ContentLength() > limit {
		return "", problem.New(problem.TooLarge, "")
	}
	var body []byte
	if stream := ctx.RequestBodyStream(); stream != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(stream, limit)); err != nil {
			return "", problem.New(problem.Timeout, "")
		}
	}
	o, err := jose.ParseObject(body)
	if err != nil {
		return "", problem.New(problem.Malformed, err.Error())
	}
	code, err := o.Text("code")
	if err != nil || len(o) != 1 || code == "" {
		return "", problem.New(problem.Unprocessable, `one member "code" is needed`)
	}
	return code, nil
}

// signOut serves DELETE /v1/session. It ends the session if there is one, and its websockets within seconds.
func (g *Gateway) signOut(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	if who != nil {
		if err := g.desk.Sessions.End(who.credentials.Cookie); err != nil {
			return g.refusal(err)
		}
	}
	g.cookie(ctx, g.sessionCookie, "", -1)
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	return nil
}

// cookieName is a cookie's name: with the prefix that browsers hold to this host, this path and TLS (RFC 6265bis
// §4.1.3.2) wherever they come over TLS.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// cookie hands a secret to the browser, where no script can read it and no other site can use it; lasts below 0
// takes it away.
func (g *Gateway) cookie(ctx *fasthttp.RequestCtx, name, secret string, lasts time.Duration) {
	c := fasthttp.AcquireCookie()
	defer fasthttp.ReleaseCookie(c)
	c.SetKey(name)
	c.SetValue(secret)
	c.SetPath("/")
	c.SetHTTPOnly(true)
	c.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	c.SetSecure(g.secureOnly)
	if lasts > 0 {
		c.SetMaxAge(int(lasts / time.Second))
	} else {
		c.SetExpire(fasthttp.CookieExpireDelete)
	}
	ctx.Response.Header.SetCookie(c)
}

// me serves GET /v1/me.
func (g *Gateway) me(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	type organisation struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	var of *organisation
	for _, o := range g.cfg.Organisations {
		if o.ID == who.Organisation {
			of = &organisation{o.ID, o.Name}
		}
	}
	return respond(ctx, struct {
		ID           string        `json:"id"`
		Role         string        `json:"role"`
		Name         string        `json:"name"`
		Organisation *organisation `json:"organisation"`
		Confirmed    bool          `json:"confirmed"`
		Delegated    bool          `json:"delegated"`
		Demo         bool          `json:"demo"`
		Lists        ages          `json:"lists"`
	}{who.ID, who.Role.String(), who.Name, of, who.Confirmed, who.Delegated, g.cfg.Demo != nil, g.ages()})
}

// respond writes 200 with v as JSON; v is ours and has a JSON form.
func respond(ctx *fasthttp.RequestCtx, v any) *problem.Problem {
	text, err := json.Marshal(v)
	if err != nil {
		return problem.New(problem.Internal, err.Error())
	}
	ctx.Response.Header.SetContentType("application/json")
	ctx.Response.SetBodyRaw(text)
	return nil
}
