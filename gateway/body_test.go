package gateway

import (
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
)

// A member that comes twice, or in another letter case, would be one thing to us and another to whoever looked at the
// request on its way.
func TestFormsAreReadInOneWay(t *testing.T) {
	f := func(body string, want problem.Code) {
		t.Helper()
		var ctx fasthttp.RequestCtx
		ctx.Request.SetBodyStream(strings.NewReader(body), len(body))
		var form struct {
			Role string `json:"role"`
		}
		p := readForm(&ctx, &form)
		switch {
		case p == nil && want == "" && form.Role == "holder":
		case p == nil || p.Code != want:
			t.Errorf("%s: %v, role %q; want %s", body, p, form.Role, want)
		}
		if want == "" {
			return
		}
		if _, p := parseMandate([]byte(strings.NewReplacer("role", "name", "Role", "Name", `\u0072ole`, `\u006eame`).Replace(body)), "application/json", ""); p == nil || p.Code != want {
			t.Errorf("as a mandate, %s: %v; want %s", body, p, want)
		}
	}
	f(` {"role":"holder"} `, "")
	f(`{"role":"holder","role":"admin"}`, problem.Malformed)
	f(`{"role":"holder","\u0072ole":"admin"}`, problem.Malformed)
	f(`{"role":"holder","Role":"admin"}`, problem.Unprocessable)
	f(`{"Role":"admin"}`, problem.Unprocessable)
	f(`{"role":"holder"}{"role":"admin"}`, problem.Malformed)
	f(`{"role":1}`, problem.Unprocessable)
	f(`{"other":"holder"}`, problem.Unprocessable)
	f(`null`, problem.Malformed)
	f(`["holder"]`, problem.Malformed)
	f(``, problem.Malformed)
}
