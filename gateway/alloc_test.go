//go:build !race

package gateway

import (
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// The server's own share of a judgement is small: what a request allocates is mostly its payload and token.
func TestAllocVerifyRequest(t *testing.T) {
	h := newHouse(t, nil)
	payload := h.samples["eu"].Payload
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, nil, nil)
	request := func() {
		ctx.Request.Reset()
		ctx.Response.Reset()
		ctx.Request.Header.SetMethod("POST")
		ctx.Request.SetRequestURI("/v1/verify")
		ctx.Request.Header.SetContentType("text/plain")
		ctx.Request.SetBodyStream(&replay{text: payload}, len(payload))
		h.gateway.handle(&ctx)
	}
	for range 20 { // until it is remembered, which happens on another goroutine
		request()
		time.Sleep(time.Millisecond)
	}
	const budget = 8
	if n := testing.AllocsPerRun(200, request); n > budget || ctx.Response.StatusCode() != 200 {
		t.Errorf("%.0f allocations a request, want at most %d (status %d)", n, budget, ctx.Response.StatusCode())
	}
}
