package gateway

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"vratar/cache/ledger"
	"vratar/gateway/access"
	"vratar/gateway/admission"
	"vratar/gateway/problem"
	"vratar/verifier"
)

// overrideRoutes is what a supervisor does beside scanning. A till that he signed in from his phone may do it too:
// that is where people stand; the record says so.
func (g *Gateway) overrideRoutes() []route {
	stewards := access.RolesOf(access.RoleSupervisor, access.RoleAdmin)
	readers := stewards | access.RolesOf(access.RoleAuditor)
	return []route{
		{method: "POST", path: "/v1/passages/{id}/override", allow: stewards, confirmed: true, serve: g.override},
		{method: "GET", path: "/v1/passages/{id}/note", allow: stewards, serve: g.showNote},
		{method: "DELETE", path: "/v1/passages/{id}/note", allow: stewards, personal: true, serve: g.removeNote},
		{method: "GET", path: "/v1/totals", allow: readers, serve: g.showTotals},
		{method: "GET", path: "/v1/totals.csv", allow: readers, serve: g.exportTotals},
	}
}

// overrideForm is the body of an override.
type overrideForm struct {
	Passage  string            `json:"passage"` // its id, so that a number of another ledger hits nobody
	Decision string            `json:"decision"`
	Reason   ledger.Class      `json:"reason"`
	Despite  []verifier.Reason `json:"despite"`
	Note     string            `json:"note"`
	Nonce    string            `json:"nonce"`
}

const maxOverrideNonce = 128

// read holds the form against what may be asked.
func (f *overrideForm) read() (ledger.Overriding, *problem.Problem) {
	o := ledger.Overriding{Class: f.Reason, Despite: f.Despite, Note: strings.TrimSpace(f.Note), Nonce: f.Nonce}
	wrong := func(member, want string) (ledger.Overriding, *problem.Problem) {
		return o, problem.New(problem.Unprocessable, "member "+strconv.Quote(member)+": want "+want)
	}
	switch {
	case f.Decision != ledger.Admit.String() && f.Decision != ledger.Deny.String():
		return wrong("decision", "admit or deny")
	case !slices.Contains(ledger.Classes(), f.Reason):
		return wrong("reason", "a code of the list")
	case f.Reason == ledger.OtherClass && o.Note == "":
		return wrong("note", "what the reason is, where it is none of the list")
	case utf8.RuneCountInString(o.Note) > ledger.MaxNote || strings.ContainsFunc(o.Note, unicode.IsControl):
		return wrong("note", "one line of at most 200 characters")
	case f.Nonce == "" || len(f.Nonce) > maxOverrideNonce:
		return wrong("nonce", "1 to 128 bytes, so that a repeated request is not a second decision")
	case len(f.Despite) > 4 || slices.Contains(f.Despite, verifier.ReasonNone):
		return wrong("despite", "at most 4 reasons of the list")
	}
	if f.Decision == ledger.Admit.String() {
		o.Decision = ledger.Admit
	}
	return o, nil
}

// override serves POST /v1/passages/{id}/override: somebody who answers for the place decides against the gateway.
func (g *Gateway) override(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	if who.credentials.Token != "" {
		return problem.New(problem.Forbidden, "a person decides, not a device")
	}
	var form overrideForm
	if p := readFormOf(ctx, who, &form); p != nil {
		return p
	}
	o, p := form.read()
	if p != nil {
		return p
	}
	if o.Note != "" && g.cfg.Overrides.KeepNotes.Duration == 0 {
		return problem.New(problem.Unprocessable, `member "note": notes are not kept here`)
	}
	was, p := g.passageFor(who.Identity, numberIn(ctx))
	if p != nil {
		return p
	}
	if form.Passage != "" && form.Passage != was.ID {
		return problem.New(problem.NotFound, "the passage of this number is another")
	}
	o.At, o.Checker, o.Delegated = time.Now(), who.ID, who.Delegated
	return g.setAside(ctx, was, o)
}

// setAside carries an override out that may be asked.
func (g *Gateway) setAside(ctx *fasthttp.RequestCtx, was *ledger.Passage, o ledger.Overriding) *problem.Problem {
	place, known := g.admissionCheckpoints()[was.Checkpoint]
	if !known {
		return problem.New(problem.CheckpointUnknown, "")
	}
	wait, cancel := context.WithTimeout(g.scans, scanTimeout)
	defer cancel()
	r := admission.Overrider{Ledger: g.ledger, Within: g.cfg.Overrides.Within.Duration}
	p, replayed, err := r.Override(wait, was, place, o)
	if err != nil {
		return g.overrideProblem(err)
	}
	if replayed {
		return respond(ctx, p)
	}
	g.metrics.overrides.WithLabelValues(p.Decision.String(), string(o.Class)).Inc()
	g.log.Info("decision set aside", slog.Uint64("seq", p.Seq), slog.Uint64("of", was.Seq), slog.String("by", o.Checker),
		slog.String("checkpoint", p.Checkpoint), slog.String("decision", p.Decision.String()), slog.String("class", string(o.Class)),
		slog.Bool("delegated", o.Delegated))
	return made(ctx, p)
}

// overrideProblem is the answer to an override that was not recorded.
func (g *Gateway) overrideProblem(err error) *problem.Problem {
	var objection *ledger.ObjectionError
	switch {
	case errors.As(err, &objection):
		p := problem.New(problem.OverrideObjected, `name it in "despite" if he is to pass all the same`)
		p.Reason = objection.Reason.String()
		return p
	case errors.Is(err, ledger.ErrOverridden):
		return problem.New(problem.AlreadyOverridden, "")
	case errors.Is(err, ledger.ErrLate):
		return problem.New(problem.OverrideTooLate, "")
	case errors.Is(err, ledger.ErrAgrees), errors.Is(err, ledger.ErrOvertaken):
		return problem.New(problem.OverrideRefused, err.Error())
	case errors.Is(err, ledger.ErrNonceReused):
		return problem.New(problem.NonceReused, "the nonce stands for another decision about this passage")
	case errors.Is(err, ledger.ErrUnknown):
		return problem.New(problem.NotFound, "")
	case errors.Is(err, ledger.ErrDegraded):
		return problem.New(problem.Unavailable, "the disk is nearly full; nothing is recorded")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return problem.New(problem.Unavailable, "not recorded in time; ask again with the same nonce")
	}
	g.log.Error("a decision cannot be set aside", slog.Any("error", err))
	return problem.New(problem.Unavailable, "")
}

// passageFor finds a passage for somebody who answers for its checkpoint. Of one that he may not see he is not told
// that it exists.
func (g *Gateway) passageFor(who *access.Identity, number uint64) (*ledger.Passage, *problem.Problem) {
	p, ok, err := g.ledger.Passage(number)
	switch {
	case err != nil:
		g.log.Error("a passage cannot be read", slog.Any("error", err))
		return nil, problem.New(problem.Unavailable, "")
	case !ok || !g.answersFor(who, &p):
		return nil, problem.New(problem.NotFound, "")
	}
	return &p, nil
}

// answersFor reports whether a passage is at a place that is open to somebody and of his organisation. Where nobody
// is asked in which capacity he scans, an account that belongs to no organisation is of all.
func (g *Gateway) answersFor(who *access.Identity, p *ledger.Passage) bool {
	place := g.places[p.Checkpoint]
	if place == nil || !who.MayScanAt(p.Checkpoint) {
		return false
	}
	if visible := g.visibleTo(who); visible != nil {
		return visible(p)
	}
	return who.Organisation == "" || who.Organisation == place.ownerID
}

// numberIn is the sequence number in the path /v1/passages/NUMBER/word; 0, which none has, where there is none.
func numberIn(ctx *fasthttp.RequestCtx) uint64 {
	parts := bytes.Split(ctx.Path(), []byte("/"))
	n, err := strconv.ParseUint(string(parts[len(parts)-2]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// noted finds the override whose note is asked for.
func (g *Gateway) noted(ctx *fasthttp.RequestCtx, who *visitor) (*ledger.Passage, *problem.Problem) {
	if who.credentials.Token != "" {
		return nil, problem.New(problem.Forbidden, "notes are for people")
	}
	p, fault := g.passageFor(who.Identity, numberIn(ctx))
	if fault == nil && p.Overrides == nil {
		return nil, problem.New(problem.NotFound, "")
	}
	return p, fault
}

// showNote serves GET /v1/passages/{id}/note: the words with which a decision was set aside, empty when there were none
// or when they are forgotten.
func (g *Gateway) showNote(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	p, fault := g.noted(ctx, who)
	if fault != nil {
		return fault
	}
	note, err := g.ledger.Note(p.Seq)
	if err != nil {
		g.log.Error("a note cannot be read", slog.Any("error", err))
		return problem.New(problem.Unavailable, "")
	}
	return respond(ctx, struct {
		Note      string `json:"note"`
		Forgotten bool   `json:"forgotten"`
	}{note, note == "" && p.Overrides.Note != ""})
}

// removeNote serves DELETE /v1/passages/{id}/note. What was decided stays, and why by its code.
func (g *Gateway) removeNote(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	p, fault := g.noted(ctx, who)
	if fault != nil {
		return fault
	}
	if err := g.ledger.ForgetNote(p.Seq); err != nil {
		g.log.Error("a note cannot be forgotten", slog.Any("error", err))
		return problem.New(problem.Unavailable, "")
	}
	g.log.Info("note forgotten", slog.Uint64("seq", p.Seq), slog.String("by", who.ID))
	return nothing(ctx)
}

// forgetNotes forgets notes when their time is over, until ctx ends.
func (g *Gateway) forgetNotes(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		n, err := g.ledger.ForgetNotes(time.Now().Add(-g.cfg.Overrides.KeepNotes.Duration))
		if err != nil {
			g.throttle.Warn("notes cannot be forgotten", slog.Any("error", err))
		}
		if n > 0 {
			g.log.Info("notes forgotten", slog.Int("notes", n))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// newOverrideMetrics counts what people set aside. Every pair exists from the start.
func newOverrideMetrics(r *prometheus.Registry) *prometheus.CounterVec {
	all := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vratar_overrides_total", Help: "Decisions that people set aside, by their own decision and why.",
	}, []string{"decision", "class"})
	for _, class := range ledger.Classes() {
		all.WithLabelValues(ledger.Admit.String(), string(class))
		all.WithLabelValues(ledger.Deny.String(), string(class))
	}
	r.MustRegister(all)
	return all
}
