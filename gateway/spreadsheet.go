package gateway

import (
	"bytes"
	"encoding/csv"
	"log/slog"

	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
)

// answerTable answers with rows as a file for a spreadsheet, which the browser saves under name.
func (g *Gateway) answerTable(ctx *fasthttp.RequestCtx, name string, rows [][]string) *problem.Problem {
	var b bytes.Buffer
	b.WriteString("\ufeff") // or spreadsheets take Cyrillic for something else
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		g.log.Error("a table cannot be exported", slog.String("table", name), slog.Any("error", err))
		return problem.New(problem.Internal, "")
	}
	ctx.Response.Header.SetContentType("text/csv; charset=utf-8")
	ctx.Response.Header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	ctx.Response.SetBodyRaw(b.Bytes())
	return nil
}
