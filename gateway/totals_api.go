package gateway

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/cache/totals"
	"vratar/gateway/access"
	"vratar/gateway/problem"
)

// maxTotals is how far back totals are told at once.
const maxTotals = 31 * 24 * time.Hour

// checkpointTotals is what one checkpoint did, hour by hour.
type checkpointTotals struct {
	Checkpoint string        `json:"checkpoint"`
	Name       string        `json:"name"`
	Inside     int64         `json:"inside"`   // now, in the whole group
	Capacity   int           `json:"capacity"` // of the whole group; 0: no bound
	Hours      []totals.Hour `json:"hours"`
}

// totalsAnswer is the answer of GET /v1/totals.
type totalsAnswer struct {
	Since       time.Time          `json:"since"`
	Last        uint64             `json:"last"`     // the newest passage that is counted
	Complete    bool               `json:"complete"` // there is none newer; else the gateway is still counting an old ledger
	Checkpoints []checkpointTotals `json:"checkpoints"`
}

// showTotals serves GET /v1/totals?since=TIME.
func (g *Gateway) showTotals(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	answer, p := g.totalsFor(ctx, who.Identity)
	if p != nil {
		return p
	}
	return respond(ctx, answer)
}

// totalsFor gathers the totals of the checkpoints that are open to somebody, from the hour of "since" on; today's by
// UTC without it.
func (g *Gateway) totalsFor(ctx *fasthttp.RequestCtx, who *access.Identity) (answer totalsAnswer, p *problem.Problem) {
	now := time.Now().UTC()
	answer.Since, answer.Checkpoints = now.Truncate(24*time.Hour), []checkpointTotals{}
	if text := ctx.QueryArgs().Peek("since"); text != nil {
		since, err := time.Parse(time.RFC3339, string(text))
		if err != nil || since.After(now) || now.Sub(since) > maxTotals {
			return answer, problem.New(problem.Unprocessable, `"since": a time (RFC 3339) of the last 31 days`)
		}
		answer.Since = since.UTC().Truncate(time.Hour)
	}
	fail := func(err error) (totalsAnswer, *problem.Problem) {
		g.log.Error("totals cannot be read", slog.Any("error", err))
		return answer, problem.New(problem.Unavailable, "")
	}
	var err error
	if answer.Last, answer.Complete, err = g.totals.Progress(); err != nil {
		return fail(err)
	}
	view := g.viewOf(who)
	for i := range g.cfg.Checkpoints {
		c := &g.cfg.Checkpoints[i]
		if !who.MayScanAt(c.ID) || (view.Checkpoint != nil && !view.Checkpoint(c.ID)) {
			continue
		}
		hours, err := g.totals.Since(c.ID, answer.Since, int(maxTotals/time.Hour)+1)
		if err != nil {
			return fail(err)
		}
		if hours == nil {
			hours = []totals.Hour{}
		}
		answer.Checkpoints = append(answer.Checkpoints, checkpointTotals{c.ID, c.Name, g.ledger.Inside(c.Group), g.cfg.group(c.Group).Capacity, hours})
	}
	return answer, nil
}

func (g *Gateway) totalsFailed(err error) {
	g.throttle.Warn("totals cannot be counted", slog.Any("error", err))
}

// exportTotals serves GET /v1/totals.csv?since=TIME: a line for each number, for a spreadsheet.
func (g *Gateway) exportTotals(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	answer, p := g.totalsFor(ctx, who.Identity)
	if p != nil {
		return p
	}
	rows := [][]string{{"checkpoint", "name", "hour", "what", "why", "count"}}
	for i := range answer.Checkpoints {
		c := &answer.Checkpoints[i]
		for h := range c.Hours {
			rows = append(rows, c.rows(&c.Hours[h])...)
		}
	}
	return g.answerTable(ctx, "totals.csv", rows)
}

// rows is an hour for a spreadsheet.
func (c *checkpointTotals) rows(h *totals.Hour) (rows [][]string) {
	add := func(what, why string, n uint64) {
		if n > 0 {
			rows = append(rows, plain(c.Checkpoint, c.Name, h.Start.Format(time.RFC3339), what, why, strconv.FormatUint(n, 10)))
		}
	}
	add("admitted", "", h.Admitted)
	eachWhy(h.Refused, func(why string, n uint64) { add("refused", why, n) })
	eachWhy(h.Held, func(why string, n uint64) { add("held", why, n) })
	eachWhy(h.LetIn, func(why string, n uint64) { add("let_in", why, n) })
	eachWhy(h.TurnedAway, func(why string, n uint64) { add("turned_away", why, n) })
	return rows
}

// eachWhy walks a sum in the order of its words.
func eachWhy[K comparable](sum map[K]uint64, f func(why string, n uint64)) {
	words := make(map[string]uint64, len(sum))
	for k, n := range sum {
		words[fmt.Sprint(k)] = n
	}
	for _, why := range slices.Sorted(maps.Keys(words)) {
		f(why, words[why])
	}
}
