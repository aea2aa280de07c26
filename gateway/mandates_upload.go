package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/mandates"
	"vratar/gateway/problem"
	"vratar/verifier"
	"vratar/verifier/mandate"
)

// Bounds of an upload. A mandate has up to 1 MiB, and base64 makes a third more of it.
const (
	maxMandateBody = 2 << 20
	maxSignature   = 256 << 10
	maxSignatures  = 8
	maxFileName    = 255
	// uploadsAtOnce is how many are read and proven at once: each holds its body in memory.
	uploadsAtOnce = 2
	// firstQuestion is how long an upload waits for the registry; without an answer it is asked again in the background.
	firstQuestion = 3 * time.Second
)

// mandateForm is a mandate in JSON: the file and its detached signatures in base64.
type mandateForm struct {
	Name       string   `json:"name"` // of the file; a GUID in it must be the mandate's number
	File       []byte   `json:"file"`
	Signatures [][]byte `json:"signatures"`
}

// bringMandate serves POST /v1/mandates: 201 for a mandate that is kept from now on, 200 for one that was kept already
// or that is not: then the report says why.
func (g *Gateway) bringMandate(ctx *fasthttp.RequestCtx, who *visitor) *problem.Problem {
	select {
	case g.uploads <- struct{}{}:
		defer func() { <-g.uploads }()
	default:
		return problem.New(problem.Overloaded, "too many mandates under way")
	}
	form, p := readMandate(ctx)
	if p == nil {
		p = who.still()
	}
	if p != nil {
		return p
	}
	limited, cancel := context.WithTimeout(g.scans, firstQuestion)
	defer cancel()
	got, err := g.mandates.Import(limited, mandates.Upload{
		File:     mandate.File{Data: form.File, Name: form.Name, Signatures: form.Signatures},
		Importer: who.ID,
		May:      func(m *mandate.Proven) bool { return g.mayBring(who.Identity, m.Mandate()) },
	})
	switch {
	case errors.Is(err, mandates.ErrConflict), errors.Is(err, mandates.ErrTooMany):
		return problem.New(problem.Unprocessable, err.Error())
	case err != nil:
		g.log.Error("a mandate cannot be kept", slog.Any("error", err))
		return problem.New(problem.Unavailable, "")
	}
	answer := struct {
		Stored  bool            `json:"stored"`
		Mandate *mandateShown   `json:"mandate,omitempty"`
		Report  json.RawMessage `json:"report"`
	}{Stored: got.Entry != nil, Report: proofReport(got.Report)}
	if got.Entry != nil {
		shown := g.shownMandate(who.Identity, got.Entry, g.moment(time.Now()))
		answer.Mandate = &shown
	}
	if !got.New {
		return respond(ctx, answer)
	}
	g.log.Info("mandate brought in", slog.String("mandate", got.Entry.Number), slog.String("by", who.ID))
	return made(ctx, answer)
}

// proofReport is what is told of a proof alone: that it holds, with the checks of a scan not checked yet, or why not.
func proofReport(r mandate.Report) []byte {
	if _, refused := r.Failed(); !refused {
		r.Outcome, r.Reason = verifier.Valid, verifier.ReasonOK
	}
	return r.AppendJSON(nil)
}

// mayBring reports whether a mandate is somebody's to bring in: his own, or one of the organisation that he looks
// after.
func (g *Gateway) mayBring(who *access.Identity, m *mandate.Mandate) bool {
	return names(&mandates.Entry{Claimed: m}, who) || (oversees(who) && g.ofHisOrganisation(who, m))
}

// readMandate reads a body of JSON, or a form with one part "file" and one or more parts "signature".
func readMandate(ctx *fasthttp.RequestCtx) (*mandateForm, *problem.Problem) {
	media, params, err := mime.ParseMediaType(string(ctx.Request.Header.ContentType()))
	if err != nil || (media != "application/json" && media != "multipart/form-data") {
		return nil, problem.New(problem.MediaType, "application/json or multipart/form-data")
	}
	var body []byte
	if stream := ctx.RequestBodyStream(); stream != nil {
		if body, err = io.ReadAll(io.LimitReader(stream, maxMandateBody+1)); err != nil {
			ctx.SetConnectionClose()
			return nil, problem.New(problem.Timeout, "the body did not arrive")
		}
	}
	if len(body) > maxMandateBody {
		ctx.SetConnectionClose()
		return nil, problem.New(problem.TooLarge, "at most 2 MiB")
	}
	form, p := parseMandate(body, media, params["boundary"])
	if p == nil {
		p = form.check()
	}
	return form, p
}

func parseMandate(body []byte, media, boundary string) (*mandateForm, *problem.Problem) {
	form := &mandateForm{}
	if media == "application/json" {
		return form, parseForm(body, form)
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		var data []byte
		if err == nil {
			data, err = io.ReadAll(part) // the whole body is bounded
		}
		if err != nil {
			return nil, problem.New(problem.Malformed, "the form cannot be taken apart")
		}
		switch part.FormName() {
		case "file":
			form.Name, form.File = part.FileName(), data
		case "signature":
			form.Signatures = append(form.Signatures, data)
		default:
			return nil, problem.New(problem.Unprocessable, `there is a part that is neither "file" nor "signature"`)
		}
	}
}

func (f *mandateForm) check() *problem.Problem {
	large := false
	for _, s := range f.Signatures {
		large = large || len(s) > maxSignature
	}
	switch {
	case len(f.File) == 0:
		return problem.New(problem.Unprocessable, `"file" is needed`)
	case len(f.Name) > maxFileName:
		return problem.New(problem.Unprocessable, `"name" is too long`)
	case len(f.Signatures) > maxSignatures || large:
		return problem.New(problem.TooLarge, "at most 8 signatures of 256 KiB")
	}
	return nil
}
