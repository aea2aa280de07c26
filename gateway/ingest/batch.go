package ingest

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
	"vratar/verifier/jsontext"
)

// MaxLines is how many payloads one batch may hold.
const MaxLines = 10_000

// VerifyBatch serves POST /v1/verify/batch: JSON lines {"id","payload"|"payload_b64","at"?} in, one verdict a
// line with the same id out, in the same order. A line that cannot be read gets {"id","problem"} instead;
// blank lines get nothing.
//
// The body is held in memory until the last answer has left, because a client may send everything before it
// reads anything. The answers are not: they leave as they are made.
func (d *Doors) VerifyBatch(ctx *fasthttp.RequestCtx, _ Caller) *problem.Problem {
	select {
	case d.batches <- struct{}{}:
	default:
		d.Scanner.Metrics.overloaded.Inc()
		return problem.New(problem.Overloaded, "too many batches under way")
	}
	var body bytes.Buffer // its own: the answers are written after this handler has returned
	p := readBody(ctx, &body, d.MaxBatch)
	lines := splitLines(body.Bytes())
	if p == nil && len(lines) > MaxLines {
		p = problem.New(problem.TooLarge, "at most "+strconv.Itoa(MaxLines)+" lines")
	}
	if p != nil {
		<-d.batches
		return p
	}
	ctx.Response.Header.SetContentType("application/jsonl")
	ctx.SetBodyStreamWriter(func(w *bufio.Writer) {
		defer func() { <-d.batches }()
		d.answerLines(w, lines)
	})
	return nil
}

// splitLines cuts text at line feeds and leaves blank lines out. It stops one line above the limit.
func splitLines(text []byte) [][]byte {
	var lines [][]byte
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
		if len(lines) > MaxLines {
			break
		}
	}
	return lines
}

// answerLines runs on a goroutine of fasthttp's that has no recover of its own.
func (d *Doors) answerLines(w *bufio.Writer, lines [][]byte) {
	defer func() {
		if v := recover(); v != nil {
			d.Scanner.Log.Error("batch panicked", slog.String("panic", fmt.Sprint(v)))
		}
	}()
	now := time.Now()
	var out []byte
	for _, line := range lines {
		out = append(d.answerLine(out[:0], line, now), '\n')
		if _, err := w.Write(out); err != nil {
			return // the client is gone
		}
	}
}

func (d *Doors) answerLine(dst, line []byte, now time.Time) []byte {
	m := parseMessage(line, "id", "payload", "payload_b64", "at")
	id := m.text("id", maxRef)
	q := Question{Payload: m.payload(), At: m.time("at"), Challenge: m.challenge()}
	p := m.problem()
	switch {
	case p == nil && !q.At.IsZero() && !d.AllowAt:
		p = problem.New(problem.Forbidden, `"at" is not allowed here (access.allow_at)`)
	case q.At.IsZero():
		q.At = now
	}
	dst = jsontext.AppendString(append(dst, `{"id":`...), id)
	if p != nil {
		return append(p.AppendJSON(append(dst, `,"problem":`...)), '}')
	}
	verdict, elapsed := d.judge(q)
	return append(verdict.AppendMembers(append(dst, ','), elapsed), '}')
}
