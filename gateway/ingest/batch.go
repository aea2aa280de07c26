package ingest

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
	"vratar/verifier"
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
	if !d.batches.take(d.Context) {
		d.Scanner.Metrics.overloaded.Inc()
		return problem.New(problem.Overloaded, "too many batches under way")
	}
	// Memory of its own: the answers are written after this handler has returned.
	body, p := readBody(ctx, nil, d.MaxBatch)
	lines := splitLines(body)
	if p == nil && len(lines) > MaxLines {
		p = problem.New(problem.TooLarge, "at most "+strconv.Itoa(MaxLines)+" lines")
	}
	if p != nil {
		d.batches.done()
		return p
	}
	ctx.Response.Header.SetContentType("application/jsonl")
	g, _ := d.groups.Get().(*group)
	if g == nil {
		g = new(group)
	}
	ctx.SetBodyStream(&answers{doors: d, group: g, lines: lines, now: time.Now()}, -1)
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

// answers is the body of a batch's response, which is made while it is written.
type answers struct {
	doors *Doors
	group *group
	lines [][]byte // without answer yet
	now   time.Time
	rest  []byte // of the answers that were made last, when they were only read in part
}

var _ fasthttp.BodyWriterTo = (*answers)(nil)

// next are the answers to the next lines; nothing after the last one.
func (a *answers) next() []byte {
	n := min(len(a.lines), together)
	if n == 0 {
		return nil
	}
	a.doors.answerGroup(a.group, a.lines[:n], a.now)
	a.lines = a.lines[n:]
	return a.group.out
}

// SupportsBodyWriteTo tells the server that it may write answers without a buffer of its own.
func (a *answers) SupportsBodyWriteTo() bool { return true }

// WriteTo implements io.WriterTo.
func (a *answers) WriteTo(w io.Writer) (written int64, err error) {
	for out := a.next(); len(out) > 0 && err == nil; out = a.next() {
		var n int
		n, err = w.Write(out)
		written += int64(n)
	}
	return written, err
}

// Read implements io.Reader.
func (a *answers) Read(p []byte) (int, error) {
	if len(a.rest) == 0 {
		if a.rest = a.next(); len(a.rest) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close gives back what the batch took, also when the client has gone away before it had all answers.
func (a *answers) Close() error {
	if g := a.group; g != nil {
		a.group, a.lines, a.rest = nil, nil, nil
		clear(g.ids[:]) // what is kept for the next batch holds nothing of this one
		clear(g.scans[:])
		clear(g.verdicts[:])
		a.doors.groups.Put(g)
		a.doors.batches.done()
	}
	return nil
}

// together is how many lines are judged at once. Their signatures make up whole groups, and their memory is small.
const together = 32

// group is the memory for lines that are judged together, for use by the next ones.
type group struct {
	ids      [together]string
	problems [together]*problem.Problem
	scans    [together]verifier.Scan
	verdicts [together]verifier.Verdict
	arenas   [together]verifier.Arena
	out      []byte
}

// answerGroup puts the answers to at most as many lines as are judged together into g.out.
func (d *Doors) answerGroup(g *group, lines [][]byte, now time.Time) {
	asked := 0
	for i, line := range lines {
		g.ids[i] = ""
		if !d.guard(func() { g.scans[asked], g.problems[i] = d.readLine(&g.ids[i], line, now) }) {
			g.problems[i] = problem.New(problem.Internal, "")
		}
		if g.problems[i] == nil {
			g.scans[asked].Arena = &g.arenas[asked]
			asked++
		}
	}
	each := d.judgeGroup(g, asked)
	g.out = g.out[:0]
	asked = 0
	for i := range lines {
		g.out = jsontext.AppendString(append(g.out, `{"id":`...), g.ids[i])
		p := g.problems[i]
		if p == nil {
			p = d.answerLine(g, asked, each)
			asked++
		}
		if p != nil {
			g.out = p.AppendJSON(append(g.out, `,"problem":`...))
		}
		g.out = append(g.out, "}\n"...)
	}
}

// readLine reads one question, and its id as far as it can be read.
func (d *Doors) readLine(id *string, line []byte, now time.Time) (verifier.Scan, *problem.Problem) {
	m := parseMessage(line, "id", "payload", "payload_b64", "at")
	*id = m.text("id", maxRef)
	q := Question{Payload: m.payload(), At: m.time("at"), Challenge: m.challenge()}
	if p := m.problem(); p != nil {
		return verifier.Scan{}, p
	}
	if !q.At.IsZero() && !d.AllowAt {
		return verifier.Scan{}, problem.New(problem.Forbidden, `"at" is not allowed here (access.allow_at)`)
	}
	if q.At.IsZero() {
		q.At = now
	}
	return d.Scanner.ask(q), nil
}

// judgeGroup judges the first n scans of the group and returns the time that each took, as its share. A panic costs
// only the scan that it comes from: then each is judged by itself.
func (d *Doors) judgeGroup(g *group, n int) (each time.Duration) {
	if n == 0 {
		return 0
	}
	start := time.Now()
	if !d.guard(func() { d.Scanner.Verifier.VerifyAll(g.scans[:n], g.verdicts[:n]) }) {
		for i := range n {
			g.verdicts[i] = verifier.Verdict{}
			d.guard(func() { g.verdicts[i] = d.Scanner.Verifier.Verify(g.scans[i]) })
		}
	}
	return time.Since(start) / time.Duration(n)
}

// answerLine appends the members of one verdict. The zero verdict is what a panic leaves.
func (d *Doors) answerLine(g *group, i int, elapsed time.Duration) (p *problem.Problem) {
	v, begun := &g.verdicts[i], len(g.out)
	done := v.Reason != verifier.ReasonNone && d.guard(func() {
		d.Scanner.Metrics.judged(v, elapsed)
		d.show(v)
		g.out = v.AppendMembers(append(g.out, ','), elapsed)
	})
	if !done {
		g.out = g.out[:begun]
		return problem.New(problem.Internal, "")
	}
	return nil
}

// guard runs f and reports whether it came to its end.
func (d *Doors) guard(f func()) (done bool) {
	defer func() {
		if v := recover(); v != nil {
			d.Scanner.Log.Error("batch panicked", slog.String("panic", fmt.Sprint(v)))
		}
	}()
	f()
	return true
}
