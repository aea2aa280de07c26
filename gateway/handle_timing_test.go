package gateway

import (
	"io"
	"strconv"
	"testing"

	"github.com/valyala/fasthttp"
)

// benchRequest is the work of one request without the network: from the parsed head to the answer.
func benchRequest(b *testing.B, h *house, path string, body func(n int) string) {
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, nil, nil)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		ctx.Request.Reset()
		ctx.Response.Reset()
		ctx.Request.Header.SetMethod("POST")
		ctx.Request.SetRequestURI(path)
		ctx.Request.Header.SetContentType("application/json")
		ctx.Request.Header.Set("Authorization", "Bearer "+readerToken)
		text := body(n)
		ctx.Request.SetBodyStream(&replay{text: text}, len(text))
		h.gateway.handle(&ctx)
		if ctx.Response.StatusCode() != 200 {
			b.Fatalf("%d %s", ctx.Response.StatusCode(), ctx.Response.Body())
		}
	}
}

func BenchmarkVerifyRequestRemembered(b *testing.B) {
	h := newHouse(b, nil)
	text := `{"payload":` + quote(h.samples["eu"].Payload) + `}`
	benchRequest(b, h, "/v1/verify", func(int) string { return text })
}

func BenchmarkScanRequestRefused(b *testing.B) {
	benchRequest(b, newHouse(b, nil), "/v1/scan", func(n int) string {
		return `{"payload":"nonsense","checkpoint":"north","nonce":"` + strconv.Itoa(n) + `"}`
	})
}

// replay is a body that streams.
type replay struct {
	text string
	at   int
}

func (r *replay) Read(p []byte) (int, error) {
	if r.at == len(r.text) {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	r.at += n
	return n, nil
}
