package gateway

import (
	"io"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// arriving is a body during which something happens.
type arriving struct {
	io.Reader
	meanwhile func()
}

func (a *arriving) Read(b []byte) (int, error) {
	if a.meanwhile != nil {
		a.meanwhile()
		a.meanwhile = nil
	}
	return a.Reader.Read(b)
}

// Who loses his account while his request is arriving does nothing with it: it could last longer than he.
func TestRequestThatOutlivesItsAccount(t *testing.T) {
	h := newHouse(t, nil)
	root := h.as("admin")
	other, _ := h.account(root, checkerForm)
	f := func(role, method, path, body string) {
		t.Helper()
		id, b := h.account(root, `{"role":"`+role+`","name":"Борис","checkpoints":["*"],"confirmed":true}`)
		var ctx fasthttp.RequestCtx
		ctx.Init(&fasthttp.Request{}, nil, nil)
		ctx.Request.Header.SetMethod(method)
		ctx.Request.SetRequestURI(path)
		ctx.Request.Header.SetHost("localhost")
		ctx.Request.Header.Set("Origin", "http://localhost")
		ctx.Request.Header.Set("Cookie", b.cookie)
		ctx.Request.Header.SetContentType("application/json")
		late := &arriving{strings.NewReader(body), func() {
			if err := h.gateway.desk.Accounts.Remove(id); err != nil {
				t.Error(err)
			}
		}}
		ctx.Request.SetBodyStream(late, -1)
		h.gateway.handle(&ctx)
		if status := ctx.Response.StatusCode(); status != fasthttp.StatusUnauthorized || late.meanwhile != nil {
			t.Errorf("%s %s: %d %s", method, path, status, ctx.Response.Body())
		}
	}
	f("admin", "POST", "/v1/accounts", `{"role":"admin","name":"Борис"}`)
	f("admin", "PATCH", "/v1/accounts/"+other, `{"role":"admin"}`)
	f("admin", "POST", "/v1/links", `{"account":"`+other+`"}`)
	f("supervisor", "POST", "/v1/devices/pairing", `{"checkpoints":["*"]}`)
	f("supervisor", "POST", "/v1/passages/1/override", `{"decision":"admit","reason":"document_seen","nonce":"1"}`)
	f("checker", "POST", "/v1/signin/screen/look", `{"code":"1"}`)
	f("checker", "POST", "/v1/me/passkeys", `{"state":"1","name":"1","credential":{}}`)
}
