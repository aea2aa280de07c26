package gateway

import (
	"path"

	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
	"vratar/webui"
)

// page serves the user interface. An address that is no file is a view of the page, which finds its way by
// itself; one that looks like a file and is none is not there.
func (g *Gateway) page(ctx *fasthttp.RequestCtx) *problem.Problem {
	if !ctx.IsGet() && !ctx.IsHead() {
		ctx.Response.Header.Set("Allow", "GET, HEAD")
		return problem.New(problem.MethodNotAllowed, "")
	}
	accept := string(ctx.Request.Header.Peek("Accept-Encoding"))
	name := string(ctx.Path())
	file, found := webui.Lookup(name, accept)
	if !found && path.Ext(name) == "" {
		file, found = webui.Lookup("/index.html", accept)
	}
	if !found {
		return problem.New(problem.NotFound, "")
	}
	h := &ctx.Response.Header
	h.SetContentType(file.ContentType)
	h.Set("Cache-Control", file.CacheControl)
	h.Set("ETag", file.ETag)
	h.Set("Vary", "Accept-Encoding")
	if file.ETag != "" && string(ctx.Request.Header.Peek("If-None-Match")) == file.ETag {
		ctx.SetStatusCode(fasthttp.StatusNotModified) // NotModified would drop the headers
		return nil
	}
	if file.Encoding != "" {
		h.Set("Content-Encoding", file.Encoding)
	}
	ctx.Response.SetBodyRaw(file.Body)
	return nil
}
