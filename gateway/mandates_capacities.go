package gateway

import (
	"encoding/json"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/cache/ledger"
	"vratar/gateway/access"
	"vratar/gateway/problem"
	"vratar/verifier"
	"vratar/verifier/mandate"
)

// capacityShown is one way in which somebody could scan.
type capacityShown struct {
	Capacity     ledger.Capacity    `json:"capacity"`
	Organisation *organisationShown `json:"organisation,omitempty"`
	Mandate      string             `json:"mandate,omitempty"`
	ValidUntil   *mandate.Date      `json:"valid_until,omitempty"`
	EndsAt       *time.Time         `json:"ends_at,omitempty"`
	Usable       bool               `json:"usable"`      // somewhere
	Reason       string             `json:"reason"`      // why not; ok where it is usable
	Checkpoints  []string           `json:"checkpoints"` // where it is usable
	Report       json.RawMessage    `json:"report,omitempty"`
}

// myCapacities serves GET /v1/me/capacities?checkpoint=ID: as whom the caller could scan now. Where nobody is asked
// there is nothing to choose from.
func (g *Gateway) myCapacities(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	list := []capacityShown{}
	if g.mandates != nil && who.Role != access.RoleDevice {
		places, p := g.placesOf(ctx, who.Identity)
		if p != nil {
			return p
		}
		now := g.moment(time.Now())
		list = append(list, asSelf(places))
		for _, e := range g.mandates.Of(personOf(who.Identity)) {
			report, usable := g.bestJudgement(places, who.Identity, e.Number, now)
			ends := (e.Claimed.Until + 1).Start()
			list = append(list, capacityShown{
				Capacity: ledger.AsOrganisation, Organisation: g.shownOrganisation(g.principal(e)), Mandate: e.Number,
				ValidUntil: &e.Claimed.Until, EndsAt: &ends, Usable: len(usable) > 0, Reason: report.Reason.String(),
				Checkpoints: usable, Report: report.AppendJSON(nil),
			})
		}
	}
	if !who.Confirmed {
		for i := range list {
			list[i].Usable, list[i].Reason, list[i].Checkpoints = false, verifier.ReasonCheckerNotConfirmed.String(), []string{}
		}
	}
	return respond(ctx, struct {
		Capacities []capacityShown `json:"capacities"`
	}{list})
}

func asSelf(places []*authorityPlace) capacityShown {
	c := capacityShown{Capacity: ledger.AsSelf, Reason: verifier.ReasonMandateMissing.String(), Checkpoints: []string{}}
	for _, p := range places {
		if p.capacity != "organisation" {
			c.Usable, c.Reason = true, verifier.ReasonOK.String()
			c.Checkpoints = append(c.Checkpoints, p.id)
		}
	}
	return c
}

// placesOf is where somebody may scan; with "checkpoint" in the query, that one.
func (g *Gateway) placesOf(ctx *fasthttp.RequestCtx, who *access.Identity) ([]*authorityPlace, *problem.Problem) {
	if id := string(ctx.QueryArgs().Peek("checkpoint")); id != "" {
		switch p := g.places[id]; {
		case p == nil:
			return nil, problem.New(problem.CheckpointUnknown, "")
		case !who.MayScanAt(id):
			return nil, problem.New(problem.Forbidden, "not at this checkpoint")
		default:
			return []*authorityPlace{p}, nil
		}
	}
	var all []*authorityPlace
	for i := range g.cfg.Checkpoints {
		if id := g.cfg.Checkpoints[i].ID; who.MayScanAt(id) {
			all = append(all, g.places[id])
		}
	}
	return all, nil
}

// bestJudgement judges a mandate at each of these checkpoints. It returns the ids of those where it holds, never nil,
// and the report that says most: one that holds, else the one whose failure comes last in the order of the checks.
func (g *Gateway) bestJudgement(places []*authorityPlace, who *access.Identity, number string, at time.Time) (best mandate.Report, usable []string) {
	usable = []string{}
	best = g.mandates.Judge("", mandate.Question{At: at}) // where he may scan nowhere
	farthest := -1
	for _, p := range places {
		report := g.judgeMandate(p, who, number, at).report
		rank := int(mandate.NumChecks)
		switch failed, refused := report.Failed(); {
		case refused:
			rank = int(failed)
		case p.capacity == "self":
			report.Outcome, report.Reason = verifier.Invalid, verifier.ReasonMandateRestricted
			rank--
		default:
			usable = append(usable, p.id)
		}
		if rank > farthest {
			best, farthest = report, rank
		}
	}
	return best, usable
}
