package gateway

import (
	"log/slog"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
)

// publicDevice is a device as its keepers see it.
type publicDevice struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Organisation string     `json:"organisation,omitempty"`
	Checkpoints  []string   `json:"checkpoints"`
	Source       string     `json:"source"` // "config": only its file can change it; "paired"
	PairedBy     string     `json:"paired_by,omitempty"`
	Paired       *time.Time `json:"paired_at,omitempty"`
	Rotated      *time.Time `json:"rotated_at,omitempty"`
}

func publishDevice(d access.Device) publicDevice {
	return publicDevice{
		ID: d.ID, Name: d.Name, Organisation: d.Organisation, Checkpoints: d.Checkpoints, Source: "paired",
		PairedBy: d.PairedBy, Paired: &d.Paired, Rotated: &d.Rotated,
	}
}

// keeps reports whether somebody answers for a device: an administrator for all, a supervisor for those that scan
// nowhere but where he does, for his own organisation.
func keeps(who *visitor, organisation string, checkpoints []string) bool {
	return who.Role == access.RoleAdmin || (who.Organisation == organisation && who.Covers(checkpoints))
}

// listDevices serves GET /v1/devices.
func (g *Gateway) listDevices(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	list := []publicDevice{}
	for _, d := range g.cfg.Devices {
		if keeps(who, d.Organisation, d.Checkpoints) {
			list = append(list, publicDevice{ID: d.ID, Name: d.ID, Organisation: d.Organisation, Checkpoints: d.Checkpoints, Source: "config"})
		}
	}
	for _, d := range g.desk.Devices.List() {
		if keeps(who, d.Organisation, d.Checkpoints) {
			list = append(list, publishDevice(d))
		}
	}
	return respond(ctx, struct {
		Devices []publicDevice `json:"devices"`
	}{list})
}

// inviteDevice serves POST /v1/devices/pairing {"checkpoints"}: a code that pairs one device.
func (g *Gateway) inviteDevice(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	var form struct {
		Checkpoints []string `json:"checkpoints"`
	}
	if p := readFormOf(ctx, who, &form); p != nil {
		return p
	}
	if len(form.Checkpoints) == 0 {
		return problem.New(problem.Unprocessable, `member "checkpoints": want at least one, or "*"`)
	}
	if p := g.checkPlaces("", form.Checkpoints); p != nil {
		return p
	}
	if !keeps(who, who.Organisation, form.Checkpoints) {
		return problem.New(problem.Forbidden, "not at these checkpoints")
	}
	code, expires := g.desk.Devices.Invite(access.Pairing{Organisation: who.Organisation, Checkpoints: form.Checkpoints, By: who.ID})
	return made(ctx, struct {
		Code    string    `json:"code"`
		Link    string    `json:"link"`
		Expires time.Time `json:"expires_at"`
	}{code, g.URL() + pairPath + code, expires.Truncate(time.Second)})
}

// pairDevice serves POST /v1/devices {"code", "name"}: the device itself asks, and gets its token this once.
func (g *Gateway) pairDevice(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	var form struct {
		Code string `json:"code"`
		Name string `json:"name"`
	}
	if p := readForm(ctx, &form); p != nil {
		return p
	}
	device, token, err := g.desk.Devices.Pair(form.Code, form.Name, ctx.RemoteIP().String())
	if err != nil {
		return g.signInRefused(ctx, err)
	}
	g.log.Info("device paired", slog.String("device", device.ID), slog.String("by", device.PairedBy))
	return made(ctx, struct {
		Token  string       `json:"token"`
		Device publicDevice `json:"device"`
	}{token, publishDevice(device)})
}

// rotateDevice serves POST /v1/devices/rotate: the device itself asks, with the token it has.
func (g *Gateway) rotateDevice(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	token, oldEnds, err := g.desk.Devices.Rotate(who.credentials.Token)
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("device token rotated", slog.String("device", who.ID))
	return respond(ctx, struct {
		Token   string    `json:"token"`
		OldEnds time.Time `json:"old_ends_at"`
	}{token, oldEnds})
}

// revokeDevice serves DELETE /v1/devices/{id}.
func (g *Gateway) revokeDevice(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	device, err := g.desk.Devices.Find(idOf(ctx))
	if err == nil && !keeps(who, device.Organisation, device.Checkpoints) {
		err = access.ErrUnknown // what he does not see he is not told about
	}
	if err == nil {
		err = g.desk.Devices.Revoke(device.ID)
	}
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("device revoked", slog.String("device", device.ID), slog.String("by", who.ID))
	return nothing(ctx)
}
