package gateway

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
)

// How long a sign-in link that an administrator makes is good for.
const (
	accountLink    = 24 * time.Hour
	maxAccountLink = 7 * 24 * time.Hour
)

// accountForm is an account as an administrator writes it. What is left out stays as it is.
type accountForm struct {
	Role         *access.Role `json:"role"`
	Name         *string      `json:"name"`
	INN          *string      `json:"inn"`
	SNILS        *string      `json:"snils"`
	Phone        *string      `json:"phone"`
	Email        *string      `json:"email"`
	Organisation *string      `json:"organisation"`
	Checkpoints  *[]string    `json:"checkpoints"`
	Confirmed    *bool        `json:"confirmed"`
}

func set[T any](at *T, value *T) {
	if value != nil {
		*at = *value
	}
}

func (f *accountForm) apply(a *access.Account) {
	set(&a.Role, f.Role)
	set(&a.Name, f.Name)
	set(&a.INN, f.INN)
	set(&a.SNILS, f.SNILS)
	set(&a.Phone, f.Phone)
	set(&a.Email, f.Email)
	set(&a.Organisation, f.Organisation)
	set(&a.Confirmed, f.Confirmed)
	if f.Checkpoints != nil {
		a.Checkpoints = slices.Clone(*f.Checkpoints)
	}
}

// checkPlaces keeps accounts and devices to what the configuration knows.
func (g *Gateway) checkPlaces(organisation string, checkpoints []string) *problem.Problem {
	known := func(o Organisation) bool { return o.ID == organisation }
	if organisation != "" && !slices.ContainsFunc(g.cfg.Organisations, known) {
		return problem.New(problem.Unprocessable, `member "organisation": there is none of this id`)
	}
	for i, id := range checkpoints {
		if id != "*" && !slices.ContainsFunc(g.cfg.Checkpoints, func(c Checkpoint) bool { return c.ID == id }) {
			return problem.New(problem.Unprocessable, fmt.Sprintf(`member "checkpoints[%d]": there is none of this id`, i))
		}
	}
	return nil
}

// listAccounts serves GET /v1/accounts.
func (g *Gateway) listAccounts(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	return respond(ctx, struct {
		Accounts []access.Account `json:"accounts"`
	}{g.desk.Accounts.List()})
}

// readAccount reads an account's form and holds it against the configuration.
func (g *Gateway) readAccount(ctx *fasthttp.RequestCtx, who *visitor) (accountForm, *problem.Problem) {
	var form accountForm
	if p := readFormOf(ctx, who, &form); p != nil {
		return form, p
	}
	var a access.Account
	form.apply(&a)
	return form, g.checkPlaces(a.Organisation, a.Checkpoints)
}

// createAccount serves POST /v1/accounts.
func (g *Gateway) createAccount(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	form, p := g.readAccount(ctx, who)
	if p != nil {
		return p
	}
	var a access.Account
	form.apply(&a)
	a, err := g.desk.Accounts.Create(a)
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("account created", slog.String("by", who.ID), slog.String("account", a.ID), slog.String("role", a.Role.String()))
	return made(ctx, a)
}

// changeAccount serves PATCH /v1/accounts/{id}.
func (g *Gateway) changeAccount(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	form, p := g.readAccount(ctx, who)
	if p != nil {
		return p
	}
	id := idOf(ctx)
	if id == who.ID && form.Role != nil && *form.Role != who.Role {
		return problem.New(problem.Forbidden, "another administrator has to take your role: else nobody could give it back")
	}
	a, err := g.desk.Accounts.Change(id, form.apply)
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("account changed", slog.String("by", who.ID), slog.String("account", a.ID), slog.String("role", a.Role.String()))
	return respond(ctx, a)
}

// removeAccount serves DELETE /v1/accounts/{id}.
func (g *Gateway) removeAccount(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	id := idOf(ctx)
	if id == who.ID {
		return problem.New(problem.Forbidden, "another administrator has to remove you: else nobody might be left")
	}
	if err := g.desk.Accounts.Remove(id); err != nil {
		return g.refusal(err)
	}
	g.log.Info("account removed", slog.String("by", who.ID), slog.String("account", id))
	return nothing(ctx)
}

// mintLink serves POST /v1/links {"account", "hours"?}: a link that signs this account in once.
func (g *Gateway) mintLink(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	var form struct {
		Account string  `json:"account"`
		Hours   float64 `json:"hours"`
	}
	if p := readFormOf(ctx, who, &form); p != nil {
		return p
	}
	lasts, p := hours(form.Hours, accountLink, maxAccountLink)
	if p != nil {
		return p
	}
	secret, expires, err := g.desk.Links.Mint(form.Account, lasts)
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("sign-in link made", slog.String("by", who.ID), slog.String("account", form.Account))
	return made(ctx, struct {
		Link    string    `json:"link"`
		Expires time.Time `json:"expires_at"`
	}{g.URL() + signInPath + secret, expires.Truncate(time.Second)})
}

// hours reads a length of time; 0 is what is usual.
func hours(n float64, usual, most time.Duration) (time.Duration, *problem.Problem) {
	if n == 0 {
		return usual, nil
	}
	if n < 0 || n > most.Hours() {
		return 0, problem.New(problem.Unprocessable, fmt.Sprintf(`member "hours": want more than 0, at most %v`, most.Hours()))
	}
	return max(time.Duration(n*float64(time.Hour)), time.Second), nil
}
