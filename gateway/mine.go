package gateway

import (
	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
)

// mySessions serves GET /v1/me/sessions.
func (g *Gateway) mySessions(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	return respond(ctx, struct {
		Sessions []access.Session `json:"sessions"`
	}{g.desk.Sessions.Of(who.ID, who.credentials.Cookie)})
}

// endMySession serves DELETE /v1/me/sessions/{id}.
func (g *Gateway) endMySession(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	if err := g.desk.Sessions.EndOf(who.ID, idOf(ctx)); err != nil {
		return g.refusal(err)
	}
	return nothing(ctx)
}

// endMySessions serves DELETE /v1/me/sessions: all of them, this one included.
func (g *Gateway) endMySessions(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	if err := g.desk.Sessions.EndAll(who.ID); err != nil {
		return g.refusal(err)
	}
	g.cookie(ctx, g.sessionCookie, "", -1)
	return nothing(ctx)
}
