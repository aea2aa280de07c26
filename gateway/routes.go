package gateway

import (
	"bytes"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/ingest"
	"vratar/gateway/problem"
)

const (
	pathBatch     = "/v1/verify/batch"
	sessionCookie = "vratar"        // its name before cookieName
	ticketCookie  = "vratar-screen" // likewise
)

// handler answers one request. who is nil when nobody is signed in; a problem becomes the answer.
type handler func(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem

// route is one line of the table that serves requests and that the description of the interface is held
// against.
type route struct {
	method, path string
	allow        access.Roles // 0: anybody
	confirmed    bool         // checks somebody else: not for accounts that nobody has confirmed
	personal     bool         // changes who may do what: not from a screen that somebody signed in from elsewhere
	socket       bool         // upgrades to websocket
	serve        handler
	// answer serves instead of serve where it does not matter who asks, once he may. Nothing is put together about
	// him then, which in the busiest routes would be most of what a request costs.
	answer func(ctx *fasthttp.RequestCtx) *problem.Problem
}

// visitor is who asks, and how he may be asked again whether he is still signed in.
type visitor struct {
	*access.Identity
	credentials access.Credentials
	desk        *access.Desk
	gateway     *Gateway
}

func (v *visitor) alive() bool { return v.desk.Authenticate(v.credentials) != nil }

// still is a problem when he is signed in no more.
func (v *visitor) still() *problem.Problem {
	if v.alive() {
		return nil
	}
	return problem.New(problem.NotSignedIn, "")
}

func (v *visitor) caller() ingest.Caller {
	if v == nil {
		return ingest.Caller{}
	}
	return ingest.Caller{ID: v.ID, MayScanAt: v.MayScanAt, Alive: v.alive, Authority: &authority{v.gateway, v.Identity}}
}

// routes is the whole interface over HTTP; every other address belongs to the page.
func (g *Gateway) routes() []route {
	gates := access.RolesOf(access.RoleDevice, access.RoleChecker, access.RoleSupervisor, access.RoleAdmin)
	readers := gates | access.RolesOf(access.RoleAuditor)
	anyone := readers | access.RolesOf(access.RoleHolder)
	verify := gates | access.RolesOf(access.RoleHolder)
	if g.cfg.Access.PublicVerify {
		verify = 0
	}
	door := func(serve func(*fasthttp.RequestCtx, ingest.Caller) *problem.Problem) handler {
		return func(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem { return serve(ctx, who.caller()) }
	}
	whoever := func(serve func(*fasthttp.RequestCtx, ingest.Caller) *problem.Problem) func(*fasthttp.RequestCtx) *problem.Problem {
		return func(ctx *fasthttp.RequestCtx) *problem.Problem { return serve(ctx, ingest.Caller{}) }
	}
	return slices.Concat(g.accessRoutes(), g.openIDRoutes(), g.mandateRoutes(), g.overrideRoutes(), []route{
		{method: "POST", path: "/v1/verify", allow: verify, confirmed: true, answer: whoever(g.doors.Verify)},
		{method: "POST", path: pathBatch, allow: verify, confirmed: true, answer: whoever(g.doors.VerifyBatch)},
		{method: "POST", path: "/v1/scan", allow: gates, confirmed: true, serve: door(g.doors.Scan)},
		{method: "GET", path: "/v1/scanner", allow: gates, confirmed: true, socket: true, serve: door(g.doors.Socket)},
		{method: "GET", path: "/v1/live", allow: readers, socket: true, serve: g.live},
		{method: "GET", path: "/v1/passages", allow: readers, serve: g.passages},
		{method: "GET", path: "/v1/checkpoints", allow: readers, serve: g.listCheckpoints},
		{method: "GET", path: "/v1/trust", allow: readers, serve: g.listSources("trust")},
		{method: "GET", path: "/v1/status", allow: readers, serve: g.listSources("status")},
		{method: "GET", path: "/v1/me", allow: anyone, serve: g.me},
		{method: "GET", path: "/v1/samples", serve: g.samples},
		{method: "GET", path: "/healthz", serve: g.healthz},
		{method: "GET", path: "/readyz", serve: g.readyz},
		{method: "GET", path: "/metrics", serve: g.exposeMetrics},
		{method: "GET", path: "/openapi.yaml", serve: g.openapi},
	})
}

// table finds the routes of a path.
type table map[string][]*route

func newTable(routes []route) table {
	t := table{}
	for i := range routes {
		t[routes[i].path] = append(t[routes[i].path], &routes[i])
	}
	return t
}

// find returns the route for a request; HEAD is answered like GET. known tells whether the path has any.
func (t table) find(method, path []byte) (found *route, known bool) {
	routes := t.at(path)
	for _, r := range routes {
		if r.method == string(method) || (r.method == "GET" && !r.socket && string(method) == "HEAD") {
			return r, true
		}
	}
	return nil, len(routes) > 0
}

// at is the routes of a path: its own, or those that have {id} where it ends in anything, or has anything before its
// end.
func (t table) at(path []byte) []*route {
	if routes := t[string(path)]; routes != nil {
		return routes
	}
	i := bytes.LastIndexByte(path, '/')
	if i <= 0 || i+1 == len(path) {
		return nil
	}
	if routes := t[string(path[:i])+"/{id}"]; routes != nil {
		return routes
	}
	if j := bytes.LastIndexByte(path[:i], '/'); j > 0 && j+1 < i {
		return t[string(path[:j])+"/{id}"+string(path[i:])]
	}
	return nil
}

// serve finds the route, asks who is there, and lets in who may. It returns the route for the metrics.
func (g *Gateway) serve(ctx *fasthttp.RequestCtx) (*route, *problem.Problem) {
	r, known := g.table.find(ctx.Method(), ctx.Path())
	switch {
	case r != nil:
	case known:
		ctx.Response.Header.Set("Allow", g.table.methods(ctx.Path()))
		return nil, problem.New(problem.MethodNotAllowed, "")
	case bytes.HasPrefix(ctx.Path(), []byte("/v1/")):
		return nil, problem.New(problem.NotFound, "")
	default:
		return nil, g.page(ctx)
	}
	presented := g.presentedBy(ctx)
	who := g.desk.Recognise(presented)
	if p := checkOrigin(ctx, r, who != nil && presented.ByCookie()); p != nil {
		return r, p
	}
	if r.allow != 0 {
		if who == nil {
			return r, problem.New(problem.NotSignedIn, "")
		}
		if !r.allow.Has(who.Role) {
			return r, problem.New(problem.Forbidden, "not for role "+who.Role.String())
		}
		if p := checkStanding(r, who); p != nil {
			return r, p
		}
	}
	switch {
	case r.answer != nil:
		return r, r.answer(ctx)
	case who == nil:
		return r, r.serve(ctx, nil)
	}
	return r, r.serve(ctx, &visitor{who, presented.Keep(), g.desk, g})
}

func (t table) methods(path []byte) string {
	var names []string
	for _, r := range t.at(path) {
		names = append(names, r.method)
	}
	return strings.Join(names, ", ")
}

// presentedBy finds the credentials of a request.
func (g *Gateway) presentedBy(ctx *fasthttp.RequestCtx) (p access.Presented) {
	scheme, token, _ := bytes.Cut(ctx.Request.Header.Peek("Authorization"), []byte(" "))
	if bytes.EqualFold(scheme, []byte("Bearer")) {
		p.Token = bytes.TrimSpace(token)
	}
	if len(p.Token) == 0 {
		p.Cookie = ctx.Request.Header.Cookie(g.sessionCookie)
	}
	return p
}

// checkOrigin keeps other sites from acting with a visitor's cookie: SameSite=Strict does not cover every
// browser, and websockets know no same-origin rule of their own. Whoever shows a token has no need of it.
func checkOrigin(ctx *fasthttp.RequestCtx, r *route, byCookie bool) *problem.Problem {
	if r.method == "GET" && !r.socket {
		return nil
	}
	origin := ctx.Request.Header.Peek("Origin")
	if (byCookie || len(origin) > 0) && !access.SameOrigin(string(origin), string(ctx.Host())) {
		return problem.New(problem.OriginRefused, "")
	}
	return nil
}
