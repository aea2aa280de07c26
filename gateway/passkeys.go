package gateway

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/url"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
)

// party is as whom passkeys are asked for: as the configuration says, or as what this browser calls us.
func (g *Gateway) party(ctx *fasthttp.RequestCtx) (access.RelyingParty, *problem.Problem) {
	origin := g.origin(ctx)
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" {
		return access.RelyingParty{}, problem.New(problem.Malformed, "Host")
	}
	p := access.RelyingParty{ID: u.Hostname(), Name: "Vratar", Origin: origin}
	if net.ParseIP(p.ID) != nil {
		return p, problem.New(problem.Unprocessable, "passkeys belong to a host name, and this page was opened by an IP address")
	}
	if g.cfg.Access.RelyingParty != "" {
		p.ID = g.cfg.Access.RelyingParty
	}
	return p, nil
}

// myPasskeys serves GET /v1/me/passkeys.
func (g *Gateway) myPasskeys(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	return respond(ctx, struct {
		Passkeys []access.Passkey `json:"passkeys"`
	}{g.desk.Passkeys.Of(who.ID)})
}

// beginPasskey serves POST /v1/me/passkeys/begin.
func (g *Gateway) beginPasskey(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	party, p := g.party(ctx)
	if p != nil {
		return p
	}
	dialogue, err := g.desk.Passkeys.BeginRegistration(who.ID, party)
	if err != nil {
		return g.refusal(err)
	}
	return respond(ctx, dialogue)
}

// addPasskey serves POST /v1/me/passkeys {"state", "name", "credential"}.
func (g *Gateway) addPasskey(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	var form struct {
		State      string          `json:"state"`
		Name       string          `json:"name"`
		Credential json.RawMessage `json:"credential"`
	}
	if p := readFormOf(ctx, who, &form); p != nil {
		return p
	}
	key, err := g.desk.Passkeys.FinishRegistration(who.ID, access.Registration{State: form.State, Name: form.Name, Credential: form.Credential})
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("passkey added", slog.String("account", who.ID))
	return made(ctx, key)
}

// removePasskey serves DELETE /v1/me/passkeys/{id}.
func (g *Gateway) removePasskey(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	if err := g.desk.Passkeys.Remove(who.ID, idOf(ctx)); err != nil {
		return g.refusal(err)
	}
	g.log.Info("passkey removed", slog.String("account", who.ID))
	return nothing(ctx)
}

// beginPasskeySignIn serves POST /v1/signin/passkey/begin. It asks for no name, so it tells nothing about anybody.
func (g *Gateway) beginPasskeySignIn(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	party, p := g.party(ctx)
	if p != nil {
		return p
	}
	dialogue, err := g.desk.Passkeys.BeginSignIn(party, ctx.RemoteIP().String())
	if err != nil {
		return g.refusal(err)
	}
	return respond(ctx, dialogue)
}

// passkeySignIn serves POST /v1/signin/passkey {"state", "credential"}.
func (g *Gateway) passkeySignIn(ctx *fasthttp.RequestCtx, before *visitor) *problem.Problem {
	var form struct {
		State      string          `json:"state"`
		Credential json.RawMessage `json:"credential"`
	}
	if p := readForm(ctx, &form); p != nil {
		return p
	}
	identity, err := g.desk.Passkeys.FinishSignIn(form.State, form.Credential)
	if err != nil {
		return g.signInRefused(ctx, err)
	}
	return g.enter(ctx, before, access.Beginning{Account: identity.ID, Way: access.ByPasskey})
}
