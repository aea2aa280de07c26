package gateway

import (
	"log/slog"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
)

// askScreen serves POST /v1/signin/screen {"name"}: this browser asks to be signed in from another one. It gets a code
// to show and, as a cookie, the ticket with which it alone collects the session.
func (g *Gateway) askScreen(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	var form struct {
		Name string `json:"name"`
	}
	if p := readForm(ctx, &form); p != nil {
		return p
	}
	code, ticket, screen, err := g.desk.Screens.Ask(form.Name, clientOf(ctx))
	if err != nil {
		return g.refusal(err)
	}
	g.cookie(ctx, g.ticketCookie, ticket, time.Until(screen.Expires)+time.Minute)
	return made(ctx, struct {
		Code    string    `json:"code"`
		Link    string    `json:"link"`
		Expires time.Time `json:"expires_at"`
	}{code, g.URL() + approvePath + code, screen.Expires})
}

// collectScreen serves POST /v1/signin/screen/collect: 202 while nobody has answered, then once the session.
func (g *Gateway) collectScreen(ctx *fasthttp.RequestCtx, before *visitor) *problem.Problem {
	got, err := g.desk.Screens.Collect(string(ctx.Request.Header.Cookie(g.ticketCookie)))
	switch {
	case err != nil:
		g.cookie(ctx, g.ticketCookie, "", -1)
		return g.signInRefused(ctx, err)
	case got.Waiting:
		ctx.SetStatusCode(fasthttp.StatusAccepted)
		ctx.Response.Header.SetContentType("application/json")
		ctx.Response.SetBodyRaw([]byte(`{"state":"waiting"}`))
		return nil
	}
	g.cookie(ctx, g.ticketCookie, "", -1)
	return g.entered(ctx, before, session{got.Identity, got.Secret, got.Lasts})
}

// readScreenCode reads {"code", "hours"?}.
func readScreenCode(ctx *fasthttp.RequestCtx, who *visitor) (code string, hours float64, p *problem.Problem) {
	var form struct {
		Code  string  `json:"code"`
		Hours float64 `json:"hours"`
	}
	p = readFormOf(ctx, who, &form)
	return form.Code, form.Hours, p
}

// lookAtScreen serves POST /v1/signin/screen/look {"code"}: which screen shows this code.
func (g *Gateway) lookAtScreen(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	code, _, p := readScreenCode(ctx, who)
	if p != nil {
		return p
	}
	screen, err := g.desk.Screens.Look(who.ID, code)
	if err != nil {
		return g.refusal(err)
	}
	return respond(ctx, struct {
		access.Screen
		MaxHours float64 `json:"max_hours"`
	}{screen, g.cfg.Access.Shift.Hours()})
}

// approveScreen serves POST /v1/signin/screen/approve {"code", "hours"?}: the screen works as who asks, until the
// shift ends.
func (g *Gateway) approveScreen(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	code, n, p := readScreenCode(ctx, who)
	if p != nil {
		return p
	}
	lasts, p := hours(n, g.cfg.Access.Shift.Duration, g.cfg.Access.Shift.Duration)
	if p != nil {
		return p
	}
	if err := g.desk.Screens.Approve(who.ID, code, lasts); err != nil {
		return g.refusal(err)
	}
	g.log.Info("screen approved", slog.String("by", who.ID), slog.Duration("lasts", lasts))
	return nothing(ctx)
}

// refuseScreen serves POST /v1/signin/screen/refuse {"code"}.
func (g *Gateway) refuseScreen(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	code, _, p := readScreenCode(ctx, who)
	if p != nil {
		return p
	}
	if err := g.desk.Screens.Refuse(who.ID, code); err != nil {
		return g.refusal(err)
	}
	return nothing(ctx)
}
