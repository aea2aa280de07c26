package gateway

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/mandates"
	"vratar/gateway/problem"
	"vratar/verifier/mandate"
)

// mandateRoutes is how mandates are brought in, looked at and chosen from.
func (g *Gateway) mandateRoutes() []route {
	stewards := access.RolesOf(access.RoleSupervisor, access.RoleAdmin)
	people := stewards | access.RolesOf(access.RoleChecker)
	readers := people | access.RolesOf(access.RoleAuditor)
	return []route{
		{method: "POST", path: "/v1/mandates", allow: people, confirmed: true, personal: true, serve: g.withMandates(g.bringMandate)},
		{method: "GET", path: "/v1/mandates", allow: readers, serve: g.withMandates(g.listMandates)},
		{method: "GET", path: "/v1/mandates/{id}", allow: readers, serve: g.withMandates(g.showMandate)},
		{method: "DELETE", path: "/v1/mandates/{id}", allow: people, personal: true, serve: g.withMandates(g.removeMandate)},
		{method: "GET", path: "/v1/mandates.csv", allow: stewards, serve: g.withMandates(g.exportMandates)},
		{method: "GET", path: "/v1/me/capacities", allow: readers | access.RolesOf(access.RoleDevice), serve: g.myCapacities},
	}
}

// withMandates answers 404 where no mandates are configured.
func (g *Gateway) withMandates(serve handler) handler {
	return func(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
		if g.mandates == nil {
			return problem.New(problem.NotFound, "no mandates are configured here")
		}
		return serve(ctx, who)
	}
}

// oversees reports whether somebody looks after an organisation's mandates, not only his own.
func oversees(who *access.Identity) bool {
	return access.RolesOf(access.RoleSupervisor, access.RoleAdmin, access.RoleAuditor).Has(who.Role)
}

// ofHisOrganisation reports whether the mandate is, in the end, one of the organisation that somebody belongs to.
func (g *Gateway) ofHisOrganisation(who *access.Identity, m *mandate.Mandate) bool {
	o := g.organisation(who.Organisation)
	if o == nil {
		return false
	}
	if m.Kind == mandate.SubDelegation {
		if m = g.mandates.Original(g.mandates.Find(m.Parent.Number)); m == nil {
			return false
		}
	}
	return slices.ContainsFunc(m.Principals, func(p mandate.Party) bool { return o.is(numberOf(&p)) })
}

// mayLookAt reports whether somebody may know of a mandate: his own, and those of the organisation he looks after.
func (g *Gateway) mayLookAt(who *access.Identity, e *mandates.Entry) bool {
	return names(e, who) || (oversees(who) && g.ofHisOrganisation(who, e.Claimed))
}

// foundMandate is the mandate of the path. Of somebody else's nobody learns that it exists.
func (g *Gateway) foundMandate(ctx *fasthttp.RequestCtx, who *visitor) (*mandates.Entry, *problem.Problem) {
	e := g.mandates.Find(strings.ToLower(idOf(ctx)))
	if e == nil || !g.mayLookAt(who.Identity, e) {
		return nil, problem.New(problem.NotFound, "")
	}
	return e, nil
}

// organisationShown is a principal as clients see him.
type organisationShown struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	INN  string `json:"inn,omitempty"`
	OGRN string `json:"ogrn,omitempty"`
}

func (g *Gateway) shownOrganisation(p *mandate.Party) *organisationShown {
	if p == nil {
		return nil
	}
	n := numberOf(p)
	return &organisationShown{g.organisationID(n), partyName(p), n.INN, n.OGRN}
}

// mandateShown is a mandate in a list, and at the head of its details.
type mandateShown struct {
	mandate.Summary
	Organisation *organisationShown     `json:"organisation"` // null while its original is not known
	State        string                 `json:"state"`        // current, not_yet, ended
	Proven       bool                   `json:"proven"`       // false: it was, and no longer is; its report says why
	Mine         bool                   `json:"mine"`
	ImportedAt   time.Time              `json:"imported_at"`
	Registry     mandate.RegistryStatus `json:"registry"`
}

func (g *Gateway) shownMandate(who *access.Identity, e *mandates.Entry, now time.Time) mandateShown {
	proven, _ := e.Proven()
	s := mandateShown{
		Organisation: g.shownOrganisation(g.principal(e)), State: stateOf(e.Claimed, now), Proven: proven != nil,
		Mine: names(e, who), ImportedAt: e.First, Registry: g.mandates.Status(e.Number, now),
	}
	if proven == nil {
		s.Summary = mandate.Summary{
			Number: e.Number, Kind: e.Claimed.Kind.String(), IssuedOn: e.Claimed.Issued, ValidUntil: e.Claimed.Until,
			EndsAt: (e.Claimed.Until + 1).Start(), Principals: []mandate.PartySummary{}, Representatives: []mandate.PartySummary{},
			Powers: []mandate.Power{}, Signers: []mandate.SignerSummary{},
		}
	} else {
		s.Summary = proven.Summary(g.mandates.Above(now))
	}
	if who.Role == access.RoleAuditor && !s.Mine {
		s.withoutPeople()
	}
	return s
}

// withoutPeople takes out what is personal: an auditor sees what was granted and when, not to whom.
func (s *mandateShown) withoutPeople() {
	for i := range s.Representatives {
		p := &s.Representatives[i]
		p.Name, p.INN, p.SNILS = "", "", ""
	}
	for i := range s.Signers {
		s.Signers[i].Name = ""
	}
	s.PassedBy = nil
	for i := range s.Chain {
		s.Chain[i].PassedBy = nil
	}
}

func stateOf(m *mandate.Mandate, now time.Time) string {
	switch today := mandate.DateAt(now); {
	case today < m.Issued:
		return "not_yet"
	case today > m.Until:
		return "ended"
	}
	return "current"
}

// knownMandates is what somebody may know of, those first that end first.
func (g *Gateway) knownMandates(who *access.Identity) []*mandates.Entry {
	list := g.mandates.Of(personOf(who))
	if oversees(who) {
		list = slices.DeleteFunc(g.mandates.All(), func(e *mandates.Entry) bool { return !g.mayLookAt(who, e) })
	}
	slices.SortStableFunc(list, func(a, b *mandates.Entry) int { return cmp.Compare(a.Claimed.Until, b.Claimed.Until) })
	return list
}

// listMandates serves GET /v1/mandates?ends_within=30d.
func (g *Gateway) listMandates(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	now := g.moment(time.Now())
	within, p := endsWithin(ctx)
	if p != nil {
		return p
	}
	list := []mandateShown{}
	for _, e := range g.knownMandates(who.Identity) {
		ends := (e.Claimed.Until + 1).Start()
		if within > 0 && (!ends.After(now) || ends.After(now.Add(within))) {
			continue
		}
		list = append(list, g.shownMandate(who.Identity, e, now))
	}
	return respond(ctx, struct {
		Mandates []mandateShown `json:"mandates"`
	}{list})
}

// endsWithin reads a length of time as days ("30d") or as Go spells it; 0 when there is none.
func endsWithin(ctx *fasthttp.RequestCtx) (time.Duration, *problem.Problem) {
	text := string(ctx.QueryArgs().Peek("ends_within"))
	if text == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n > 0 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, problem.New(problem.Unprocessable, `"ends_within": a length of time such as 30d or 12h`)
}

// showMandate serves GET /v1/mandates/{number}?checkpoint=ID.
func (g *Gateway) showMandate(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	e, p := g.foundMandate(ctx, who)
	if p != nil {
		return p
	}
	places, p := g.placesOf(ctx, who.Identity)
	if p != nil {
		return p
	}
	now := g.moment(time.Now())
	answer := struct {
		mandateShown
		Report json.RawMessage `json:"report"`
	}{mandateShown: g.shownMandate(who.Identity, e, now)}
	_, proof := e.Proven()
	answer.Report = proofReport(proof)
	if answer.Mine && len(places) > 0 {
		report, _ := g.bestJudgement(places, who.Identity, e.Number, now)
		answer.Report = report.AppendJSON(nil)
	}
	return respond(ctx, answer)
}

// removeMandate serves DELETE /v1/mandates/{number}: for who brought it in, and for who looks after its organisation.
func (g *Gateway) removeMandate(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	e, p := g.foundMandate(ctx, who)
	switch {
	case p != nil:
		return p
	case e.Importer != who.ID && !(oversees(who.Identity) && g.ofHisOrganisation(who.Identity, e.Claimed)):
		return problem.New(problem.Forbidden, "somebody else brought it in")
	}
	if err := g.mandates.Remove(e.Number); err != nil {
		g.log.Error("a mandate cannot be removed", slog.Any("error", err))
		return problem.New(problem.Unavailable, "")
	}
	g.log.Info("mandate removed", slog.String("mandate", e.Number), slog.String("by", who.ID))
	return nothing(ctx)
}
