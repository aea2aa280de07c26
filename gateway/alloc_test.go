//go:build !race

package gateway

import (
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/verifier/proof/p256"
)

// asking is one connection's share of a request, used again as the server does.
type asking struct {
	ctx  fasthttp.RequestCtx
	body replay
	h    *house
}

func (h *house) asking() *asking {
	a := &asking{h: h}
	a.ctx.Init(&fasthttp.Request{}, nil, nil)
	return a
}

func (a *asking) verify(payload string) {
	ctx := &a.ctx
	ctx.Request.Reset()
	ctx.Response.Reset()
	ctx.Request.Header.SetMethod("POST")
	ctx.Request.SetRequestURI("/v1/verify")
	ctx.Request.Header.SetContentType("application/octet-stream")
	ctx.Request.Header.Set("Authorization", "Bearer "+readerToken)
	a.body = replay{text: payload}
	ctx.Request.SetBodyStream(&a.body, len(payload))
	a.h.gateway.handle(ctx)
}

// allocations is how many each of the calls makes, which must be answered with 200.
func (a *asking) allocations(t *testing.T, payloads []string) float64 {
	t.Helper()
	n := 0
	all := testing.AllocsPerRun(500, func() {
		a.verify(payloads[n%len(payloads)])
		n++
	})
	if a.ctx.Response.StatusCode() != 200 {
		t.Fatalf("status %d: %s", a.ctx.Response.StatusCode(), a.ctx.Response.Body())
	}
	return all
}

// A code that is remembered costs no allocation, from the parsed head to the answer.
func TestAllocVerifyRemembered(t *testing.T) {
	h := newHouse(t, nil)
	a := h.asking()
	payload := h.samples["eu"].Payload
	for range 20 { // until it is remembered, which happens on another goroutine
		a.verify(payload)
		time.Sleep(time.Millisecond)
	}
	if n := a.allocations(t, []string{payload}); n != 0 {
		t.Errorf("%.0f allocations a request, want 0", n)
	}
}

// Nor does a code that is judged from scratch, once its issuer's key is prepared. What the memo keeps is its own: here
// it is switched off, and counted in the next test.
func TestAllocVerifyDistinct(t *testing.T) {
	if p256.Path() == p256.PathOff {
		return // the library allocates
	}
	h, payloads := peopleWith(t, 64, func(c *Config) { c.Memo = 0 })
	a := h.asking()
	for begin := time.Now(); h.gateway.preparer.Stats().Keys == 0; time.Sleep(time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("the key is not prepared")
		}
		a.verify(payloads[0])
	}
	a.allocations(t, payloads) // the arena grows to its size
	if n := a.allocations(t, payloads); n != 0 {
		t.Errorf("%.0f allocations a request, want 0", n)
	}
}

// What the memo keeps of a code that comes for the second time: the payload, the credential with its texts in one
// piece, who proved it, and the places it stands in.
func TestAllocVerifyToBeRemembered(t *testing.T) {
	if p256.Path() == p256.PathOff {
		return
	}
	h, payloads := people(t, 1200)
	a := h.asking()
	a.allocations(t, payloads[:501])
	for begin := time.Now(); h.gateway.preparer.Stats().Keys == 0; time.Sleep(time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("the key is not prepared")
		}
	}
	a.allocations(t, payloads[600:])
	const budget = 12
	if n := a.allocations(t, payloads[600:]); n == 0 || n > budget {
		t.Errorf("%.0f allocations a request, want 1 to %d", n, budget)
	}
}
