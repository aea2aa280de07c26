package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/openid"
	"vratar/gateway/problem"
)

// Where providers send browsers back to, and where the page takes it up.
const (
	pathOpenIDReturn = "/v1/signin/openid/callback"
	openIDPath       = "/#/openid/"
)

// partyCookie is the name, before cookieName, of the cookie with the ticket of a sign-in at a provider. It is Strict as
// all of ours: the provider's redirect is not the page's own request and comes without it, and needs none. The redirect
// only leads to the page, which then asks for the session by itself, and that request carries it.
const partyCookie = "vratar-openid"

// providerTime is how long all questions to a provider for one sign-in may take.
const providerTime = 25 * time.Second

// signOutTime is how long a list waits to know where one signs out.
const signOutTime = 2 * time.Second

// openIDRoutes is sign-in by providers.
func (g *Gateway) openIDRoutes() []route {
	admin := access.RolesOf(access.RoleAdmin)
	people := admin | access.RolesOf(access.RoleSupervisor, access.RoleHolder, access.RoleChecker, access.RoleAuditor)
	return []route{
		{method: "GET", path: "/v1/signin/providers", serve: g.listProviders},
		{method: "POST", path: "/v1/signin/openid/begin", serve: g.beginOpenID},
		{method: "GET", path: pathOpenIDReturn, serve: g.openIDReturn},
		{method: "POST", path: "/v1/signin/openid", serve: g.openIDSignIn},
		{method: "POST", path: "/v1/signin/openid/logout/{id}", serve: g.openIDLogout},
		{method: "GET", path: "/v1/me/openid", allow: people, personal: true, serve: g.myLogins},
		{method: "POST", path: "/v1/me/openid/begin", allow: people, personal: true, serve: g.beginLogin},
		{method: "POST", path: "/v1/me/openid", allow: people, personal: true, serve: g.addLogin},
		{method: "DELETE", path: "/v1/me/openid/{id}", allow: people, personal: true, serve: g.removeLogin},
		{method: "PUT", path: "/v1/logins", allow: admin, personal: true, serve: g.putLogin},
	}
}

// asking bounds the questions to a provider; they end when the gateway stops.
func (g *Gateway) asking() (context.Context, context.CancelFunc) {
	return context.WithTimeout(g.scans, providerTime)
}

// listProviders serves GET /v1/signin/providers.
func (g *Gateway) listProviders(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	return respond(ctx, struct {
		Providers []openid.Name `json:"providers"`
	}{g.parties.Names()})
}

// beginOpenID serves POST /v1/signin/openid/begin {"provider"}: where this browser is to go.
func (g *Gateway) beginOpenID(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	return g.sendAway(ctx, "")
}

// beginLogin serves POST /v1/me/openid/begin {"provider"}: the same, to link the account to whoever signs in there.
func (g *Gateway) beginLogin(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	return g.sendAway(ctx, who.ID)
}

func (g *Gateway) sendAway(ctx *fasthttp.RequestCtx, account string) *problem.Problem {
	var form struct {
		Provider string `json:"provider"`
	}
	if p := readForm(ctx, &form); p != nil {
		return p
	}
	until, cancel := g.asking()
	defer cancel()
	begun, err := g.parties.Begin(until, openid.Beginning{
		Provider: form.Provider, Return: g.origin(ctx) + pathOpenIDReturn, Client: access.Neighbourhood(ctx.RemoteIP().String()),
		Account: account,
	})
	if err != nil {
		return g.openIDFailed(err, true)
	}
	g.cookie(ctx, g.partyCookie, begun.Ticket, time.Until(begun.Expires))
	return respond(ctx, struct {
		URL     string    `json:"url"`
		Expires time.Time `json:"expires_at"`
	}{begun.URL, begun.Expires.UTC().Truncate(time.Second)})
}

// origin is our address as this browser has it.
func (g *Gateway) origin(ctx *fasthttp.RequestCtx) string {
	switch {
	case g.cfg.PublicURL != "":
		return g.URL()
	case g.secureOnly:
		return "https://" + string(ctx.Host())
	}
	return "http://" + string(ctx.Host())
}

// openIDReturn serves GET /v1/signin/openid/callback, to which providers send browsers back. It reads nothing but what
// the page is to know, believes none of it, and leads to the page. The answer is then in the fragment, which goes into no
// log and no referrer, and the page takes it out of the history.
func (g *Gateway) openIDReturn(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	query, answer := ctx.QueryArgs(), url.Values{}
	for _, name := range []string{"state", "code", "iss", "error"} {
		if value := string(query.Peek(name)); value != "" {
			answer.Set(name, value)
		}
	}
	if g.parties.Links(answer.Get("state")) {
		answer.Set("for", "account")
	}
	ctx.Response.Header.Set("Location", openIDPath+url.PathEscape(answer.Encode()))
	ctx.SetStatusCode(fasthttp.StatusSeeOther)
	return nil
}

// openIDAnswer is what the page read from its address.
type openIDAnswer struct {
	State string `json:"state"`
	Code  string `json:"code"`
	Iss   string `json:"iss"`
	Error string `json:"error"`
}

// comeBack trades the answer for who that is, once. See openIDFailed for told.
func (g *Gateway) comeBack(ctx *fasthttp.RequestCtx, told bool) (openid.Person, *problem.Problem) {
	var form openIDAnswer
	if p := readForm(ctx, &form); p != nil {
		return openid.Person{}, p
	}
	until, cancel := g.asking()
	defer cancel()
	person, err := g.parties.Finish(until, openid.Answer{
		State: form.State, Code: form.Code, Issuer: form.Iss, Error: form.Error,
		Ticket: string(ctx.Request.Header.Cookie(g.partyCookie)),
	})
	g.cookie(ctx, g.partyCookie, "", -1)
	if err != nil {
		return openid.Person{}, g.openIDFailed(err, told)
	}
	return person, nil
}

// openIDFailed answers whom a provider did not sign in, with nothing that tells why. told: he may learn that the
// provider does not answer, as nothing that he showed had a part in it or he is signed in already.
func (g *Gateway) openIDFailed(err error, told bool) *problem.Problem {
	var f *openid.Failure
	if !errors.As(err, &f) {
		return g.refusal(err)
	}
	if f.Outcome == openid.NoProvider {
		return problem.New(problem.NotFound, "there is no such provider")
	}
	g.countOpenID(f.Provider, f.Outcome)
	g.throttle.Warn("sign-in by a provider failed", slog.String("provider", f.Provider), slog.String("outcome", string(f.Outcome)),
		slog.Any("error", err))
	if told && f.Outcome == openid.Unreachable {
		return problem.New(problem.Unavailable, "the provider does not answer")
	}
	g.metrics.signInFailures.Inc()
	return problem.New(problem.SignInFailed, "")
}

// newOpenIDMetrics counts what became of sign-ins by providers. Every pair exists from the start.
func (g *Gateway) newOpenIDMetrics(r prometheus.Registerer) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vratar_openid_sign_ins_total", Help: "Sign-ins and links by a provider, and what became of them.",
	}, []string{"provider", "outcome"})
	r.MustRegister(vec)
	for _, name := range g.parties.Names() {
		for _, o := range openid.Outcomes() {
			vec.WithLabelValues(name.ID, string(o))
		}
	}
	return vec
}

func (g *Gateway) countOpenID(provider string, o openid.Outcome) {
	g.openIDCount.WithLabelValues(provider, string(o)).Inc()
}

// openIDSignIn serves POST /v1/signin/openid {"state", "code", "iss"?, "error"?}.
func (g *Gateway) openIDSignIn(ctx *fasthttp.RequestCtx, before *visitor) *problem.Problem {
	person, p := g.comeBack(ctx, false)
	if p != nil {
		return p
	}
	fail := func(o openid.Outcome) *problem.Problem {
		return g.openIDFailed(&openid.Failure{Provider: person.Provider, Outcome: o, Step: "account"}, false)
	}
	if person.Account != "" { // begun to link an account, which is no sign-in
		return fail(openid.BadState)
	}
	subject := access.Subject{Issuer: person.Issuer, Subject: person.Subject}
	account, err := g.desk.Logins.SignIn(subject, access.Contact{
		INN: person.INN, SNILS: person.SNILS, Phone: person.Phone, Email: person.Email,
	})
	if errors.Is(err, access.ErrCode) {
		return fail(openid.NoAccount)
	} else if err != nil {
		return g.refusal(err)
	}
	if err := g.confirmBy(account, &person); err != nil {
		return g.refusal(err)
	}
	g.countOpenID(person.Provider, openid.OK)
	return g.enter(ctx, before, access.Beginning{Account: account, Way: access.ByOpenID, OpenID: &access.Provenance{
		Subject: subject, Session: person.Session, Heads: person.Heads,
	}})
}

// confirmBy confirms an account on the word of a provider that the operator believes.
func (g *Gateway) confirmBy(account string, person *openid.Person) error {
	if a, err := g.desk.Accounts.Find(account); err != nil || a.Confirmed || !person.Confirmed {
		return err
	}
	_, err := g.desk.Accounts.Change(account, func(a *access.Account) { a.Confirmed = true })
	if err == nil {
		g.log.Info("account confirmed by a provider", slog.String("account", account), slog.String("provider", person.Provider))
	}
	return err
}

// openIDLogout serves POST /v1/signin/openid/logout/{id}: a provider tells that somebody has signed out there (OpenID
// Connect Back-Channel Logout 1.0 §2.5).
func (g *Gateway) openIDLogout(ctx *fasthttp.RequestCtx, _ *visitor) *problem.Problem {
	body, p := readBody(ctx)
	if p != nil {
		return p
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !strings.HasPrefix(string(ctx.Request.Header.ContentType()), "application/x-www-form-urlencoded") {
		return problem.New(problem.Malformed, "want a form with logout_token")
	}
	until, cancel := g.asking()
	defer cancel()
	who, err := g.parties.Logout(until, idOf(ctx), form.Get("logout_token"))
	if err != nil {
		return g.logoutRefused(err)
	}
	n, err := g.desk.Sessions.EndOpenID(access.Provenance{
		Subject: access.Subject{Issuer: who.Issuer, Subject: who.Subject}, Session: who.Session,
	})
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("signed out by a provider", slog.String("provider", idOf(ctx)), slog.Int("sessions", n))
	return respond(ctx, struct{}{}) // §2.8: 200
}

// logoutRefused answers 400 whatever was wrong with the token (§2.8).
func (g *Gateway) logoutRefused(err error) *problem.Problem {
	var f *openid.Failure
	switch {
	case !errors.As(err, &f):
		return g.refusal(err)
	case f.Outcome == openid.NoProvider:
		return problem.New(problem.NotFound, "there is no such provider")
	}
	g.throttle.Warn("a logout token was refused", slog.String("provider", f.Provider), slog.Any("error", err))
	return problem.New(problem.Malformed, "the logout token is not taken")
}

// loginShown is a link between an account and a provider, as its owner sees it.
type loginShown struct {
	Provider string    `json:"provider"` // id
	Name     string    `json:"name"`
	Created  time.Time `json:"created_at"`
	Used     time.Time `json:"used_at"`
}

// myLogins serves GET /v1/me/openid: by which providers the caller can sign in, and where he signs out of the one that
// signed him in.
func (g *Gateway) myLogins(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	type signedIn struct {
		openid.Name
		SignOut string `json:"sign_out,omitempty"`
	}
	answer := struct {
		Logins   []loginShown `json:"logins"`
		SignedIn *signedIn    `json:"signed_in,omitempty"`
	}{Logins: []loginShown{}}
	for _, one := range g.desk.Logins.Of(who.ID) {
		if name, known := g.parties.Of(one.Issuer); known {
			answer.Logins = append(answer.Logins, loginShown{name.ID, name.Name, one.Created, one.Used})
		}
	}
	if from := g.desk.Sessions.OpenID(who.credentials.Cookie); from != nil {
		if name, known := g.parties.Of(from.Issuer); known {
			until, cancel := context.WithTimeout(g.scans, signOutTime)
			defer cancel()
			answer.SignedIn = &signedIn{name, g.parties.SignOut(until, name.ID, g.origin(ctx)+"/")}
		}
	}
	return respond(ctx, answer)
}

// addLogin serves POST /v1/me/openid {"state", "code", "iss"?, "error"?}.
func (g *Gateway) addLogin(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	person, p := g.comeBack(ctx, true)
	if p == nil {
		p = who.still()
	}
	if p != nil {
		return p
	}
	if person.Account != who.ID { // somebody else began it in this browser, or it was a sign-in
		return g.openIDFailed(&openid.Failure{Provider: person.Provider, Outcome: openid.BadState, Step: "account"}, true)
	}
	login, err := g.desk.Logins.Put(who.ID, access.Subject{Issuer: person.Issuer, Subject: person.Subject})
	if err != nil {
		return g.refusal(err)
	}
	g.countOpenID(person.Provider, openid.OK)
	g.log.Info("account linked to a provider", slog.String("account", who.ID), slog.String("provider", person.Provider))
	name, _ := g.parties.Of(person.Issuer)
	return made(ctx, loginShown{name.ID, name.Name, login.Created, login.Used})
}

// removeLogin serves DELETE /v1/me/openid/{id}: the provider of this id signs the caller in no more by the link.
func (g *Gateway) removeLogin(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	issuer := g.parties.Issuer(idOf(ctx))
	if err := g.desk.Logins.Remove(who.ID, issuer); err != nil {
		return g.refusal(err)
	}
	g.log.Info("account unlinked from a provider", slog.String("account", who.ID), slog.String("provider", idOf(ctx)))
	return nothing(ctx)
}

// putLogin serves PUT /v1/logins {"account", "provider", "subject"}: an administrator links an account to a subject of a
// provider; an empty subject unlinks it.
func (g *Gateway) putLogin(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	var form struct {
		Account  string `json:"account"`
		Provider string `json:"provider"`
		Subject  string `json:"subject"`
	}
	if p := readFormOf(ctx, who, &form); p != nil {
		return p
	}
	known := func(n openid.Name) bool { return n.ID == form.Provider }
	if !slices.ContainsFunc(g.parties.Names(), known) {
		return problem.New(problem.Unprocessable, `member "provider": there is none of this id`)
	}
	issuer := g.parties.Issuer(form.Provider)
	var err error
	if form.Subject == "" {
		err = g.desk.Logins.Remove(form.Account, issuer)
	} else {
		_, err = g.desk.Logins.Put(form.Account, access.Subject{Issuer: issuer, Subject: form.Subject})
	}
	if err != nil {
		return g.refusal(err)
	}
	g.log.Info("login changed", slog.String("by", who.ID), slog.String("account", form.Account), slog.String("provider", form.Provider))
	return nothing(ctx)
}
