package gateway

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
	"vratar/verifier/mandate"
)

// exportMandates serves GET /v1/mandates.csv: the mandates of the supervisor's organisation, a line for each
// representative, for a spreadsheet.
func (g *Gateway) exportMandates(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	rows := append([][]string{{
		"number", "internal_number", "organisation", "organisation_inn", "representative", "representative_inn", "representative_snils",
		"position", "issued_on", "valid_until", "state", "powers", "registry", "registry_at", "proven",
	}}, g.mandateRows(who.Identity)...)
	return g.answerTable(ctx, "mandates.csv", rows)
}

func (g *Gateway) mandateRows(who *access.Identity) [][]string {
	now := g.moment(time.Now())
	var rows [][]string
	for _, e := range g.knownMandates(who) {
		if !g.ofHisOrganisation(who, e.Claimed) {
			continue // his own, of another organisation
		}
		m := g.shownMandate(who, e, now)
		var powers []string
		for _, p := range m.Powers {
			powers = append(powers, p.Code)
		}
		registryAt := ""
		if !m.Registry.At.IsZero() {
			registryAt = m.Registry.At.UTC().Format(time.RFC3339)
		}
		of := m.Organisation
		if of == nil { // no longer proven, so nothing that it says is told as a fact
			of, m.Representatives = &organisationShown{}, make([]mandate.PartySummary, 1)
		}
		for _, r := range m.Representatives {
			rows = append(rows, plain(m.Number, m.InternalNumber, of.Name, of.INN, r.Name, r.INN, r.SNILS,
				r.Position, m.IssuedOn.String(), m.ValidUntil.String(), m.State, strings.Join(powers, " "), m.Registry.State.String(),
				registryAt, strconv.FormatBool(m.Proven)))
		}
	}
	return rows
}

// plain keeps a spreadsheet from taking a text that came in from outside for a formula.
func plain(cells ...string) []string {
	for i, c := range cells {
		if first, size := utf8.DecodeRuneInString(c); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
			cells[i] = "'" + c
		}
	}
	return cells
}
