package ingest

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/cache/ledger"
	"vratar/gateway/problem"
	"vratar/gateway/websocket"
	"vratar/verifier"
)

// Caller is who asks, as far as the doors need to know.
type Caller struct {
	ID        string
	MayScanAt func(checkpoint string) bool
	Alive     func() bool // whether the sign-in still holds, for connections that stay open
	Authority Authority   // nil: he is not asked in which capacity he scans
}

// Options is what Doors are made of. All but AllowAt are required.
type Options struct {
	Scanner     *Scanner
	Checkpoints map[string]*Checkpoint // by id; never modified
	Sockets     *websocket.Register
	// Context ends when running scans should be given up; requests do not carry one of their own.
	Context context.Context
	// Greeting is the JSON of the lists' ages, for the hello of a scanner.
	Greeting func() []byte
	// Bare is what judgements show that no checkpoint asked for, and so no purpose; nil: everything.
	Bare     *Profile
	MaxBody  int  // bytes of a body or frame
	MaxBatch int  // bytes of a batch
	AllowAt  bool // whether /v1/verify may be asked about another moment than now
}

// Doors are the ways in over HTTP and websocket.
type Doors struct {
	Options
	rooms   sync.Pool // of *room
	groups  sync.Pool // of *group
	batches turns     // each batch under way holds its body in memory
}

// How many batches may be under way at once, how many may wait for that, and how long.
const (
	maxBatches    = 2
	maxWaiting    = 16
	batchPatience = 5 * time.Second
)

// NewDoors opens the doors.
func NewDoors(o Options) *Doors {
	return &Doors{Options: o, batches: newTurns(maxBatches, maxWaiting, batchPatience)}
}

// room is the memory in which one request is read and judged, for use by the next when its answer is written. A
// request that panics takes its room along.
type room struct {
	body  []byte
	arena verifier.Arena
}

func (d *Doors) room() *room {
	if r, ok := d.rooms.Get().(*room); ok {
		return r
	}
	return new(room)
}

// Verify serves POST /v1/verify: a verdict for every payload, however broken.
func (d *Doors) Verify(ctx *fasthttp.RequestCtx, _ Caller) *problem.Problem {
	r := d.room()
	p := d.verify(ctx, r)
	d.rooms.Put(r)
	return p
}

func (d *Doors) verify(ctx *fasthttp.RequestCtx, r *room) *problem.Problem {
	q, p := d.question(ctx, r)
	if p == nil {
		p = d.Scanner.enter()
	}
	if p != nil {
		return p
	}
	defer d.Scanner.leave()
	verdict, elapsed := d.judge(q)
	respond(ctx, func(dst []byte) []byte { return verdict.AppendJSON(dst, elapsed) })
	return nil
}

// question reads what is asked.
func (d *Doors) question(ctx *fasthttp.RequestCtx, r *room) (q Question, p *problem.Problem) {
	if r.body, p = readBody(ctx, r.body[:0], d.MaxBody); p != nil {
		return q, p
	}
	q = Question{Payload: r.body, Arena: &r.arena}
	switch media := mediaType(ctx); {
	case len(media) == 0, is(media, "text/plain"), is(media, "application/octet-stream"):
		return q, nil
	case !is(media, "application/json"):
		return q, problem.New(problem.MediaType, "text/plain, application/octet-stream or application/json")
	}
	m := parseMessage(r.body, "payload", "payload_b64", "at")
	q.Payload, q.Challenge, q.At = m.payload(), m.challenge(), m.time("at")
	if m.err == nil && !q.At.IsZero() && !d.AllowAt {
		return q, problem.New(problem.Forbidden, `"at" is not allowed here (access.allow_at)`)
	}
	return q, m.problem()
}

// Scan serves POST /v1/scan.
func (d *Doors) Scan(ctx *fasthttp.RequestCtx, who Caller) *problem.Problem {
	r := d.room()
	p := d.scan(ctx, who, r)
	d.rooms.Put(r)
	return p
}

func (d *Doors) scan(ctx *fasthttp.RequestCtx, who Caller, r *room) (p *problem.Problem) {
	if r.body, p = readBody(ctx, r.body[:0], d.MaxBody); p != nil {
		return p
	}
	if !is(mediaType(ctx), "application/json") {
		return problem.New(problem.MediaType, "application/json")
	}
	m := parseMessage(r.body, "payload", "payload_b64", "checkpoint", "direction", "nonce", "scanned_at", "mandate")
	request, p := d.request(&m, who, place{})
	if p != nil {
		return p
	}
	request.Arena = &r.arena
	answer, p := d.Scanner.Scan(d.Context, request)
	if p != nil {
		return p
	}
	respond(ctx, answer.AppendJSON)
	return nil
}

// judge judges a question and takes out of the answer what is not shown.
func (d *Doors) judge(q Question) (verifier.Verdict, time.Duration) {
	verdict, elapsed := d.Scanner.Judge(q)
	d.show(&verdict)
	return verdict, elapsed
}

// show takes out of a verdict what is not shown of a judgement that no checkpoint asked for.
func (d *Doors) show(v *verifier.Verdict) {
	if d.Bare != nil {
		d.Bare.Reduce(v)
	}
}

// place is where a scanner stands when its frames do not say so themselves.
type place struct {
	checkpoint string
	direction  string
	mandate    string
}

// request reads a scan from the members that its doors share. Its payload may be a view of the message.
func (d *Doors) request(m *message, who Caller, standing place) (Request, *problem.Problem) {
	r := Request{
		Payload:   m.payload(),
		Nonce:     m.text("nonce", maxNonce),
		ScannedAt: m.time("scanned_at"),
		Checker:   who.ID,
		Challenge: m.challenge(),
		Mandate:   orElse(m.mandate(), standing.mandate),
		Authority: who.Authority,
	}
	at := place{checkpoint: orElse(m.text("checkpoint", 64), standing.checkpoint), direction: orElse(m.text("direction", 8), standing.direction)}
	if p := m.problem(); p != nil {
		return r, p
	}
	if r.Nonce == "" {
		return r, problem.New(problem.Unprocessable, `member "nonce": needed, so that a repeated request is not a second scan`)
	}
	var p *problem.Problem
	r.Checkpoint, r.Direction, p = d.place(at, who)
	return r, p
}

// place resolves a checkpoint the caller may scan at, and a direction; none is entry.
func (d *Doors) place(at place, who Caller) (*Checkpoint, ledger.Direction, *problem.Problem) {
	direction := ledger.Entry
	if at.direction != "" {
		if err := direction.UnmarshalText([]byte(at.direction)); err != nil {
			return nil, 0, problem.New(problem.Unprocessable, `member "direction": entry or exit`)
		}
	}
	checkpoint := d.Checkpoints[at.checkpoint]
	if checkpoint == nil {
		return nil, 0, problem.New(problem.CheckpointUnknown, "")
	}
	if !who.MayScanAt(checkpoint.ID) {
		return nil, 0, problem.New(problem.Forbidden, "not at this checkpoint")
	}
	return checkpoint, direction, nil
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// respond writes 200 with the JSON that write appends to the response's own buffer.
func respond(ctx *fasthttp.RequestCtx, write func(dst []byte) []byte) {
	ctx.Response.Header.SetContentType("application/json")
	buffer := ctx.Response.SwapBody(nil)
	ctx.Response.SwapBody(write(buffer[:0]))
}

// mediaType is the content type without its parameters, as it came.
func mediaType(ctx *fasthttp.RequestCtx) []byte {
	media, _, _ := bytes.Cut(ctx.Request.Header.ContentType(), []byte(";"))
	return bytes.TrimSpace(media)
}

// is compares media types, which know no letter case (RFC 9110 §8.3.1).
func is(media []byte, name string) bool { return strings.EqualFold(string(media), name) }

// maxDrain is how much of a body that is too large is read and thrown away, so that a client that sends
// before it listens gets the answer instead of a broken connection.
const maxDrain = 2 << 20

// readBody appends the body to dst, unless it is longer than limit. It needs fasthttp.Server.StreamRequestBody: the
// server then reads no more than 8 KiB by itself.
func readBody(ctx *fasthttp.RequestCtx, dst []byte, limit int) ([]byte, *problem.Problem) {
	if encoding := ctx.Request.Header.ContentEncoding(); len(encoding) > 0 {
		return dst, problem.New(problem.MediaType, "no content encoding is taken")
	}
	stream := ctx.RequestBodyStream()
	if stream == nil {
		return dst, nil // no body at all
	}
	if n := ctx.Request.Header.ContentLength(); n <= limit {
		var err error
		if dst, err = readAll(slices.Grow(dst, max(n, 0)+1), stream, limit); err != nil {
			ctx.SetConnectionClose()
			return dst, problem.New(problem.Timeout, "the body did not arrive")
		}
		if len(dst) <= limit {
			return dst, nil
		}
	}
	if n, err := io.CopyN(io.Discard, stream, maxDrain); err == nil && n == maxDrain {
		ctx.SetConnectionClose()
	}
	return dst, problem.New(problem.TooLarge, "at most "+strconv.Itoa(limit)+" bytes")
}

// readAll appends what r holds to dst, but stops above limit.
func readAll(dst []byte, r io.Reader, limit int) ([]byte, error) {
	for len(dst) <= limit {
		dst = slices.Grow(dst, 1)
		n, err := r.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		if err == io.EOF {
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}
