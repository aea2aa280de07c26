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

// SignInLink makes a link that signs somebody in once, with this role, within ttl. The secret is in the
// fragment, which browsers do not send, so it reaches no log on the way.
func (g *Gateway) SignInLink(role string, ttl time.Duration) (string, error) {
	r := access.ParseRole(role)
	if r == access.RoleNone {
		return "", errors.New("there is no role " + role)
	}
	identity := &access.Identity{ID: role, Name: role, Role: r, Confirmed: true}
	if len(g.cfg.Organisations) > 0 {
		identity.Organisation = g.cfg.Organisations[0].ID
	}
	if r != access.RoleHolder {
		identity.Checkpoints = []string{"*"}
	}
	code, err := g.desk.Codes.Mint(identity, ttl)
	if err != nil {
		return "", err
	}
	return g.URL() + "/#/signin/" + code, nil
}

// signIn serves POST /v1/session {"code"}: it trades a one-time code for a session cookie. The session that the
// browser had before ends: whoever handed it over or copied it is not to stay signed in unseen.
func (g *Gateway) signIn(ctx *fasthttp.RequestCtx, before *visitor) *problem.Problem {
	code, p := readCode(ctx)
	if p != nil {
		return p
	}
	client := ctx.RemoteIP().String()
	identity, err := g.desk.Codes.Redeem(code, client)
	if err != nil {
		g.metrics.signInFailures.Inc()
		g.throttle.Warn("sign-in refused", slog.String("client", client), slog.Any("error", err))
		if errors.Is(err, access.ErrTooManyAttempts) {
			return problem.New(problem.TooManyAttempts, "")
		}
		return problem.New(problem.SignInFailed, "")
	}
	g.log.Info("signed in", slog.String("id", identity.ID), slog.String("role", identity.Role.String()), slog.String("client", client))
	if before != nil {
		g.desk.Sessions.End(before.credentials.Cookie)
	}
	id, lasts := g.desk.Sessions.Begin(identity)
	setCookie(ctx, id, lasts, g.secureOnly)
	if g.cfg.Demo != nil && g.cfg.Demo.LinkUsed != nil {
		g.cfg.Demo.LinkUsed(identity.Role.String())
	}
	return g.me(ctx, &visitor{Identity: identity})
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
		g.desk.Sessions.End(who.credentials.Cookie)
	}
	setCookie(ctx, "", -time.Second, g.secureOnly)
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	return nil
}

// setCookie hands the session to the browser, where no script can read it and no other site can use it.
func setCookie(ctx *fasthttp.RequestCtx, id string, lasts time.Duration, secure bool) {
	c := fasthttp.AcquireCookie()
	defer fasthttp.ReleaseCookie(c)
	c.SetKey(sessionCookie)
	c.SetValue(id)
	c.SetPath("/")
	c.SetHTTPOnly(true)
	c.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	c.SetSecure(secure)
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
		Role         string        `json:"role"`
		Name         string        `json:"name"`
		Organisation *organisation `json:"organisation"`
		Demo         bool          `json:"demo"`
		Lists        ages          `json:"lists"`
	}{who.Role.String(), who.Name, of, g.cfg.Demo != nil, g.ages()})
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
