package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
	"vratar/gateway/telemetry"
)

// batchTime is how long a batch may take to arrive, and its answers to leave.
const batchTime = time.Minute

// newServer sets every limit that fasthttp has. Bodies are streamed: the server itself reads at most 8 KiB of
// one, and each handler bounds the rest.
func (g *Gateway) newServer() *fasthttp.Server {
	l := g.cfg.Limits
	return &fasthttp.Server{
		Handler:      g.handle,
		ErrorHandler: g.refuse,
		HeaderReceived: func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
			if bytes.Equal(h.RequestURI(), []byte(pathBatch)) {
				return fasthttp.RequestConfig{ReadTimeout: batchTime, WriteTimeout: batchTime}
			}
			return fasthttp.RequestConfig{}
		},
		ReadTimeout:                  l.Read.Duration,
		WriteTimeout:                 l.Write.Duration,
		IdleTimeout:                  l.Idle.Duration,
		ReadBufferSize:               int(l.Header), // a longer head gets 431
		MaxRequestBodySize:           int(l.Body),
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		Concurrency:                  l.Connections,
		MaxConnsPerIP:                l.PerIP,
		CloseOnShutdown:              true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		SecureErrorLogMessage:        true, // else a broken request is logged with its headers, tokens included
		Logger:                       serverLog{g.throttle},
	}
}

// serverLog lets fasthttp speak, now and then.
type serverLog struct{ throttle *telemetry.Throttle }

func (l serverLog) Printf(format string, args ...any) {
	l.throttle.Warn("connection trouble", slog.String("what", fmt.Sprintf(format, args...)))
}

// handle answers every request that could be read.
func (g *Gateway) handle(ctx *fasthttp.RequestCtx) {
	defer func() {
		if v := recover(); v != nil {
			g.panicked(v)
			ctx.Response.Reset()
			g.problem(ctx, problem.New(problem.Internal, ""))
		}
	}()
	g.secure(ctx)
	if what := smuggled(&ctx.Request.Header); what != "" {
		ctx.SetConnectionClose() // whatever follows is not trusted to be where it seems to begin
		g.problem(ctx, problem.New(problem.Malformed, what))
		return
	}
	served, p := g.serve(ctx)
	if p != nil {
		g.problem(ctx, p)
	}
	g.metrics.requests.count(served, ctx.Response.StatusCode())
}

// panicked is told of a panic anywhere in a request or connection: it is counted and logged, and ends that
// request or connection alone.
func (g *Gateway) panicked(v any) {
	g.metrics.panics.Inc()
	g.log.Error("panic", slog.String("panic", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())))
}

// refuse answers a request that could not be read. The error is not shown: it may quote the request.
func (g *Gateway) refuse(ctx *fasthttp.RequestCtx, err error) {
	var small *fasthttp.ErrSmallBuffer
	var timeout net.Error
	code := problem.Malformed
	switch {
	case errors.As(err, &small):
		code = problem.HeaderTooLarge
	case errors.As(err, &timeout) && timeout.Timeout():
		code = problem.Timeout
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		code = problem.TooLarge
	}
	g.secure(ctx)
	p := problem.New(code, "")
	g.problem(ctx, p)
	g.metrics.requests.count(nil, p.Status)
}

// problem writes p as the answer.
func (g *Gateway) problem(ctx *fasthttp.RequestCtx, p *problem.Problem) {
	g.secure(ctx)
	ctx.SetStatusCode(p.Status)
	ctx.Response.Header.SetContentType(problem.ContentType)
	if p.RetryAfter > 0 {
		ctx.Response.Header.Set("Retry-After", fmt.Sprint(p.RetryAfter))
	}
	if p.Status == fasthttp.StatusUnauthorized {
		ctx.Response.Header.Set("WWW-Authenticate", "Bearer")
	}
	ctx.Response.SetBodyRaw(p.AppendJSON(nil))
}

// contentSecurity is what the page was measured to need and nothing else: no foreign script, no inline style,
// no frame, scripts' addresses through the one Trusted Types policy "vratar", WebAssembly for the decoder.
const contentSecurity = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; " +
	"manifest-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types vratar"

// secureHeaders go out with every answer, API included: a JSON text that a browser is led to must not become
// a page, and a worker's own response needs the policy too.
var secureHeaders = [...][2]string{
	{"Content-Security-Policy", contentSecurity},
	{"Permissions-Policy", "camera=(self), screen-wake-lock=(self), microphone=(), geolocation=()"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Cache-Control", "no-store"}, // verdicts are about people; the page's files set their own
}

// secureBlock is all of them but the last in one piece. fasthttp writes a name as it comes, so one that goes on into
// further lines saves it from keeping, comparing and copying each header by itself, with every answer.
var secureBlock, lastSecure = inOnePiece(secureHeaders[:len(secureHeaders)-1]), secureHeaders[len(secureHeaders)-1]

// headerBlock is headers in one piece: all of them up to the last one's name, and its value.
type headerBlock struct{ name, value []byte }

func inOnePiece(headers [][2]string) (b headerBlock) {
	for i, h := range headers {
		if i > 0 {
			b.name = append(b.name, "\r\n"...)
		}
		b.name = append(b.name, h[0]...)
		if b.value = []byte(h[1]); i < len(headers)-1 {
			b.name = append(append(b.name, ": "...), h[1]...)
		}
	}
	return b
}

func (g *Gateway) secure(ctx *fasthttp.RequestCtx) {
	h := &ctx.Response.Header
	h.SetCanonical(secureBlock.name, secureBlock.value)
	h.SetCanonical([]byte(lastSecure[0]), []byte(lastSecure[1]))
	if g.secureOnly {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// smuggled says what about a request's head two readers could understand differently, "" when nothing.
// fasthttp takes "Transfer-Encoding: identity", folded lines, and a length beside an encoding (RFC 9112 §5.2,
// §6.1, §6.3), which a proxy in front may read in another way, and so see another end of the request.
func smuggled(h *fasthttp.RequestHeader) string {
	encoded, measured := false, false
	for rest := h.RawHeaders(); len(rest) > 0; {
		line := rest
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			line = rest[:end]
		}
		rest = rest[min(len(line)+1, len(rest)):]
		if len(line) == 0 || elsewhere(line[0]) {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			return "folded header lines are not taken"
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch name = bytes.TrimSpace(name); {
		case bytes.EqualFold(name, []byte(fasthttp.HeaderContentLength)):
			measured = true
		case !bytes.EqualFold(name, []byte(fasthttp.HeaderTransferEncoding)):
		case !bytes.EqualFold(bytes.TrimSpace(value), []byte("chunked")):
			return "the only transfer encoding is chunked"
		default:
			encoded = true
		}
	}
	if encoded && measured {
		return "a request has a length or a transfer encoding, not both"
	}
	return ""
}

// elsewhere reports whether a header that begins with this byte is none of those that smuggled asks about: it is a
// letter, and neither of theirs.
func elsewhere(first byte) bool {
	letter := first | 0x20
	return letter >= 'a' && letter <= 'z' && letter != 'c' && letter != 't'
}
