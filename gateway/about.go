package gateway

import (
	_ "embed"
	"fmt"
	"log/slog"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
	"vratar/gateway/refresh"
	"vratar/gateway/telemetry"
)

// live serves GET /v1/live.
func (g *Gateway) live(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	if p := g.mayWatch(who); p != nil {
		return p
	}
	return g.hub.Live(ctx, who.alive, g.viewOf(who.Identity))
}

// passages serves GET /v1/passages.
func (g *Gateway) passages(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	if p := g.mayWatch(who); p != nil {
		return p
	}
	return g.hub.Passages(ctx, g.viewOf(who.Identity))
}

// mayWatch keeps the record, which is of all checkpoints, from whoever may scan at some of them only.
// Where people are asked in which capacity they scan, each sees what is his or his organisation's instead; supervisors
// see that of the checkpoints that they answer for.
func (g *Gateway) mayWatch(who *visitor) *problem.Problem {
	if g.mandates != nil || who.Role == access.RoleSupervisor {
		return nil
	}
	for i := range g.cfg.Checkpoints {
		if !who.MayScanAt(g.cfg.Checkpoints[i].ID) {
			return problem.New(problem.Forbidden, "the feed is of all checkpoints, and not all are open to you")
		}
	}
	return nil
}

// publicCheckpoint is a checkpoint as clients see it.
type publicCheckpoint struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Group     string `json:"group"`
	Direction string `json:"direction,omitempty"` // set where people pass one way only
	Display   int    `json:"display_s"`
	Proof     string `json:"holder_proof"` // when a holder's proof is needed: bound, required, optional
	Capacity  int    `json:"capacity"`
	Reentry   bool   `json:"reentry"`

	Asks    string         `json:"asks,omitempty"` // who may ask, where people are asked in which capacity they scan
	Profile *publicProfile `json:"profile,omitempty"`
}

func (c *Config) publish(p *Checkpoint) publicCheckpoint {
	group := c.group(p.Group)
	public := publicCheckpoint{
		ID: p.ID, Name: p.Name, Group: p.Group, Direction: p.Direction, Display: p.DisplaySeconds, Proof: p.HolderProof,
		Capacity: group.Capacity, Reentry: group.Reentry, Profile: c.profile(p.Profile).publish(),
	}
	if c.Mandates.on() {
		public.Asks = p.Authority.Capacity
	}
	return public
}

// listCheckpoints serves GET /v1/checkpoints: those where the visitor may scan.
func (g *Gateway) listCheckpoints(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	list := []publicCheckpoint{}
	for i := range g.cfg.Checkpoints {
		if c := &g.cfg.Checkpoints[i]; who.MayScanAt(c.ID) {
			list = append(list, g.cfg.publish(c))
		}
	}
	return respond(ctx, struct {
		Checkpoints []publicCheckpoint `json:"checkpoints"`
	}{list})
}

// listSources serves GET /v1/trust and /v1/status: where the lists come from and how they stand.
func (g *Gateway) listSources(kind string) handler {
	return func(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
		list := []refresh.Source{}
		for _, s := range g.lists.Sources() {
			if s.Kind == kind {
				list = append(list, s)
			}
		}
		return respond(ctx, struct {
			Sources []refresh.Source `json:"sources"`
		}{list})
	}
}

// ages is how long ago the lists were last known to be current, in seconds: of each kind the oldest. Null
// when there is no such list.
type ages struct {
	Trust  *int64 `json:"trust_age_s"`
	Status *int64 `json:"status_age_s"`
}

func (g *Gateway) ages() ages {
	var a ages
	now := time.Now()
	for _, s := range g.lists.Sources() {
		if s.Format == "" {
			continue // never loaded: told by /v1/trust, /v1/status and /readyz
		}
		of := &a.Trust
		if s.Kind == "status" {
			of = &a.Status
		}
		if age := int64(now.Sub(s.CheckedAt) / time.Second); *of == nil || age > **of {
			*of = &age
		}
	}
	return a
}

// samples serves GET /v1/samples, in the demonstration only.
func (g *Gateway) samples(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	if g.cfg.Demo == nil || g.cfg.Demo.Samples == nil {
		return problem.New(problem.NotFound, "samples are part of the demonstration")
	}
	text, err := g.cfg.Demo.Samples()
	if err != nil {
		return problem.New(problem.Internal, err.Error())
	}
	ctx.Response.Header.SetContentType("application/json")
	ctx.Response.SetBodyRaw(text)
	return nil
}

// healthz serves GET /healthz: the process answers.
func (g *Gateway) healthz(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	ctx.Response.Header.SetContentType("application/json")
	ctx.Response.SetBodyRaw([]byte(`{"status":"ok"}`))
	return nil
}

// readyz serves GET /readyz: 200 when scans can be judged and recorded, else 503, with the reasons either way.
func (g *Gateway) readyz(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	body, ready := g.health.AppendJSON(nil)
	if !ready {
		ctx.SetStatusCode(fasthttp.StatusServiceUnavailable)
	}
	ctx.Response.Header.SetContentType("application/json")
	ctx.Response.SetBodyRaw(body)
	return nil
}

// maxListAge is how long ago a list may have been confirmed before the gateway is not ready. It is long,
// because an edge node goes on with old lists; what they are still good for is decided on every scan.
const maxListAge = 24 * time.Hour

// newHealth lists what must be well before scans are sent here.
func (g *Gateway) newHealth() *telemetry.Health {
	var h telemetry.Health
	h.Add("store", func() (bool, string) {
		if g.store.Degraded() {
			return false, "the disk is nearly full; nothing is recorded and nobody admitted"
		}
		return true, "open"
	})
	h.Add("lists", g.checkLists)
	h.Add("clock", func() (bool, string) {
		g.clock.NotBefore(g.newestRecord())
		return g.clock.Check()
	})
	return &h
}

// checkLists says how the lists stand and not where they come from: anybody may ask. Who is signed in finds their
// names at /v1/trust and /v1/status.
func (g *Gateway) checkLists() (bool, string) {
	missing, late := 0, 0
	var oldest time.Duration
	for _, s := range g.lists.Sources() {
		age := time.Since(s.CheckedAt)
		switch {
		case s.Format == "":
			missing++
			continue
		case age > maxListAge:
			late++
		}
		oldest = max(oldest, age)
	}
	if missing+late > 0 {
		return false, fmt.Sprintf("lists never loaded: %d, not confirmed within %s: %d; the oldest was confirmed %s ago", missing,
			maxListAge, late, oldest.Round(time.Second))
	}
	return true, "current within " + oldest.Round(time.Second).String()
}

// newestRecord is when the last passage was recorded, zero when there is none or it cannot be read.
func (g *Gateway) newestRecord() time.Time {
	last := g.ledger.Last()
	if last == 0 {
		return time.Time{}
	}
	newest, err := g.ledger.Read(last-1, 1)
	if err != nil || len(newest) == 0 {
		return time.Time{}
	}
	return newest[0].At
}

// exposeMetrics serves GET /metrics.
func (g *Gateway) exposeMetrics(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	ctx.Response.Header.SetContentType(telemetry.MetricsContentType())
	if err := telemetry.WriteMetrics(ctx, g.registry); err != nil {
		g.log.Error("metrics cannot be gathered", slog.Any("error", err))
		return problem.New(problem.Internal, "")
	}
	return nil
}

//go:embed openapi.yaml
var openapiText []byte

// openapi serves GET /openapi.yaml.
func (g *Gateway) openapi(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	ctx.Response.Header.SetContentType("application/yaml")
	ctx.Response.SetBodyRaw(openapiText)
	return nil
}
