package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
	"vratar/gateway/problem"
	"vratar/verifier/jose"
)

// maxForm bounds the body of every call that is no payload: the longest is a passkey's answer.
const maxForm = 32 << 10

// readForm reads a request's JSON object into a struct, see parseForm.
func readForm(ctx *fasthttp.RequestCtx, into any) *problem.Problem {
	body, p := readBody(ctx)
	if p != nil {
		return p
	}
	return parseForm(body, into)
}

// parseForm reads a JSON object into a struct. Every member must be known to it, as it is spelled, and come once: the
// standard library would take the last of several, and any letter case.
func parseForm(body []byte, into any) *problem.Problem {
	members, err := jose.ParseObject(body)
	if err != nil {
		return problem.New(problem.Malformed, "want a JSON object without repeated members")
	}
	for _, m := range members {
		if m.Name != strings.ToLower(m.Name) {
			return problem.New(problem.Unprocessable, "members are written in small letters")
		}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return problem.New(problem.Unprocessable, formFault(err))
	}
	return nil
}

// readFormOf is readForm for what somebody who is signed in asks for. A form may take its time to arrive, and whoever has
// lost his account or role meanwhile does nothing with it.
func readFormOf(ctx *fasthttp.RequestCtx, who *visitor, into any) *problem.Problem {
	if p := readForm(ctx, into); p != nil {
		return p
	}
	return who.still()
}

// readBody reads a request's body, of at most maxForm.
func readBody(ctx *fasthttp.RequestCtx) (body []byte, p *problem.Problem) {
	if stream := ctx.RequestBodyStream(); stream != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(stream, maxForm+1)); err != nil {
			ctx.SetConnectionClose()
			return nil, problem.New(problem.Timeout, "the body did not arrive")
		}
	}
	if len(body) > maxForm {
		ctx.SetConnectionClose()
		return nil, problem.New(problem.TooLarge, fmt.Sprintf("at most %d bytes", maxForm))
	}
	return body, nil
}

// formFault says which member is wrong without quoting its value.
func formFault(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Sprintf("member %q: want %s", kind.Field, kind.Type)
	}
	return err.Error()
}

// refusal is the problem that an error of the desk becomes. What was shown in vain is one problem, whatever was wrong
// with it.
func (g *Gateway) refusal(err error) *problem.Problem {
	var wait *access.WaitError
	var field *access.FieldError
	switch {
	case errors.As(err, &wait):
		p := problem.New(problem.TooManyAttempts, "")
		p.RetryAfter = int((wait.Wait + time.Second - 1) / time.Second)
		return p
	case errors.As(err, &field):
		return problem.New(problem.Unprocessable, fmt.Sprintf("member %q: want %s", field.Field, field.Want))
	case errors.Is(err, access.ErrCode):
		return problem.New(problem.CodeRefused, "")
	case errors.Is(err, access.ErrUnknown):
		return problem.New(problem.NotFound, "")
	case errors.Is(err, access.ErrBusy):
		return problem.New(problem.Overloaded, "")
	case errors.Is(err, access.ErrFull):
		return problem.New(problem.Unprocessable, "there are too many already")
	}
	g.log.Error("the desk failed", slog.Any("error", err))
	return problem.New(problem.Unavailable, "")
}

// deskFailed is told of what could not be written down in the background.
func (g *Gateway) deskFailed(err error) {
	g.throttle.Warn("sessions cannot be written down", slog.Any("error", err))
}

// nothing answers 204.
func nothing(ctx *fasthttp.RequestCtx) *problem.Problem {
	ctx.SetStatusCode(fasthttp.StatusNoContent)
	return nil
}

// made answers 201 with what is new.
func made(ctx *fasthttp.RequestCtx, v any) *problem.Problem {
	ctx.SetStatusCode(fasthttp.StatusCreated)
	return respond(ctx, v)
}

// idOf is the last segment of the path, for routes that end in {id}.
func idOf(ctx *fasthttp.RequestCtx) string {
	path := ctx.Path()
	return string(path[bytes.LastIndexByte(path, '/')+1:])
}
